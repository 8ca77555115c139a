"""From a pack's files to the bundle that everybody works with, and to the JSON that is kept for good."""

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.catalogue import api as catalogue
from tongban.items.bundle import (
    Assurance,
    Bundle,
    Confirmation,
    DatedParameter,
    Derived,
    ElementCard,
    Item,
    Law,
    Notice,
    Participant,
    Period,
    Question,
)
from tongban.items.declarations import File
from tongban.items.packs.reading import Pack
from tongban.kernel.canonical import digest
from tongban.kernel.declarations import TextField


class Content(File):
    """Everything that a published version says; its canonical JSON is what the digest is of."""

    code: str
    version: int
    name: TextField
    about: TextField
    owner: str
    place: str
    one_open_draft: bool
    draft_expires: Period
    joint_licensing: bool
    assurance: Assurance | None = None
    laws: dict[str, Law]
    participants: tuple[Participant, ...]
    notice: Notice
    questions: tuple[Question, ...]
    confirmations: tuple[Confirmation, ...]
    derived: tuple[Derived, ...]
    items: tuple[Item, ...]
    parameters: tuple[DatedParameter, ...]
    elements: dict[str, ElementCard]


def content_of(pack: Pack, book: catalogue.Book) -> dict[str, Any]:
    """Give a pack's content as plain JSON, with what the catalogue says of the elements it names."""
    whole = pack.whole.value
    items = tuple(declared.value.item for declared in pack.items)
    content = Content(
        laws=dict(pack.laws),
        items=items,
        parameters=pack.parameters,
        elements=_cards(elements_named(pack), book),
        **{
            field: getattr(whole, field)
            for field in type(whole).model_fields
            if field not in {"items", "laws", "parameters"}
        },
    )
    plain: dict[str, Any] = content.model_dump(mode="json")
    return plain


def elements_named(pack: Pack) -> tuple[str, ...]:
    """Give every element that the pack names, once."""
    whole, items = pack.whole.value, [declared.value.item for declared in pack.items]
    named = [need.element for item in items for need in item.needs]
    named += [made.element for item in items for made in item.produces]
    named += [question.element for question in whole.questions]
    named += [derived.element for derived in whole.derived]
    named += ["person.resident_id", "person.name"]
    return tuple(dict.fromkeys(named))


def _cards(codes: Iterable[str], book: catalogue.Book) -> dict[str, ElementCard]:
    cards = {}
    for code in codes:
        element = book.element(code)
        if element is not None:
            closed = dict(element.codes) or None
            cards[code] = ElementCard(code=code, kind=element.kind, name=element.name, codes=closed)
    return cards


def bundle_from(plain: Mapping[str, Any]) -> Bundle:
    """Give the bundle of a content as it was stored; its digest is computed, never believed."""
    content = Content.model_validate(plain)
    fields = {name: getattr(content, name) for name in type(content).model_fields}
    return Bundle(digest=digest(dict(plain)), **fields)


def bundle_of(pack: Pack, book: catalogue.Book) -> Bundle:
    """Give the bundle that a pack makes with a book of data."""
    return bundle_from(content_of(pack, book))
