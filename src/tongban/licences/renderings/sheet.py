"""A sheet: what stands where on paper, in millimetres from the upper left, before any format. Pure."""

from dataclasses import dataclass, field
from typing import Final

A4: Final = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text: where its base line begins, and how large it is."""

    text: str
    x: float
    y: float
    size: float
    red: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: a rule, a side of a frame, a row of modules of a QR code."""

    x: float
    y: float
    width: float
    height: float
    red: bool = False


@dataclass(slots=True)
class Leaf:
    """One page."""

    words: list[Words] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Middle:
    """A place on one of the pages, counted from nought."""

    leaf: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is drawn."""

    title: str
    leaves: tuple[Leaf, ...]
    stamp: Middle  # where an electronic seal goes, if the format has one

    @property
    def characters(self) -> frozenset[str]:
        """Every character that stands on it."""
        return frozenset("".join(each.text for leaf in self.leaves for each in leaf.words))
