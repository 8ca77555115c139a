"""Notices: given beside the decision they tell of, sealed outside, shown after."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.kernel import rows
from tongban.kernel.canonical import canonical, digest
from tongban.kernel.clock import SHANGHAI, civil_date
from tongban.kernel.errors import SourceTrouble
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, part, whole
from tongban.kernel.values import case_number as case_numbers_of
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers.letters import Fact, cited, composed, letters_of, number_head
from tongban.papers.models import NoticeRow
from tongban.papers.queries import Notice, as_notice, rows_to_seal
from tongban.papers.rules import Grounds, kind_named
from tongban.registry import api as registry

MOST_SEALED = 200  # in one run; what is left waits for the next


@dataclass(frozen=True, slots=True)
class Sealed:
    """An office's signature over one notice, not yet stored, with the log's promise if one was asked."""

    notice_id: int
    signature: licences.Signature
    promise: str


@part
def issue_notice(
    kind: str,
    *,
    case_number: str,
    office: str,
    addressee: str,
    facts: Mapping[str, Fact],
    staff_id: int | str | None,
    entry: str,
    now: datetime,
    chance: Chance,
) -> Notice:
    """Give one notice: composed from the city's words, numbered, evidenced; its seal follows outside.

    `office` is the organisation in whose name it is given, `entry` the evidence of the decision that it
    tells of. `facts` fill its blanks: item, due, provisional, wanting, reasons, remedies, right_office,
    procedure, days, materials, licence, pledge_check. Raises NotAllowed where a person is needed and none is
    named, Invalid where reasons, remedies or the list of what is missing are not given.
    """
    known, staff = kind_named(kind), None if staff_id is None else str(staff_id)
    reasons, remedies, wanting = (_texts(facts.get(name)) for name in ("reasons", "remedies", "wanting"))
    Grounds(known, staff, reasons, remedies, wanting)
    letters = letters_of(Path(settings.CITY))
    letter = letters.notices[known]
    body = registry.organisation(office)
    counted = rows.read_one("SELECT count(*) FROM papers_notice WHERE case_number = %s", case_number)
    ordinal = (counted[0] if counted else 0) + 1
    told: dict[str, Fact] = {
        **facts,
        "case_number": case_number,
        "addressee": addressee,
        "office": body.name,
        "date": civil_date(now),
        "decided_by": staff,
    }
    due, item = facts.get("due"), facts.get("item")
    content: dict[str, Any] = {
        "number": number_head(letters, letter, office, civil_date(now).year) + _tail(case_number, ordinal),
        "kind": known.value,
        "title": letter.title.as_dict(),
        "date": civil_date(now).isoformat(),
        "office": office,
        "office_code": body.credit_code,
        "office_name": body.name.as_dict(),
        "addressee": addressee,
        "case_number": case_number,
        "item": item.as_dict() if isinstance(item, Text) else None,
        "body": _shapes(composed(letter, told)),
        "reasons": _shapes(reasons),
        "remedies": _shapes(remedies),
        "articles": _shapes(cited(letters, letter, _item_type(case_number))),
        "due": due.astimezone(SHANGHAI).isoformat() if isinstance(due, datetime) else None,
        "provisional": bool(facts.get("provisional")),
        "decision_entry": entry,
        "staff": staff,
    }
    return as_notice(_stored(content, ordinal, now=now, chance=chance), content)


@part
def _stored(content: Mapping[str, Any], ordinal: int, *, now: datetime, chance: Chance) -> NoticeRow:
    """Write the notice's evidence and its row, with the statement that its office is to sign."""
    written = canonical(dict(content))
    of = sha256(written).hexdigest()
    recorded = ledger.record(
        "decisions",
        "notice.issued",
        {
            "notice_number": content["number"],
            "notice_kind": content["kind"],
            "body_digest": of,
            "case_number": content["case_number"],
            **({"deadline": content["due"]} if content["due"] else {}),
            **({"remedies_digest": digest(content["remedies"])} if content["remedies"] else {}),
            **({"staff": content["staff"]} if content["staff"] else {}),
        },
        office=content["office"],
        now=now,
        chance=chance,
    )
    statement = licences.Statement(
        kind="notice",
        issuer=content["office"],
        subject=content["number"],
        digest=of,
        evidence=recorded.leaf_hash.hex(),
        at=now.astimezone(SHANGHAI).isoformat(),
    )
    row = NoticeRow(
        number=content["number"],
        kind=content["kind"],
        case_number=content["case_number"],
        ordinal=ordinal,
        office=content["office"],
        staff=content["staff"] or "",
        content=written.decode(),
        digest=of,
        statement=statement.text(),
        decision_entry=content["decision_entry"],
        entry=recorded.id,
        given_at=now,
    )
    rows.insert(row)
    return row


def seals_for(
    signers: licences.Signing,
    *,
    now: datetime,
    case_numbers: Sequence[str] | None = None,
    log_signer: ledger.LogSigner | None = None,
    limit: int = MOST_SEALED,
) -> list[Sealed]:
    """Ask each office's signer for the seals of its waiting notices, one request an office."""
    outside_any_transaction("asking an office's signer")
    waiting: dict[str, list[NoticeRow]] = defaultdict(list)
    for row in rows_to_seal(case_numbers, limit):
        waiting[row.office].append(row)
    promise = _promise([row.entry for several in waiting.values() for row in several], log_signer, now)
    statements = {office: [row.statement for row in several] for office, several in waiting.items()}
    sealed: list[Sealed] = []
    for office, answer in licences.sign_everywhere(signers, statements).items():
        if isinstance(answer, SourceTrouble):
            raise answer
        sealed += [Sealed(row.pk, each, promise) for row, each in zip(waiting[office], answer, strict=True)]
    return sealed


@part
def store_seals(sealed: Sequence[Sealed], *, now: datetime) -> None:
    """Put the seals on: from the commit on the notices are shown. One that is sealed stays as it is."""
    for each in sealed:
        rows.write(
            "UPDATE papers_notice SET kid = %s, seal = %s, promise = %s, sealed_at = %s"
            " WHERE id = %s AND sealed_at IS NULL",
            each.signature.kid,
            each.signature.value,
            each.promise,
            rows.moment(now),
            each.notice_id,
        )


def seal_pending(
    signers: licences.Signing,
    now: datetime,
    *,
    case_numbers: Sequence[str] | None = None,
    log_signer: ledger.LogSigner | None = None,
    limit: int = MOST_SEALED,
) -> int:
    """Have waiting notices sealed and stored, of some cases or of all; give how many were."""
    sealed = seals_for(signers, now=now, case_numbers=case_numbers, log_signer=log_signer, limit=limit)
    if sealed:
        _store_alone(sealed, now=now)
    return len(sealed)


_store_alone = whole(store_seals)


def _tail(case_number: str, ordinal: int) -> str:
    """Give the rest of a number: the item within its department, day and sequence of the case, which notice.

    It follows from the case's own number, which is never given out twice, so notices need no counter
    that every filing of an office would queue at; numbers of one office have gaps.
    """
    case = case_numbers_of.parse(case_number)
    item = case_number[19 + 2 : 31]  # the basic code without the province's two digits
    return f"{item}-{case.day:%y%m%d}{case.sequence:04}-{ordinal}号"


def _item_type(case_number: str) -> str:
    """Give the item's type (GB/T 39046 A.1), which stands in its basic code."""
    return case_number[19 + 2 : 19 + 4]


def _promise(entries: Sequence[str], log_signer: ledger.LogSigner | None, now: datetime) -> str:
    if log_signer is None or not entries:
        return ""
    return json.dumps(ledger.promise(entries, log_signer, now).as_dict())


def _texts(fact: Fact) -> tuple[Text, ...]:
    return fact if isinstance(fact, tuple) else ()


def _shapes(texts: Sequence[Text]) -> list[dict[str, str]]:
    return [text.as_dict() for text in texts]
