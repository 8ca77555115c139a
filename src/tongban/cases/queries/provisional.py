"""Which filings have an end that was counted over days that nobody had announced."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Model, QuerySet

from tongban.cases.models import Case, Contest, Pause, ReviewRequest, SignedPledge
from tongban.cases.queries.pledges import OPEN
from tongban.cases.rules import clocks
from tongban.kernel.calendar import Calendar

CASE_ENDS = (
    "acceptance_due_at",
    "correction_due_at",
    "promised_due_at",
    "statutory_due_at",
    "closing_due_at",
)


def provisional_cases() -> QuerySet[Case]:
    """Give the open cases with a provisional end."""
    return Case.objects.filter(due_provisional=True, ended_at__isnull=True)


def provisional_pauses() -> QuerySet[Pause]:
    """Give the special procedures under way that are told to end on a provisional day."""
    return Pause.objects.filter(due_provisional=True, ended_at__isnull=True)


def provisional_contests() -> QuerySet[Contest]:
    """Give the open disputes whose answer is due provisionally."""
    return Contest.objects.filter(due_provisional=True, outcome="open")


def provisional_pledges() -> QuerySet[SignedPledge]:
    """Give the pledges that are still to be checked or put right, by a provisional day."""
    return SignedPledge.objects.filter(due_provisional=True, state__in=OPEN)


def provisional_reviews() -> QuerySet[ReviewRequest]:
    """Give the requests for reasons that wait for an answer due provisionally."""
    return ReviewRequest.objects.filter(due_provisional=True, answered_at__isnull=True)


def countable_filings(calendar: Calendar) -> frozenset[str]:
    """Give the filings with a provisional end whose year is announced by now."""
    found: set[str] = set()
    for rows, number, ends in (
        (provisional_cases(), "filing__number", CASE_ENDS),
        (provisional_pauses(), "case__filing__number", ("due_at",)),
        (provisional_contests(), "filing__number", ("due_at",)),
        (provisional_reviews(), "case__filing__number", ("due_at",)),
        (provisional_pledges(), "case__filing__number", ("check_due_at", "rectify_due_at")),
    ):
        found.update(_countable(rows, number, ends, calendar))
    return frozenset(found)


def _countable(
    rows: QuerySet[Model], number: str, ends: tuple[str, ...], calendar: Calendar
) -> Iterator[str]:
    """Tell without reading any filing: on most days there is nothing to count again."""
    for filing, *moments in rows.values_list(number, *ends).iterator(chunk_size=2000):
        due: list[datetime] = [moment for moment in moments if moment is not None]
        if any(clocks.is_countable(moment, calendar) for moment in due):
            yield filing
