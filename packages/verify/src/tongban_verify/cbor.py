"""CBOR in its one deterministic form (RFC 8949, 4.2.1): whole numbers, bytes, text, lists and maps."""

from collections.abc import Mapping, Sequence
from typing import Final

from tongban_verify.strict import Unreadable

DEEPEST: Final = 4
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_SIZES: Final = {24: 1, 25: 2, 26: 4, 27: 8}

Value = int | bytes | str | list["Value"] | dict["int | bytes | str", "Value"]


def decoded(data: bytes) -> Value:
    """Read one value that fills the data; raises Unreadable for what could be written in another way too."""
    value, end = _value(data, 0, DEEPEST)
    if end != len(data):
        raise Unreadable("something follows the value")
    return value


def encoded(value: object) -> bytes:
    """Encode what `decoded` could have given."""
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        return _head(_TEXT, len(written := value.encode())) + written
    if isinstance(value, Mapping):
        pairs = sorted((encoded(name), encoded(each)) for name, each in value.items())
        return _head(_MAP, len(pairs)) + b"".join(name + each for name, each in pairs)
    if isinstance(value, Sequence):
        return _head(_ARRAY, len(value)) + b"".join(map(encoded, value))
    raise TypeError(f"{type(value).__name__} is not written here")


def _value(data: bytes, start: int, depth: int) -> tuple[Value, int]:
    if depth == 0:
        raise Unreadable("nested too deeply")
    major, number, at = _read_head(data, start)
    if major == _UNSIGNED:
        return number, at
    if major == _NEGATIVE:
        return -1 - number, at
    if major in (_BYTES, _TEXT):
        return _string(data, at, number, is_text=major == _TEXT)
    if major == _ARRAY:
        items: list[Value] = []
        for _ in range(min(number, len(data) - at + 1)):  # each item takes a byte at least
            item, at = _value(data, at, depth - 1)
            items.append(item)
        return items, at
    if major == _MAP:
        return _map(data, at, number, depth)
    raise Unreadable("a kind of value that is not used here")


def _map(data: bytes, at: int, number: int, depth: int) -> tuple[Value, int]:
    found: dict[int | bytes | str, Value] = {}
    before = b""
    for _ in range(min(number, len(data) - at + 1)):
        name, after = _value(data, at, 1)
        if isinstance(name, list | dict) or data[at:after] <= before:
            raise Unreadable("names twice or out of order")
        before = data[at:after]
        found[name], at = _value(data, after, depth - 1)
    return found, at


def _string(data: bytes, at: int, length: int, *, is_text: bool) -> tuple[Value, int]:
    if length > len(data) - at:
        raise Unreadable("cut off")
    inside = data[at : at + length]
    try:
        return (inside.decode("utf-8") if is_text else inside), at + length
    except UnicodeDecodeError as trouble:
        raise Unreadable("no text") from trouble


def _read_head(data: bytes, start: int) -> tuple[int, int, int]:
    """Give the kind of a value, its number, and where it goes on; a number has its shortest form."""
    first = data[start : start + 1]
    if not first:
        raise Unreadable("cut off")
    major, info = first[0] >> 5, first[0] & 31
    if info < 24:
        return major, info, start + 1
    size = _SIZES.get(info, 0)
    written = data[start + 1 : start + 1 + size]
    number = int.from_bytes(written, "big")
    if size == 0 or len(written) < size or _head(major, number) != first + written:
        raise Unreadable("a number that is cut off or not in its shortest form")
    return major, number, start + 1 + size


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    info, size = next((info, size) for info, size in _SIZES.items() if number < 1 << 8 * size)
    return bytes([major << 5 | info]) + number.to_bytes(size, "big")
