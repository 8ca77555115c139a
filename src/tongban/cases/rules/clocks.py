"""Which clock runs for an item, and when it ends. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.calendar import Calendar
from tongban.kernel.clock import civil_date
from tongban.kernel.deadlines import Deadline

JOINT, JOINT_EXTENSION = "joint_licensing.statutory", "joint_licensing.extension"  # the city's policies
LICENCE_DELIVERY, OTHER_DELIVERY = "delivery.licence", "delivery.other"
LAPSE = "correction.confirm"  # how long the office has to say what becomes of a correction that never came


def end_of(period: items.Period, start: datetime, calendar: Calendar) -> Deadline:
    """Give the end of a period from a moment, in the unit that its basis names.

    A last day that is no working day moves to the next one for periods in days, months and years, as
    the counting convention for periods has it (recalled; litigation rule taken as convention).
    """
    return deadlines.add(
        start, period.amount, period.unit, calendar, moves_to_working_day=period.unit != "hour"
    )


def limits_of(
    item: items.Item, bundle: items.Bundle, policies: items.Policies, division: str, accepted_on: date
) -> items.Limits:
    """Give an item's limits; the joint cap replaces the statutory one only where licences (type 01) are
    decided jointly (Administrative Licensing Law art. 42). Its length is a dated policy, taken at acceptance.
    """
    if not (bundle.joint_licensing and item.type == "01"):
        return item.limits
    dates = {"acceptance_date": accepted_on}
    extension = policies.at(JOINT_EXTENSION, division, dates)
    return items.Limits(
        acceptance=item.limits.acceptance,
        statutory=policies.period(JOINT, division, dates),
        promised=item.limits.promised,
        extension=policies.period(JOINT_EXTENSION, division, dates),
        extension_by=None if extension is None else extension.says,
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """A special procedure that has ended: its time is not counted (Administrative Licensing Law art. 45)."""

    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """When both clocks of an accepted case end."""

    promised: Deadline
    statutory: Deadline | None

    @property
    def provisional(self) -> bool:
        """Say whether either touches a year whose holidays nobody has announced."""
        return self.promised.provisional or (self.statutory is not None and self.statutory.provisional)


def due_of(
    limits: items.Limits,
    start: datetime,
    calendar: Calendar,
    *,
    stops: Iterable[Stop] = (),
    extended_at: datetime | None = None,
) -> Due:
    """Give both ends from the start of the clocks: what moved them since moves them in the same order.

    A later calendar gives later or earlier ends from the same past; nothing is carried over from before.
    """
    promised = end_of(limits.promised, start, calendar)
    statutory = None if limits.statutory is None else end_of(limits.statutory, start, calendar)
    moves: list[tuple[datetime, Stop | None]] = [(stop.ended, stop) for stop in stops]
    if extended_at is not None:
        moves.append((extended_at, None))
    for _, stop in sorted(moves, key=lambda move: move[0]):
        if stop is not None:
            promised = resumed(promised, stop, limits.promised, calendar)
        if statutory is not None and limits.statutory is not None:
            if stop is not None:
                statutory = resumed(statutory, stop, limits.statutory, calendar)
            elif limits.extension is not None:
                statutory = _both(statutory, end_of(limits.extension, statutory.at, calendar))
    return Due(promised, statutory)


def _both(before: Deadline, after: Deadline) -> Deadline:
    """Give the later end; it is provisional when anything that it was counted from is."""
    return Deadline(after.at, before.provisional or after.provisional, before.because or after.because)


def resumed(due: Deadline, stop: Stop, period: items.Period, calendar: Calendar) -> Deadline:
    """Give a deadline again after time that does not count: as many whole units later as it lasted.

    Working-day clocks move by the working days of the pause, others by its hours or days.
    """
    if period.unit == "working_day":
        span = deadlines.working_days_between(stop.began, stop.ended, calendar)
        moved = deadlines.add(due.at, span.working_days, "working_day", calendar)
        return _both(
            Deadline(due.at, due.provisional or span.provisional, due.because or span.because), moved
        )
    if period.unit == "hour":
        hours = ceil((stop.ended - stop.began).total_seconds() / 3600)
        return _both(due, deadlines.add(due.at, hours, "hour", calendar))
    days = (civil_date(stop.ended) - civil_date(stop.began)).days
    return _both(due, deadlines.add(due.at, days, "day", calendar, moves_to_working_day=True))


def warning_before(end: datetime, start: datetime) -> datetime:
    """Give when to warn that a time runs out: three quarters of it are over."""
    return start + (end - start) * 3 / 4


def closing_of(
    item: items.Item,
    policies: items.Policies,
    division: str,
    calendar: Calendar,
    *,
    decided_at: datetime | None,
    lapsed_at: datetime | None,
) -> Deadline:
    """Give by when an office closes what waits for it alone: delivers what it decided, or confirms a lapse.

    The Administrative Licensing Law, art. 44, sets the time to deliver a licence; for results of other types
    and for confirming a lapse no law was found, and the jurisdiction sets it.
    """
    if decided_at is not None:
        key = LICENCE_DELIVERY if item.type == "01" else OTHER_DELIVERY
        return policy_end(policies, key, division, decided_at, calendar, start_is="decision_date")
    if lapsed_at is None:
        raise ValueError(f"{item.key} is neither decided nor lapsed: nothing of it is to be closed")
    return policy_end(policies, LAPSE, division, lapsed_at, calendar)


def is_countable(end: datetime, calendar: Calendar) -> bool:
    """Say whether an end that was counted provisionally can be counted again: its year is announced.

    One in the last week of December may wait for the next year's notice; until then counting changes nothing.
    """
    return calendar.is_announced(civil_date(end).year)


def policy_end(
    policies: items.Policies,
    key: str,
    division: str,
    start: datetime,
    calendar: Calendar,
    *,
    start_is: str = "event_date",
) -> Deadline:
    """Give the end of a period that the jurisdiction sets; `start_is` names the date that its start is.

    Raises NotFound where the city has not said how long: a number is never invented.
    """
    period = policies.period(key, division, {start_is: civil_date(start)})
    return deadlines.add(start, period.amount, period.unit, calendar)
