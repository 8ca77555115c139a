"""Every write of licences: prepared beside the decision, signed outside, shown after; changed by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongban.kernel.canonical import canonical, digest
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import AlreadyDone, Conflict
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.kernel.values.licence_identifier import LicenceIdentifier, parse
from tongban.ledger import api as ledger
from tongban.licences.declared import LicenceType, read_types
from tongban.licences.models import LicenceRow, StatusChangeRow, TypeRow
from tongban.licences.queries import Holder, Licence, as_licence, licence_type, signed_row
from tongban.licences.rules import (
    MAKING,
    Change,
    Operation,
    Status,
    base_of,
    check_content,
    first_identifier,
    next_identifier,
    require_transition,
    validity,
)
from tongban.licences.signer.client import Signing
from tongban.licences.signer.statements import Signature, Statement
from tongban.registry import api as registry

IMPLEMENTATION_CODE = 31  # characters of an item's implementation code


@dataclass(frozen=True, slots=True)
class Signed:
    """An office's signature over one licence, not yet stored, and the log's promise if one was asked."""

    identifier: str
    signature: Signature
    promise: str = ""


@whole
def load_types(city: Path) -> tuple[LicenceType, ...]:
    """Take over the licence types that the city declares; one that it drops stays, for licences issued."""
    kinds = read_types(city)
    for kind in kinds:
        TypeRow.objects.update_or_create(code=kind.code, defaults={"declaration": kind.model_dump_json()})
    return kinds


@part
def prepare(  # noqa: PLR0913  a licence says this much, and all of it has one source
    type_code: str,
    *,
    issuer: str,
    holder: Holder,
    content: Mapping[str, object],
    case_number: str,
    decision_entry: str,
    now: datetime,
    chance: Chance,
    previous: str | None = None,
    operation: str = "01",
) -> Licence:
    """Make a licence from a decision: identifier, canonical content, digest, evidence; unsigned (tx1).

    `issuer` is the organisation in whose name it is issued, `content` the type's fields, `previous`
    the version that a renewal (02) or change (08) takes the place of once the new one is signed.
    Raises AlreadyDone when the case has yielded this licence before.
    """
    kind = licence_type(type_code)
    _refuse_second(case_number, type_code)
    before = _previous(previous, Operation(operation))
    office = registry.organisation(issuer)
    identifier = (
        next_identifier(before.identifier)
        if before
        else first_identifier(type_code, office.credit_code, chance)
    )
    _refuse_recovered(identifier, case_number)
    shown = _content(kind, identifier, office, holder, check_content(kind, content), before, case_number, now)
    entry = ledger.record(
        "decisions",
        "licence.prepared",
        {
            "licence_identifier": identifier.text,
            "content_digest": digest(shown),
            "licence_type": type_code,
            "issuer": issuer,
            "case_number": case_number,
            "decision_entry": decision_entry,
            "operation": operation,
            **({"previous": before.identifier} if before else {}),
        },
        office=issuer,
        now=now,
        chance=chance,
    )
    row = LicenceRow.objects.create(
        identifier=identifier.text,
        base=base_of(identifier),
        version=int(identifier.version),
        type_code=type_code,
        issuer=issuer,
        holder_type=holder.type_code,
        holder_code=holder.code,
        case_number=case_number,
        operation=operation,
        status=Status.VALID.value,
        content=canonical(shown).decode(),
        digest=digest(shown),
        statement=_statement("licence", issuer, identifier.text, digest(shown), entry, now),
        prepared_at=now,
        prepared_entry=entry.id,
        previous=before,
    )
    return as_licence(row)


def sign(
    identifier: str, signers: Signing, *, now: datetime, log_signer: ledger.LogSigner | None = None
) -> Signed:
    """Ask the issuing office's signer for its signature, outside any transaction.

    Asking again for the same licence gives the same signature. With the log's signer the log's
    promise that the evidence will be published comes with it.
    """
    outside_any_transaction("asking an office's signer")
    row = LicenceRow.objects.get(identifier=identifier)
    signature = signers.sign(row.issuer, row.statement)
    return Signed(identifier, signature, _promise(row.prepared_entry, log_signer, now))


@part
def store_signature(signed: Signed, *, now: datetime, chance: Chance) -> None:
    """Store an office's signature: from the commit on the licence is shown (tx2).

    Storing the same signature again changes nothing; another one for the same licence is refused.
    The version before it ends in the same transaction, so that one version is live at any time.
    """
    row = LicenceRow.objects.select_for_update().get(identifier=signed.identifier)
    if row.signed_at is not None:
        _require_same(row, signed)
        return
    if row.previous_id is not None:
        before = LicenceRow.objects.select_for_update().get(pk=row.previous_id)
        _change(before, Change(Operation(row.operation), Status.ENDED), now=now, chance=chance)
    entry = ledger.record(
        "decisions",
        "licence.signed",
        {
            "licence_identifier": row.identifier,
            "content_digest": row.digest,
            "licence_type": row.type_code,
            "issuer": row.issuer,
            "signature_digest": digest(signed.signature.value),
            "key_id": signed.signature.kid,
            "case_number": row.case_number,
        },
        office=row.issuer,
        now=now,
        chance=chance,
    )
    row.kid, row.signature, row.promise = signed.signature.kid, signed.signature.value, signed.promise
    row.signed_at, row.signed_entry = now, entry.id
    row.save(update_fields=["kid", "signature", "promise", "signed_at", "signed_entry"])


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
            _store_change_signature(change.pk, signature, _promise(change.entry, log_signer, now), now=now)


@part
def change_status_within(identifier: str, change: Change, *, now: datetime, chance: Chance) -> None:
    """Change a signed licence's status inside another room's action, with its evidence.

    The change holds from the commit on; the office's signature over it follows by `sign_pending`.
    """
    row = LicenceRow.objects.select_for_update().get(pk=signed_row(identifier).pk)
    _change(row, change, now=now, chance=chance)


change_status = whole(change_status_within)


@part
def _change(row: LicenceRow, change: Change, *, now: datetime, chance: Chance) -> None:
    """Record one change of status, numbered within its licence, with evidence and the statement to sign."""
    require_transition(Status(row.status), change)
    number = row.changes.count() + 1
    shown = {
        "identifier": row.identifier,
        "number": number,
        "previous_status": row.status,
        "status": change.status.value,
        "operation": change.operation.value,
        "at": _moment(now),
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
            "licence_type": row.type_code,
            "issuer": row.issuer,
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
        statement=_statement("status", row.issuer, row.identifier, digest(shown), entry, now),
        entry=entry.id,
    )
    row.status = change.status.value
    row.save(update_fields=["status"])


@whole
def _store_change_signature(change_id: int, signature: Signature, promise: str, *, now: datetime) -> None:
    """Store the signature over a change once; the same one again changes nothing."""
    StatusChangeRow.objects.filter(pk=change_id, signed_at__isnull=True).update(
        kid=signature.kid, signature=signature.value, promise=promise, signed_at=now
    )


def _content(
    kind: LicenceType,
    identifier: LicenceIdentifier,
    office: registry.Organisation,
    holder: Holder,
    fields: Mapping[str, object],
    before: LicenceRow | None,
    case_number: str,
    now: datetime,
) -> dict[str, object]:
    """Give what is signed: the metadata under the names of the national catalogue, then the type's fields."""
    start, end = validity(kind, now)
    number = fields.get(kind.number_field)
    return {
        "certificate_identifier": identifier.text,
        "type_name": kind.name.as_dict(),
        "type_code": kind.code,
        "number": str(number) if number is not None else "",
        "name": kind.name.zh,
        "version": identifier.version,
        "issuing_authority_name": office.name.as_dict(),
        "issuing_authority_code": office.credit_code,
        "issue_date": start.isoformat(),
        "define_authority_name": kind.define_authority.name.as_dict(),
        "define_authority_code": kind.define_authority.code,
        "validate_start": start.isoformat(),
        "validate_end": end.isoformat() if end else None,
        "area_code": office.division,
        "holder_name": holder.name,
        "holder_code": holder.code,
        "holder_type_code": holder.type_code,
        "related_item_code": case_number[:IMPLEMENTATION_CODE],  # a case number begins with its item's code
        "previous_identifier": before.identifier if before else None,
        "extend_info": dict(fields),
    }


def _refuse_second(case_number: str, type_code: str) -> None:
    """Refuse a second licence from one case; the table's own constraint holds even against a race."""
    existing = LicenceRow.objects.filter(case_number=case_number, type_code=type_code).first()
    if existing is not None:
        raise AlreadyDone(
            "licences.already_prepared",
            what=Text("该办件已制作过此证照。", "This case has yielded this licence before."),
            todo=Text(f"请使用证照 {existing.identifier}。", f"Use {existing.identifier}."),
        )


def _refuse_recovered(identifier: LicenceIdentifier, case_number: str) -> None:
    """Refuse what was given out before the database was lost: a person completes those (DESIGN §7)."""
    known = ledger.recovered_identifiers("licence_identifier")
    if not known:
        return
    lost = [each for each in ledger.recovered() if each.kind == "licence.prepared"]
    if identifier.text in known or any(each.identifiers.get("case_number") == case_number for each in lost):
        raise Conflict(
            "licences.recovered",
            what=Text(
                "该办件的证照在数据库恢复前已经签发，不得重复签发。",
                "This case's licence was issued before the database was lost and is not issued again.",
            ),
            todo=Text(
                "请由工作人员在恢复清单中补全该证照。",
                "Have a person complete it from the list of recovered entries.",
            ),
        )


def _previous(identifier: str | None, operation: Operation) -> LicenceRow | None:
    """Give the locked row of the version that is renewed or changed; none for a first issue."""
    if operation not in MAKING or (operation is Operation.ISSUED) != (identifier is None):
        raise Conflict(
            "licences.operation",
            what=Text(
                "新发证照不得指定上一版本；延续、变更须指定上一版本。",
                "A first issue has no version before it; a renewal or change has one.",
            ),
            todo=Text("请核对操作类型。", "Check the operation."),
        )
    if identifier is None:
        return None
    row = LicenceRow.objects.select_for_update().get(pk=signed_row(identifier).pk)
    require_transition(Status(row.status), Change(operation, Status.ENDED))
    return row


def _require_same(row: LicenceRow, signed: Signed) -> None:
    if (row.kid, row.signature) != (signed.signature.kid, signed.signature.value):
        raise Conflict(
            "licences.other_signature",
            what=Text("该证照已有另一签名。", "This licence carries another signature already."),
            todo=Text(
                "请核对签名密钥是否曾经更换。", "Find out whether the office's key was changed meanwhile."
            ),
        )


def _statement(kind: str, issuer: str, subject: str, of: str, entry: ledger.EntryRef, now: datetime) -> str:
    """Compose what the office signs: fixed when it is prepared, so that signing again gives the same."""
    return Statement(
        kind=kind, issuer=issuer, subject=subject, digest=of, evidence=entry.leaf_hash.hex(), at=_moment(now)
    ).text()


def _promise(entry: str, log_signer: ledger.LogSigner | None, now: datetime) -> str:
    if log_signer is None:
        return ""
    return json.dumps(ledger.promise([entry], log_signer, now).as_dict())


def _moment(now: datetime) -> str:
    return now.astimezone(SHANGHAI).isoformat()


def read_identifier(text: str) -> str:
    """Give an identifier in its full form, from either way of writing it; raises InvalidValue."""
    return parse(text).text
