"""The plan of one filing: who gives what, and why. A value that can be printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from tongban.items.bundle import Basis, Confirmation, Mark, Pledge, Question, Use
from tongban.kernel.texts import Text

How = Literal["signed_in", "fetched", "derived", "produced", "pledged", "asked"]
Value = str | int | bool | date | tuple[str, ...]


class Ref(NamedTuple):
    """Which participant: the role and its position from 0 (the second shareholder is shareholder.1).

    Every value of a filing is found by it: a tuple is hashed five times as fast as a dataclass.
    """

    role: str
    position: int = 0

    def __str__(self) -> str:
        return self.role if self.position == 0 else f"{self.role}.{self.position}"


@dataclass(frozen=True, slots=True)
class Party:
    """A participant as far as known now; `same_as` where one person fills two roles."""

    ref: Ref
    same_as: Ref | None = None
    number: str = ""
    name: str = ""


class Parties(tuple[Party, ...]):
    """Who takes part, in their order; who is who is worked out once, for it is asked at every value."""

    @cached_property
    def persons(self) -> Mapping[Ref, Ref]:
        """Give for each role's filler the participant under whom that person's values lie."""
        same: dict[Ref, Ref | None] = {}
        for party in self:
            same.setdefault(party.ref, party.same_as)
        return {ref: _person(ref, same) for ref in same}

    @cached_property
    def filling(self) -> Mapping[str, tuple[Ref, ...]]:
        """Give who fills each role that somebody was named for: each person once, in order."""
        roles: dict[str, dict[Ref, None]] = {}
        for ref in sorted(party.ref for party in self):
            roles.setdefault(ref.role, {})[self.persons[ref]] = None
        return {role: tuple(persons) for role, persons in roles.items()}


def _person(ref: Ref, same: Mapping[Ref, Ref | None]) -> Ref:
    seen = {ref}
    while (other := same.get(ref)) is not None and other not in seen:
        ref = other
        seen.add(ref)
    return ref


@dataclass(frozen=True, slots=True)
class Answers:
    """Who takes part and what was answered so far: (participant, question id) → value."""

    parties: tuple[Party, ...] = ()
    values: Mapping[tuple[Ref, str], Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedNeed:
    """One value about one participant, needed by some items, and the one way it is obtained."""

    ref: Ref
    element: str
    how: How
    items: tuple[str, ...]
    uses: tuple[Use, ...]
    basis: tuple[Basis, ...]
    reason: Text  # why this way, to be read by the applicant
    resource: str = ""  # fetched: which resource
    question: str = ""  # asked, or the fallback question
    produced_by: str = ""  # produced: the item whose decision brings it
    pledge: str = ""  # pledged: which promise stands for it
    ungranted: tuple[str, ...] = ()  # items among these for which it is asked: their office has no grant


@dataclass(frozen=True, slots=True)
class KeyPart:
    """Where one key element of a lookup takes its value from."""

    key: str
    ref: Ref
    element: str


@dataclass(frozen=True, slots=True)
class PlannedFetch:
    """One lookup: all elements of one resource about one participant, for one item at its office.

    What several items want for one purpose is planned for each, and shared once.
    """

    item: str
    consumer: str  # organisation slug, empty where the plan was made without offices
    purpose: str  # the item's basic code: what the grant is for
    resource: str
    ref: Ref
    elements: tuple[str, ...]
    keys: tuple[KeyPart, ...]
    stage: int  # 0: its keys are known or answered; n: they come from stage n-1
    after: str = ""  # the item that must have been decided first, because it produces a key


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """One question to one participant's row of the form."""

    ref: Ref
    question: Question
    items: tuple[str, ...]
    reason: Text  # why it is asked and not fetched


@dataclass(frozen=True, slots=True)
class Naming:
    """A participant whom the filer says: somebody already here (one choice), or name and number (two)."""

    ref: Ref
    reason: Text
    basis: Basis | None
    chosen: bool  # somebody already here fills the role too

    @property
    def values(self) -> int:
        """Give how many values the filer types or chooses for it."""
        return 1 if self.chosen else 2


@dataclass(frozen=True, slots=True)
class Count:
    """A number of values, by how sure we are of the basis."""

    found: int = 0
    recalled: int = 0
    gap: int = 0

    @property
    def all(self) -> int:
        """Give the sum."""
        return self.found + self.recalled + self.gap

    def plus(self, mark: Mark, count: int = 1) -> "Count":
        """Give the count with more values of that mark."""
        given = {"found": self.found, "recalled": self.recalled, "gap": self.gap}
        given[mark] += count
        return Count(**given)


@dataclass(frozen=True, slots=True)
class Totals:
    """The two computed totals: typed or chosen here, and asked by separate filings at each office."""

    here: Count
    confirmations: int
    separately: Count
    separately_by_item: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class Plan:
    """How everything a filing needs will be obtained."""

    bundle: str
    version: int
    digest: str
    division: str
    on: date
    items: tuple[str, ...]  # those whose condition is met, in order
    needs: tuple[PlannedNeed, ...]
    fetches: tuple[PlannedFetch, ...]
    namings: tuple[Naming, ...]
    questions: tuple[PlannedQuestion, ...]
    fallbacks: tuple[PlannedQuestion, ...]  # asked once their source has answered that it has no record
    confirmations: tuple[tuple[Ref, Confirmation], ...]
    pledges: tuple[Pledge, ...]  # on offer here, by the jurisdiction's policy
    totals: Totals
