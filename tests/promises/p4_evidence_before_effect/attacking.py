"""Somebody who wants to know what a public commitment hides, and has lists, time, and our documents.

What they compute is written from docs/ledger.md and from habit: plain digests, digests of JSON, of whole
entries, with keys that are public, and the ledger's own formula under salts that somebody might have used.
"""

import hmac
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import algorithms_available, new, sha256
from typing import Any

from tongban.kernel.canonical import canonical

FIELD, ENTRY = b"tongban ledger field 1\x00", b"tongban ledger entry 1\x00"
# No salt, the salts of a program that never drew one, and what stands in public and looks like one.
GUESSED_SALTS = (b"", bytes(16), b"\xff" * 16, b"0" * 16, b"tongban ledger 1")


@dataclass(frozen=True)
class Candidates:
    """A list to try, and the fields of an entry in which such a value might stand."""

    values: Sequence[object]
    fields: Sequence[str]


@dataclass(frozen=True)
class Hit:
    """A guess that gave what was wanted."""

    found: bytes
    value: object
    way: str


def attack(
    lists: Sequence[Candidates], wanted: Container[bytes], *, salts: Sequence[bytes], keys: Sequence[bytes]
) -> list[Hit]:
    """Try every value of every list in every way; give each guess that hits."""
    hits = []
    for each in lists:
        heads = [(name, FIELD + salt + name.encode() + b"\x00") for name in each.fields for salt in salts]
        for value in each.values:
            written = canonical(value)
            for name, head in heads:
                guess = sha256(head + written).digest()
                if guess in wanted:
                    hits.append(Hit(guess, value, name))
            for way, guess in plain(value, written, keys):
                if guess in wanted:
                    hits.append(Hit(guess, value, way))
    return hits


def plain(value: object, written: bytes, keys: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Hash a value as one hashes without a second thought."""
    said = value.encode() if isinstance(value, str) else written
    for form, text in (("text", said), ("JSON", written)):
        once = sha256(text)
        yield f"SHA-256 of {form}", once.digest()
        yield f"SHA-256 of its SHA-256 of {form}", sha256(once.digest()).digest()
        yield f"a leaf's hash of {form}", sha256(b"\x00" + text).digest()
        if "sm3" in algorithms_available:
            yield f"SM3 of {form}", new("sm3", text).digest()
    for key in keys:
        yield "HMAC under a public key", hmac.digest(key, said, "sha256")


def whole_entry(fields: Mapping[str, Any], leaf: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Hash a whole entry of which everything is known but the salts."""
    rest = {name: value for name, value in leaf.items() if name != "commitment"}
    pairs = [[name, value] for name, value in fields.items()]
    for said in (dict(fields), {**fields, **rest}, {"fields": dict(fields), **rest}, pairs):
        written = canonical(said)
        yield "SHA-256 of an entry's JSON", sha256(written).digest()
        yield "SHA-256 of an entry's JSON under its domain", sha256(ENTRY + written).digest()
    own = (canonical(rest), str(leaf["hour"]).encode(), str(leaf["kind"]).encode())
    for salt in (*GUESSED_SALTS, *(sha256(each).digest()[:16] for each in own)):
        parts = [commitment(name, salt, value) for name, value in fields.items()]
        yield "the entry's own formula", sha256(ENTRY + b"".join(sorted(parts))).digest()
        yield "the entry's own formula, unsorted", sha256(ENTRY + b"".join(parts)).digest()


def commitment(name: str, salt: bytes, value: object) -> bytes:
    """Commit to one field, as section 4 of the document says it."""
    return sha256(FIELD + salt + name.encode() + b"\x00" + canonical(value)).digest()
