"""How long the openings of each class are kept: the city's schedule, and the least that law allows. Pure.

A month of a class is kept for its period from the last day of the month in which it was recorded. What
is kept for good (packs, catalogues, the ledger's own acts) has no period.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from tongban.kernel import deadlines
from tongban.kernel.calendar import Calendar
from tongban.kernel.declarations import Declaration, TextField, load
from tongban.kernel.errors import Invalid
from tongban.kernel.marks import Mark, marked
from tongban.kernel.texts import Text

LAW = Path(__file__).with_name("retention.yaml")


class Least(Declaration):
    """The shortest period that law allows a class, from a day on."""

    kept: str
    starts: date
    amount: int
    unit: deadlines.Unit
    basis: TextField
    mark: Mark


class LeastFile(Declaration):
    """retention.yaml: every least period."""

    least: tuple[Least, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a class is kept, and the rule that says so, marked."""

    amount: int
    unit: deadlines.Unit
    basis: Text


Schedule = Mapping[str, Kept]  # by class; one that is not in it is kept until the city has decided


def last_day(period: str, kept: Kept, calendar: Calendar) -> date:
    """Give the last day on which a class's month (`<class>-<year>-<month>`) is kept."""
    _, year, month = period.rsplit("-", 2)
    following = date(int(year) + (month == "12"), int(month) % 12 + 1, 1)
    return deadlines.add(following - timedelta(days=1), kept.amount, kept.unit, calendar).day


def check_schedule(schedule: Schedule, on: date, calendar: Calendar) -> None:
    """Refuse a schedule that forgets sooner than law allows; raises Invalid naming class and article."""
    for least in _least():
        kept = schedule.get(least.kept)
        if kept is None or least.starts > on:
            continue
        month = f"{least.kept}-{on:%Y-%m}"
        asked = Kept(least.amount, least.unit, least.basis)
        if last_day(month, kept, calendar) < last_day(month, asked, calendar):
            said = marked(least.basis, least.mark)
            raise Invalid(
                "ledger.kept_too_short",
                what=Text(
                    f"存证类别 {least.kept} 的保存期限短于法定最短期限（{said.zh}）。",
                    f"The class {least.kept} is kept for less than the law asks ({said.en}).",
                ),
                todo=Text(
                    f"请在policies.yaml中延长 evidence.retention.{least.kept}。",
                    f"Make evidence.retention.{least.kept} in policies.yaml longer.",
                ),
            )


@cache
def _least() -> tuple[Least, ...]:
    return load(LAW, LeastFile).least
