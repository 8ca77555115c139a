"""Structured fields of HTTP (RFC 9651) as message signatures use them: dictionaries. Pure.

Stricter than the standard where it is lenient: a name that is given twice is refused, base64 has its one
form, and numbers with a fraction, dates and display strings are not read, for no field of ours has them.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_CHARACTERS = 4096  # of one field; a signature with its parameters takes some four hundred
KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
BOOLEAN = re.compile(r"\?([01])")
SPACES = re.compile(r" *")
COMMA = re.compile(r"[ \t]*,[ \t]*")
ESCAPED = re.compile(r"\\(.)")


class Malformed(ValueError):
    """The field breaks its grammar at this character, counted from 1."""

    def __init__(self, at: int) -> None:
        super().__init__(f"malformed at character {at}")
        self.at = at


class Token(str):
    """A bare word, which is written without quotes."""

    __slots__ = ()


Bare = int | str | bytes | bool  # a Token is a str of its own kind
Parameters = Mapping[str, Bare]


@dataclass(frozen=True, slots=True)
class Item:
    """One value and its parameters, in the order in which they came."""

    value: Bare
    parameters: Parameters = field(default_factory=dict)

    def __str__(self) -> str:
        return _written(self.value) + _parameters(self.parameters)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Items in brackets, and the parameters of the whole."""

    items: tuple[Item, ...]
    parameters: Parameters = field(default_factory=dict)

    def __str__(self) -> str:
        return f"({' '.join(map(str, self.items))}){_parameters(self.parameters)}"


Dictionary = Mapping[str, Item | InnerList]


def read_dictionary(text: str) -> dict[str, Item | InnerList]:
    """Read a dictionary; raises Malformed at the character where the grammar is broken."""
    if len(text) > MOST_CHARACTERS:
        raise Malformed(MOST_CHARACTERS + 1)
    reader, found = _Reader(text.rstrip(" ")), {}
    reader.skip(SPACES)
    while not reader.is_done():
        begun = reader.at
        name = reader.take(KEY)
        if name in found:
            raise Malformed(begun + 1)
        found[name] = reader.member() if reader.skip_over("=") else Item(True, reader.parameters())
        if reader.is_done():
            return found
        reader.take(COMMA)
        if reader.is_done():  # nothing may follow a comma but a member
            raise Malformed(reader.at + 1)
    return found


def write_dictionary(members: Dictionary) -> str:
    """Write a dictionary in its one form."""
    return ", ".join(
        f"{name}{_parameters(member.parameters)}"
        if isinstance(member, Item) and member.value is True
        else f"{name}={member}"
        for name, member in members.items()
    )


@dataclass(slots=True)
class _Reader:
    """A text and how far it has been read."""

    text: str
    at: int = 0

    def is_done(self) -> bool:
        return self.at == len(self.text)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over what fits here; tell whether anything did."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return False
        self.at = found.end()
        return True

    def skip_over(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        return True

    def take(self, pattern: re.Pattern[str]) -> str:
        """Read what must fit here: its group, or all of it where there is none."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise Malformed(self.at + 1)
        self.at = found.end()
        return found[found.re.groups]

    def member(self) -> Item | InnerList:
        if not self.skip_over("("):
            return self.item()
        items: list[Item] = []
        self.skip(SPACES)
        while not self.skip_over(")"):
            items.append(self.item())
            begun = self.at
            self.skip(SPACES)
            if self.at == begun and not self.text.startswith(")", self.at):
                raise Malformed(self.at + 1)
        return InnerList(tuple(items), self.parameters())

    def item(self) -> Item:
        return Item(self.bare(), self.parameters())

    def parameters(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self.skip_over(";"):
            self.skip(SPACES)
            begun = self.at
            name = self.take(KEY)
            if name in found:
                raise Malformed(begun + 1)
            found[name] = self.bare() if self.skip_over("=") else True
        return found

    def bare(self) -> Bare:
        """Read one value; its first sign tells of which kind it is."""
        begun, first = self.at, self.text[self.at : self.at + 1]
        if first == '"':
            return ESCAPED.sub(r"\1", self.take(STRING))
        if first == ":":
            return _bytes(self.take(BYTES), begun)
        if first == "?":
            return self.take(BOOLEAN) == "1"
        if first == "-" or first.isdecimal():
            return int(self.take(INTEGER))
        return Token(self.take(TOKEN))


def _bytes(encoded: str, begun: int) -> bytes:
    try:
        found = b64decode(encoded, validate=True)
    except NotBase64 as broken:
        raise Malformed(begun + 1) from broken
    if b64encode(found).decode() != encoded:  # bits behind the last byte would be a second form
        raise Malformed(begun + 1)
    return found


def _written(value: Bare) -> str:
    if isinstance(value, bool):
        return "?1" if value else "?0"
    if isinstance(value, bytes):
        return f":{b64encode(value).decode()}:"
    if isinstance(value, int | Token):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parameters(given: Parameters) -> str:
    return "".join(
        f";{name}" if value is True else f";{name}={_written(value)}" for name, value in given.items()
    )
