"""The timeline of a filing, a page at a time: what happened, when, by whom, and how long each step took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tongban.cases.models import Event, Filing
from tongban.kernel.pages import Key, Page, page_of
from tongban.kernel.texts import Text

A_TIMELINE_PAGE = 100  # an ordinary filing has some forty lines
IN_ORDER = (Key("pk", int),)
OF_SOURCES = frozenset({"fetched", "late", "withheld", "contested", "verified"})  # lines of the whole filing


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline; `seconds` is None where it tells of a moment."""

    at: datetime
    words: Text
    kind: str
    maker: str
    item: str
    status_code: int | None
    seconds: float | None
    entry_id: str | None


def owners_timeline(
    filing: Filing, items_by_case: Mapping[int, str], *, after: str, most: int = A_TIMELINE_PAGE
) -> Page[Line]:
    """Give what whoever the filing is for, or its helper, reads of it, the first first."""
    return _lines(_events(filing).filter(audience="everyone"), items_by_case, after, most)


def officers_timeline(
    filing: Filing, items_by_case: Mapping[int, str], *, after: str, most: int = A_TIMELINE_PAGE
) -> Page[Line]:
    """Give what an office reads of a filing: of its own cases, and of the filing as a whole.

    Which sources were asked for other items is left out: what this one was given stands with its facts.
    """
    of_the_whole = Q(case__isnull=True) & ~Q(kind__in=OF_SOURCES)
    rows = _events(filing).filter(of_the_whole | Q(case_id__in=items_by_case))
    return _lines(rows, items_by_case, after, most)


def _events(filing: Filing) -> QuerySet[Event]:
    return Event.objects.filter(filing=filing)


def _lines(rows: QuerySet[Event], items_by_case: Mapping[int, str], after: str, most: int) -> Page[Line]:
    return page_of(rows, IN_ORDER, after=after, most=most).of(
        lambda row: Line(
            at=row.at,
            words=Text(row.words["zh"], row.words["en"]),
            kind=row.kind,
            maker=row.maker,
            item=items_by_case.get(row.case_id or 0, ""),
            status_code=row.status_code,
            seconds=row.seconds,
            entry_id=row.entry_id,
        )
    )
