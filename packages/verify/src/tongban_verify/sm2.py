"""Checking an SM2 signature (GB/T 32918.2-2016, RFC 8998 `sm2sig_sm3`) in plain integers.

The one library here knows SM3 and not SM2. A check handles public numbers alone, so that nothing secret
could be learnt from how long it takes; making signatures so would be wrong.
"""

from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

SIZE: Final = 32  # bytes of one number
IDENTIFIER: Final = b"1234567812345678"  # the signer's, where none is agreed (GM/T 0009-2012, 10)
# A public key of this curve as SubjectPublicKeyInfo in DER: what stands before its two numbers.
SPKI_HEAD: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")

# The recommended curve (GB/T 32918.5-2017): y² = x³ + ax + b over the field of P, with G of order N.
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

_Point = tuple[int, int, int]  # Jacobian: (X/Z², Y/Z³); Z is 0 at infinity
_INFINITY: Final = (1, 1, 0)


def read_public(spki: bytes) -> tuple[int, int]:
    """Read a public key; raises ValueError when it is none of this curve."""
    numbers = spki.removeprefix(SPKI_HEAD)
    if len(numbers) != 2 * SIZE or len(spki) != len(SPKI_HEAD) + 2 * SIZE:
        raise ValueError("not a public key of SM2")
    x, y = int.from_bytes(numbers[:SIZE], "big"), int.from_bytes(numbers[SIZE:], "big")
    if not (x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0):
        raise ValueError("not a point of the curve of SM2")
    return x, y


def read_point(point: bytes) -> tuple[int, int]:
    """Read a public key written as 04 ‖ x ‖ y; raises ValueError when it is none of this curve."""
    return read_public(SPKI_HEAD[:-1] + point)


def verify(public: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """Say whether r and s, 32 bytes each, are the key's signature over the message."""
    if len(signature) != 2 * SIZE:
        return False
    r, s = int.from_bytes(signature[:SIZE], "big"), int.from_bytes(signature[SIZE:], "big")
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    point = _sum_of(s, t, public)
    if point is None:
        return False
    hashed = int.from_bytes(sm3(_about(public) + message), "big")
    return (hashed + point) % N == r


def _about(public: tuple[int, int]) -> bytes:
    """Give Z: who signs, on which curve, by which key (5.5 of the standard)."""
    numbers = (A, B, *G, *public)
    length = (len(IDENTIFIER) * 8).to_bytes(2, "big")
    return sm3(length + IDENTIFIER + b"".join(number.to_bytes(SIZE, "big") for number in numbers))


def sm3(message: bytes) -> bytes:
    """Give the SM3 digest (GB/T 32905-2016), 32 bytes."""
    digest = Hash(SM3())
    digest.update(message)
    return digest.finalize()


def _sum_of(s: int, t: int, public: tuple[int, int]) -> int | None:
    """Give the x of s·G + t·public, both walked through at once; None at infinity."""
    base, key = (*G, 1), (*public, 1)
    both = _add(base, key)
    steps = {(1, 0): base, (0, 1): key, (1, 1): both}
    found: _Point = _INFINITY
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        found = _double(found)
        step = steps.get((s >> bit & 1, t >> bit & 1))
        if step is not None:
            found = _add(found, step)
    if not found[2]:
        return None
    return found[0] * pow(found[2], -2, P) % P


def _double(point: _Point) -> _Point:
    x, y, z = point
    if not z or not y:
        return _INFINITY
    squared = y * y % P
    four = 4 * x * squared % P
    slope = 3 * (x - z * z) * (x + z * z) % P  # a is -3
    x3 = (slope * slope - 2 * four) % P
    return x3, (slope * (four - x3) - 8 * squared * squared) % P, 2 * y * z % P


def _add(one: _Point, other: _Point) -> _Point:
    if not one[2]:
        return other
    if not other[2]:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, other
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * zz2 % P, x2 * zz1 % P
    s1, s2 = y1 * zz2 * z2 % P, y2 * zz1 * z1 % P
    if u1 == u2:
        return _double(one) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P
