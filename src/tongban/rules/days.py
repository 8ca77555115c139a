"""Counting years and months as the Civil Code does.

民法典 Art. 200–202: periods are counted by the calendar; a period of months or years ends on the day of
that number, and where the month has no such day, on its last day. So a person born on 29 February
completes a year on 28 February of a common year. (recalled; read the article before relying on it)
"""

from calendar import monthrange
from datetime import date
from typing import Final

MOST_MONTHS: Final = 12 * 9_999  # more would leave the calendar whatever the day


def full_months(start: date, end: date) -> int | None:
    """Give the most months that fit from start to end, or None when end lies before start."""
    if end < start:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    corresponding = min(start.day, monthrange(end.year, end.month)[1])
    return months - (end.day < corresponding)


def age_on(birth: date, day: date) -> int | None:
    """Give the completed years of age on a day, None before birth; a birthday counts on that very day."""
    months = full_months(birth, day)
    return None if months is None else months // 12


def add_months(day: date, months: int) -> date | None:
    """Give the day of that number so many months on, clamped to the month's end; None off the calendar."""
    if abs(months) > MOST_MONTHS:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
