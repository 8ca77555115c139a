"""Changing a licence's status: recorded with its person and evidence, signed by the office after."""

from datetime import datetime

from django.db.models import Max

from tongban.kernel.canonical import canonical, digest
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.licences.actions.words import moment_text, statement_for
from tongban.licences.models import LicenceRow, StatusChangeRow
from tongban.licences.queries import signed_row
from tongban.licences.rules import Change, Operation, Status, require_transition


@part
def change_status_within(identifier: str, change: Change, *, now: datetime, chance: Chance) -> str:
    """Change a signed licence's status inside another room's action; give the entry of its evidence.

    The change holds from the commit on; the office's signature over it follows by `sign_pending`.
    """
    row = LicenceRow.objects.select_for_update().get(pk=signed_row(identifier).pk)
    return record_change(row, change, now=now, chance=chance)


change_status = whole(change_status_within)


@part
def record_change(row: LicenceRow, change: Change, *, now: datetime, chance: Chance) -> str:
    """Record one change of status, numbered within its licence, with evidence and the statement to sign."""
    require_transition(Status(row.status), change)
    _require_over(row, change, now)
    number = (row.changes.aggregate(last=Max("number"))["last"] or 0) + 1
    shown = {
        "identifier": row.identifier,
        "number": number,
        "previous_status": row.status,
        "status": change.status.value,
        "operation": change.operation.value,
        "at": moment_text(now),
        "reasons": change.reasons.as_dict() if change.reasons else None,
        "basis": change.basis,
    }
    entry = ledger.record(
        "decisions",
        "licence.status_changed",
        {
            "licence_identifier": row.identifier,
            "status": change.status.value,
            "previous_status": row.status,
            "operation": change.operation.value,
            "content_digest": digest(shown),
            "change": shown,  # whole, so that a restored database has it back from here
            "adverse": change.adverse,
            "licence_type": row.type_code,
            "issuer": row.issuer,
            "maker": change.maker,
            **({"staff": change.staff} if change.staff else {}),
            **({"basis": change.basis} if change.basis else {}),
        },
        office=row.issuer,
        now=now,
        chance=chance,
    )
    StatusChangeRow.objects.create(
        licence=row,
        number=number,
        previous_status=row.status,
        status=change.status.value,
        operation=change.operation.value,
        adverse=change.adverse,
        staff=change.staff or "",
        at=now,
        content=canonical(shown).decode(),
        statement=statement_for("status", row.issuer, row.identifier, digest(shown), entry, now),
        entry=entry.id,
    )
    row.status = change.status.value
    row.save(update_fields=["status"])
    return entry.id


def _require_over(row: LicenceRow, change: Change, now: datetime) -> None:
    """Refuse to call a licence expired whose last day has not passed."""
    if change.operation is not Operation.EXPIRED:
        return
    if row.valid_until is None or civil_date(now) <= row.valid_until:
        raise Conflict(
            "licences.not_over",
            what=Text("该证照的有效期尚未届满。", "The period of this licence has not run out."),
            todo=Text("请待有效期届满后再确认。", "Confirm it once it has."),
        )
