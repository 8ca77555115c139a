"""What a connector's operations take: the fields that a pack gives, and those it cannot leave out. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tongban.exchange.declared import (
    PLACEHOLDER,
    ConnectorDeclared,
    Outgoing,
    RestAct,
    RestDeclared,
    Sent,
    SoapAct,
    SoapDeclared,
)

OURS = ("key", "secret.")  # filled by the exchange itself, never by a pack


@dataclass(frozen=True, slots=True)
class Taken:
    """The fields that an operation takes; without one that is `needed` nothing is sent."""

    needed: frozenset[str]
    optional: frozenset[str]


def operations(connector: ConnectorDeclared) -> Mapping[str, Taken]:
    """Give each operation of a connector with the fields that it takes; none for what is only read."""
    if not isinstance(connector, RestDeclared | SoapDeclared):
        return {}
    common = connector.headers if isinstance(connector, RestDeclared) else {}
    return {name: _taken([*common.values(), *_sent(act)]) for name, act in connector.operations.items()}


def _sent(act: RestAct | SoapAct) -> Iterator[Sent]:
    if isinstance(act, SoapAct):
        yield from act.sent.values()
        return
    yield act.request.path
    for part in (act.request.query, act.request.headers, act.request.body):
        yield from part.values()


def _taken(written: Iterable[Sent]) -> Taken:
    needed: set[str] = set()
    optional: set[str] = set()
    for each in written:
        if isinstance(each, str):
            needed.update(name for name in PLACEHOLDER.findall(each) if not name.startswith(OURS))
        elif isinstance(each, Outgoing):
            may_lack = each.optional or each.missing is not None
            (optional if may_lack else needed).add(each.field)
    return Taken(frozenset(needed), frozenset(optional - needed))
