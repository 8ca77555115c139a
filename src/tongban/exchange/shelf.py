"""Open registers that were read whole lately, kept for searching."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a register: its key, its words, and the words as they are compared."""

    key: str
    words: str
    compared: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A register as it was read."""

    entries: tuple[Entry, ...]
    read_at: datetime


@dataclass(slots=True)
class Shelf:
    """The registers that were read lately, by resource, key and element."""

    lists: dict[tuple[str, str, str], Listed] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
