"""CBOR in its one deterministic form (RFC 8949, 4.2.1), as far as it is written here."""

from collections.abc import Mapping, Sequence

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)


def encoded(value: object) -> bytes:
    """Encode whole numbers, bytes, text, sequences and maps; raises TypeError for anything else.

    The names of a map are sorted by their encoded bytes, so that one value has one form.
    """
    if isinstance(value, bool):
        raise TypeError("a truth value is not written here")
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


def tagged(tag: int, value: object) -> bytes:
    """Encode a value under a tag."""
    return _head(_TAG, tag) + encoded(value)


def _head(major: int, number: int) -> bytes:
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise ValueError("a number beyond 64 bits")
