"""A promise in place of a proof: where it is open, and what follows when it was not kept."""

import pytest

from bench.filing import COMPANY, draft, ticks
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import officer, pass_time, submit
from tongban.cases import api as cases
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.licences import api as licences
from tongban.registry import api as registry

APPROVER = registry.Role.APPROVER


def pledged(town: Town, person: str) -> str:
    """File at an address that no register knows, pledging that it is fit for trade."""
    owner = town.subject(person)
    number = draft(town, owner, address="east_unknown")
    cases.gather(number, at=town.workplace, again=True)
    form = cases.form_page(number, owner, at=town.workplace)
    asked = {question.question.id for question in form.sight.plan.questions}
    assert form.sight.plan.pledges, "the county allows the pledge and it must be offered"
    question = form.sight.plan.pledges[0].asked_by
    assert question in asked
    cases.put_answers(number, town.bundle, parties=[], answers={(COMPANY, question): True}, at=town.workplace)
    form = cases.form_page(number, owner, at=town.workplace)
    missing = list(cases.check(number, at=town.workplace).problems)
    answers = {(problem.ref, problem.question): "云溪市云东县城关镇新街9号" for problem in missing}
    fields = {q.question.id: q.question.type for q in form.sight.plan.questions}
    texts = {key: value for key, value in answers.items() if fields.get(key[1]) == "text"}
    cases.put_answers(number, town.bundle, parties=[], answers=dict(texts), at=town.workplace)
    ticks(town, number, owner)
    return number


def test_an_unknown_address_may_be_pledged_and_is_decided_on_the_spot(town: Town) -> None:
    number = pledged(town, "li_chunyan")
    checked = submit(town, number)
    assert checked.is_clean, checked
    case = cases.snapshot(number).case("registration")
    assert case.state is cases.CaseState.GRANTED
    line = cases.pledges_at(officer(town, "market.990121", APPROVER))[0]
    assert line.state == "signed"
    assert line.due_at is not None


def test_a_serious_record_bars_the_pledge(town: Town) -> None:
    number = pledged(town, "zhao_min")
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.state is not cases.CaseState.GRANTED
    assert case.decided_at is None


def test_where_the_county_does_not_allow_it_no_pledge_is_offered(town: Town) -> None:
    owner = town.subject("wang_jianguo")
    number = draft(town, owner, address="west_unknown")
    cases.gather(number, at=town.workplace, again=True)
    assert CHARACTERS["addresses"]["west_unknown"]["division"] == "990122"
    assert cases.form_page(number, owner, at=town.workplace).sight.plan.pledges == ()


def test_a_broken_pledge_is_rectified_or_revoked_by_a_person_and_entered_on_record(town: Town) -> None:
    number = pledged(town, "li_chunyan")
    submit(town, number)
    approver = officer(town, "market.990121", APPROVER)
    case = cases.snapshot(number).case("registration")
    assert case.number is not None
    at = town.workplace
    with pytest.raises(Conflict):  # rectifying comes first
        cases.revoke_for_breach(
            number, case.number, "address", staff=approver, reasons="未改正", basis="条例", at=at
        )
    with pytest.raises(Invalid):
        cases.check_pledge(number, case.number, "address", staff=approver, kept=False, found=" ", at=at)
    stranger = officer(town, "market.990122", APPROVER)
    with pytest.raises(NotFound):
        cases.check_pledge(number, case.number, "address", staff=stranger, kept=True, found="属实", at=at)
    cases.check_pledge(number, case.number, "address", staff=approver, kept=False, found="现场为住宅", at=at)
    with pytest.raises(Conflict):  # its time to put it right has not run out
        cases.revoke_for_breach(
            number, case.number, "address", staff=approver, reasons="立即", basis="条例", at=at
        )
    pass_time(town, days=40)
    cases.revoke_for_breach(
        number,
        case.number,
        "address",
        staff=approver,
        reasons="逾期未改正",
        basis="市场主体登记管理条例",
        at=at,
    )
    carry(town, number)
    assert licences.licence(case.licence).status is licences.Status.REVOKED
    page = cases.filing_page(number, town.subject("li_chunyan"))
    assert any(line.status_code == 15 for line in page.timeline)
