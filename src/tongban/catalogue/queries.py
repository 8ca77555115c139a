"""Every read of the catalogue's tables; the book is built once per epoch and then only asked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from threading import Lock
from typing import Any

from django.db import connection

from tongban.catalogue.book import Book, Epoch, make_book
from tongban.catalogue.declared import BasisDeclared, ElementDeclared, ResourceDeclared
from tongban.catalogue.freshness import Seen
from tongban.catalogue.indexing import Posting as Held
from tongban.catalogue.indexing import found, places_in, terms_of, unpacked, wanted
from tongban.catalogue.models import ElementEntry, GrantEntry, Posting, ResourceEntry, Sighting
from tongban.catalogue.rules import Element, Grant, Resource
from tongban.kernel.errors import Conflict
from tongban.kernel.pages import A_PAGE, Page, place, place_in
from tongban.kernel.texts import Text

_MOST_READINGS = 5
LOOKED_AT = 4  # times a page: candidates whose words are read to fill it
MOST_ENTRIES = 2**31  # no place lies behind it
_GRANT_COLUMNS = (
    "code",
    "consumer",
    "resource__code",
    "elements",
    "purpose",
    "basis",
    "valid_from",
    "valid_until",
    "withdrawn_at",
)


def epoch() -> Epoch:
    """Give the present epoch of the rights: one small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, mark FROM catalogue_rightsepoch WHERE id = 1")
        row = cursor.fetchone()
    return Epoch(*row) if row else Epoch(0, "")


class _Shelf:
    """The last book of this process; a newer epoch replaces it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._book: Book | None = None

    def book(self, on: date) -> Book:
        present = epoch()
        with self._lock:
            if self._book is None or self._book.epoch != present or not present.mark:
                self._book = _read_book(present, on)
            return self._book.as_of(on)


_shelf = _Shelf()


def book(on: date) -> Book:
    """Give the book of the present epoch, answering for that day; one query when nothing changed."""
    return _shelf.book(on)


def standing_codes() -> list[str]:
    """Give the codes of the resources in force, in the order in which they were first declared."""
    return list(ResourceEntry.objects.filter(ended_at=None).order_by("id").values_list("code", flat=True))


def sightings(resources: Collection[str]) -> dict[str, Seen]:
    """Give what the connectors saw of these resources; one that was never asked is left out. One query."""
    rows = Sighting.objects.filter(pk__in=resources)
    return {row.resource: Seen(row.answered_at, row.dated_at, row.changed_at) for row in rows}


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what a search found, codes of entries: those with all terms in their names first.

    `candidates` is how many may have them: exact for terms of one or two characters, and where the first
    page holds all. A page may be shorter than others and not the last: what only seemed to have the terms
    was left out of it.
    """

    page: Page[str]
    candidates: int


def search(searched: str, *, after: str = "", most: int = A_PAGE) -> Hits:
    """Find entries that have every term in their names, office or elements; always two queries at most."""
    terms = terms_of(searched)
    if not terms:
        return Hits(Page(()), 0)
    rows = Posting.objects.filter(gram__in=wanted(terms)).values_list("gram", "names", "entries")
    have = {gram: Held(unpacked(bytes(names)), unpacked(bytes(every))) for gram, names, every in rows}
    hit = found(terms, have)
    seen = list(islice(_behind(hit, place_in(after, [int, int])), most * LOOKED_AT + 1))
    looked_at, more = seen[: most * LOOKED_AT], len(seen) > most * LOOKED_AT
    entries = ResourceEntry.objects.filter(place__in=[at for _, at in looked_at])
    known = {at: (code, words) for at, code, words in entries.values_list("place", "code", "words")}
    right = [
        (spot, known[spot[1]][0])
        for spot in looked_at
        if spot[1] in known and all(term in known[spot[1]][1] for term in terms)
    ]
    if len(right) > most:
        return Hits(Page(tuple(code for _, code in right[:most]), place(right[most - 1][0])), _count(hit))
    last = place(looked_at[-1]) if more else ""
    return Hits(Page(tuple(code for _, code in right), last), _count(hit) if after or more else len(right))


def _behind(hit: Held, spot: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Give the candidates behind a spot, (0, place) for those found by name and then (1, place)."""
    part, at = spot or (0, -1)
    at = min(at, MOST_ENTRIES)
    if part == 0:
        yield from ((0, each) for each in places_in(hit.names, behind=at))
        at = -1
    yield from ((1, each) for each in places_in(hit.entries & ~hit.names, behind=at))


def _count(hit: Held) -> int:
    return hit.entries.bit_count()


def _read_book(present: Epoch, on: date) -> Book:
    """Read the tables; again when the rights changed meanwhile, so that a book is of one state only."""
    for _ in range(_MOST_READINGS):
        found = _read_once(present, on)
        later = epoch()
        if later == present:
            return found
        present = later
    raise Conflict(
        "catalogue.changing",
        what=Text(
            "数据目录正在频繁变更，暂时无法读取。", "The catalogue keeps changing and cannot be read now."
        ),
        todo=Text("请稍后重试。", "Try again shortly."),
    )


def _read_once(present: Epoch, on: date) -> Book:
    elements = ElementEntry.objects.filter(ended_at=None).order_by("id").values_list("declared", flat=True)
    resources = ResourceEntry.objects.filter(ended_at=None).order_by("id").values_list("declared", flat=True)
    return make_book(
        epoch=present,
        on=on,
        elements=[_element(declared) for declared in elements],
        resources=[_resource(declared) for declared in resources],
        grants=[_grant(*row) for row in GrantEntry.objects.values_list(*_GRANT_COLUMNS)],
    )


def _element(declared: Any) -> Element:
    return ElementDeclared.model_validate(declared).value()


def _resource(declared: Any) -> Resource:
    return ResourceDeclared.model_validate(declared).value()


def _grant(
    code: str,
    consumer: str,
    resource: str,
    elements: list[str],
    purpose: str,
    basis: Any,
    valid_from: date,
    valid_until: date,
    withdrawn_at: datetime | None,
) -> Grant:
    return Grant(
        code=code,
        consumer=consumer,
        resource=resource,
        elements=tuple(elements),
        purpose=purpose,
        basis=BasisDeclared.model_validate(basis).value(),
        valid_from=valid_from,
        valid_until=valid_until,
        withdrawn_at=withdrawn_at,
    )
