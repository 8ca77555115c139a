"""What every declared thing rests on: its law, its mark, and the way a declaration is frozen.

A declared thing is a frozen dataclass that pydantic fills from YAML: what the author writes is what
crosses the door. The sentence under a field is its entry in docs/pack.schema.json.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

from pydantic import ConfigDict

from tongban.kernel import deadlines
from tongban.kernel.declarations import TextField, told_at_its_line
from tongban.kernel.marks import Mark

T = TypeVar("T")

Unit = deadlines.Unit


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def declared(cls: type[T]) -> type[T]:
    """Make a frozen dataclass that a pack's YAML fills; a key it does not know is an error."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclass(frozen=True, kw_only=True)(cls)


@declared
class Law:
    """A statute, standard or local rule that the pack cites by a short key."""

    name: TextField
    """Its title, as published."""
    source: str
    """Where its text was read, or by what we remember it."""
    mark: Mark
    """Whether the text itself was read (found) or only remembered."""


@declared
class Basis:
    """The article that something rests on."""

    law: str
    """Key of a law in laws.yaml."""
    article: str = ""
    """The article, as it is numbered there: "8", "25-26", "32(2)"."""
    mark: Mark
    """found: the article was read; recalled: remembered; gap: not established, a local setting."""
    note: TextField | None = None
    """What the article says that matters here, when its number alone does not tell."""


@declared
class Period:
    """A length of time that somebody must keep, in the unit that its basis names."""

    amount: int
    """How many of the unit; 0 means on the spot."""
    unit: Unit
    """working_day, day, month, hour or year."""
    basis: Basis
    """The article that sets it."""

    def __post_init__(self) -> None:
        with told_at_its_line():
            deadlines.require_countable(self.amount, self.unit)
