"""By the clock: ends counted over days that nobody had announced, and times that have passed."""

from tongban.cases.actions.overdue import (
    overdue_contests,
    overdue_pauses,
    overdue_pledges,
    overdue_reviews,
    ring_filing,
)
from tongban.cases.actions.reckoning import count_again
from tongban.cases.queries.provisional import countable_filings
from tongban.cases.workplace import Workplace


def recompute_provisional(at: Workplace) -> int:
    """Count the provisional ends again whose year is announced by now; give how many were settled.

    One short transaction a filing: a stop in the middle leaves the rest to the next run.
    """
    return sum(count_again(number, at=at) for number in sorted(countable_filings(at.calendar)))


def ring_overdue(*, at: Workplace, most: int = 100) -> int:
    """Tell of what has passed its time and has no case clock; give how much there was. Once for each.

    A source that does not answer a dispute, a special procedure that goes on, a pledge nobody checks, reasons
    that nobody gives; of these their office is also warned before.
    """
    now = at.clock.now()
    numbers = {
        *overdue_pauses(now).values_list("case__filing__number", flat=True)[:most],
        *overdue_contests(now).values_list("filing__number", flat=True)[:most],
        *overdue_pledges(now).values_list("case__filing__number", flat=True)[:most],
        *overdue_reviews(now).values_list("case__filing__number", flat=True)[:most],
    }
    return sum(ring_filing(number, at=at) for number in sorted(numbers))
