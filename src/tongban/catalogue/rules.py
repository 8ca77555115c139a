"""The law of the book of data: what an element is, who may claim to be its source, what a grant gives.

政务数据共享条例 (Decree 809, in force 2025-08-01) stands behind it: Art. 13–15 (what a catalogue entry
says and its share classes), 19 (one datum, one source), 20 and 25 (a purpose, a basis, a time, and no
use beyond them), 27 (a right that is misused is suspended and ended). Source and mark of each article
are in docs/law/data-sharing.md. Pure: no database, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, get_args

from tongban.kernel.marks import Mark, marked
from tongban.kernel.texts import Text
from tongban.kernel.values import division

ElementType = Literal["text", "integer", "date", "boolean", "money_cents", "code", "list"]
About = Literal["person", "entity", "place"]
WhenNone = Literal["none_on_record", "not_applicable", "unknown"]
ShareClass = Literal["unconditional", "conditional", "none"]
Coverage = Literal["all", "affected"]
Grade = Literal["core", "important", "general_4", "general_3", "general_2", "general_1"]
GRADES: tuple[Grade, ...] = get_args(Grade)  # the strictest first (GB/T 43697)
Delivery = Literal["interface", "batch", "file"]
# The five base registers of the compiling guide of 2017, what is joined for a theme, one office's own.
EntryClass = Literal["people", "entities", "places", "credit", "licences", "theme", "office"]
DataFormat = Literal["database", "structured", "spreadsheet", "document", "image", "media"]
Update = Literal["realtime", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular"]
Rank = Literal["law", "regulation", "state_council_decision"]  # what alone may forbid to share (Art. 14)
Value = str | int | bool | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """The legal ground of something, where it was read, and how sure that reading is."""

    text: Text
    source: str
    mark: Mark

    @property
    def marked(self) -> Text:
        """Give its words with how sure they are: what every page says of it."""
        return marked(self.text, self.mark)


@dataclass(frozen=True, slots=True)
class Element:
    """数据元: a named, typed, classified kind of fact.

    `when_none` is the status of a fact whose source holds no value; `none_value` the value that rules
    then see (a person without an entry among enforced debtors is not under enforcement: False).
    `codes` closes a code list; `pattern` is a full-match expression over the normalised text. The value of
    one that `names_person` says who somebody is (a company's legal representative): whatever it is about, it
    is shown to that person alone.
    """

    code: str
    name: Text
    kind: ElementType
    about: About
    grade: Grade
    sensitive: bool
    when_none: WhenNone
    none_value: Value | None = None
    codes: Mapping[str, Text] = field(default_factory=dict)
    pattern: str | None = None
    names_person: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """数据资源: elements that one organisation offers through one connector, by declared keys.

    One that is only entered in the catalogue has no connector yet (""), and nobody can be granted it.
    It claims its elements for `division` without `excludes`, on the days from `valid_from` to
    `valid_to` (both included; None is open), unless it is a copy of another resource. `coverage` says
    what a missing record means: in a register of *all* it means that we know nothing; in a list of the
    *affected* the absence is the answer and each element's `when_none` applies. `grade` is the resource's
    own; what counts is the book's `grade_of`, for the stricter of it and its elements wins.
    """

    code: str
    name: Text
    organisation: str
    connector: str
    keys: tuple[str, ...]
    elements: tuple[str, ...]
    division: str
    coverage: Coverage
    share_class: ShareClass
    basis: Basis
    valid_from: date
    valid_to: date | None = None
    excludes: tuple[str, ...] = ()
    copy_of: str | None = None
    share_scope: Text | None = None
    share_use: Text | None = None
    share_reason: Text | None = None
    forbidden_by: Rank | None = None
    update: Update = "irregular"
    delivery: tuple[Delivery, ...] = ("interface",)
    grade: Grade = "general_2"
    shows_office: bool = False
    entry_class: EntryClass = "office"
    theme: Text | None = None
    number: str | None = None
    summary: Text | None = None
    data_format: DataFormat = "database"
    open_to_public: ShareClass = "none"

    @property
    def is_connected(self) -> bool:
        """Say whether it can be asked; an entry without a connector only says who keeps what."""
        return bool(self.connector)


@dataclass(frozen=True, slots=True)
class Grant:
    """共享授权: the right of one organisation to read elements of a resource for one purpose.

    In force on the days from `valid_from` to `valid_until` (both included) until it is withdrawn.
    """

    code: str
    consumer: str
    resource: str
    elements: tuple[str, ...]
    purpose: str
    basis: Basis
    valid_from: date
    valid_until: date
    withdrawn_at: datetime | None = None

    def in_force(self, on: date) -> bool:
        """Say whether the grant may be used on that day."""
        return self.withdrawn_at is None and self.valid_from <= on <= self.valid_until


@dataclass(frozen=True, slots=True)
class Claim:
    """One resource's word to be the only source of one element, in a territory, for a period."""

    element: str
    resource: str
    organisation: str
    division: str
    excludes: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def covers(self, place: str, on: date) -> bool:
        """Say whether the claim holds for that place on that day."""
        in_time = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_time and _covers_place(self.division, self.excludes, place)


@lru_cache(maxsize=8192)
def within(inner: str, outer: str) -> bool:
    """Say whether one division is, or lies inside, the other, by their codes (GB/T 2260, GB/T 10114)."""
    place, territory = division.parse(inner), division.parse(outer)
    return territory.code in (division.NATION, place.code, *place.ancestors)


def claims_of(resource: Resource) -> tuple[Claim, ...]:
    """Give the claims a resource makes; a copy makes none, for it has a source of its own."""
    if resource.copy_of is not None:
        return ()
    return tuple(
        Claim(
            element,
            resource.code,
            resource.organisation,
            resource.division,
            resource.excludes,
            resource.valid_from,
            resource.valid_to,
        )
        for element in resource.elements
    )


def strictest(grades: Iterable[Grade]) -> Grade:
    """Give the strictest of some grades: of several, that one counts for all (就高从严, GB/T 43697)."""
    return min(grades, key=GRADES.index)


def conflict(first: Claim, second: Claim) -> bool:
    """Say whether two claims name two sources for one element somewhere on some day (Decree 809-19).

    A county inside a city's claim conflicts unless the city's claim excludes it; a claim that excludes
    only a part of the other's territory still conflicts on the rest.
    """
    if first.element != second.element or first.resource == second.resource:
        return False
    return _share_a_day(first, second) and _share_a_place(first, second)


def first_conflict(earlier: Iterable[Claim], claim: Claim) -> Claim | None:
    """Give the first claim that stands against a new one, in the order in which they were made."""
    return next((standing for standing in earlier if conflict(standing, claim)), None)


def _share_a_day(first: Claim, second: Claim) -> bool:
    first_ends_before = first.valid_to is not None and first.valid_to < second.valid_from
    second_ends_before = second.valid_to is not None and second.valid_to < first.valid_from
    return not first_ends_before and not second_ends_before


def _share_a_place(first: Claim, second: Claim) -> bool:
    if within(second.division, first.division):
        smaller, larger = second, first
    elif within(first.division, second.division):
        smaller, larger = first, second
    else:
        return False
    return _covers_place(larger.division, larger.excludes, smaller.division) and _covers_place(
        smaller.division, smaller.excludes, smaller.division
    )


def _covers_place(territory: str, excludes: tuple[str, ...], place: str) -> bool:
    return within(place, territory) and not any(within(place, excluded) for excluded in excludes)
