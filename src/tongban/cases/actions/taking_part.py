"""Locking a filing for somebody who takes part in it; to everybody else it is as if it did not exist."""

from tongban.cases.models import Filing
from tongban.cases.queries.readers import visible
from tongban.cases.rules import officers
from tongban.kernel.transactions import part
from tongban.registry import api as registry


@part
def lock_own(number: str, subject: registry.Subject) -> Filing:
    """Lock the row of a filing in which this person takes part.

    Raises the same NotFound whether there is no such filing or it is other people's: what an act refuses
    must not tell a stranger which numbers exist (promise 3).
    """
    filing = Filing.objects.select_for_update().filter(visible(subject), number=number).first()
    if filing is None:
        raise officers.no_such_filing(number)
    return filing
