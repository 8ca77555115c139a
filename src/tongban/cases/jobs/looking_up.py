"""Another office's licence in place of paper (免提交): looked up for a case, under a grant, for a cause."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import Case
from tongban.cases.queries.desk import cases_in_hand
from tongban.cases.rules import officers
from tongban.cases.workplace import Workplace
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Invalid, InvalidValue, NotAllowed, NotFound
from tongban.kernel.texts import Text, is_readable
from tongban.licences import api as licences
from tongban.registry import api as registry

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a grant lets an office see of a licence; nothing of it where there is none in force."""

    name: Text
    lines: tuple[tuple[Text, Text], ...]
    as_of: datetime | None
    share: str
    found: bool


def look_up_licence(
    case_number: str, type_code: str, wanted: str, *, staff: registry.Staff, cause: str, at: Workplace
) -> LookedUp:
    """Give what the office may see of a holder's licence in force; share and look are on record first.

    `wanted` is the holder's number or the licence's identifier. Raises NotFound for a case of another
    office, Invalid without a cause, NotAllowed where no grant covers the case's purpose; a refusal is
    evidence too.
    """
    if not is_readable(cause):
        raise _no_cause()
    row = Case.objects.filter(cases_in_hand(staff), number=case_number).select_related("filing").first()
    if row is None:
        raise officers.no_such_case(case_number)
    kind, now = licences.licence_type(type_code), at.clock.now()
    holder = _holder(wanted)
    bundle = items.pinned(row.filing.bundle_digest)
    book = catalogue.book(civil_date(now))
    resource = book.resource(kind.resource or "")
    subject = registry.subject_by_number(kind.holder_type, holder)
    request = exchange.ShareRequest(
        consumer=staff.organisation,
        purpose=_purpose(book, staff.organisation, kind, (bundle.item(row.item).basic_code, bundle.code)),
        case_or_filing=case_number,
        resource=kind.resource or type_code,
        elements=() if resource is None else tuple(resource.elements),
        key={kind.key_element or "": holder},
        subject_of_record=str(subject.id) if subject else "holder",
    )
    (answer,) = exchange.fetch(at.road, [request], now=now, timeout_s=TIMEOUT_S)
    known = {code: each for code, each in answer.values.items() if each.status == "known"}
    if all(each.status == "withheld" for each in answer.values.values()):
        raise _no_grant(answer.reason)
    if known:
        _on_record(kind, holder, staff=staff, cause=cause, at=at)
    lines = [(book.element(code), each.value) for code, each in known.items()]
    return LookedUp(
        name=kind.name,
        lines=tuple(
            (element.name, catalogue.in_words(element, value)) for element, value in lines if element
        ),
        as_of=answer.as_of,
        share=answer.share or "",
        found=bool(known),
    )


def _on_record(
    kind: licences.LicenceType, holder: str, *, staff: registry.Staff, cause: str, at: Workplace
) -> None:
    """Put the look beside the licence, for its holder to read."""
    standing = licences.licence_in_force(holder, kind.code)
    if standing is not None:
        licences.look(
            standing.identifier,
            licences.Way.OFFICE,
            cause=cause,
            organisation=staff.organisation,
            staff=str(staff.id),
            now=at.clock.now(),
            chance=at.chance,
        )


def _holder(wanted: str) -> str:
    try:
        return licences.licence(licences.read_identifier(wanted)).holder.code
    except (InvalidValue, NotFound):
        return wanted.strip()


def _purpose(
    book: catalogue.Book, consumer: str, kind: licences.LicenceType, purposes: tuple[str, ...]
) -> str:
    """Give the purpose under which this office has a grant: the item's, else the bundle's."""
    granted = (p for p in purposes if kind.resource and book.grants_for(consumer, kind.resource, p))
    return next(granted, purposes[0])


def _no_cause() -> Invalid:
    return Invalid(
        "cases.no_cause",
        what=Text("没有填写查看事由。", "No cause was given."),
        todo=Text("请写明为何查看该证照。", "Say why you look at this licence."),
    )


def _no_grant(reason: Text | None) -> NotAllowed:
    said = reason or Text("没有相应的共享授权。", "There is no grant for it.")
    return NotAllowed(
        "cases.licence_not_granted",
        what=said,
        todo=Text(
            "请由数据专员申请授权，或请持证人出示。",
            "Have your data officer ask for a grant, or the holder show it.",
        ),
    )
