"""A small true connector: records on a shelf, and acts that it remembers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongban.catalogue.api import Element, Value
from tongban.exchange.api import (
    Absent,
    ActOutcome,
    ActRequest,
    Ask,
    Done,
    Found,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Reading,
    Record,
    Row,
)

Records = Mapping[tuple[str, ...], Mapping[str, Value | None]]


@dataclass
class Shelf:
    """Holds records by key; `before` runs first at each lookup and may raise or wait."""

    name: str
    records: Records = field(default_factory=dict)
    before: Callable[[Ask], object] = lambda _: None
    inline: bool = False
    as_of: datetime | None = None  # the date that it gives its records
    idempotency: Idempotency = "key"
    asked: list[Ask] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)

    def lookup(self, ask: Ask) -> Looked:
        self.asked.append(ask)
        self.before(ask)
        found = self.records.get(tuple(ask.key.values()))
        if found is None:
            return Nothing(self.as_of)
        readings = {one.code: Reading(found[one.code]) for one in ask.elements if one.code in found}
        return Record(readings, self.as_of)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:  # noqa: ARG002
        every = list(self.records.values())
        for start in range(0, len(every), rows):
            yield [{e.code: one.get(e.code) for e in elements} for one in every[start : start + rows]]

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:  # noqa: ARG002 - the verb's shape
        return Done(self.done.setdefault(request.key, f"{self.name}-{len(self.done) + 1}"))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
        return Found(self.done[key]) if key in self.done else Absent()
