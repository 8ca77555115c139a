"""What somebody has taken nobody else decides: it is given back, or the head of the office takes it over."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import officer, sight, states, submit
from tests.promises.effects import unproven
from tongban.cases import api as cases
from tongban.cases.models import Event
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.ledger.models import Entry
from tongban.registry import api as registry

OFFICE = "market.990121"
APPROVER, LEADER, RECEPTIONIST = registry.Role.APPROVER, registry.Role.LEADER, registry.Role.RECEPTIONIST


@pytest.fixture
def waiting(town: Town) -> str:
    """A filing whose registration waits for an officer: its founder is under enforcement."""
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    return number


@pytest.fixture
def case(waiting: str) -> str:
    return cases.snapshot(waiting).case("registration").number or ""


def colleagues(town: Town) -> tuple[registry.Staff, registry.Staff]:
    """Give an approver, and another who heads nothing."""
    first = officer(town, OFFICE, APPROVER)
    second = next(
        each for each in registry.staff_of(OFFICE, APPROVER, LEADER, on=town.now.date()) if each != first
    )
    return first, replace(second, roles=frozenset({APPROVER}))


DECISIONS: dict[str, Callable[[Town, str, str, registry.Staff], object]] = {
    "grant": lambda town, number, case, staff: cases.approve(
        sight(town, number), case, staff=staff, reasons="符合", record={}, at=town.workplace
    ),
    "refuse": lambda town, number, case, staff: cases.refuse(
        sight(town, number), case, staff=staff, reasons="不符", record={}, at=town.workplace
    ),
    "not accept": lambda town, number, case, staff: cases.not_accept(
        sight(town, number),
        case,
        staff=staff,
        kind="not_required",
        reasons="无需许可",
        right_office="",
        at=town.workplace,
    ),
    "complete": lambda town, number, case, staff: cases.ask_to_complete(
        sight(town, number), case, staff=staff, wanting=["章程"], at=town.workplace
    ),
}


@pytest.mark.parametrize("decision", [name for name in DECISIONS if name != "complete"])
def test_a_case_that_was_taken_is_decided_by_nobody_else(
    town: Town, waiting: str, case: str, decision: str
) -> None:
    first, second = colleagues(town)
    cases.claim_case(waiting, case, staff=first, at=town.workplace)
    with pytest.raises(Conflict, match=first.name):
        DECISIONS[decision](town, waiting, case, second)
    assert states(waiting)["registration"] == "accepted"
    DECISIONS[decision](town, waiting, case, first)
    assert states(waiting)["registration"] != "accepted"


def test_a_lapse_of_a_case_that_was_taken_is_confirmed_by_nobody_else(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    found = cases.snapshot(number).case("registration").number or ""
    first, second = colleagues(town)
    cases.claim_case(number, found, staff=first, at=town.workplace)
    shown = cases.officer_case(found, second, at=town.workplace)
    assert not shown.powers & {cases.Power.DECIDE, cases.Power.CLAIM, cases.Power.NOT_ACCEPT}
    with pytest.raises(Conflict):
        cases.confirm_lapse(sight(town, number), found, staff=second, at=town.workplace)
    with pytest.raises(Conflict):
        DECISIONS["complete"](town, number, found, second)


def test_what_is_given_back_another_takes_and_decides(town: Town, waiting: str, case: str) -> None:
    first, second = colleagues(town)
    cases.claim_case(waiting, case, staff=first, at=town.workplace)
    with pytest.raises(Conflict, match=first.name):
        cases.give_back(waiting, case, staff=second, at=town.workplace)
    mine = cases.officer_case(case, first, at=town.workplace).powers
    assert cases.Power.GIVE_BACK in mine
    assert cases.Power.CLAIM not in mine
    cases.give_back(waiting, case, staff=first, at=town.workplace)
    with pytest.raises(Conflict):
        cases.give_back(waiting, case, staff=first, at=town.workplace)
    cases.claim_case(waiting, case, staff=second, at=town.workplace)
    DECISIONS["refuse"](town, waiting, case, second)
    assert states(waiting)["registration"] == "refused"
    assert {"claimed", "given_back"} <= set(Event.objects.values_list("kind", flat=True))


def test_the_head_takes_a_case_over_with_a_reason_and_as_evidence(
    town: Town, waiting: str, case: str
) -> None:
    first, second = colleagues(town)
    head = replace(second, roles=frozenset({LEADER}))
    with pytest.raises(Conflict):
        cases.take_over(waiting, case, staff=head, reason="请假", at=town.workplace)
    cases.claim_case(waiting, case, staff=first, at=town.workplace)
    for other in (second, replace(second, roles=frozenset({RECEPTIONIST}))):
        with pytest.raises(NotFound):
            cases.take_over(waiting, case, staff=other, reason="请假", at=town.workplace)
    with pytest.raises(Invalid):
        cases.take_over(waiting, case, staff=head, reason=" ", at=town.workplace)
    with pytest.raises(Conflict):
        DECISIONS["refuse"](town, waiting, case, head)
    assert cases.Power.TAKE_OVER in cases.officer_case(case, head, at=town.workplace).powers
    cases.take_over(waiting, case, staff=head, reason="领取人请假", at=town.workplace)
    assert Entry.objects.filter(kind="case.taken_over").count() == 1
    with pytest.raises(Conflict, match=head.name):
        DECISIONS["refuse"](town, waiting, case, first)
    DECISIONS["refuse"](town, waiting, case, head)
    assert unproven() == []
