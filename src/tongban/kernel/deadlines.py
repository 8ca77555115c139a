"""When a period ends, in the unit that the law names.

The day on which a period starts is not counted; a period in days, months or years ends with its last
day (Civil Code, Art. 201-203, recalled). Whether a last day that is no working day moves to the next
one is said by each rule, for some statutes count calendar days to the end.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from tongban.kernel.calendar import ONE_DAY, Calendar, not_announced
from tongban.kernel.clock import SHANGHAI, civil_date
from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text

Unit = Literal["working_day", "day", "month", "year", "hour"]
MOST = {
    "working_day": 5_000,
    "day": 36_500,
    "month": 1_200,
    "year": 100,
    "hour": 876_000,
}  # a century or less
END_OF_DAY = time(23, 59, 59, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment of a period; a provisional one says `because` and is computed again later."""

    at: datetime
    provisional: bool
    because: Text | None

    @property
    def day(self) -> date:
        """The civil day on which the period ends."""
        return civil_date(self.at)


@dataclass(frozen=True, slots=True)
class Span:
    """How many working days lie in a stretch of days, and whether that is only provisional."""

    working_days: int
    provisional: bool
    because: Text | None


def add(
    start: datetime | date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    *,
    moves_to_working_day: bool = False,
) -> Deadline:
    """Give the deadline `amount` units after a start that is itself not counted.

    Hours need an aware moment and run through the night; every other unit ends with its last day in
    Shanghai. `moves_to_working_day` moves a last day (or month's or year's last day) that is no
    working day to the next one. A month without the start's day ends with its last day.
    """
    require_countable(amount, unit)
    if unit == "hour":
        return Deadline(_moment(start) + timedelta(hours=amount), provisional=False, because=None)
    first = _day(start)
    if unit == "working_day":
        return _after_working_days(first, amount, calendar)
    last = (
        first + timedelta(days=amount) if unit == "day" else _months_later(first, amount * _months_in(unit))
    )
    if not moves_to_working_day:
        return _ending(last, None)
    return _moved(last, calendar)


def require_countable(amount: int, unit: Unit) -> None:
    """Raise InvalidValue for a period below none or beyond a century."""
    if not 0 <= amount <= MOST[unit]:
        raise _beyond(amount, unit)


def working_days_between(start: datetime | date, end: datetime | date, calendar: Calendar) -> Span:
    """Count the working days after `start` up to and with `end`; none when `end` is not after `start`.

    Of a moment its civil day counts: a datetime is a date to Python, and would compare as no day does.
    """
    count, unannounced, day, last = 0, None, _day(start), _day(end)
    while day < last:
        day += ONE_DAY
        answer = calendar.day(day)
        count += answer.working
        unannounced = unannounced or answer.waits_for
    return Span(count, unannounced is not None, not_announced(unannounced) if unannounced else None)


def _after_working_days(first: date, amount: int, calendar: Calendar) -> Deadline:
    day, left, unannounced = first, amount, None
    while left:
        day += ONE_DAY
        answer = calendar.day(day)
        left -= answer.working
        unannounced = unannounced or answer.waits_for
    return _ending(day, unannounced)


def _moved(last: date, calendar: Calendar) -> Deadline:
    answer = calendar.day(last)
    unannounced = answer.waits_for
    while not answer.working:
        answer = calendar.day(answer.date + ONE_DAY)
        unannounced = unannounced or answer.waits_for
    return _ending(answer.date, unannounced)


def _ending(day: date, unannounced: int | None) -> Deadline:
    because = not_announced(unannounced) if unannounced else None
    return Deadline(datetime.combine(day, END_OF_DAY), provisional=because is not None, because=because)


def _months_in(unit: Unit) -> int:
    return 12 if unit == "year" else 1


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _day(start: datetime | date) -> date:
    return civil_date(_moment(start)) if isinstance(start, datetime) else start


def _moment(start: datetime | date) -> datetime:
    if not isinstance(start, datetime) or start.tzinfo is None:
        raise ValueError(f"a period from a moment needs an aware datetime, not {start!r}")
    return start.astimezone(SHANGHAI)


def _beyond(amount: int, unit: Unit) -> InvalidValue:
    return InvalidValue(
        "deadline.amount",
        what=Text(
            zh=f"期限{amount}（{unit}）超出可计算范围。",
            en=f"A period of {amount} ({unit}) cannot be counted.",
        ),
        todo=Text(zh=f"请填写0至{MOST[unit]}。", en=f"Give 0 to {MOST[unit]}."),
    )
