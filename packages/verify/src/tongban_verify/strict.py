"""Strict JSON in, canonical JSON out: one value has one byte form, and everything else is refused."""

import json
import re
from typing import Any, Final

Json = dict[str, Any]

LARGEST_FILE: Final = 4 * 1024 * 1024
DEEPEST: Final = 64  # of objects and lists within each other: any reader of JSON can go so deep
_LARGEST_INTEGER: Final = 2**53 - 1
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")
_HALF: Final = re.compile("[\ud800-\udfff]")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Unreadable(Exception):
    """The file is not one that this program can read."""


def read_json(data: bytes) -> Json:
    """Read a file as a JSON object; refuses what two readers could understand differently.

    Duplicate names, fractions, exponents, NaN, integers beyond 2^53 - 1, halves of characters and what
    is nested more deeply than `DEEPEST` are refused.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable("too large")
    try:
        found = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
            parse_int=_safe_integer,
        )
    except (ValueError, RecursionError) as trouble:
        raise Unreadable(str(trouble)) from trouble
    if not isinstance(found, dict):
        raise Unreadable("not a JSON object")
    _require_plain(found)
    return found


def canonical(value: object) -> bytes:
    """Give the RFC 8785 form of a value that `read_json` could have given."""
    return _written(value).encode("utf-8")


def from_hex(value: object, length: int | None = None) -> bytes:
    """Give the bytes of lower-case hexadecimal; raises ValueError for any other way of writing."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise ValueError("not lower-case hexadecimal")
    found = bytes.fromhex(value)
    if length is not None and len(found) != length:
        raise ValueError(f"{len(found)} bytes where {length} are expected")
    return found


def require_keys(value: object, required: set[str], optional: frozenset[str] = frozenset()) -> Json:
    """Give the object if it has exactly these names; raises ValueError otherwise.

    A name that nothing signs would be a place to write lies into.
    """
    if not isinstance(value, dict):
        raise ValueError("not an object")
    missing, unknown = required - value.keys(), value.keys() - required - optional
    if missing or unknown:
        raise ValueError(f"missing {sorted(missing)}, unknown {sorted(unknown)}")
    return value


def require_text(value: object) -> str:
    """Give the text; raises ValueError for anything else, which each language would write in its own way."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def require_list(value: object) -> list[Any]:
    """Give the list; raises ValueError for anything else that could be walked like one."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def require_version_1(*versions: object) -> None:
    """Refuse every version but the whole number 1 (`true` is not one, whatever Python thinks)."""
    if any(type(version) is not int or version != 1 for version in versions):
        raise ValueError("another version")


def _written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(_written(each) for each in value) + "]"
    if isinstance(value, dict):
        # RFC 8785, 3.2.3: names are sorted by their UTF-16 code units, not by code points.
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_written(name)}:{_written(value[name])}" for name in names) + "}"
    raise Unreadable(f"{type(value).__name__} has no JSON form here")


def _require_plain(found: object) -> None:
    """Refuse nesting beyond `DEEPEST` and lone surrogates; by a list, for depth is what is in doubt."""
    waiting = [(found, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth > DEEPEST:
                raise Unreadable("nested too deeply")
            inner = (*value.keys(), *value.values()) if isinstance(value, dict) else value
            waiting.extend((each, depth + 1) for each in inner)
        elif isinstance(value, str) and _HALF.search(value):
            raise Unreadable("half a character")


def _without_repeats(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_fraction(text: str) -> object:
    raise ValueError(f"the number {text} is not used in these files")


def _safe_integer(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST_INTEGER:
        raise ValueError(f"the number {text[:20]} is too large")
    return number
