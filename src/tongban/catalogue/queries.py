"""Every read of the catalogue's tables; the book is built once per epoch and then only asked."""

from collections.abc import Collection
from datetime import date, datetime
from threading import Lock
from typing import Any

from django.db import connection

from tongban.catalogue.book import Book, Epoch, make_book
from tongban.catalogue.declared import BasisDeclared, ElementDeclared, ResourceDeclared
from tongban.catalogue.freshness import Seen
from tongban.catalogue.models import ElementEntry, GrantEntry, ResourceEntry, Sighting
from tongban.catalogue.rules import Element, Grant, Resource
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text

_MOST_READINGS = 5
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
