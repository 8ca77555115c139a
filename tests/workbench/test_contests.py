"""The data officer verifies what somebody says is wrong: shown under a cause, answered when confirmed."""

import pytest

from bench.town import Town, carry
from tests.cases.acting import pass_time, states
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import looks, staff, waiting_registration
from tongban.cases import api as cases
from tongban.cases.models import Case, Contest, Fact

ELEMENT = "person.under_enforcement"


@pytest.fixture
def contested(town: Town) -> Contest:
    """Zhang says that he is under enforcement no more."""
    number = waiting_registration(town, "zhang_dahai")
    filing = Case.objects.select_related("filing").get(number=number).filing
    fact = Fact.objects.filter(filing=filing, element=ELEMENT).latest("id")
    subject = town.subject("zhang_dahai")
    cases.contest(filing.number, fact.pk, subject=subject, said="本人债务已于上月结清。", at=town.workplace)
    return Contest.objects.get()


def as_data_officer(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, "court.yunxi.qi"))


def open_it(visit: Visit, contest: Contest) -> Page:
    address = f"/workbench/contests/{contest.pk}"
    return visit.press(visit.open(address), action=address, fill={"cause": "校核当事人异议"})


def answer(visit: Visit, contest: Contest, **fields: str) -> Page:
    action = f"/workbench/contests/{contest.pk}/answer"
    shown = visit.press(open_it(visit, contest), action=action, fill=fields)
    assert shown.status == 200, shown.text
    return visit.press(shown, action=action, fill={"step": "do"})


def test_the_list_shows_no_value_and_opening_one_is_evidence(
    town: Town, visit: Visit, contested: Contest
) -> None:
    as_data_officer(town, visit)
    listed = visit.open("/workbench/contests")
    assert "被执行人" in listed.text
    assert "结清" not in listed.html
    shut = visit.open(f"/workbench/contests/{contested.pk}")
    assert "结清" not in shut.html
    assert looks() == 0
    shown = open_it(visit, contested)
    assert looks() == 1
    for word in ("张大海", "990121197509189036", "本人债务已于上月结清", "是"):
        assert word in shown.text


def test_a_corrected_value_lets_the_case_go_on(town: Town, visit: Visit, contested: Contest) -> None:
    as_data_officer(town, visit)
    page = answer(visit, contested, result="corrected", value="no", said="经查，案件已于上月执行完毕。")
    assert "已答复当事人" in page.text
    contested.refresh_from_db()
    assert contested.outcome == "corrected"
    assert Fact.objects.filter(element=ELEMENT).latest("id").value is False
    carry(town, contested.filing.number)
    assert states(contested.filing.number)["registration"] == "granted"


def test_an_upheld_value_stands_with_the_reason(town: Town, visit: Visit, contested: Contest) -> None:
    as_data_officer(town, visit)
    answer(visit, contested, result="upheld", said="经查，案件仍在执行。")
    contested.refresh_from_db()
    assert (contested.outcome, contested.answer) == ("upheld", "经查，案件仍在执行。")
    carry(town, contested.filing.number)
    case = cases.snapshot(contested.filing.number).case("registration")
    assert case.person_needed


@pytest.mark.parametrize(
    "fields",
    [
        {"result": "", "said": "核实"},
        {"result": "corrected", "value": "也许", "said": "核实"},
        {"result": "upheld", "said": "  "},
        {"result": "deleted", "said": "核实"},
    ],
)
def test_an_answer_that_will_not_do_is_told_on_the_spot(
    town: Town, visit: Visit, contested: Contest, fields: dict[str, str]
) -> None:
    as_data_officer(town, visit)
    action = f"/workbench/contests/{contested.pk}/answer"
    form = open_it(visit, contested)
    for step in ({}, {"step": "do"}):
        page = visit.press(form, action=action, fill={**fields, **step})
        assert page.status == 422
    contested.refresh_from_db()
    assert contested.outcome == "open"


def test_an_answered_one_is_gone_from_the_list(town: Town, visit: Visit, contested: Contest) -> None:
    as_data_officer(town, visit)
    answer(visit, contested, result="upheld", said="经查属实。")
    assert "没有待校核的信息" in visit.open("/workbench/contests").text
    assert visit.open(f"/workbench/contests/{contested.pk}").status == 404


def test_a_late_one_is_marked(town: Town, visit: Visit, contested: Contest) -> None:
    pass_time(town, days=30)
    as_data_officer(town, visit)
    assert "已超期" in visit.open("/workbench/contests").text


def test_another_organisations_data_officer_finds_nothing(
    town: Town, visit: Visit, contested: Contest
) -> None:
    for login in ("police.yunxi.kong", "market.yunxi.ding"):
        visit.as_staff(staff(town, login))
        assert "没有待校核的信息" in visit.open("/workbench/contests").text
        found, absent = contested.pk, contested.pk + 1000
        pages = []
        for number in (found, absent):
            visit.press(
                visit.open(f"/workbench/contests/{number}"),
                action=f"/workbench/contests/{number}",
                fill={"cause": "看看"},
            )
            pages.append(visit.open(f"/workbench/contests/{number}"))
        assert [page.status for page in pages] == [404, 404]
        assert pages[0].text == pages[1].text
    assert looks() == 0
