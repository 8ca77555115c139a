"""The road: every connector of the city with its breaker, and how one call goes out over it.

A call is let out by the breaker, tried again only where trying again is harmless, and always bounded.
What counts against a source is that it did not answer; that it refused or answered wrongly does not
open the breaker, for it is there.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from tongban.exchange.actions import Journal, LedgerJournal
from tongban.exchange.breaker import Breaker, BreakerLimits, BreakerState
from tongban.exchange.connectors.files import FilesConnector
from tongban.exchange.connectors.rest import RestConnector
from tongban.exchange.connectors.soap import SoapConnector
from tongban.exchange.connectors.sql import SqlConnector
from tongban.exchange.connectors.troubles import NEVER_LEFT
from tongban.exchange.declared import (
    ConnectorDeclared,
    ConnectorFile,
    Endpoint,
    EndpointFile,
    FilesDeclared,
    Patience,
    RestDeclared,
    SoapDeclared,
)
from tongban.exchange.shelf import Shelf
from tongban.exchange.verbs import Connector
from tongban.kernel.clock import Budget, Clock, budget
from tongban.kernel.declarations import read_all
from tongban.kernel.errors import NotFound, SourceDown
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lane:
    """One connector on the road: its breaker, its patience, and its own threads.

    Threads are a connector's own, made when first needed, so that a system which keeps all of its
    callers waiting keeps nobody else's.
    """

    connector: Connector
    breaker: Breaker
    patience: Patience
    threads: ThreadPoolExecutor
    declared: ConnectorDeclared | None = None

    @property
    def key_honoured(self) -> timedelta | None:
        """For how long after it was first sent the office honours a key; None is for ever."""
        if (
            isinstance(self.declared, RestDeclared | SoapDeclared)
            and self.declared.key_honoured_hours is not None
        ):
            return timedelta(hours=self.declared.key_honoured_hours)
        return None


@dataclass(frozen=True, slots=True)
class Road:
    """Every connector by name, and the journal that makes evidence durable."""

    lanes: Mapping[str, Lane]
    journal: Journal
    clock: Clock
    pause: Callable[[float], None]
    shelf: Shelf = field(default_factory=Shelf)

    def lane(self, connector: str) -> Lane:
        """Give the lane of a connector; raises NotFound."""
        found = self.lanes.get(connector)
        if found is None:
            raise NotFound(
                "exchange.no_connector",
                what=Text(f"没有名为 {connector} 的连接器。", f"There is no connector named {connector}."),
                todo=Text(
                    "请核对 connectors 目录，或由 site 登记该连接器。",
                    "Look into the connectors folder, or let site register it.",
                ),
            )
        return found

    def breaker_states(self) -> Mapping[str, BreakerState]:
        """Give where every breaker stands, for the workbench."""
        return {name: lane.breaker.state for name, lane in self.lanes.items()}

    def close(self) -> None:
        """Let the threads go and close what the connectors hold open."""
        for lane in self.lanes.values():
            lane.threads.shutdown(wait=True, cancel_futures=True)
            close = getattr(lane.connector, "close", None)
            if close is not None:
                close()


def open_road(
    city_connectors: Path | Iterable[ConnectorDeclared],
    endpoints: Mapping[str, Endpoint],
    extra_connectors: Iterable[Connector] = (),
    *,
    clock: Clock,
    chance: Chance,
    journal: Journal | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Road:
    """Open the road of a city: its declared connectors at their endpoints, and those handed in.

    An extra connector takes the place of a declared one of the same name (a benchmark answers for
    other organisations in-process this way). No connection is made yet.
    """
    declared = (
        read_connectors(city_connectors) if isinstance(city_connectors, Path) else tuple(city_connectors)
    )
    extra = {connector.name: connector for connector in extra_connectors}
    lanes = {name: _lane(connector, Patience(), clock) for name, connector in extra.items()}
    for one in declared:
        if one.name not in extra:
            lanes[one.name] = _lane(_connector(one, endpoints), one.patience, clock, one)
    return Road(
        lanes=lanes,
        journal=journal or LedgerJournal(chance),
        clock=clock,
        pause=pause,
    )


def read_connectors(folder: Path) -> tuple[ConnectorDeclared, ...]:
    """Read cities/<city>/connectors/*.yaml; every mistake is told with file and line."""
    return tuple(connector for file in read_all(folder, ConnectorFile) for connector in file.value.connectors)


def read_endpoints(city_file: Path, overrides: Mapping[str, object]) -> dict[str, Endpoint]:
    """Read the city's endpoints and lay the node's own (var/endpoints.json) over them.

    An override is an address or path, or {"at": …, "secrets": {…}}; names the city does not know are
    accepted, for a node may have systems of its own.
    """
    known = dict(read_all([city_file], EndpointFile)[0].value.endpoints)
    for name, given in overrides.items():
        secrets = known[name].secrets if name in known else {}
        said = given if isinstance(given, Mapping) else {"at": given}
        known[name] = Endpoint.model_validate({"secrets": secrets, **said})
    return known


def call(
    lane: Lane, verb: Callable[[float], Result], patience: Budget, *, attempts: int, road: Road
) -> Result:
    """Call one verb through the breaker, again after a pause while time and attempts are left.

    Raises SourceDown when the breaker is open, the time is over, or the last attempt was not answered.
    """
    for attempt in range(1, attempts + 1):
        if not lane.breaker.let_out():
            raise _resting(lane.connector.name)
        try:
            result = verb(max(0.001, patience.left_s()))
        except SourceDown:
            lane.breaker.unanswered()
            pause_s = lane.patience.pause_s * 2 ** (attempt - 1)
            if attempt == attempts or patience.left_s() <= pause_s:
                raise
            road.pause(pause_s)
        except Exception:
            lane.breaker.answered()
            raise
        else:
            lane.breaker.answered()
            return result
    raise _resting(lane.connector.name)


def patience_for(lane: Lane, timeout_s: float) -> Budget:
    """Start the time that one question may take in all, retries included."""
    return budget(min(timeout_s, lane.patience.timeout_s * lane.patience.attempts + 1))


def _connector(declared: ConnectorDeclared, endpoints: Mapping[str, Endpoint]) -> Connector:
    endpoint = endpoints.get(declared.endpoint)
    if endpoint is None:
        raise NotFound(
            "exchange.no_endpoint",
            what=Text(
                f"连接器 {declared.name} 的地址 {declared.endpoint} 未配置。",
                f"The endpoint {declared.endpoint} of the connector {declared.name} is not configured.",
            ),
            todo=Text(
                "请在 endpoints.yaml 或节点的 var/endpoints.json 中补上。",
                "Add it to endpoints.yaml or to the node's var/endpoints.json.",
            ),
        )
    if isinstance(declared, RestDeclared):
        return RestConnector(declared, endpoint)
    if isinstance(declared, SoapDeclared):
        return SoapConnector(declared, endpoint)
    if isinstance(declared, FilesDeclared):
        return FilesConnector(declared, endpoint)
    return SqlConnector(declared, endpoint)


def _lane(
    connector: Connector, patience: Patience, clock: Clock, declared: ConnectorDeclared | None = None
) -> Lane:
    limits = BreakerLimits(patience.breaker_failures, patience.breaker_rest_s)
    threads = ThreadPoolExecutor(patience.connections, thread_name_prefix=connector.name)
    return Lane(connector, Breaker(limits, clock), patience, threads, declared)


def _resting(source: str) -> SourceDown:
    return SourceDown(
        NEVER_LEFT,
        what=Text(
            f"{source} 连续没有应答，暂停调用片刻。",
            f"{source} did not answer several times; calls rest a while.",
        ),
        todo=Text("稍后会自动重试。", "It is tried again by itself soon."),
    )
