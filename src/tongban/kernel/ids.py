"""Names that no two things share, ordered by time, made of a given moment and given chance."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Protocol

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nobody misreads them
LENGTH = 26  # 48 bits of milliseconds and 80 of chance, five bits a character


class Chance(Protocol):
    """A source of chance, handed in like the time."""

    def bytes(self, count: int) -> bytes:
        """Give `count` bytes that nobody can foresee."""


@dataclass(frozen=True, slots=True)
class SystemChance:
    """The operating system's chance, fit for salts, nonces and keys."""

    def bytes(self, count: int) -> bytes:
        return token_bytes(count)


@dataclass(slots=True)
class SeededChance:
    """Chance that repeats itself from a seed: for rehearsals, generators and tests, never for salts."""

    seed: bytes
    drawn: int = field(default=0)

    def bytes(self, count: int) -> bytes:
        blocks: list[bytes] = []
        while sum(map(len, blocks)) < count:
            blocks.append(sha256(self.seed + self.drawn.to_bytes(8)).digest())
            self.drawn += 1
        return b"".join(blocks)[:count]


def chance() -> Chance:
    """Give the chance that a running node uses."""
    return SystemChance()


def new_id(now: datetime, chance: Chance) -> str:
    """Make a name of 26 characters that sorts by its millisecond (the ULID layout).

    Two names of the same millisecond sort by chance: nothing may read an order of events from them.
    """
    number = (int(now.timestamp() * 1000) << 80) | int.from_bytes(chance.bytes(10))
    characters = [CROCKFORD[(number >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5)]
    return "".join(characters)


def is_id(text: str) -> bool:
    """Say whether a text has the shape of such a name."""
    return len(text) == LENGTH and all(character in CROCKFORD for character in text)
