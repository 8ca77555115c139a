"""Every read of licences. A licence is shown only when its office has signed it (DESIGN §5.5)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q, QuerySet

from tongban.kernel import rows
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.kernel.values.licence_identifier import parse
from tongban.licences.declared import LicenceType
from tongban.licences.keys import PublicKey
from tongban.licences.models import LicenceRow, LookRow, PresentationRow, StatusChangeRow, TypeRow
from tongban.licences.presenting import opened
from tongban.licences.rules import Operation, Status, Way
from tongban.licences.signer.tokens import compact, read_token

MOST_SIGNED = 200  # in one run of whoever signs; what is left waits for the next
NEWEST = (Key("id", int, falling=True),)
FIRST_OVER = (Key("valid_until", date), Key("id", int))
NEWEST_SIGNED = (Key("signed_at", datetime, falling=True), Key("identifier", str, falling=True))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a licence: type of identification (111 resident ID, 001 credit code), number, name."""

    type_code: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a licence's history."""

    number: int
    previous_status: Status
    status: Status
    operation: Operation
    at: datetime
    reasons: Text | None
    basis: str
    staff: str
    signed: bool


@dataclass(frozen=True, slots=True)
class Licence:
    """One version of a licence; `content` holds the metadata of GB/T 36903, its `extend_info` the rest."""

    identifier: str
    version: int
    type_code: str
    name: Text
    issuer: str
    issuer_name: Text
    holder: Holder
    case_number: str
    operation: Operation
    status: Status
    digest: str
    content: Mapping[str, Any]
    issue_date: date
    validate_start: date
    validate_end: date | None
    previous: str | None
    prepared_at: datetime
    prepared_entry: str
    signed_at: datetime | None
    kid: str

    @property
    def signed(self) -> bool:
        """Whether the office has signed it: before that it is not shown."""
        return self.signed_at is not None

    def is_in_force(self, on: date) -> bool:
        """Say whether it can be relied on that day: signed, valid, begun and not over."""
        begun = self.validate_start <= on
        return self.signed and self.status is Status.VALID and begun and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        """Say whether its period has passed."""
        return self.validate_end is not None and on > self.validate_end


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody other than the holder saw a licence."""

    at: datetime
    way: Way
    organisation: str
    staff: str
    cause: str
    entry: str


def looks_at(identifier: str, *, after: str = "", most: int = A_PAGE) -> Page[Look]:
    """Give who has looked at a licence, its other versions included, the newest look first."""
    found = LookRow.objects.filter(licence__base=signed_row(identifier).base)
    page = page_of(found, NEWEST, after=after, most=most)
    return page.of(lambda e: Look(e.at, Way(e.way), e.organisation, e.staff, e.cause, e.entry))


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a holder shows of a licence; `file` is what programs verify, empty until the office has signed."""

    id: int
    identifier: str
    issuer: str
    made_at: datetime
    until: datetime
    audience: str
    purpose: str
    shown: tuple[tuple[str, Any], ...]
    entry: str
    opened_at: datetime | None
    withdrawn_at: datetime | None
    file: str


def presentations_of(identifier: str, *, after: str = "", most: int = A_PAGE) -> Page[Presentation]:
    """Give what was shown of a licence, the newest first."""
    found = PresentationRow.objects.filter(licence__identifier=identifier).select_related("licence")
    return page_of(found, NEWEST, after=after, most=most).of(as_presentation)


def presentation_of(identifier: str, number: int) -> Presentation | None:
    """Give one of what was shown of a licence, however long ago; nothing where it is another's."""
    found = PresentationRow.objects.filter(licence__identifier=identifier, pk=number)
    row = found.select_related("licence").first()
    return None if row is None else as_presentation(row)


def as_presentation(row: PresentationRow) -> Presentation:
    """Give a presentation in the shape that leaves the room."""
    token = compact(read_token(row.token), row.kid, row.alg, row.signature) if row.signature else ""
    return Presentation(
        id=row.pk,
        identifier=row.licence.identifier,
        issuer=row.licence.issuer,
        made_at=row.made_at,
        until=row.until,
        audience=row.audience,
        purpose=row.purpose,
        shown=tuple(opened(row.disclosures)),
        entry=row.entry,
        opened_at=row.opened_at,
        withdrawn_at=row.withdrawn_at,
        file=f"{token}~{row.disclosures}" if token else "",
    )


def licence_type(code: str) -> LicenceType:
    """Give a licence type; raises NotFound when the city declares none of that code."""
    found = rows.read_one("SELECT declaration FROM licences_type WHERE code = %s", code)
    if found is None:
        raise NotFound(
            "licences.no_type",
            what=Text(f"没有代码为 {code} 的证照类型。", f"There is no licence type {code}."),
            todo=Text(
                "请在 licence-types.yaml 中声明该类型并重新载入。",
                "Declare it in licence-types.yaml and load the city again.",
            ),
        )
    return _read_type(found[0])


def licence_types() -> tuple[LicenceType, ...]:
    """Give every licence type of the city, by code."""
    return tuple(
        _read_type(row) for row in TypeRow.objects.order_by("code").values_list("declaration", flat=True)
    )


@lru_cache(maxsize=256)
def _read_type(declaration: str) -> LicenceType:
    """Read a stored declaration; the text is the key, so a changed one is read anew."""
    return LicenceType.model_validate_json(declaration)


def licence(identifier: str) -> Licence:
    """Give a licence that its office has signed; raises NotFound for any other."""
    return as_licence(signed_row(identifier))


def read_identifier(text: str) -> str:
    """Give an identifier in its full form, from either way of writing it; raises InvalidValue."""
    return parse(text).text


def licences_of(
    holder_code: str, *, or_from: Iterable[str] = (), after: str = "", most: int = A_PAGE
) -> Page[Licence]:
    """Give the signed licences of one holder, the newest signature first.

    Those that cases of `or_from` have yielded stand among them: whoever asks has the right to these already.
    """
    theirs = Q(holder_code=holder_code) | Q(case_number__in=list(or_from))
    found = LicenceRow.objects.filter(theirs, signed_at__isnull=False).select_related("previous")
    return page_of(found, NEWEST_SIGNED, after=after, most=most).of(as_licence)


def newest_from(case_numbers: Iterable[str]) -> tuple[Licence, ...]:
    """Give the newest signed version for each of these cases, in one query, newest first.

    One a case, however many versions it has had: the caller's page of cases is the limit. Whoever asks has
    the right to them already.
    """
    found = _newest(LicenceRow.objects.filter(case_number__in=list(case_numbers)))
    return tuple(as_licence(row) for row in found.order_by("-id"))


def newest_of(holder_code: str, cases: rows.Chosen, *, after: str = "", most: int = A_PAGE) -> Page[Licence]:
    """Give the newest signed version of each licence of one holder that these cases have yielded."""
    theirs = LicenceRow.objects.filter(holder_code=holder_code, case_number__in=cases.among())
    return page_of(_newest(theirs), NEWEST, after=after, most=most).of(as_licence)


def _newest(found: QuerySet[LicenceRow]) -> QuerySet[LicenceRow]:
    signed = found.filter(signed_at__isnull=False).order_by()
    newest = signed.values("case_number").annotate(newest=Max("id")).values("newest")
    return LicenceRow.objects.filter(pk__in=newest).select_related("previous")


def standing_licence(case_number: str) -> Licence:
    """Give the newest signed version of what a case has yielded: the one that is acted on."""
    row = LicenceRow.objects.filter(case_number=case_number, signed_at__isnull=False).order_by("-id").first()
    if row is None:
        raise no_licence(case_number)
    return as_licence(row)


def licence_in_force(holder_code: str, type_code: str) -> Licence | None:
    """Give a holder's licence of a type that is valid by its status, the newest signature first."""
    found = LicenceRow.objects.filter(
        holder_code=holder_code, type_code=type_code, status=Status.VALID.value, signed_at__isnull=False
    )
    row = found.select_related("previous").order_by("-signed_at", "-id").first()
    return None if row is None else as_licence(row)


def licences_over(on: date, cases: rows.Chosen, *, after: str = "", most: int = A_PAGE) -> Page[Licence]:
    """Give the licences of these cases whose period has passed and that nobody has confirmed as expired.

    The one that has waited longest comes first.
    """
    found = LicenceRow.objects.filter(
        status__in=(Status.VALID.value, Status.SUSPENDED.value),
        valid_until__lt=on,
        case_number__in=cases.among(),
        signed_at__isnull=False,
    )
    return page_of(found.select_related("previous"), FIRST_OVER, after=after, most=most).of(as_licence)


def licences_of_case(case_number: str) -> tuple[Licence, ...]:
    """Give what a case has yielded, signed or not yet: for those who work on the case."""
    found = LicenceRow.objects.filter(case_number=case_number).select_related("previous").order_by("id")
    return tuple(as_licence(row) for row in found)


def history(identifier: str) -> tuple[StatusChange, ...]:
    """Give every change of a licence's status, oldest first."""
    found = StatusChangeRow.objects.filter(licence__identifier=identifier).order_by("number")
    return tuple(_as_change(row) for row in found)


def versions(identifier: str) -> tuple[Licence, ...]:
    """Give all signed versions of a licence, the first one first."""
    base = signed_row(identifier).base
    found = LicenceRow.objects.filter(base=base, signed_at__isnull=False).select_related("previous")
    return tuple(as_licence(row) for row in found.order_by("version"))


def waiting_for_signature(limit: int = MOST_SIGNED) -> Sequence[str]:
    """Name the licences that are prepared, or changed in status, and not yet signed, oldest first."""
    prepared = LicenceRow.objects.filter(signed_at__isnull=True).order_by("prepared_at")
    changed = StatusChangeRow.objects.filter(signed_at__isnull=True).order_by("at")
    names = [
        *prepared.values_list("identifier", flat=True)[:limit],
        *changed.values_list("licence__identifier", flat=True)[:limit],
    ]
    return list(dict.fromkeys(names))[:limit]


@dataclass(frozen=True, slots=True)
class Affected:
    """A document that a key signed after the moment as of which it was revoked: `at` it says it was made."""

    number: str
    holder: str
    at: datetime


def affected_licences(key: PublicKey) -> tuple[Affected, ...]:
    """Give the licences for which a revoked key vouches no longer, until they are signed again, by time."""
    found = LicenceRow.objects.filter(_signed_since_revoked(key)).order_by("prepared_at", "identifier")
    return tuple(
        Affected(row.identifier, json.loads(row.content)["holder_name"], row.prepared_at)
        for row in found.iterator()
    )


def _signed_since_revoked(key: PublicKey) -> Q:
    if key.revoked is None:
        raise ValueError(f"{key.kid} is not revoked")
    since = datetime.fromisoformat(key.revoked.since)
    changed = StatusChangeRow.objects.filter(kid=key.kid, at__gte=since).values("licence_id")
    return Q(kid=key.kid, prepared_at__gte=since) | Q(pk__in=changed)


def signed_row(identifier: str) -> LicenceRow:
    """Give the row of a signed licence."""
    row = LicenceRow.objects.select_related("previous").filter(identifier=identifier).first()
    if row is None or row.signed_at is None:
        raise no_licence(identifier)
    return row


def no_licence(identifier: str) -> NotFound:
    """Say that there is no such licence for this reader."""
    return NotFound(
        "licences.none",
        what=Text(f"没有标识为 {identifier} 的证照。", f"There is no licence {identifier}."),
        todo=Text("请核对证照标识。", "Check the identifier."),
    )


def require_settled(row: LicenceRow) -> Sequence[StatusChangeRow]:
    """Give a licence's changes of status, all signed; raises Conflict while one is being signed."""
    changes = list(row.changes.order_by("number"))
    if any(change.signed_at is None for change in changes):
        raise Conflict(
            "licences.being_signed",
            what=Text("该证照的状态变更正在签署。", "A change of this licence's status is being signed."),
            todo=Text("请稍后再试。", "Try again in a moment."),
        )
    return changes


def as_licence(row: LicenceRow, content: Mapping[str, Any] | None = None) -> Licence:
    """Give a row in the shape that leaves the room; `content` where the caller has it read already."""
    content = json.loads(row.content) if content is None else content
    end = content["validate_end"]
    return Licence(
        identifier=row.identifier,
        version=row.version,
        type_code=row.type_code,
        name=Text(**content["type_name"]),
        issuer=row.issuer,
        issuer_name=Text(**content["issuing_authority_name"]),
        holder=Holder(row.holder_type, row.holder_code, content["holder_name"]),
        case_number=row.case_number,
        operation=Operation(row.operation),
        status=Status(row.status),
        digest=row.digest,
        content=content,
        issue_date=date.fromisoformat(content["issue_date"]),
        validate_start=date.fromisoformat(content["validate_start"]),
        validate_end=None if end is None else date.fromisoformat(end),
        previous=row.previous.identifier if row.previous else None,
        prepared_at=row.prepared_at,
        prepared_entry=row.prepared_entry,
        signed_at=row.signed_at,
        kid=row.kid,
    )


def _as_change(row: StatusChangeRow) -> StatusChange:
    content = json.loads(row.content)
    return StatusChange(
        number=row.number,
        previous_status=Status(row.previous_status),
        status=Status(row.status),
        operation=Operation(row.operation),
        at=row.at,
        reasons=Text(**content["reasons"]) if content["reasons"] else None,
        basis=content["basis"],
        staff=row.staff,
        signed=row.signed_at is not None,
    )
