"""Other organisations, answered in this process: small true registers in memory, no wire in between.

They hold what the demonstration's characters need, register each key once, and count. Tests and the
benchmark hand them to the road in place of the configured connectors of the same names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tongban.catalogue.api import Element, Value
from tongban.exchange import api as exchange
from tongban.kernel.texts import Text

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)

Found = Mapping[str, Value | None]
Finder = Callable[[Mapping[str, str]], Found | None]


@dataclass
class Register:
    """A register: for each resource how a key is looked up; None is what it answers when it has nothing.

    `trouble`, when set, is raised by every lookup: a source that is down.
    """

    name: str
    resources: Mapping[str, Finder]
    idempotency: exchange.Idempotency = "none"
    inline: bool = True
    trouble: Exception | None = None
    asked: int = 0
    rows: Mapping[str, Sequence[exchange.Row]] = field(
        default_factory=dict
    )  # of resources that can be scanned

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        found = self.resources[ask.resource](ask.key)
        if found is None:
            return exchange.Nothing(as_of=AS_OF)
        readings = {element.code: exchange.Reading(found.get(element.code)) for element in ask.elements}
        return exchange.Record(readings, as_of=AS_OF)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[exchange.Row]]:
        if self.trouble is not None:
            raise self.trouble
        codes = [element.code for element in elements]
        held: list[exchange.Row] = [
            {code: row[code] for code in codes} for row in self.rows.get(resource, ())
        ]
        return (held[first : first + rows] for first in range(0, len(held), rows))

    def act(self, request: exchange.ActRequest, *, timeout_s: float) -> exchange.ActOutcome:
        del request, timeout_s
        return exchange.Refused(Text("本系统不办理登记", "This system registers nothing"))

    def find_act(self, key: str, *, timeout_s: float) -> exchange.FoundAct:
        del key, timeout_s
        return exchange.Absent()


@dataclass
class Counter:
    """An office that registers whatever it is sent and gives a number.

    `idempotency` says how it keeps from doing it twice; `lose_replies` answers that many acts by silence
    after doing them, as a wire that breaks does; while it is `down` nothing arrives.
    """

    name: str
    idempotency: exchange.Idempotency = "key"
    inline: bool = True
    lose_replies: int = 0
    down: bool = False
    registered: list[tuple[str, str]] = field(default_factory=list)
    entered: list[Mapping[str, exchange.FieldValue]] = field(default_factory=list)

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        del ask
        return exchange.Nothing(as_of=AS_OF)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[exchange.Row]]:
        del resource, elements, rows
        return iter(())

    def act(self, request: exchange.ActRequest, *, timeout_s: float) -> exchange.ActOutcome:
        del timeout_s
        if self.down:
            return exchange.Unanswered(Text("无法连接", "The connection was refused"), maybe_done=False)
        number = self._number(request.key) if self.idempotency == "key" else None
        if number is None:
            number = f"{self.name.upper()}{len(self.registered) + 1:08d}"
            self.registered.append((request.key, number))
            self.entered.append(request.fields)
        if self.lose_replies > 0:
            self.lose_replies -= 1
            return exchange.Unanswered(Text("对方未应答", "No answer"), maybe_done=True)
        return exchange.Done(number)

    def find_act(self, key: str, *, timeout_s: float) -> exchange.FoundAct:
        del timeout_s
        if self.down:
            return exchange.CannotTell(Text("无法连接", "The connection was refused"))
        if self.idempotency == "none":
            return exchange.CannotTell(Text("对方不提供查询", "The office offers no such question"))
        number = self._number(key)
        return exchange.Absent() if number is None else exchange.Found(number)

    def _number(self, key: str) -> str | None:
        return next((number for known, number in self.registered if known == key), None)
