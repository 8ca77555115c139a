"""A grant that came later: what was withheld for want of it is fetched, and the filing goes on by itself."""

from tongban.cases.jobs.gather import gather_for, granted_now
from tongban.cases.queries.sight import see
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.queries.ungranted import grantable_filings
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date


def resume_granted(*, at: Workplace, most: int = 100) -> int:
    """Ask again, in each filing that waits for one, under the grants that are in force now; give how many.

    A fact that was withheld stays on record; what comes now takes its place. Doing it twice asks once.
    """
    resumed = 0
    for number in grantable_filings(catalogue.book(civil_date(at.clock.now())), most=most):
        sight = see(read(number), at=at)
        if granted_now(sight, at=at):
            gather_for(sight.snapshot, at=at, again=False)
            resumed += 1
    return resumed
