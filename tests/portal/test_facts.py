"""What was fetched about oneself, and saying that it is wrong."""

import pytest

from bench.filing import draft
from tests.cases.acting import submit
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Visit
from tests.promises.p3_no_share_without_right.world import agree, fetched_who_leads, led_by
from tests.rest.placing import publish
from tongban.cases import api as cases
from tongban.cases.models import Contest
from tongban.kernel.errors import NotFound
from tongban.licences import api as licences
from tongban_verify import anchor_from_bytes, verify_file


def test_a_wrong_address_is_disputed_and_an_officer_takes_over(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = visit.press(begun(visit), do="save", fill=answers(address="east_stale"))
    assert "住宅" in form.text
    usage = next(
        fact.id
        for fact in cases.form_page(
            number_of(form), visit.town.subject("li_chunyan"), at=visit.town.workplace
        ).facts
        if fact.element == "place.usage"
    )
    there = f"/filings/{number_of(form)}/facts/{usage}/"
    empty = visit.press(visit.open(there), fill={"said": " "})
    assert empty.status == 422
    assert "请说明哪里不对" in empty.text or "写明正确的内容" in empty.text
    back = visit.press(empty, fill={"said": "已改建为商铺"})
    assert "已提出异议，正在校核" in back.text
    done = visit.press(back, do="submit", fill=answers(address="east_stale"))
    assert "人工审批中" in done.text
    assert "已提出异议" in visit.open(f"{done.address}facts/").text


def test_facts_are_shown_to_the_person_they_are_about_alone(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers())
    mine = visit.open(f"{done.address}facts/")
    assert "1988年3月12日" in mine.text
    assert "实名核验一致" in mine.text
    fact = next(link for link in mine.read.links if "/facts/" in link)
    visit.as_person("wang_jianguo")
    assert visit.open(f"{done.address}facts/").status == 404
    assert visit.open(fact).status == 404


def test_the_founder_reads_what_was_fetched_about_the_company_but_not_who_leads_it(visit: Visit) -> None:
    town = visit.town
    owner = visit.as_person("li_chunyan")
    number = draft(town, owner)
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    agree(town, number, "wang_jianguo")
    led = fetched_who_leads(number, "wang_jianguo")
    page = visit.open(f"/filings/{number}/facts/")
    assert "拟设立的公司" in page.text
    assert "名称的现有持有人" in page.text
    about = {each.element: each for each in cases.form_page(number, owner, at=town.workplace).facts}
    holder = about["entity.name_holder"]
    assert holder.source == "market.990100"
    assert f"/filings/{number}/facts/{holder.id}/" in page.read.links
    assert led.element not in about
    assert visit.open(f"/filings/{number}/facts/{led.pk}/").status == 404
    with pytest.raises(NotFound):
        cases.contest(number, led.pk, subject=owner, said="不对", at=town.workplace)
    wang = visit.as_person("wang_jianguo")
    theirs = {each.element for each in cases.form_page(number, wang, at=town.workplace).facts}
    assert led.element in theirs
    assert "entity.name_holder" not in theirs
    assert visit.open(f"/filings/{number}/facts/{holder.id}/").status == 404


def test_what_is_wrong_about_the_company_goes_to_its_source(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers())
    owner = visit.town.subject("li_chunyan")
    facts = cases.form_page(number_of(done), owner, at=visit.town.workplace).facts
    held = next(each for each in facts if each.element == "entity.name_holder")
    there = visit.open(f"/filings/{number_of(done)}/facts/{held.id}/")
    assert "提出异议" in visit.press(there, fill={"said": "该名称已有人使用"}).text
    assert Contest.objects.get().source == "market.990100"


def test_what_was_shared_about_oneself_comes_with_a_receipt_that_anybody_verifies(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers())
    listed = visit.open(f"{done.address}facts/")
    fact = next(link for link in listed.read.links if "/facts/" in link)
    receipt = next(link for link in visit.open(fact).read.links if link.endswith("/receipt"))
    early = visit.open(receipt)
    assert early.status == 409
    assert "存证尚未公布" in early.text
    publish(visit.town)
    answer = visit.client.get(receipt)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    report = verify_file(
        answer.content, anchor_from_bytes(licences.trust_file().read_bytes()), visit.town.now
    )
    assert report.exit_code == 0, report.sentence("en")
    assert report.sentence("zh").startswith("有效：数据共享回执（")
    opened = report.facts["opened"]
    assert isinstance(opened, dict)
    assert opened["filing_number"] == number_of(done)
    assert set(opened["statuses"].values()) == {"known"}
    assert "1988" not in answer.content.decode()
    visit.as_person("wang_jianguo")
    assert visit.open(receipt).status == 404


def test_no_receipt_opens_what_the_same_share_brought_about_somebody_else(visit: Visit) -> None:
    town = visit.town
    owner = visit.as_person("li_chunyan")
    number = draft(town, owner)
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    agree(town, number, "wang_jianguo")
    led = fetched_who_leads(number, "wang_jianguo")
    publish(town)
    assert visit.open(f"/filings/{number}/facts/{led.pk}/receipt").status == 404
    facts = cases.form_page(number, owner, at=town.workplace).facts
    holder = next(each for each in facts if each.element == "entity.name_holder")
    receipt = f"/filings/{number}/facts/{holder.id}/receipt"
    opened = visit.client.get(receipt).content
    assert b'"consumer"' in opened
    for hidden in (b"answer_digest", b"key_digest", b"statuses", b"elements"):
        assert hidden not in opened
