"""Other participants: each confirms for themselves and sees nothing of the others."""

from bench.town import CHARACTERS
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases

PARTNER = CHARACTERS["persons"]["wang_jianguo"]
WITH_PARTNER = {
    "party:shareholder.1:who": "other",
    "party:shareholder.1:name": PARTNER["name"],
    "party:shareholder.1:number": PARTNER["resident_id"],
    "answer:shareholder:contribution_cents": "60000",
    "answer:shareholder.1:contribution_cents": "40000",
    "answer:shareholder.1:contribution_method": "money",
}


def filed_with_partner(visit: Visit) -> Page:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="add:shareholder", fill=answers())
    return visit.press(page, do="submit", fill=WITH_PARTNER)


def test_the_founder_sees_for_whom_the_filing_waits(visit: Visit) -> None:
    page = filed_with_partner(visit)
    assert "等待其他当事人确认" in page.text
    assert "正在等待本人确认： 王建国" in page.text


def test_a_shareholder_finds_it_confirms_and_the_company_is_founded(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo")
    assert "待您确认" in visit.open("/").text
    page = visit.open(f"/filings/{number}/")
    assert page.address == f"/filings/{number}/part/"
    assert "李春燕在申报中把您列为： 股东" in page.text
    assert "云东县燕归来餐饮有限公司" in page.text
    assert "40,000.00元" in page.text
    done = visit.press(page, do="agree", fill={"tick:signs_articles": "yes", "tick:no_supervisor": "yes"})
    assert "您已本人确认。" in done.text
    assert "全部办结" in done.text
    visit.as_person("li_chunyan")
    assert "全部办结" in visit.open(f"/filings/{number}/").text


def test_nobody_agrees_without_having_ticked_each_statement(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo")
    page = visit.press(
        visit.open(f"/filings/{number}/part/"), do="agree", fill={"tick:signs_articles": "yes"}
    )
    assert page.status == 422
    assert "同意前请逐项勾选声明。" in page.text
    assert cases.snapshot(number).stage is cases.Stage.CONFIRMING


def test_a_shareholder_who_declines_stops_it_and_sees_so(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo")
    page = visit.press(visit.open(f"/filings/{number}/part/"), do="decline")
    assert "您没有同意" in page.text
    assert not any(case.number for case in cases.snapshot(number).cases)


def test_a_shareholder_sees_no_other_persons_facts_numbers_or_amounts(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo")
    page = visit.open(f"/filings/{number}/part/")
    founder = CHARACTERS["persons"]["li_chunyan"]
    for hidden in (founder["resident_id"], founder["mobile"], "60,000.00元", "1988年3月12日"):
        assert hidden not in page.html, hidden
    assert visit.open(f"/filings/{number}/form/").status == 404


def test_somebody_who_takes_no_part_finds_nothing(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("zhao_min")
    assert visit.open(f"/filings/{number}/part/").status == 404
