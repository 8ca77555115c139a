"""The four verbs that every connector knows, and the values that they take and give.

`lookup` reads one record by its key; `scan` reads all records in batches of plain rows (why not Arrow
says docs/decisions/0009); `act` asks the other organisation to do something, under a key of ours;
`find_act` asks afterwards whether that was done. A connector is
a value of this protocol: the four kinds that are only configured (REST, SOAP, SQL, files), another
room that is itself a source, or a small true implementation in a test or a benchmark.

A connector says `Nothing` only when its source answered that it has nothing. A source that is down,
refuses, or answers in a shape that is not its own raises SourceDown, SourceRefused, SourceWrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from tongban.catalogue.api import Element, Value
from tongban.kernel.texts import Text

Idempotency = Literal["key", "lookup", "none"]
Row = Mapping[str, Value | None]
FieldValue = Value | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a source: which record, which of its elements, on which civil day.

    `key` holds the values of the resource's key elements; nothing else about the person goes out.
    """

    resource: str
    key: Mapping[str, str]
    elements: Sequence[Element]
    consumer: str
    on: date
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as our type, beside what the source wrote; None where the source holds no value."""

    value: Value | None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The source has a record: a reading for every element asked, and as of when it holds."""

    readings: Mapping[str, Reading]
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """The source answered, and has no record under that key."""

    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """The source answered that it cannot say, for instance because number and name disagree."""

    reason: Text
    as_of: datetime | None = None


Looked = Record | Nothing | Unclear


@dataclass(frozen=True, slots=True)
class ActRequest:
    """Something to be done at another organisation, under a key that is stored before it is sent.

    `first_sent_at` is when the first try left that may have arrived, for offices that honour a key for a time
    alone; None while surely none did.
    """

    connector: str
    operation: str
    fields: Mapping[str, FieldValue]
    key: str
    first_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; `number` is the office's own, `raw` the declared part of its answer."""

    number: str
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The office answered that it will not do it, and did not."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that can be relied on came. `maybe_done` is False only where nothing can have happened:
    the request never left, or the office said that it was not taken up."""

    reason: Text
    maybe_done: bool


ActOutcome = Done | Refused | Unanswered


@dataclass(frozen=True, slots=True)
class Found:
    """The office has the act on record under that key."""

    number: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The office answered that it has nothing under that key."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The office offers no such question, or did not answer it."""

    reason: Text


FoundAct = Found | Absent | CannotTell


class Connector(Protocol):
    """One organisation's system. `inline` is called in the caller's own thread: it reads our database."""

    @property
    def name(self) -> str: ...

    @property
    def idempotency(self) -> Idempotency: ...

    @property
    def inline(self) -> bool: ...

    def lookup(self, ask: Ask) -> Looked:
        """Read one record; raise SourceDown, SourceRefused or SourceWrong when that cannot be done."""

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read every record in batches of at most `rows`."""

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:
        """Ask for something to be done, once. That no answer came is an outcome, never an exception;
        raises InvalidValue, with nothing sent, where a field that the operation needs is missing."""

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:
        """Ask whether something was done under that key; raises as `lookup` does."""
