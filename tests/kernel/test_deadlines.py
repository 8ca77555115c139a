"""Deadlines: published checks, properties, and never a silent Monday to Friday."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel import calendar as calendars
from tongban.kernel import deadlines
from tongban.kernel.calendar import Calendar, YearOfDays
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import InvalidValue

CALENDAR = Calendar()
# Invented for the tests: Friday off, the Sunday before worked, and a day of the December before worked.
ANNOUNCED_2027 = YearOfDays(
    2027,
    holidays=frozenset({date(2027, 1, 1), date(2027, 2, 5)}),
    make_up=frozenset({date(2027, 1, 31), date(2026, 12, 27)}),
    source="测试",
)
EXTENDED = Calendar({2027: ANNOUNCED_2027})
days = st.dates(date(2004, 1, 1), date(2031, 12, 31))
amounts = st.integers(0, 120)
calendars_of_tests = st.sampled_from([CALENDAR, EXTENDED])


def test_ten_working_days_after_28_september_2025_end_on_17_october() -> None:
    deadline = deadlines.add(date(2025, 9, 28), 10, "working_day", CALENDAR)
    assert deadline.day == date(2025, 10, 17)
    assert not deadline.provisional
    assert deadline.at == datetime(2025, 10, 17, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 1, 26), True),
        (date(2025, 9, 28), True),
        (date(2026, 1, 4), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 7), False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
    ],
)
def test_make_up_days_work_and_holidays_do_not(day: date, working: bool) -> None:
    assert CALENDAR.day(day) == calendars.Day(day, working)


@pytest.mark.parametrize("year", [2025, 2026])
def test_an_announced_year_has_its_published_number_of_working_days(year: int) -> None:
    span = deadlines.working_days_between(date(year - 1, 12, 31), date(year, 12, 31), CALENDAR)
    assert span.working_days == 248
    assert span.provisional == (year == 2026), "its last week waits for the notice of 2027"


def test_a_deadline_in_an_unannounced_year_is_provisional_and_says_why() -> None:
    deadline = deadlines.add(date(2026, 12, 28), 5, "working_day", CALENDAR)
    assert deadline.provisional
    assert deadline.because is not None
    assert "2027年放假调休安排尚未公布" in deadline.because.zh
    assert deadline.day == date(2027, 1, 5)  # 29, 30, 31 December, then New Year's Day is off by law, 4, 5


def test_the_fixed_date_holidays_are_off_even_before_the_announcement() -> None:
    for month, day in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)):
        assert not CALENDAR.day(date(2029, month, day)).working


def test_what_a_city_announces_replaces_the_provisional_answer() -> None:
    deadline = deadlines.add(date(2027, 1, 29), 5, "working_day", EXTENDED)
    # Sunday 31 January works, Friday 5 February is off.
    assert (deadline.day, deadline.provisional) == (date(2027, 2, 4), False)
    assert deadlines.add(date(2027, 1, 29), 5, "working_day", CALENDAR).provisional


def test_a_january_notice_may_move_a_day_of_the_december_before() -> None:
    assert not CALENDAR.day(date(2026, 12, 27)).working
    assert EXTENDED.day(date(2026, 12, 27)).working


def test_the_last_week_of_december_waits_for_the_notice_of_the_year_after() -> None:
    """New Year's Day of 2019 was a Tuesday: its notice had Saturday worked and the Monday off."""
    before = deadlines.add(date(2026, 12, 23), 3, "working_day", CALENDAR)
    assert (before.day, before.provisional) == (date(2026, 12, 28), True)
    assert before.because is not None
    assert "2027年" in before.because.zh
    assert not deadlines.add(date(2026, 12, 23), 1, "working_day", CALENDAR).provisional
    after = deadlines.add(date(2026, 12, 23), 3, "working_day", EXTENDED)
    assert (after.day, after.provisional) == (date(2026, 12, 27), False), "a Sunday that is worked"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "moves", "last"),
    [
        (date(2026, 11, 20), 1, "day", False, date(2026, 11, 21)),
        (date(2026, 11, 20), 1, "day", True, date(2026, 11, 23)),
        (date(2026, 9, 25), 7, "day", True, date(2026, 10, 8)),
        (date(2026, 1, 31), 1, "month", False, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, "month", False, date(2024, 2, 29)),
        (date(2026, 10, 15), 3, "month", False, date(2027, 1, 15)),
        (date(2024, 2, 29), 1, "year", False, date(2025, 2, 28)),
        (date(2026, 11, 21), 0, "working_day", False, date(2026, 11, 21)),
    ],
)
def test_periods_end_where_the_law_ends_them(
    start: date, amount: int, unit: deadlines.Unit, moves: bool, last: date
) -> None:
    assert deadlines.add(start, amount, unit, CALENDAR, moves_to_working_day=moves).day == last


def test_hours_run_through_the_night_and_the_holidays() -> None:
    start = datetime(2026, 9, 30, 20, 0, tzinfo=SHANGHAI)
    deadline = deadlines.add(start, 24, "hour", CALENDAR)
    assert deadline.at == start + timedelta(hours=24)


def test_the_civil_day_of_a_start_is_the_one_of_shanghai() -> None:
    start = datetime.fromisoformat("2026-11-22T18:00:00+00:00")  # already Monday 23 November here
    assert deadlines.add(start, 1, "working_day", CALENDAR).day == date(2026, 11, 24)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        deadlines.add(datetime(2026, 11, 23, 9, 0), 1, "working_day", CALENDAR)  # noqa: DTZ001 - the case under test
    with pytest.raises(ValueError, match="aware"):
        deadlines.add(date(2026, 11, 23), 1, "hour", CALENDAR)


@pytest.mark.parametrize("amount", [-1, 5_001])
def test_a_period_beyond_counting_is_refused(amount: int) -> None:
    with pytest.raises(InvalidValue):
        deadlines.add(date(2026, 11, 23), amount, "working_day", CALENDAR)


@given(days, amounts, amounts, calendars_of_tests)
def test_more_working_days_never_end_earlier(start: date, first: int, more: int, calendar: Calendar) -> None:
    sooner = deadlines.add(start, first, "working_day", calendar)
    later = deadlines.add(start, first + more, "working_day", calendar)
    assert sooner.at <= later.at
    assert (sooner.at == later.at) == (more == 0)


@given(days, st.integers(0, 30), amounts, calendars_of_tests)
def test_a_later_start_never_ends_earlier(start: date, by: int, amount: int, calendar: Calendar) -> None:
    earlier = deadlines.add(start, amount, "working_day", calendar)
    assert earlier.at <= deadlines.add(start + timedelta(days=by), amount, "working_day", calendar).at


@given(days, amounts, calendars_of_tests)
def test_counting_back_gives_what_was_added(start: date, amount: int, calendar: Calendar) -> None:
    deadline = deadlines.add(start, amount, "working_day", calendar)
    span = deadlines.working_days_between(start, deadline.day, calendar)
    assert span.working_days == amount
    assert span.provisional == deadline.provisional
    assert amount == 0 or calendar.day(deadline.day).working


@given(days, amounts, calendars_of_tests)
def test_an_answer_is_provisional_exactly_when_a_notice_that_is_not_given_may_move_it(
    start: date, amount: int, calendar: Calendar
) -> None:
    deadline = deadlines.add(start, amount, "working_day", calendar)
    touched = [start + timedelta(days=n + 1) for n in range((deadline.day - start).days)]
    named = {day for notice in calendar.announced.values() for day in (*notice.holidays, *notice.make_up)}
    waits = [
        day
        for day in touched
        if day not in named
        and not (calendar.is_announced(day.year) and calendar.is_announced((day + timedelta(days=7)).year))
    ]
    assert deadline.provisional == bool(waits)
    assert (deadline.because is not None) == deadline.provisional


@given(days, st.integers(0, 400), st.sampled_from(["day", "month", "year"]), calendars_of_tests)
def test_a_moved_last_day_is_the_first_working_day_not_before_it(
    start: date, amount: int, unit: deadlines.Unit, calendar: Calendar
) -> None:
    amount = amount % 20 if unit == "year" else amount
    fixed = deadlines.add(start, amount, unit, calendar)
    moved = deadlines.add(start, amount, unit, calendar, moves_to_working_day=True)
    assert not fixed.provisional
    assert calendar.day(moved.day).working
    between = range((moved.day - fixed.day).days)
    assert not any(calendar.day(fixed.day + timedelta(days=n)).working for n in between)


CITY = """\
announced:
  2027:
    source: {zh: 国办通知（示例）, en: notice (example)}
    holidays: [2027-01-01, 2027-01-02]
    make_up:
      - 2026-12-27
"""


def test_a_city_extends_the_calendar_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(CITY, "utf-8")
    calendar = calendars.load(file)
    assert calendar.is_announced(2027)
    assert calendar.announced[2027].make_up == frozenset({date(2026, 12, 27)})
    assert not calendar.is_announced(2028)


@pytest.mark.parametrize(("wrong", "line"), [("2027-01-01", 6), ("2028-01-01", 6), ("2026-11-30", 6)])
def test_a_day_that_cannot_stand_in_a_year_is_refused_at_its_line(
    tmp_path: Path, wrong: str, line: int
) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(CITY.replace("2026-12-27", wrong), "utf-8")
    with pytest.raises(InvalidDeclaration) as refusal:
        calendars.load(file)
    assert refusal.value.line == line
