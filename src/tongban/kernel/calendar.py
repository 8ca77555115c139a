"""Which days are working days, who announced them, and what is not yet announced.

The State Council's office announces a year's holidays and make-up working days late in the year
before (Administrative Licensing Law, Art. 82: days are working days without statutory holidays). The
package chinesecalendar holds the announced years it knows; a city's calendar.yaml adds later ones, or
corrects one. For a year that nobody has announced the answer is computed from weekends and the
fixed-date statutory holidays, and is always marked provisional: never a silent Monday to Friday. So
is a day of the last week of December while the next year is not announced, for its notice may move it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import chinese_calendar

from tongban.kernel import declarations
from tongban.kernel.declarations import Declaration, Declared, TextField
from tongban.kernel.texts import Text

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# Regulation on public holidays (全国年节及纪念日放假办法, 2024 revision, in force 2025-01-01): of its
# holidays these fall on fixed dates; the others follow the lunar calendar or a solar term. Recalled.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """What was announced for a year; days of the December before may be in it."""

    year: int
    holidays: frozenset[date]
    make_up: frozenset[date]
    source: str


# Of the years that the package knows, the notices of 2007, 2008, 2012 and 2019 moved days of the December
# before, none earlier than the 29th (docs/law/days.md).
LAST_WEEK = (12, 25)


@dataclass(frozen=True, slots=True)
class Day:
    """Whether a day is a working day; while `waits_for`, a year, is not announced, only provisionally."""

    date: date
    working: bool
    waits_for: int | None = None

    @property
    def provisional(self) -> bool:
        """Whether a notice that has not been given yet may say otherwise."""
        return self.waits_for is not None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days: a city's announced years first, then the package's, then provisional answers."""

    announced: Mapping[int, YearOfDays] = field(default_factory=dict)

    def is_announced(self, year: int) -> bool:
        """Say whether a year's days are announced, by the city's file or by the package."""
        return year in self.announced or _package_days(year) is not None

    def day(self, day: date) -> Day:
        """Say what a day is."""
        for year in (day.year, day.year + 1):  # a January notice may move days of the December before
            notice = self.announced.get(year)
            if notice is not None and (day in notice.holidays or day in notice.make_up):
                return Day(day, day in notice.make_up)
        may_move = (day.month, day.day) >= LAST_WEEK and not self.is_announced(day.year + 1)
        waits_for = day.year + 1 if may_move else None
        if day.year in self.announced:
            return Day(day, day.weekday() < SATURDAY, waits_for)
        known = _package_days(day.year)
        if known is not None:
            return Day(day, day in known, waits_for)
        fixed = (day.month, day.day) in FIXED_HOLIDAYS
        return Day(day, day.weekday() < SATURDAY and not fixed, day.year)


@lru_cache(maxsize=64)
def _package_days(year: int) -> frozenset[date] | None:
    """Give a year's working days as the package knows them, None for a year it does not know."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1) if year < date.max.year else date.max
    try:
        return frozenset(
            day
            for day in (first + ONE_DAY * count for count in range((after - first).days))
            if chinese_calendar.is_workday(day)
        )
    except NotImplementedError:
        return None


def not_announced(year: int) -> Text:
    """Say why an answer that touches a year is provisional."""
    return Text(
        zh=f"{year}年放假调休安排尚未公布，本日期按周末和固定日期的法定节假日暂算，公布后将重新计算。",
        en=f"The holidays of {year} are not yet announced; this date is counted from weekends and"
        " fixed-date holidays, is provisional, and will be computed again once they are.",
    )


class AnnouncedYear(Declaration):
    """One year in a city's calendar.yaml, after the State Council's notice."""

    holidays: tuple[date, ...]
    make_up: tuple[date, ...] = ()
    source: TextField


class AnnouncedYears(Declaration):
    """A city's calendar.yaml: the years announced since the package was released."""

    announced: dict[int, AnnouncedYear] = {}


def load(path: Path) -> Calendar:
    """Read a city's announced years; a day of another year, or both holiday and make-up, is refused."""
    declared = declarations.read(path, AnnouncedYears)
    errors = [error for year in declared.value.announced for error in _misplaced(declared, year)]
    if errors:
        declarations.raise_all(errors)
    years = declared.value.announced
    return Calendar({year: _year_of_days(year, announced) for year, announced in years.items()})


def _year_of_days(year: int, announced: AnnouncedYear) -> YearOfDays:
    return YearOfDays(year, frozenset(announced.holidays), frozenset(announced.make_up), announced.source.zh)


def _misplaced(declared: Declared[AnnouncedYears], year: int) -> list[declarations.InvalidDeclaration]:
    announced = declared.value.announced[year]
    errors = []
    for name, days in (("holidays", announced.holidays), ("make_up", announced.make_up)):
        for place, day in enumerate(days):
            both = name == "make_up" and day in announced.holidays
            if not both and (day.year == year or (day.year, day.month) == (year - 1, 12)):
                continue
            errors.append(
                declared.error(
                    ("announced", year, name, place),
                    what=Text(
                        zh=f"{day.isoformat()}不应列在{year}年的{name}中。",
                        en=f"{day.isoformat()} cannot stand among the {name} of {year}.",
                    ),
                    todo=Text(
                        zh="只列该年（或上一年12月）的日期，且同一天不能既放假又补班。",
                        en="List days of that year or of the December before, each once.",
                    ),
                )
            )
    return errors
