"""What was surely never sent is sent; only what may have been sent is in doubt."""

import itertools

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import filer_of, officer, pass_time, states, submit
from tongban.cases import api as cases
from tongban.cases.models import Act, Event
from tongban.kernel.clock import Budget, budget
from tongban.registry import api as registry


def test_an_appointment_that_a_person_approved_reaches_the_bank_once(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.ask_for_person(number, subject=owner, at=town.workplace)
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    pass_time(town, minutes=2)
    for _ in range(2):  # the registration first, then the five that waited for it
        carry(town, number)
        for case in cases.snapshot(number).cases:
            if case.person_needed and not case.state.is_end:
                approve(town, number, case.item)
    carry(town, number)
    assert set(states(number).values()) == {"granted"}
    assert len(town.offices["bank"].registered) == 1


def approve(town: Town, number: str, item: str) -> None:
    case = cases.snapshot(number).case(item)
    assert case.number is not None
    approver = officer(town, case.office, registry.Role.APPROVER)
    prepared = cases.prepare_decision(case.number, approver, at=town.workplace)
    cases.approve(
        prepared.sight,
        case.number,
        staff=approver,
        reasons="材料齐全，符合法定条件。",
        record=prepared.record,
        at=town.workplace,
    )


def test_a_page_whose_time_ends_after_the_decision_leaves_no_doubt_behind(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    cases.carry(lease, at=town.workplace, limit=looks(3))
    for turn in range(30):
        pass_time(town, minutes=2)
        cases.work_once(at=town.workplace, limit=looks(2 + turn % 4))
    assert set(states(number).values()) == {"granted"}
    assert not Act.objects.exclude(state="done").exists()
    for name, office in town.offices.items():
        assert len(office.registered) == 1, name


@pytest.mark.parametrize("name", ["tax", "social", "bank"])
def test_an_office_that_was_closed_for_a_weekend_registers_once_and_nobody_had_to_look(
    town: Town, name: str
) -> None:
    """One office that honours our key for a day, one that can be asked, and one that offers neither."""
    office = town.offices[name]
    office.down = True
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    for _ in range(3 * 24):
        pass_time(town, hours=1)
        cases.work_once(at=town.workplace, limit=budget(60))
    [act] = Act.objects.exclude(state="done")
    assert (act.connector, act.state, act.perhaps_sent_at) == (name, "intended", None)
    assert act.tries > 24
    office.down = False
    pass_time(town, hours=1)
    cases.work_once(at=town.workplace, limit=budget(60))
    assert set(states(number).values()) == {"granted"}
    assert len(office.registered) == 1
    assert not Event.objects.filter(filing__number=number, kind="to_person").exists()


def test_a_reply_lost_before_an_office_closed_for_a_weekend_is_in_doubt(town: Town) -> None:
    """It may have registered, and no longer knows our key: sent again, it would register twice."""
    office = town.offices["tax"]
    office.lose_replies = 10
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    first = Act.objects.get(connector="tax").perhaps_sent_at
    assert first is not None
    office.down = True
    for _ in range(24):
        pass_time(town, hours=1)
        cases.work_once(at=town.workplace, limit=budget(60))
    act = Act.objects.get(connector="tax")
    assert (act.state, act.perhaps_sent_at) == ("in_doubt", first)
    assert cases.snapshot(number).case("tax").person_needed
    assert len(office.registered) == 1


def looks(many: int) -> Budget:
    """Give a budget that is spent after so many looks at it: a worker that must leave at a bad moment."""
    seen = itertools.count(1)
    return Budget(1.0, lambda: 0.0 if next(seen) <= many else 2.0)
