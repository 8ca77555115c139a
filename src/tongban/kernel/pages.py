"""Lists are read a page at a time: so many lines, and where the next page begins.

The one way of the house, for a table of a hundred thousand rows as for a city's book in memory. A page
begins behind the last line of the page before, never at a count, so that it costs the same at the end of a
list as at its beginning, and a line that comes or goes meanwhile shows nothing twice.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

A_PAGE = 50
MOST_ON_A_PAGE = 100  # that a program may ask for
LARGEST_KEY = 2**63

Line = TypeVar("Line")
Other = TypeVar("Other")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """One page of a list; `after` is where the next one begins, empty on the last."""

    lines: tuple[Line, ...]
    after: str = ""

    def of(self, turn: Callable[[Line], Other]) -> "Page[Other]":
        """Give the same page with each line turned into another."""
        return Page(tuple(turn(line) for line in self.lines), self.after)


@dataclass(frozen=True, slots=True)
class Key:
    """One column by which a list is ordered; it is never NULL, and the last of them tells all rows apart."""

    column: str
    kind: type[datetime] | type[date] | type[int] | type[str]
    falling: bool = False  # the newest, the largest first

    @property
    def order(self) -> str:
        """Give it as ORDER BY has it."""
        return f"-{self.column}" if self.falling else self.column


def page_of(rows: QuerySet[Row], keys: Sequence[Key], *, after: str, most: int = A_PAGE) -> Page[Row]:
    """Give the rows behind a place, in the order of the keys: one query, of one row more than is shown.

    A place that is not understood gives the first page: it stood in an address, where anybody may write.
    """
    behind = _behind(keys, place_in(after, [key.kind for key in keys]))
    found = list(rows.filter(behind).order_by(*(key.order for key in keys))[: most + 1])
    shown = found[:most]
    return Page(tuple(shown), place(_values(shown[-1], keys)) if len(found) > most else "")


def cut(lines: Iterable[Line], name: Callable[[Line], str], *, after: str, most: int = A_PAGE) -> Page[Line]:
    """Give the lines behind a place of a list that is in memory, in the order of their names."""
    found = place_in(after, [str])
    behind = sorted((line for line in lines if not found or name(line) > found[0]), key=name)
    shown = behind[:most]
    return Page(tuple(shown), place([name(shown[-1])]) if len(behind) > most else "")


def place(values: Sequence[object]) -> str:
    """Write a place in a list so that it can stand in an address."""
    said = json.dumps([each.isoformat() if isinstance(each, date) else each for each in values])
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def place_in(after: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Read a place; give nothing where it is none of a list with such keys."""
    try:
        said = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not isinstance(said, list) or len(said) != len(kinds):
            return ()
        return tuple(_read(each, kind) for each, kind in zip(said, kinds, strict=True))
    except (ValueError, OverflowError, RecursionError):
        return ()


def _read(said: object, kind: type) -> object:
    """Give one value of a place in its type; ValueError for what no row can have."""
    if kind is datetime and isinstance(said, str):
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    if kind is date and isinstance(said, str):
        return date.fromisoformat(said)
    if kind is int and type(said) is int and 0 <= said < LARGEST_KEY:
        return said
    if kind is str and isinstance(said, str) and "\0" not in said and said.isprintable():
        return said
    raise ValueError("no row has such a key")


def _values(row: Model, keys: Sequence[Key]) -> list[object]:
    return [reduce(getattr, key.column.split("__"), row) for key in keys]


def _behind(keys: Sequence[Key], values: Sequence[object]) -> Q:
    """Give the WHERE clause of the rows behind a place: further on in one column, the same before it."""
    behind, same = Q(), Q()
    for key, value in zip(keys, values, strict=False):
        further = Q(**{f"{key.column}__{'lt' if key.falling else 'gt'}": value})
        behind |= same & further
        same &= Q(**{key.column: value})
    return behind
