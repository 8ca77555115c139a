"""After an older database was restored: what the log alone still tells about licences is brought forward."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Max

from tongban.kernel import rows
from tongban.kernel.canonical import canonical, digest
from tongban.kernel.transactions import part
from tongban.ledger import api as ledger
from tongban.licences.actions.words import statement_for
from tongban.licences.models import LicenceRow, LostPlacesRow, StatusChangeRow
from tongban.licences.status_lists import place_of, row_of

# Left out beyond what the log names: what was never published, and numbers that PostgreSQL skipped.
LEFT_OUT: Final = 1_000_000


@part
def bring_forward(found: Sequence[ledger.Recovered]) -> None:
    """Bring licences forward to recovered entries, before the node may write again.

    Every change of status of a licence that the database has is put back, to be signed again as it was;
    places of status lists that may have been given since the backup are left out for ever. The licences made
    since are not rebuilt: the log has their digests only.
    """
    _leave_places(found)
    for each in found:
        if each.kind == "licence.status_changed" and not each.contents_missing:
            _put_back(each)


def _leave_places(found: Sequence[ledger.Recovered]) -> None:
    """Leave out the places that the log names, and behind them a margin for each recovery that it tells of.

    Where an entry lacks its contents, its place is one of as many as there were licences prepared.
    """
    kinds = [each.kind for each in found]
    named = [int(each.identifiers["status_place"]) for each in found if "status_place" in each.identifiers]
    newest = LicenceRow.objects.aggregate(newest=Max("pk"))["newest"] or 0
    before = LostPlacesRow.objects.aggregate(last=Max("last"))["last"]
    first = max(place_of(newest), -1 if before is None else before) + 1
    unnamed = first + kinds.count("licence.prepared") + LEFT_OUT * kinds.count("ledger.recovered")
    lost = LostPlacesRow.objects.create(first=first, last=max([unnamed, *named]) + LEFT_OUT)
    rows.skip_keys(LicenceRow, up_to=row_of(lost.last))


def _put_back(each: ledger.Recovered) -> None:
    """Put one change of status back, unsigned: its office signs the same statement again."""
    row = LicenceRow.objects.filter(identifier=each.identifiers["licence_identifier"]).first()
    if row is None:
        return
    opening = ledger.opening(each.entry)
    shown = opening.value("change")
    at = datetime.fromisoformat(shown["at"])
    _, [leaf_hash] = ledger.leaf_hashes([each.entry])
    evidence = ledger.EntryRef(each.entry, leaf_hash)
    StatusChangeRow.objects.create(
        licence=row,
        number=shown["number"],
        previous_status=shown["previous_status"],
        status=shown["status"],
        operation=shown["operation"],
        adverse=opening.value("adverse"),
        staff=opening.value("staff") or "",
        at=at,
        content=canonical(shown).decode(),
        statement=statement_for("status", row.issuer, row.identifier, digest(shown), evidence, at),
        entry=each.entry,
    )
    row.status = shown["status"]
    row.save(update_fields=["status"])
