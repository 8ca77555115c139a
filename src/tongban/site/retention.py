"""How long this city keeps the openings of its evidence: its policies, read as the ledger's schedule."""

from datetime import date

from tongban.items import api as items
from tongban.kernel.marks import marked
from tongban.ledger import api as ledger

POLICY = "evidence.retention"


def schedule(policies: items.Policies, division: str, on: date) -> ledger.Schedule:
    """Give the schedule in force on a day; a class for which nothing is decided is kept."""
    found, dates = {}, {"event_date": on}
    for kept in ledger.KEPT_FOR_A_TIME:
        policy = policies.at(f"{POLICY}.{kept}", division, dates)
        if policy is not None:
            period = policies.period(policy.key, division, dates)
            said = marked(policy.basis.text, policy.basis.mark)
            found[kept] = ledger.Kept(period.amount, period.unit, said)
    return found
