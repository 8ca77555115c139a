"""What is done in another's name (委托) has that other's head above it: they see it, and take it over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, sight, states, submit
from tests.openings import fields_of
from tests.promises.effects import unproven
from tongban.cases import api as cases
from tongban.cases.models import Case, Event
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, NotFound
from tongban.ledger.models import Entry
from tongban.registry import api as registry
from tongban.registry.models import Staff

TOWNSHIP, COUNTY = "market.990121001", "market.990121"
APPROVER, LEADER, RECEPTIONIST = registry.Role.APPROVER, registry.Role.LEADER, registry.Role.RECEPTIONIST


@pytest.fixture
def waiting(town: Town) -> str:
    """A filing whose registration the township decides in the county's name, where nobody leads."""
    land = town.registers["land"]
    land.resources = {
        resource: lambda key, find=find: {**(find(key) or {}), "place.division": "990121001"}
        for resource, find in land.resources.items()
    }
    Staff.objects.filter(organisation=TOWNSHIP, roles__role=LEADER).update(
        until=civil_date(town.now) - timedelta(days=1)
    )
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    row = Case.objects.get(filing__number=number, item="registration")
    assert (row.office, row.in_name_of, row.state) == (TOWNSHIP, COUNTY, "accepted")
    assert not registry.staff_of(TOWNSHIP, LEADER, on=civil_date(town.now))
    return number


@pytest.fixture
def case(waiting: str) -> str:
    return cases.snapshot(waiting).case("registration").number or ""


def take_over(town: Town, number: str, case: str, staff: registry.Staff) -> None:
    cases.take_over(number, case, staff=staff, reason="经办人员请假", at=town.workplace)


def refuse(town: Town, number: str, case: str, staff: registry.Staff) -> None:
    cases.refuse(sight(town, number), case, staff=staff, reasons="不符", record={}, at=town.workplace)


def test_the_head_of_whoever_entrusted_it_takes_it_from_an_absent_officer_and_decides(
    town: Town, waiting: str, case: str
) -> None:
    absent, head = officer(town, TOWNSHIP, APPROVER), officer(town, COUNTY, LEADER)
    cases.claim_case(waiting, case, staff=absent, at=town.workplace)
    with pytest.raises(NotFound):
        refuse(town, waiting, case, head)
    shown = cases.officer_case(case, head, at=town.workplace)
    assert shown.powers == {cases.Power.TAKE_OVER}
    take_over(town, waiting, case, head)
    with pytest.raises(Conflict, match=head.name):
        refuse(town, waiting, case, absent)
    assert cases.Power.DECIDE in cases.officer_case(case, head, at=town.workplace).powers
    refuse(town, waiting, case, head)
    carry(town, waiting)
    assert states(waiting)["registration"] == "refused"
    assert unproven() == []
    said = fields_of()[Entry.objects.get(kind="case.taken_over").id]
    assert (said["staff"], said["taken_from"]) == (str(head.id), str(absent.id))


def test_what_nobody_has_taken_is_taken_from_the_office_itself_and_given_back(
    town: Town, waiting: str, case: str
) -> None:
    head = officer(town, COUNTY, LEADER)
    take_over(town, waiting, case, head)
    said = fields_of()[Entry.objects.get(kind="case.taken_over").id]
    assert said["taken_from"] == TOWNSHIP
    with pytest.raises(Conflict):
        take_over(town, waiting, case, head)
    cases.give_back(waiting, case, staff=head, at=town.workplace)
    with pytest.raises(NotFound):
        refuse(town, waiting, case, head)
    refuse(town, waiting, case, officer(town, TOWNSHIP, APPROVER))
    line = Event.objects.get(kind="taken_over")
    assert registry.organisation(TOWNSHIP).name.zh in line.words["zh"]


def test_no_fact_is_opened_before_the_case_is_in_hand(town: Town, waiting: str, case: str) -> None:
    head = officer(town, COUNTY, LEADER)
    with pytest.raises(NotFound):
        cases.open_facts(case, staff=head, cause="看看", at=town.workplace)
    with pytest.raises(NotFound):
        cases.examine(case, head, cause="看看", at=town.workplace)
    assert not Entry.objects.filter(kind="facts.opened").exists()
    take_over(town, waiting, case, head)
    assert cases.open_facts(case, staff=head, cause="接手后审查", at=town.workplace)
    assert Entry.objects.filter(kind="facts.opened").count() == 1


def test_it_stands_on_the_heads_list_with_who_handles_it_and_on_no_other(
    town: Town, waiting: str, case: str
) -> None:
    head, now = officer(town, COUNTY, LEADER), town.now
    [line] = cases.desk(head, now=now).lines
    assert (line.number, line.entrusted_to) == (case, registry.organisation(TOWNSHIP).name)
    [own] = cases.desk(officer(town, TOWNSHIP, APPROVER), now=now).lines
    assert (own.number, own.entrusted_to) == (case, None)
    for stranger in (
        replace(head, roles=frozenset({APPROVER, RECEPTIONIST})),  # of the county, and no head
        officer(town, "market.990122", LEADER),
        officer(town, "market.990100", LEADER),  # above the county in its line, and no decider of the item
    ):
        assert cases.desk(stranger, now=now).lines == ()
        with pytest.raises(NotFound):
            cases.officer_case(case, stranger, at=town.workplace)
        with pytest.raises(NotFound):
            take_over(town, waiting, case, stranger)


def test_what_was_devolved_is_the_receivers_own(town: Town, waiting: str, case: str) -> None:
    """下放: the township decides in its own name then, and answers for it; nobody above takes it over."""
    head = officer(town, COUNTY, LEADER)
    for own_name in (TOWNSHIP, "market.990100"):
        Case.objects.filter(number=case).update(in_name_of=own_name)
        with pytest.raises(NotFound):
            take_over(town, waiting, case, head)
        assert cases.desk(head, now=town.now).lines == ()
