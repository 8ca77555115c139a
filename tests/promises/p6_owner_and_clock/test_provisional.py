"""A clock that reaches a year whose holidays nobody has announced is provisional wherever it shows, and is
counted again once the year is announced (domain: the deadline table).
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bench.filing import draft
from bench.town import CITY, Town, carry
from tests.cases.acting import officer, pass_time, sight, submit
from tests.promises.effects import unproven
from tests.rest.program import Program
from tongban.cases import api as cases
from tongban.cases.models import Case, Event
from tongban.kernel.calendar import Calendar, YearOfDays
from tongban.kernel.clock import SHANGHAI, SetClock, civil_date
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.site import working

LAST_DAY = datetime(2026, 12, 31, 9, 0, tzinfo=SHANGHAI)  # a Thursday
DAY = timedelta(days=1)
# A notice such as the State Council's office gives: eight days of 2027 are off, and a Saturday is worked.
NEW_YEAR = YearOfDays(
    2027,
    holidays=frozenset(date(2027, 1, 1) + n * DAY for n in range(8)),
    make_up=frozenset({date(2027, 1, 9)}),
    source="演示通知",
)


def on_the_last_day(town: Town) -> None:
    """Let it be the last day of a year whose next one is not announced."""
    clock = town.workplace.clock
    assert isinstance(clock, SetClock)
    clock.at = LAST_DAY


def announced(town: Town, *years: YearOfDays) -> Town:
    """Have the years announced: the city has extended its calendar.yaml."""
    town.workplace = replace(town.workplace, calendar=Calendar({year.year: year for year in years}))
    return town


def waiting_for_a_person(town: Town) -> str:
    """File for somebody under enforcement: the case is accepted, and an officer has it."""
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    return number


def registration(number: str) -> Case:
    return Case.objects.get(filing__number=number, item="registration")


def counted(start: datetime, working_days: int, calendar: Calendar) -> date:
    """Count by hand: day after day, the working ones."""
    day = civil_date(start)
    while working_days:
        day += DAY
        working_days -= calendar.day(day).working
    return day


def test_a_deadline_into_an_unannounced_year_is_marked_wherever_it_shows(
    served: Town, program: Callable[[str], Program]
) -> None:
    on_the_last_day(served)
    number = waiting_for_a_person(served)
    row = registration(number)
    assert row.promised_due_at is not None
    assert civil_date(row.promised_due_at).year == 2027
    page = next(
        case for case in cases.filing_page(number, served.subject("zhang_dahai")).cases if case.due_at
    )
    assert page.due_provisional
    told = program("zhang_dahai").get(f"/filings/{number}").body
    assert [case["due_provisional"] for case in told["cases"] if case["due_at"]] == [True]
    approver = officer(served, "market.990121", registry.Role.APPROVER)
    [line] = cases.desk(approver, now=served.now).lines
    assert line.due_provisional
    shown = cases.officer_case(row.number or "", approver, at=served.workplace)
    assert all(clock.provisional for clock in shown.clocks)
    [accepted] = [
        notice for notice in papers.notices_of([row.number or ""]).lines if notice.kind == "accepted"
    ]
    assert accepted.provisional
    assert any("暂定" in line.zh and "provisional" in line.en for line in accepted.body)


def test_an_announced_year_moves_the_clocks_and_says_so_once(town: Town) -> None:
    on_the_last_day(town)
    number = waiting_for_a_person(town)
    before = registration(number)
    assert cases.recompute_provisional(town.workplace) == 0, "nothing was announced"
    announced(town, NEW_YEAR)
    pass_time(town, days=1)
    assert cases.recompute_provisional(town.workplace) == 1
    after = registration(number)
    assert not after.due_provisional
    assert after.accepted_at is not None
    assert after.promised_due_at is not None
    assert before.promised_due_at is not None
    limits = town.bundle.item("registration").limits
    assert civil_date(after.promised_due_at) == counted(
        after.accepted_at, limits.promised.amount, town.workplace.calendar
    )
    assert after.promised_due_at > before.promised_due_at
    timeline = cases.filing_page(number, town.subject("zhang_dahai")).timeline.lines
    [line] = [line for line in timeline if line.kind == "counted_again"]
    assert line.entry_id
    assert f"{after.promised_due_at.day}日" in line.words.zh
    assert "暂定" not in line.words.zh
    assert cases.recompute_provisional(town.workplace) == 0, "once is once"
    assert unproven() == []


def test_a_notice_that_moves_days_of_the_december_before_moves_the_clocks_in_it(town: Town) -> None:
    clock = town.workplace.clock
    assert isinstance(clock, SetClock)
    clock.at = datetime(2026, 12, 24, 9, 0, tzinfo=SHANGHAI)  # a Thursday
    number = waiting_for_a_person(town)
    before = registration(number)
    assert before.due_provisional
    assert before.statutory_due_at is not None
    assert civil_date(before.statutory_due_at) == date(2026, 12, 29)
    assert cases.recompute_provisional(town.workplace) == 0, "2027 is not announced"
    announced(town, YearOfDays(2027, frozenset(), frozenset({date(2026, 12, 27)}), "演示通知"))  # a Sunday
    assert cases.recompute_provisional(town.workplace) == 1
    after = registration(number)
    assert after.statutory_due_at is not None
    assert (civil_date(after.statutory_due_at), after.due_provisional) == (date(2026, 12, 28), False)
    assert cases.recompute_provisional(town.workplace) == 0
    assert unproven() == []


def test_a_pause_and_the_extension_are_counted_again_in_their_order(town: Town) -> None:
    on_the_last_day(town)
    number = waiting_for_a_person(town)
    case_number = registration(number).number or ""
    leader = officer(town, "market.990121", registry.Role.LEADER)
    at = town.workplace
    cases.begin_pause(
        sight(town, number),
        case_number,
        staff=leader,
        kind="expert_review",
        reason="论证",
        needs_days=5,
        at=at,
    )
    pass_time(town, days=9)
    cases.end_pause(sight(town, number), case_number, staff=leader, outcome="通过", at=at)
    cases.extend(sight(town, number), case_number, staff=leader, reason="案情复杂", at=at)
    [extended] = Event.objects.filter(kind="extended")
    assert "暂定" in extended.words["zh"]
    assert registration(number).due_provisional
    announced(town, NEW_YEAR)
    assert cases.recompute_provisional(town.workplace) == 1
    row = registration(number)
    assert row.accepted_at is not None
    assert row.statutory_due_at is not None
    limits = town.bundle.item("registration").limits
    assert limits.statutory is not None
    assert limits.extension is not None
    calendar = town.workplace.calendar
    not_counted = sum(calendar.day(civil_date(LAST_DAY) + n * DAY).working for n in range(1, 10))
    days = limits.statutory.amount + not_counted + limits.extension.amount
    assert civil_date(row.statutory_due_at) == counted(row.accepted_at, days, calendar)
    assert not row.due_provisional


def test_what_rang_too_early_rings_again(town: Town) -> None:
    on_the_last_day(town)
    number = waiting_for_a_person(town)
    promised = registration(number).promised_due_at
    assert promised is not None
    pass_time(town, seconds=(promised - town.now).total_seconds() + 60)
    for _ in range(3):
        carry(town, number)
    assert registration(number).alarm == 2
    announced(town, NEW_YEAR)
    cases.recompute_provisional(town.workplace)
    again = registration(number)
    assert again.promised_due_at is not None
    assert again.promised_due_at > town.now
    assert again.alarm < 2
    pass_time(town, days=10)
    for _ in range(3):
        carry(town, number)
    assert registration(number).alarm >= 2


def test_a_dispute_and_a_correction_are_counted_again(town: Town) -> None:
    on_the_last_day(town)
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.gather(number, at=town.workplace, again=True)
    facts = cases.form_page(number, owner, at=town.workplace).facts
    address = next(fact for fact in facts if fact.element == "place.address_text")
    cases.contest(number, address.id, subject=owner, said="门牌号已变更", at=town.workplace)
    officer_of_source = officer(town, address.source, registry.Role.DATA_OFFICER)
    [before] = cases.contests_at(officer_of_source).lines
    assert before.due_provisional
    announced(town, NEW_YEAR)
    assert cases.recompute_provisional(town.workplace) == 1
    [after] = cases.contests_at(officer_of_source).lines
    assert not after.due_provisional
    assert civil_date(after.due_at) == counted(town.now, 10, town.workplace.calendar)
    assert unproven() == []


def test_the_answer_to_who_asked_for_reasons_is_counted_again(town: Town) -> None:
    on_the_last_day(town)
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    submit(town, number)
    row = registration(number)
    cases.ask_for_review(number, row.number or "", subject=owner, said="为何", at=town.workplace)
    decider = officer(town, row.office, registry.Role.APPROVER)
    [before] = cases.reviews_at(decider, now=town.now).lines
    assert before.due_provisional
    announced(town, NEW_YEAR)
    assert cases.recompute_provisional(town.workplace) >= 1
    [after] = cases.reviews_at(decider, now=town.now).lines
    assert not after.due_provisional
    assert civil_date(after.due_at) == counted(town.now, 10, town.workplace.calendar)
    assert unproven() == []


def test_the_worker_counts_again_by_the_calendar_of_the_day(town: Town, tmp_path: Path) -> None:
    """A city extends its calendar.yaml; a worker that runs for months must not keep the old one."""
    on_the_last_day(town)
    number = waiting_for_a_person(town)
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    days = ", ".join(day.isoformat() for day in sorted(NEW_YEAR.holidays))
    (city / "calendar.yaml").write_text(
        "announced: {2027: {source: {zh: 演示通知, en: a notice},"
        f" holidays: [{days}], make_up: [2027-01-09]}}}}\n",
        "utf-8",
    )
    at = replace(town.workplace, node=replace(town.workplace.node, city=city))
    [chore] = [chore for chore in working.chores(at) if "deadlines" in chore.name]
    assert chore.is_due()
    chore.run()
    assert not chore.is_due(), "once a day is enough"
    assert chore.every_s == 24 * 3600
    assert not registration(number).due_provisional
