"""What is decided is delivered in time, and a correction that never came is settled in time: by somebody who
is warned before and told on after (Administrative Licensing Law art. 44; the rest is the city's own setting).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import officer, pass_time, states, submit
from tests.promises.effects import unproven
from tests.promises.p6_owner_and_clock.test_provisional import (
    NEW_YEAR,
    announced,
    counted,
    on_the_last_day,
    registration,
)
from tests.promises.p6_owner_and_clock.waits import DECIDERS, orphans
from tests.promises.signers import SilentSigners
from tongban.cases import api as cases
from tongban.cases.models import Case, Event
from tongban.kernel.clock import budget, civil_date
from tongban.registry import api as registry


def in_doubt(town: Town) -> str:
    """Have a bank lose its reply and be unable to say whether it opened the account."""
    town.offices["bank"].lose_replies = 1
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    pass_time(town, hours=2)
    work(town)
    assert states(number)["account"] == "acting"
    assert case_of(number, "account").person_needed
    return number


def case_of(number: str, item: str) -> Case:
    return Case.objects.get(filing__number=number, item=item)


def work(town: Town) -> None:
    """Let a worker do all that is due."""
    while cases.work_once(at=town.workplace, limit=budget(60)):
        pass


@contextmanager
def market_signs_nothing(town: Town) -> Iterator[None]:
    own = town.workplace
    town.workplace = replace(own, signers=SilentSigners(own.signers, frozenset({"market"})))
    yield
    town.workplace = replace(own, clock=town.workplace.clock)


def told_day_by_day(town: Town, number: str, item: str) -> dict[str, datetime]:
    """Let day after day pass, with somebody owning the wait on each; give when each new line was told."""
    seen: dict[str, datetime] = {}
    known = set(Event.objects.values_list("pk", flat=True))
    for _ in range(60):
        pass_time(town, days=1)
        work(town)
        assert orphans(town, number) == []
        for event in Event.objects.filter(case__item=item).exclude(pk__in=known).order_by("id"):
            known.add(event.pk)
            assert event.kind not in seen, f"{event.kind} was told twice"
            seen[event.kind] = event.at
    return seen


def assert_warned_before_and_told_after(
    told: dict[str, datetime], what: str, due_at: datetime | None
) -> None:
    assert due_at is not None
    assert set(told) == {f"clock_{what}_soon", f"clock_{what}_late"}
    assert told[f"clock_{what}_soon"] < due_at < told[f"clock_{what}_late"]


def test_an_act_in_doubt_that_nobody_finds_out_about_is_warned_of_and_told_on(town: Town) -> None:
    number = in_doubt(town)
    row = case_of(number, "account")
    assert row.decided_at is not None
    assert row.closing_due_at is not None
    assert civil_date(row.closing_due_at) == counted(row.decided_at, 10, town.workplace.calendar)
    told = told_day_by_day(town, number, "account")
    assert_warned_before_and_told_after(told, "delivery", row.closing_due_at)
    assert unproven() == []


def test_a_lapse_that_nobody_confirms_is_warned_of_and_told_on(town: Town) -> None:
    owner = town.subject("wu_xiaoxue")
    number = draft(town, owner)
    submit(town, number)
    until = case_of(number, "registration").correction_due_at
    assert until is not None
    pass_time(town, seconds=(until - town.now).total_seconds() + 60)
    work(town)
    row = case_of(number, "registration")
    assert row.person_needed
    assert row.closing_due_at is not None
    assert civil_date(row.closing_due_at) == counted(until, 5, town.workplace.calendar)
    [page] = [each for each in cases.filing_page(number, owner).cases if each.state == "correction"]
    assert page.due_at == row.closing_due_at, "its applicant sees by when the office settles it"
    told = told_day_by_day(town, number, "registration")
    assert_warned_before_and_told_after(told, "lapse", row.closing_due_at)


def test_a_signer_that_is_silent_for_days_is_warned_of_and_told_on(town: Town) -> None:
    owner = town.subject("li_chunyan")
    with market_signs_nothing(town):
        number = draft(town, owner)
        submit(town, number)
        row = case_of(number, "registration")
        assert row.state == "issuing"
        told = told_day_by_day(town, number, "registration")
        assert_warned_before_and_told_after(told, "delivery", row.closing_due_at)
        lines = {line.kind for line in cases.filing_page(number, owner).timeline.lines}
        assert "clock_delivery_late" in lines, "its applicant is told"
        assert "clock_delivery_soon" not in lines, "the warning is the office's"
        decider = officer(town, row.office, *DECIDERS)
        [line] = cases.desk(decider, now=town.now).lines
        assert (line.number, line.urgency, line.closing) == (row.number, cases.Urgency.OVERDUE, True)
    pass_time(town, minutes=20)
    work(town)
    assert states(number)["registration"] == "granted"
    assert cases.desk(decider, now=town.now).lines == ()


def test_a_correction_that_comes_after_its_time_takes_the_clock_away(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    pass_time(town, days=50)
    work(town)
    assert case_of(number, "registration").alarm == 2
    cases.supply(number, at=town.workplace)
    row = case_of(number, "registration")
    assert (row.closing_due_at, row.alarm) == (None, 0)
    work(town)
    assert orphans(town, number) == []


def test_what_is_due_in_an_unannounced_year_after_a_decision_is_counted_again(town: Town) -> None:
    on_the_last_day(town)
    with market_signs_nothing(town):
        number = draft(town, town.subject("li_chunyan"))
        submit(town, number)
    row = registration(number)
    assert row.due_provisional
    announced(town, NEW_YEAR)
    assert cases.recompute_provisional(town.workplace) == 1
    again = registration(number)
    assert not again.due_provisional
    assert row.closing_due_at is not None
    assert again.closing_due_at is not None
    assert again.closing_due_at > row.closing_due_at
    assert again.promised_due_at == row.promised_due_at, "what was decided in time is not counted anew"
    assert unproven() == []


def test_the_one_who_finds_out_sees_the_clock(town: Town) -> None:
    number = in_doubt(town)
    row = case_of(number, "account")
    staff = officer(town, row.office, registry.Role.APPROVER)
    [line] = cases.desk(staff, now=town.now).lines
    assert line.due_at == row.closing_due_at
    shown = cases.officer_case(row.number or "", staff, at=town.workplace)
    [running] = [clock for clock in shown.clocks if clock.running]
    assert running.due_at == row.closing_due_at
    page = next(
        each
        for each in cases.filing_page(number, town.subject("li_chunyan")).cases
        if each.number == row.number
    )
    assert page.due_at == row.closing_due_at
