"""Signing: the office's signer is asked outside any transaction, its answer stored in one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.kernel import rows
from tongban.kernel.canonical import digest
from tongban.kernel.errors import Conflict, SourceTrouble
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.ledger import api as ledger
from tongban.licences.actions.status import record_change
from tongban.licences.actions.words import promise_for
from tongban.licences.models import LicenceRow, StatusChangeRow
from tongban.licences.queries import no_licence
from tongban.licences.rules import Change, Operation, Status
from tongban.licences.signer.algorithms import DETERMINISTIC
from tongban.licences.signer.client import Signing, sign_everywhere
from tongban.licences.signer.statements import Signature


@dataclass(frozen=True, slots=True)
class Signed:
    """An office's signature over one licence, not yet stored, and the log's promise if one was asked."""

    identifier: str
    signature: Signature
    promise: str = ""


def sign(
    identifier: str, signers: Signing, *, now: datetime, log_signer: ledger.LogSigner | None = None
) -> Signed:
    """Ask the issuing office's signer for its signature, outside any transaction.

    Asking again for the same licence gives the same signature. With the log's signer the log's
    promise that the evidence will be published comes with it.
    """
    signed, silent = sign_all([identifier], signers, now=now, log_signer=log_signer)
    if silent is not None:
        raise silent
    return signed[0]


def sign_all(
    identifiers: Sequence[str],
    signers: Signing,
    *,
    now: datetime,
    log_signer: ledger.LogSigner | None = None,
) -> tuple[list[Signed], SourceTrouble | None]:
    """Ask for the signatures of several licences: one request and one promise an office, all at once.

    An office whose signer is silent keeps only its own licences waiting; its trouble is given with the rest.
    """
    outside_any_transaction("asking an office's signer")
    by_office: dict[str, dict[str, _Prepared]] = defaultdict(dict)
    for identifier in identifiers:
        prepared = _prepared(identifier)
        by_office[prepared.issuer][identifier] = prepared
    wanted = {office: [each.statement for each in several.values()] for office, several in by_office.items()}
    signed: list[Signed] = []
    silent: SourceTrouble | None = None
    for office, answer in sign_everywhere(signers, wanted).items():
        if isinstance(answer, SourceTrouble):
            silent = answer
            continue
        promise = promise_for([each.entry for each in by_office[office].values()], log_signer, now)
        signed += [Signed(each, got, promise) for each, got in zip(by_office[office], answer, strict=True)]
    return signed, silent


@part
def store_signature(signed: Signed, *, now: datetime, chance: Chance) -> None:
    """Store an office's signature: from the commit on the licence is shown (tx2).

    Storing a signature again changes nothing; another one for the same licence is refused, unless the same
    key gives another each time: then the one that is stored stays.
    The version before it ends in the same transaction, so that one version is live at any time.
    """
    prepared = _prepared(signed.identifier)
    if prepared.previous_id is not None and not prepared.signed:
        before = LicenceRow.objects.select_for_update().get(pk=prepared.previous_id)
        if not _prepared(signed.identifier).signed:  # the lock may have waited for another's storing
            record_change(before, Change(Operation(prepared.operation), Status.ENDED), now=now, chance=chance)
    stored = rows.write(
        "UPDATE licences_licence SET kid = %s, signature = %s, promise = %s, signed_at = %s"
        " WHERE identifier = %s AND signed_at IS NULL",
        signed.signature.kid,
        signed.signature.value,
        signed.promise,
        rows.moment(now),
        signed.identifier,
    )
    if not stored:
        _require_same(signed)
        return
    entry = ledger.record(
        "decisions",
        "licence.signed",
        {
            "licence_identifier": signed.identifier,
            "content_digest": prepared.digest,
            "licence_type": prepared.type_code,
            "issuer": prepared.issuer,
            "signature_digest": digest(signed.signature.value),
            "key_id": signed.signature.kid,
            "case_number": prepared.case_number,
        },
        office=prepared.issuer,
        now=now,
        chance=chance,
    )
    rows.write(
        "UPDATE licences_licence SET signed_entry = %s WHERE identifier = %s", entry.id, signed.identifier
    )


store_signatures_alone = whole(store_signature)


def sign_pending(
    identifier: str,
    signers: Signing,
    now: datetime,
    *,
    chance: Chance,
    log_signer: ledger.LogSigner | None = None,
) -> None:
    """Have everything of one licence signed and stored that waits: itself, then its changes of status."""
    row = LicenceRow.objects.get(identifier=identifier)
    if row.signed_at is None:
        store_signatures_alone(
            sign(identifier, signers, now=now, log_signer=log_signer), now=now, chance=chance
        )
    for licence_id in filter(None, (row.previous_id, row.pk)):
        for change in StatusChangeRow.objects.filter(licence_id=licence_id, signed_at__isnull=True).order_by(
            "number"
        ):
            signature = signers.sign(row.issuer, change.statement)
            promise = promise_for([change.entry], log_signer, now)
            _store_change_signature(change.pk, signature, promise, now=now)


@whole
def _store_change_signature(change_id: int, signature: Signature, promise: str, *, now: datetime) -> None:
    """Store the signature over a change once; the same one again changes nothing."""
    StatusChangeRow.objects.filter(pk=change_id, signed_at__isnull=True).update(
        kid=signature.kid, signature=signature.value, promise=promise, signed_at=now
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What signing and storing need of a row."""

    issuer: str
    statement: str
    entry: str
    digest: str
    type_code: str
    case_number: str
    operation: str
    previous_id: int | None
    signed: bool


def _prepared(identifier: str) -> _Prepared:
    found = rows.read_one(
        "SELECT issuer, statement, prepared_entry, digest, type_code, case_number, operation, previous_id,"
        " signature <> '' FROM licences_licence WHERE identifier = %s",
        identifier,
    )
    if found is None:
        raise no_licence(identifier)
    issuer, statement, entry, of, type_code, case_number, operation, previous_id, signed = found
    return _Prepared(
        issuer, statement, entry, of, type_code, case_number, operation, previous_id, bool(signed)
    )


def _require_same(signed: Signed) -> None:
    stored = rows.read_one(
        "SELECT kid, signature FROM licences_licence WHERE identifier = %s", signed.identifier
    )
    kid, value = stored or ("", "")
    same = value == signed.signature.value or signed.signature.alg not in DETERMINISTIC
    if kid != signed.signature.kid or not same:
        raise Conflict(
            "licences.other_signature",
            what=Text("该证照已有另一签名。", "This licence carries another signature already."),
            todo=Text(
                "请核对签名密钥是否曾经更换。", "Find out whether the office's key was changed meanwhile."
            ),
        )
