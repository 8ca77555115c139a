"""What was fetched about oneself, and saying that it is wrong."""

from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Visit
from tongban.cases import api as cases


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
