"""Sealing again, with the office's present key, what a revoked key sealed."""

import json
from datetime import datetime

from tongban.kernel.canonical import digest
from tongban.kernel.ids import Chance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers.models import NoticeRow


def seal_again(
    number: str, revoked: licences.PublicKey, signers: licences.Signing, *, now: datetime, chance: Chance
) -> None:
    """Have a notice sealed again where the revoked key sealed it: the same statement, the same evidence."""
    row = NoticeRow.objects.filter(number=number, kid=revoked.kid).first()
    if row is not None and licences.counts_for_nothing(revoked, row.given_at):
        signature = licences.signature_again(row.statement, revoked, signers)
        _store(row, revoked.kid, signature, now=now, chance=chance)


@whole
def _store(
    row: NoticeRow, revoked: str, signature: licences.Signature, *, now: datetime, chance: Chance
) -> None:
    still = NoticeRow.objects.filter(pk=row.pk, kid=revoked)
    if not still.update(kid=signature.kid, seal=signature.value):
        return
    ledger.record(
        "decisions",
        "notice.sealed_again",
        {
            "notice_number": row.number,
            "body_digest": json.loads(row.statement)["digest"],
            "key_id": signature.kid,
            "previous_key": revoked,
            "signature_digest": digest(signature.value),
        },
        office=row.office,
        now=now,
        chance=chance,
    )
