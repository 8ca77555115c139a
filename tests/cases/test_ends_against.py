"""No case ends against somebody unless the history names who said so: the database itself asks for it."""

import pytest
from django.db import DatabaseError, connection, transaction

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import officer, states, submit
from tests.promises.effects import unproven
from tongban.cases.models import Case, Decision, Event
from tongban.registry import api as registry

AGAINST = ("refused", "not_accepted", "revoked", "withdrawn")
CODES = {"refused": 13, "not_accepted": 5, "revoked": 15, "withdrawn": 14}
# What would name whoever ended a case, told wrong in one way each.
NOBODY: dict[str, dict[str, object]] = {
    "a rule": {"maker": "rule", "staff_id": None},
    "the law alone": {"maker": "law", "staff_id": None},
    "the platform": {"maker": "platform", "staff_id": None},
    "a person without a name": {"maker": "person", "staff_id": None},
    "nothing in the ledger": {"entry_id": None},
    "another thing": {"status_code": 3},
    "the filing and no case of it": {"case": None},
}


@pytest.fixture
def waiting(town: Town) -> str:
    """A filing whose registration waits for an officer, and the rest of it for the registration."""
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    assert {each for item, each in states(number).items() if item != "registration"} == {"waiting"}
    return number


def registration(number: str) -> Case:
    return Case.objects.get(filing__number=number, item="registration")


def a_line(case: Case, staff: registry.Staff, state: str) -> Event:
    """Give a line that tells, as an officer's, that a case has ended; it is not written yet."""
    entry = Event.objects.filter(filing=case.filing_id).exclude(entry_id=None).latest("id")
    return Event(
        filing_id=case.filing_id,
        case=case,
        at=entry.at,
        kind=state,
        status_code=CODES[state],
        maker="person",
        staff_id=staff.id,
        words={"zh": "某", "en": "some"},
        entry_id=entry.entry_id,
    )


def end(case: Case, state: str) -> None:
    """Write the state, and nothing else, past the program."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET state = %s WHERE id = %s", [state, case.pk])


def decide_no(case: Case, staff: registry.Staff) -> None:
    Decision.objects.create(
        case=case,
        outcome="no",
        maker="person",
        staff_id=staff.id,
        reasons=[],
        record={},
        entry_id="E",
        at=case.received_at,
    )


@pytest.mark.parametrize("state", AGAINST)
def test_no_case_ends_against_somebody_by_its_state_alone(town: Town, waiting: str, state: str) -> None:
    granted = draft(town, town.subject("li_chunyan"), trade_word="春燕巢")
    submit(town, granted)
    for case in Case.objects.all():
        with pytest.raises(DatabaseError, match="only a named person says no"), transaction.atomic():
            end(case, state)
    assert set(states(granted).values()) == {"granted"}
    assert not set(states(waiting).values()) & set(AGAINST)


@pytest.mark.parametrize("state", AGAINST)
def test_no_case_begins_as_an_end(town: Town, waiting: str, state: str) -> None:
    case = registration(waiting)
    case.pk, case.item, case.number, case.state = None, "another", None, state
    with pytest.raises(DatabaseError, match="only a named person says no"), transaction.atomic():
        case.save(force_insert=True)


@pytest.mark.parametrize("wrong", NOBODY)
@pytest.mark.parametrize("state", AGAINST)
def test_a_line_that_names_nobody_ends_nothing(town: Town, waiting: str, state: str, wrong: str) -> None:
    case, approver = registration(waiting), officer(town, "market.990121", registry.Role.APPROVER)
    line = a_line(case, approver, state)
    for name, value in NOBODY[wrong].items():
        setattr(line, name, value)
    with transaction.atomic():
        if state == "refused":
            decide_no(case, approver)
        line.save()
        with pytest.raises(DatabaseError, match="only a named person says no"), transaction.atomic():
            end(case, state)
        a_line(case, approver, state).save()
        end(case, state)  # and with the officer's line it is written
        transaction.set_rollback(True)


def test_a_refusal_has_its_decision_too(town: Town, waiting: str) -> None:
    case, approver = registration(waiting), officer(town, "market.990121", registry.Role.APPROVER)
    with transaction.atomic():
        a_line(case, approver, "refused").save()
        with pytest.raises(DatabaseError, match="only a named person says no"), transaction.atomic():
            end(case, "refused")
        transaction.set_rollback(True)


def test_what_an_officer_said_of_one_case_ends_no_other_that_an_office_has(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    case, approver = registration(number), officer(town, "market.990121", registry.Role.APPROVER)
    tax = Case.objects.get(filing__number=number, item="tax")
    with transaction.atomic():
        a_line(case, approver, "withdrawn").save()
        for change in ({}, {"number": None}):
            with pytest.raises(DatabaseError, match="only a named person says no"), transaction.atomic():
                Case.objects.filter(pk=tax.pk).update(state="withdrawn", **change)
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", AGAINST)
@pytest.mark.parametrize("person", ["zhang_dahai", "li_chunyan"])
def test_whoever_takes_the_guard_away_is_found_out_by_the_ledger(town: Town, state: str, person: str) -> None:
    number = draft(town, town.subject(person))
    submit(town, number)
    assert unproven() == []
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in guards():
            cursor.execute(guard)
        end(registration(number), state)
        assert unproven() != []
        transaction.set_rollback(True)  # and the guard is there again
    assert unproven() == []


def guards() -> tuple[str, ...]:
    """Give what takes the guard away, as only the owner of the database can."""
    if connection.vendor == "postgresql":
        return ("ALTER TABLE cases_case DISABLE TRIGGER cases_case_no_is_a_persons",)
    return ("DROP TRIGGER cases_case_no_is_a_persons",)
