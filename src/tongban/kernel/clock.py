"""The only module that reads the clock. Everything else is handed the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")  # the one civil time of the country; law counts days in it


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Give the present moment, aware, in the civil time of the country."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was set until it is moved: for rehearsals and tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        """Let `by` pass."""
        self.at += by


def civil_date(moment: datetime) -> date:
    """Give the calendar day on which a moment falls for the law (Asia/Shanghai)."""
    return moment.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a piece of work may go on before it hands over to a worker, in seconds."""

    seconds: float
    elapsed: Callable[[], float]

    def left_s(self) -> float:
        """Give the seconds left, never below zero."""
        return max(0.0, self.seconds - self.elapsed())


def budget(seconds: float) -> Budget:
    """Start a budget on the machine's monotonic clock."""
    return Budget(seconds, stopwatch())


def stopwatch() -> Callable[[], float]:
    """Begin to measure on the machine's monotonic clock; what is given says how many seconds have passed."""
    start = monotonic()
    return lambda: monotonic() - start
