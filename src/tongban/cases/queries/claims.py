"""Who holds what only one filing may have."""

from collections.abc import Iterator
from datetime import datetime

from tongban.cases.models import Claim
from tongban.cases.queries.sight import Sight
from tongban.items import api as items
from tongban.rules import api as rules


def claims_of(item: items.Item, sight: Sight) -> Iterator[tuple[items.Claim, str]]:
    """Give what an item claims for itself alone, with its value; what nobody knows yet is claimed by nobody,
    nor is what a source has no record of: its absence is not one holder's."""
    parties = sight.snapshot.answers.parties
    for claim in item.claims:
        held = items.value_named(sight.bundle, claim.value, parties, sight.gathered.values, sight.given.about)
        if held is not None and not isinstance(held, rules.NoneOnRecord):
            yield claim, str(held)


def scope_of(claim: items.Claim, *, in_name_of: str, node: str) -> str:
    """Say among whom a claim is the only one: the cases of one office, or of the whole node."""
    return in_name_of if claim.scope == "office" else node


def is_held(kind: str, scope: str, value: str, *, but_for: int, now: datetime) -> bool:
    """Say whether a filing other than this one (by its id) holds a value now; a hold that lapsed is none."""
    rows = Claim.objects.filter(kind=kind, scope=scope, value=value)
    return rows.exclude(case__filing_id=but_for).exclude(until__lt=now).exists()
