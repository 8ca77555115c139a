"""Writing DER (X.690): only what certificates, signatures and seals of this house are made of. Pure."""

from datetime import UTC, datetime
from typing import Final

_LONG: Final = 0x80
_YEARS_OF_UTC_TIME: Final = range(1950, 2050)  # RFC 5280, 4.1.2.5


def tagged(tag: int, content: bytes) -> bytes:
    """Give one value: its tag, the length in its shortest form, the content."""
    length = len(content)
    if length < _LONG:
        return bytes((tag, length)) + content
    written = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, _LONG | len(written))) + written + content


def sequence(*parts: bytes) -> bytes:
    """Give a SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def content(value: bytes) -> bytes:
    """Give what stands in one value; ValueError where it is none or not whole."""
    if len(value) < 2 or value[1] == _LONG:
        raise ValueError("no value in DER")
    head = 2 + (value[1] & 0x7F if value[1] & _LONG else 0)
    length = value[1] if head == 2 else int.from_bytes(value[2:head])
    if len(value) != head + length:
        raise ValueError("a value in DER is not whole, or more follows it")
    return value[head:]


def set_of(*parts: bytes) -> bytes:
    """Give a SET OF, its parts in the order that DER asks for."""
    return tagged(0x31, b"".join(sorted(parts)))


def context(number: int, content: bytes, *, constructed: bool = True) -> bytes:
    """Give a value under a tag of its own; `content` is what stands within."""
    return tagged((0xA0 if constructed else 0x80) | number, content)


def integer(value: int) -> bytes:
    """Give an INTEGER that is not negative."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def boolean(value: bool) -> bytes:
    """Give a BOOLEAN."""
    return tagged(0x01, b"\xff" if value else b"\x00")


def octets(value: bytes) -> bytes:
    """Give an OCTET STRING."""
    return tagged(0x04, value)


def bits(value: bytes, unused: int = 0) -> bytes:
    """Give a BIT STRING of whole bytes, `unused` bits at its end left out."""
    return tagged(0x03, bytes((unused,)) + value)


def null() -> bytes:
    """Give NULL."""
    return tagged(0x05, b"")


def oid(dotted: str) -> bytes:
    """Give an OBJECT IDENTIFIER."""
    first, second, *others = map(int, dotted.split("."))
    return tagged(0x06, b"".join(_base_128(each) for each in (40 * first + second, *others)))


def utf8(text: str) -> bytes:
    """Give a UTF8String."""
    return tagged(0x0C, text.encode())


def printable(text: str) -> bytes:
    """Give a PrintableString."""
    return tagged(0x13, text.encode("ascii"))


def ia5(text: str) -> bytes:
    """Give an IA5String."""
    return tagged(0x16, text.encode("ascii"))


def generalized_time(at: datetime) -> bytes:
    """Give a GeneralizedTime in whole seconds of UTC."""
    return tagged(0x18, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())


def time(at: datetime) -> bytes:
    """Give a moment as certificates hold it: UTCTime up to 2049, GeneralizedTime after (RFC 5280)."""
    at = at.astimezone(UTC)
    if at.year in _YEARS_OF_UTC_TIME:
        return tagged(0x17, at.strftime("%y%m%d%H%M%SZ").encode())
    return generalized_time(at)


def _base_128(value: int) -> bytes:
    written = [value & 0x7F]
    while value := value >> 7:
        written.append(_LONG | value & 0x7F)
    return bytes(reversed(written))
