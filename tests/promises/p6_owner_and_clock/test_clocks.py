"""Clocks start, stop, begin anew and escalate as the law says; nobody waits where nobody is."""

import pytest

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, pass_time, sight, states, submit
from tests.promises.p6_owner_and_clock.waits import DECIDERS, orphans
from tongban.cases import api as cases
from tongban.cases.models import Case, Event
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.registry import api as registry


def registration(number: str) -> Case:
    return Case.objects.get(filing__number=number, item="registration")


def kinds(number: str) -> list[str]:
    return list(Event.objects.filter(filing__number=number).order_by("id").values_list("kind", flat=True))


def test_in_every_division_every_office_and_every_source_is_staffed(town: Town) -> None:
    today = civil_date(town.now)
    for place in ("990121", "990122", "990121001"):
        for item in town.bundle.items:
            competence = registry.office_for(item.basic_code, place, at=today)
            office = competence.office.slug
            assert registry.staff_of(office, *DECIDERS, on=today), f"{item.key} of {place} is nobody's"
            in_charge = competence.in_name_of.slug
            assert registry.staff_of(in_charge, registry.Role.LEADER, on=today), f"{in_charge} has no head"
    for resource in catalogue.book(today).resources.values():
        answering = registry.staff_of(resource.organisation, registry.Role.DATA_OFFICER, on=today)
        assert answering, f"nobody at {resource.organisation} answers who disputes {resource.code}"


def test_the_time_to_accept_begins_anew_when_everything_was_handed_in(town: Town) -> None:
    owner = town.subject("wu_xiaoxue")
    number = draft(town, owner)
    submit(town, number)
    first = registration(number)
    assert first.state == "correction"
    [case] = [each for each in cases.filing_page(number, owner).cases if each.state == "correction"]
    assert case.complete_by == first.correction_due_at
    pass_time(town, days=20)
    town.registers["court"].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    cases.supply(number, at=town.workplace)
    completed_at = town.now
    row = registration(number)
    assert row.acceptance_due_at is not None
    assert row.acceptance_due_at > town.now, "it had run out while the applicant was completing"
    pass_time(town, days=12)
    carry(town, number)
    accepted = registration(number)
    assert accepted.accepted_at == completed_at, "silence accepts from the day when all was there"


def test_a_special_procedure_that_goes_on_too_long_is_told_once(town: Town) -> None:
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    approver = officer(town, "market.990121", registry.Role.APPROVER)
    case = registration(number).number or ""
    cases.begin_pause(
        sight(town, number),
        case,
        staff=approver,
        kind="inspection",
        reason="现场核查",
        needs_days=3,
        at=town.workplace,
    )
    assert orphans(town, number) == []
    assert cases.ring_overdue(at=town.workplace) == 0
    pass_time(town, days=7)
    assert orphans(town, number) != []
    assert cases.ring_overdue(at=town.workplace) == 1
    assert cases.ring_overdue(at=town.workplace) == 0
    assert kinds(number).count("pause_late") == 1
    assert orphans(town, number) == []


def test_a_source_that_never_answers_a_dispute_is_told_on_once(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.gather(number, at=town.workplace, again=True)
    fact = cases.form_page(number, owner, at=town.workplace).facts[0]
    cases.contest(number, fact.id, subject=owner, said="不对", at=town.workplace)
    pass_time(town, days=30)
    assert cases.ring_overdue(at=town.workplace) == 1
    assert cases.ring_overdue(at=town.workplace) == 0
    assert kinds(number).count("contest_late") == 1


def ask_for_reasons(town: Town) -> tuple[str, registry.Subject]:
    """Have somebody, everything of whom was granted by rule, ask for the reasons of the registration."""
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    case = registration(number).number or ""
    cases.ask_for_review(number, case, subject=owner, said="为何", at=town.workplace)
    return number, owner


def test_reasons_that_nobody_gives_are_warned_of_before_and_escalated_after(town: Town) -> None:
    number, owner = ask_for_reasons(town)
    row = registration(number)
    decider = officer(town, row.office, *DECIDERS)
    [line] = cases.reviews_at(decider, now=town.now).lines
    shown = next(each for each in cases.filing_page(number, owner).cases if each.number == row.number)
    assert shown.review_due_at == line.due_at > town.now
    assert not line.is_late
    pass_time(town, days=1)
    assert cases.ring_overdue(at=town.workplace) == 0
    pass_time(town, seconds=(line.due_at - town.now).total_seconds() - 60)
    assert (cases.ring_overdue(at=town.workplace), cases.ring_overdue(at=town.workplace)) == (1, 0)
    assert kinds(number).count("review_soon") == 1
    told = [each.kind for each in cases.filing_page(number, owner).timeline.lines]
    assert "review_soon" not in told, "the office is warned; the applicant waits until its time has passed"
    pass_time(town, minutes=2)
    assert cases.reviews_at(decider, now=town.now).lines[0].is_late
    assert (cases.ring_overdue(at=town.workplace), cases.ring_overdue(at=town.workplace)) == (1, 0)
    assert "review_late" in [each.kind for each in cases.filing_page(number, owner).timeline.lines]


def test_reasons_that_were_given_ring_no_more(town: Town) -> None:
    number, owner = ask_for_reasons(town)
    row = registration(number)
    decider = officer(town, row.office, *DECIDERS)
    cases.answer_review(number, row.number or "", staff=decider, answer="均已满足", at=town.workplace)
    pass_time(town, days=61)
    assert cases.ring_overdue(at=town.workplace) == 0
    assert cases.reviews_at(decider, now=town.now).lines == ()
    shown = next(each for each in cases.filing_page(number, owner).cases if each.number == row.number)
    assert (shown.review, shown.review_due_at) == ("answered", None)


def test_a_filing_that_somebody_never_confirms_ends_and_frees_its_name(town: Town) -> None:
    owner, partner = town.subject("li_chunyan"), town.subject("wang_jianguo")
    named = {"resident_id": partner.number, "name": partner.name}
    number = draft(town, owner, partner=named)
    submit(town, number)
    assert cases.filing_page(number, owner).status is cases.FilingStatus.CONFIRMING
    pass_time(town, days=61)
    assert cases.expire_drafts(at=town.workplace) == 1
    assert set(states(number).values()) == {"withdrawn"}
    assert cases.filing_page(number, owner).status is cases.FilingStatus.EXPIRED
    again = draft(town, town.subject("zhou_wenbin"))
    assert submit(town, again).is_clean
    assert set(states(again).values()) == {"granted"}


@pytest.mark.parametrize("silent", ["court", "police"])
def test_a_source_that_is_silent_for_ever_does_not_silence_the_office(town: Town, silent: str) -> None:
    """The source owns the wait, but the office's clock runs: it warns, rings and rings again."""
    town.registers[silent].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    for _ in range(40):
        pass_time(town, days=1)
        carry(town, number)
        assert orphans(town, number) == []
    assert registration(number).alarm == 3
    assert registration(number).decided_at is None
    assert {"clock_promised", "clock_statutory"} <= set(kinds(number))
