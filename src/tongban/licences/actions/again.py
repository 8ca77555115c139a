"""Signing again, with the present key, what a revoked key signed: the same statement, the same evidence."""

import json
from datetime import datetime

from tongban.kernel.canonical import digest
from tongban.kernel.errors import Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, whole
from tongban.ledger import api as ledger
from tongban.licences.keys import PublicKey
from tongban.licences.models import LicenceRow, StatusChangeRow
from tongban.licences.signer.client import Signing
from tongban.licences.signer.statements import Signature


def sign_again(
    identifier: str, revoked: PublicKey, signers: Signing, *, now: datetime, chance: Chance
) -> None:
    """Have a licence and each change of its status signed again, as far as the revoked key signed them."""
    licences = LicenceRow.objects.filter(identifier=identifier, kid=revoked.kid)
    changes = StatusChangeRow.objects.filter(licence__identifier=identifier, kid=revoked.kid)
    signed: list[tuple[LicenceRow | StatusChangeRow, datetime]] = [
        *((row, row.prepared_at) for row in licences),
        *((row, row.at) for row in changes.order_by("number")),
    ]
    for row, at in signed:
        if counts_for_nothing(revoked, at):
            signature = signature_again(row.statement, revoked, signers)
            _store(row, identifier, revoked.kid, signature, now=now, chance=chance)


def counts_for_nothing(revoked: PublicKey, at: datetime) -> bool:
    """Say whether what the key says it signed then is refused since it was revoked."""
    return revoked.revoked is not None and at >= datetime.fromisoformat(revoked.revoked.since)


def signature_again(statement: str, revoked: PublicKey, signers: Signing) -> Signature:
    """Give the signature of the office's present key over a statement that a revoked key signed."""
    outside_any_transaction("asking an office's signer")
    office = json.loads(statement)["issuer"]
    signature = signers.sign(office, statement)
    if signature.kid == revoked.kid:
        raise Conflict(
            "licences.signs_with_revoked",
            what=Text(
                f"{office} 的签名进程仍在使用已吊销的密钥。",
                f"The signer of {office} still signs with the key that was revoked.",
            ),
            todo=Text(
                "请重新执行吊销命令，或重启签名进程。", "Run the revocation again, or restart the signers."
            ),
        )
    return signature


@whole
def _store(
    row: LicenceRow | StatusChangeRow,
    identifier: str,
    revoked: str,
    signature: Signature,
    *,
    now: datetime,
    chance: Chance,
) -> None:
    """Put the new signature in the old one's place, once, with its evidence."""
    still = type(row).objects.filter(pk=row.pk, kid=revoked)
    if not still.update(kid=signature.kid, signature=signature.value):
        return
    said = json.loads(row.statement)
    ledger.record(
        "decisions",
        "licence.signed_again",
        {
            "licence_identifier": identifier,
            "content_digest": said["digest"],
            "key_id": signature.kid,
            "previous_key": revoked,
            "signature_digest": digest(signature.value),
        },
        office=said["issuer"],
        now=now,
        chance=chance,
    )
