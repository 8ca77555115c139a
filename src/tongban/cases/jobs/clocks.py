"""Once a day: what was counted over days that nobody had announced is counted again."""

from tongban.cases.actions.reckoning import count_again
from tongban.cases.queries.provisional import countable_filings
from tongban.cases.workplace import Workplace


def recompute_provisional(at: Workplace) -> int:
    """Count the provisional ends again whose year is announced by now; give how many were settled.

    One short transaction a filing: a stop in the middle leaves the rest to the next run.
    """
    return sum(count_again(number, at=at) for number in sorted(countable_filings(at.calendar)))
