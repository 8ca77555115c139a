"""Who holds what only one filing may have."""

from datetime import datetime

from tongban.cases.models import Claim
from tongban.items import api as items


def scope_of(claim: items.Claim, *, in_name_of: str, node: str) -> str:
    """Say among whom a claim is the only one: the cases of one office, or of the whole node."""
    return in_name_of if claim.scope == "office" else node


def is_held(kind: str, scope: str, value: str, *, but_for: int, now: datetime) -> bool:
    """Say whether a filing other than this one (by its id) holds a value now; a hold that lapsed is none."""
    rows = Claim.objects.filter(kind=kind, scope=scope, value=value)
    return rows.exclude(case__filing_id=but_for).exclude(until__lt=now).exists()
