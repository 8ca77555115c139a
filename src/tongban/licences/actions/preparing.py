"""Preparing a licence inside its decision's transaction: content, digest, evidence, no signature yet."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tongban.kernel import rows
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import AlreadyDone, Conflict, NotAllowed
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.kernel.values.licence_identifier import LicenceIdentifier
from tongban.ledger import api as ledger
from tongban.licences.actions.words import statement_for
from tongban.licences.declared import LicenceType, read_types
from tongban.licences.models import LicenceRow, TypeRow
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
    validity_after,
)
from tongban.licences.status_lists import place_of
from tongban.registry import api as registry

NO_WORDS: Mapping[str, Text] = {}
IMPLEMENTATION_CODE = 31  # characters of an item's implementation code


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
    words: Mapping[str, Text] = NO_WORDS,
    previous: str | None = None,
    operation: str = "01",
) -> Licence:
    """Make a licence from a decision: identifier, canonical content, digest, evidence; unsigned (tx1).

    `issuer` is in whose name, `content` the type's fields, `words` what codes among them mean, `previous` the
    version that 02 or 08 replaces once signed. Raises AlreadyDone the second time, NotAllowed for paper.
    """
    kind, office = _electronic(type_code), registry.organisation(issuer)
    before = _previous(previous, Operation(operation))
    _refuse_second(case_number, type_code, before)
    identifier = (
        next_identifier(before.identifier)
        if before
        else first_identifier(type_code, office.credit_code, chance)
    )
    _refuse_recovered(identifier, case_number)
    fields = check_content(kind, content)
    days = _days(kind, fields, before, Operation(operation), now)
    shown = _content(kind, identifier, office, holder, fields, before, case_number, days) | _worded(words)
    number, written = rows.next_key(LicenceRow), canonical(shown)
    of = sha256(written).hexdigest()
    entry = ledger.record(
        "decisions",
        "licence.prepared",
        {
            "licence_identifier": identifier.text,
            "content_digest": of,
            "licence_type": type_code,
            "issuer": issuer,
            "case_number": case_number,
            "decision_entry": decision_entry,
            "operation": operation,
            "status_place": place_of(number),
            **({"previous": before.identifier} if before else {}),
        },
        office=issuer,
        now=now,
        chance=chance,
    )
    row = LicenceRow(
        **_named(identifier, number),
        type_code=type_code,
        issuer=issuer,
        holder_type=holder.type_code,
        holder_code=holder.code,
        case_number=case_number,
        operation=operation,
        status=Status.VALID.value,
        valid_until=days[1],
        content=written.decode(),
        digest=of,
        statement=statement_for("licence", issuer, identifier.text, of, entry, now),
        prepared_at=now,
        prepared_entry=entry.id,
        previous=before,
    )
    rows.insert(row)
    return as_licence(row, shown)


def _electronic(type_code: str) -> LicenceType:
    """Give the type; one kept on paper is refused, whatever pack asks for it (电子签名法 art. 3)."""
    kind = licence_type(type_code)
    if kind.signature == "not_electronic":
        raise NotAllowed(
            "licences.not_electronic",
            what=Text(
                f"“{kind.name.zh}”不采用电子形式，不能在此签发。",
                f"A {kind.name.en} is not electronic and cannot be issued here.",
            ),
            todo=Text("请由发证机关在窗口发放纸质件。", "Have the office issue it on paper at its counter."),
        )
    return kind


def _content(
    kind: LicenceType,
    identifier: LicenceIdentifier,
    office: registry.Organisation,
    holder: Holder,
    fields: Mapping[str, object],
    before: LicenceRow | None,
    case_number: str,
    days: tuple[date, date | None],
) -> dict[str, object]:
    """Give what is signed: the metadata under the names of the national catalogue, then the type's fields."""
    start, end = days
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


def _worded(words: Mapping[str, Text]) -> dict[str, object]:
    """Give what the codes on a licence mean, to be signed beside them; nothing where there is no code."""
    return {"extend_words": {code: each.as_dict() for code, each in words.items()}} if words else {}


def _named(identifier: LicenceIdentifier, number: int) -> dict[str, Any]:
    """Give the columns that an identifier and its number of a row fill."""
    return {
        "pk": number,
        "identifier": identifier.text,
        "base": base_of(identifier),
        "version": int(identifier.version),
    }


def _days(
    kind: LicenceType,
    fields: Mapping[str, Any],
    before: LicenceRow | None,
    operation: Operation,
    now: datetime,
) -> tuple[date, date | None]:
    if before is None:
        return validity(kind, fields, now)
    return validity_after(kind, fields, operation, before.valid_until, now)


def _refuse_second(case_number: str, type_code: str, before: LicenceRow | None) -> None:
    """Refuse a second licence from one case, and a second that takes the place of one version.

    The tables' own constraints hold even against a race.
    """
    existing = rows.read_one(
        "SELECT identifier FROM licences_licence WHERE case_number = %s AND type_code = %s"
        " AND coalesce(previous_id, 0) = %s",
        case_number,
        type_code,
        before.pk if before else 0,
    )
    if existing is not None:
        raise AlreadyDone(
            "licences.already_prepared",
            what=Text("该办件已制作过此证照。", "This case has yielded this licence before."),
            todo=Text(f"请使用证照 {existing[0]}。", f"Use {existing[0]}."),
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
