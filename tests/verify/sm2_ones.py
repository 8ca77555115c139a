"""Proofs whose node announces an SM2 key: with the line, without it, and with wrong bits in it."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random
from typing import Any

from tests.verify.forging import FINGERPRINT, NOON, ORIGIN, forge
from tests.verify.vectors import Vector
from tongban.kernel import sm2 as openssl
from tongban.ledger.notes import SM2, VerifierKey, sm3, with_sm3

SM2_KEY = openssl.from_number(bytes(31) + b"\7")
SM2_VKEY = str(VerifierKey(ORIGIN, SM2_KEY.point, SM2))
_OTHER_SM2 = openssl.from_number(bytes(31) + b"\10")


def signed_by_sm2(note: str, key: openssl.Key = SM2_KEY) -> str:
    """Give a checkpoint with one more line, as a log of the 国密 profile signs it."""
    text = note.partition("\n\n")[0].encode() + b"\n"
    line = VerifierKey(ORIGIN, key.point, SM2).key_id + sm3(text) + key.sign(with_sm3(text))
    return f"{note}— {ORIGIN} {b64encode(line).decode()}\n"


def sm2_ones(chance: Random, *, bits: int) -> Iterator[tuple[Vector, list[str]]]:
    """Give proofs whose node announces an SM2 key for its log, with the reasons that must be named."""
    blob = b64decode(SM2_VKEY.split("+", 2)[2])
    another = str(VerifierKey("tongban/990100/shares-2026", SM2_KEY.point, SM2))
    off = str(VerifierKey(ORIGIN, b"\4" + bytes(63) + b"\1", SM2))
    yield from (
        _with_sm2("both signatures", [SM2_VKEY], signed_by_sm2, []),
        _with_sm2("nothing announced", [], signed_by_sm2, []),
        _with_sm2("no SM2 line", [SM2_VKEY], str, ["checkpoint_without_sm2"]),
        _with_sm2(
            "another SM2 key's line",
            [SM2_VKEY],
            lambda note: signed_by_sm2(note, _OTHER_SM2),
            ["checkpoint_without_sm2"],
        ),
        _with_sm2("a key twice", [SM2_VKEY, SM2_VKEY], signed_by_sm2, ["shape"]),
        _with_sm2("another log's key", [another], signed_by_sm2, ["shape"]),
        _with_sm2("a key beside the curve", [off], signed_by_sm2, ["shape"]),
        _with_sm2("a key of another id", [SM2_VKEY.replace("+", "+0", 1)], signed_by_sm2, ["shape"]),
        _with_sm2("a key in Ed25519's place", [_vkey_of(blob[:1] + blob[25:])], signed_by_sm2, ["shape"]),
        _with_sm2("a key that is none", ["x"], signed_by_sm2, ["shape"]),
        _with_sm2("a key that is no text", [None], signed_by_sm2, ["shape"]),
        _with_sm2("keys that are no list", None, signed_by_sm2, ["shape"]),
    )
    for place in sorted({0, 31, 32, 287, 288, 799, *(chance.randrange(800) for _ in range(bits))}):

        def flipped(note: str, place: int = place) -> str:
            whole, _, line = signed_by_sm2(note).rstrip("\n").rpartition(" ")
            spoilt = int.from_bytes(b64decode(line)) ^ (1 << (799 - place))
            return f"{whole} {b64encode(spoilt.to_bytes(100)).decode()}\n"

        codes = ["checkpoint_without_sm2" if place < 32 else "checkpoint_sm2"]
        yield _with_sm2(f"bit {place} of the line", [SM2_VKEY], flipped, codes)


def _with_sm2(
    name: str, announced: Any, line: Callable[[str], str], codes: list[str]
) -> tuple[Vector, list[str]]:
    def alter(part: str, found: Any) -> Any:
        if part == "trust":
            return {**found, "logs_sm2": announced}
        return {**found, "checkpoint": line(found["checkpoint"])} if part == "proof" else found

    return Vector(f"SM2: {name}", forge("evidence", alter), FINGERPRINT, NOON), codes


def _vkey_of(blob: bytes) -> str:
    hint = sha256(ORIGIN.encode() + b"\n" + blob).hexdigest()[:8]
    return f"{ORIGIN}+{hint}+{b64encode(blob).decode()}"
