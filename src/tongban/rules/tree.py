"""The checked tree: what an expression is once the whitelist has let it in.

Every node carries its kind. Both engines, the printer and the trace walk this tree and nothing else;
a node that is not here cannot be meant by any rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from tongban.kernel.texts import Text
from tongban.rules.kinds import ElementType, Kind, Scalar

Comparison = Literal["=", "<>", "<", "<=", ">", ">="]
Operation = Literal["+", "-", "*"]
Rounding = Literal["half_up", "down", "up"]
ListVerb = Literal["every", "some", "count_of", "sum_of"]


@dataclass(frozen=True, slots=True)
class Literally:
    """A value written in the rule itself."""

    kind: Kind
    value: Scalar


@dataclass(frozen=True, slots=True)
class Element:
    """A fact by its element's code."""

    code: str
    type: ElementType

    @property
    def kind(self) -> Kind:
        return self.type.kind


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the record that a collection is looking at: each.name."""

    list_code: str
    name: str
    type: ElementType

    @property
    def code(self) -> str:
        return f"{self.list_code}.{self.name}"

    @property
    def kind(self) -> Kind:
        return self.type.kind


@dataclass(frozen=True, slots=True)
class Given:
    """A dated parameter, or one of the filing's dates, by its name after the colon."""

    name: str
    kind: Kind
    title: Text


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Comparison
    left: "Node"
    right: "Node"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class All:
    """AND, Kleene's."""

    parts: tuple["Node", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Any:
    """OR, Kleene's."""

    parts: tuple["Node", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class In:
    value: "Node"
    options: tuple[Literally, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Between:
    value: "Node"
    low: "Node"
    high: "Node"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a fact is there at all; never unknown itself."""

    target: "Element | Field | Given"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class NothingOnRecord:
    """Whether the source looked and found nothing; unknown when it has not answered."""

    target: Element
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: Operation
    left: "Node"
    right: "Node"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Divide:
    left: "Node"
    right: "Node"
    rounding: Rounding
    kind: Kind


@dataclass(frozen=True, slots=True)
class Case:
    """The first condition that holds decides; one that is unknown before it makes the whole unknown."""

    branches: tuple[tuple["Node", "Node"], ...]
    otherwise: "Node"
    kind: Kind


@dataclass(frozen=True, slots=True)
class AgeOn:
    """Complete years from a birth date to a day: reached on the birthday itself."""

    birth: "Node"
    day: "Node"
    kind: Kind = Kind.INTEGER


@dataclass(frozen=True, slots=True)
class FullMonths:
    start: "Node"
    end: "Node"
    kind: Kind = Kind.INTEGER


@dataclass(frozen=True, slots=True)
class AddMonths:
    day: "Node"
    months: "Node"
    kind: Kind = Kind.DATE


@dataclass(frozen=True, slots=True)
class Collection:
    """every / some / count_of / sum_of over a list of records; `body` is None for a bare count."""

    verb: ListVerb
    over: Element
    body: "Node | None"
    kind: Kind


Atom = Element | Field | Given
Node = (
    Literally
    | Element
    | Field
    | Given
    | Compare
    | All
    | Any
    | Not
    | In
    | Between
    | Known
    | NothingOnRecord
    | Arithmetic
    | Divide
    | Case
    | AgeOn
    | FullMonths
    | AddMonths
    | Collection
)


def children(node: Node) -> tuple[Node, ...]:
    """Give the nodes directly below, in the order in which they are written."""
    if isinstance(node, Case):
        return (*(part for branch in node.branches for part in branch), node.otherwise)
    found: list[Node] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(value)
    return tuple(found)


def walk(node: Node) -> Iterator[Node]:
    """Give the node and all below it, in the order in which they are written."""
    yield node
    for child in children(node):
        yield from walk(child)
