"""One set of files for every verifier, real, altered and forged, each with what it is held against.

The Python verifier and the page must say the same of each; whoever writes a third has these to go by.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from tests.sources import ROOT
from tests.verify.forging import (
    AT,
    FINGERPRINT,
    FORGER,
    FORGERS,
    NOON,
    OFFICE,
    STAGES,
    forge,
    listed,
    places_in,
    with_value_at,
)
from tongban.kernel.canonical import canonical
from tongban_verify import Anchor, anchor_from_bytes, anchor_from_fingerprint, verify_file

PUBLISHED = {
    profile: ROOT / "docs" / f"verifying-vectors-{profile}.json" for profile in ("guomi", "international")
}
# Each stands where another kind of value is meant; several are equal to it for a careless reader.
TRAPS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**53 - 1,
    "",
    "01",
    [],
    {},
    ["01"],
    {"zh": 1, "en": []},
    "0001-01-01T00:00:00+08:00",
    "2026-11-23T04:05:10",
    "2026-02-29",
    "20261123",
    "ab" * 32,
    "\u202e\x1b[31m\n有效：",
    "\U0001f600\uffff é",
)
WORDS = (
    b"",
    b"{}",
    b"[]",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe",
    b'{"format":"tongban-licence/2"}',
    b'{"format":["tongban-licence/1"]}',
    b'{"format":"tongban-licence/1","format":"tongban-licence/1"}',
    b'{"format":"tongban-evidence/1","evidence":1.0,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":1e2,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":-0,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":01,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":NaN,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":9007199254740991,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":9007199254740992,"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":"\\ud800","trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":"\\ud83d\\ude00","trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":"\t","trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":"\\x","trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":{"__proto__":1},"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":{"a":1,"a":1},"trust":{}}',
    b'\n\t {"format":"tongban-evidence/1","evidence":1,"trust":{}} \r\n',
    b'{"format":"tongban-evidence/1","evidence":1,"trust":{}} x',
    b'{"format":"tongban-evidence/1","evidence":1,"trust":{},}',
    b'{"format":"tongban-evidence/1","evidence":' + b"[" * 63 + b"]" * 63 + b',"trust":{}}',
    b'{"format":"tongban-evidence/1","evidence":' + b"[" * 64 + b"]" * 64 + b',"trust":{}}',
    b"[" * 100_000,
    b"c2sp.org/tlog-proof@v1\n",
    b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n",
    b"c2sp.org/tlog-proof@v1\nindex 0\n\nx\n",
    b" " * (4 * 1024 * 1024 + 1),
)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_STRAY = dict(pairwise(_ALPHABET))  # before one `=`, the last two bits mean nothing
_KEY = ("offices", 0, "keys", 0)


def _revoked(since: str) -> dict[str, Any]:
    return {"since": since, "reason": "stolen"}


# One edge each: what is altered before everything is signed, and the reasons that follow from it.
EDGES: tuple[tuple[str, tuple[Any, ...], Any, list[str]], ...] = (
    ("trust", (*_KEY, "valid_from"), AT, []),
    ("trust", (*_KEY, "valid_from"), "2026-11-23T12:05:10.000001+08:00", ["key_period"]),
    ("trust", (*_KEY, "valid_to"), "2026-11-23T04:05:10Z", []),
    ("trust", (*_KEY, "valid_to"), "2026-11-23T04:05:09.999999Z", ["key_period"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T13:00:00+08:00"), []),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T12:00:00+08:00"), ["key_revoked"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T09:30:00+05:30"), ["key_revoked"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-01-01T00:00:00Z"), ["key_revoked"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T12:00:00.000001+08:00"), ["shape"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T13:30:00+08:00"), ["shape"]),
    ("trust", (*_KEY, "revoked"), {"since": "2026-11-23T13:00:00+08:00"}, ["shape"]),
    ("trust", (*_KEY, "revoked"), _revoked("2026-11-23T13:00:00+08:00") | {"reason": 1}, ["shape"]),
    ("trust", (*_KEY, "revoked"), None, ["shape"]),
    ("trust", ("root", "revoked"), _revoked("2036-01-01T00:00:00Z"), ["shape"]),
    ("trust", ("root", "valid_to"), "2026-10-31T23:59:59+08:00", ["key_period"]),
    ("trust", ("root", "valid_to"), "2026-13-01T00:00:00+08:00", ["shape"]),
    ("trust", ("witnesses",), None, []),
    ("trust", ("witnesses",), {"quorum": 1, "vkeys": []}, ["shape"]),
    ("trust", ("witnesses",), {"quorum": False, "vkeys": []}, ["shape"]),
    ("trust", ("witnesses",), {"quorum": 0, "vkeys": ["x+y+z"]}, ["checkpoint"]),
    ("trust", ("logs",), [], ["promise"]),
    ("trust", ("node",), "990200", ["other_node"]),
    ("hidden", (), ["00" * 32, "11" * 32], []),
    ("hidden", (), ["00" * 32, "00" * 32], []),
    ("hidden", (), ["11" * 32, "00" * 32], ["shape"]),
    ("hidden", (), ["11" * 31], ["shape"]),
    ("hidden", (), "", ["shape"]),
    ("hidden", (), {}, ["shape"]),
    ("content", ("validate_end",), "2026-11-23", []),
    ("content", ("validate_end",), "2026-11-22", ["expired"]),
    ("content", ("validate_start",), "2026-11-24", ["not_yet"]),
    ("content", ("validate_start",), "2024-02-29", []),
    ("content", ("validate_start",), "2025-02-29", ["shape"]),
    ("content", ("validate_start",), "20241123", ["shape"]),
    ("content", ("issue_date",), "2026-11-22", ["content"]),
    ("content", ("type_code",), "11100000MB0143028R002", ["identifier"]),
    ("content", ("issuing_authority_code",), "x", ["issuer"]),
    ("content", ("holder_name",), ["no text"], []),
    ("content", ("holder_name",), "\u202e\x1b[31m\nValid: " + "x" * 200, []),
    ("statement", ("at",), "2026-11-23T04:05:10Z", ["history"]),
    ("statement", ("at",), "2026-11-23T13:05:10+08:00", ["evidence"]),
    ("statement", ("issuer",), [OFFICE], ["shape"]),
    ("statement", ("issuer",), None, ["unknown_key"]),
    ("statement", ("v",), True, ["shape"]),
    ("change", ("number",), True, ["history"]),
    ("change", ("status",), ["02"], ["history"]),
    ("change", ("status",), "03", ["history"]),
    ("change", ("identifier",), "x", ["history"]),
    ("leaf", ("office",), "market.990121", []),
    ("leaf", ("office",), 7, ["shape"]),
    ("leaf", ("version",), True, ["shape"]),
    ("leaf", ("hour",), "2026-11-23T05Z", ["evidence"]),
    ("promise", ("leaves",), "ab" * 32, ["promise"]),
    ("promise", ("deadline",), "2020-01-01T00:00:00Z", []),  # it was published all the same
    ("proof", ("index",), True, ["proof"]),
    ("proof", ("index",), 1, ["proof"]),
    ("proof", ("hashes",), "", ["proof"]),
    ("proof", ("hashes",), ["00" * 32], ["proof"]),
    ("proof", ("checkpoint",), 7, ["checkpoint"]),
    ("signature", ("kid",), [], ["unknown_key"]),
    ("signature", ("alg",), "ES256", ["signature"]),
    ("signature", ("alg",), "sm2sig_sm3", ["signature"]),
    ("signature", ("alg",), "none", ["shape"]),
    ("signature", ("alg",), "__proto__", ["shape"]),
    ("signature", ("alg",), ["Ed25519"], ["shape"]),
    ("trust", (*_KEY, "alg"), "ES256", ["shape"]),
    ("trust", (*_KEY, "alg"), "sm2sig_sm3", ["shape"]),
    ("whole", ("status",), [], []),
    ("whole", ("more",), 1, ["shape"]),
)


@dataclass(frozen=True, slots=True)
class Vector:
    """One file, what is trusted (a trust file's bytes, a fingerprint, or nothing), the moment, and perhaps
    the status list at hand."""

    name: str
    data: bytes
    trusted: bytes | str | None
    now: datetime
    status_list: bytes | None = None

    @property
    def anchor(self) -> Anchor | None:
        """What is trusted, as the Python verifier reads it."""
        if self.trusted is None:
            return None
        if isinstance(self.trusted, str):
            return anchor_from_fingerprint(self.trusted)
        return anchor_from_bytes(self.trusted)

    def expected(self) -> dict[str, Any]:
        """What the Python verifier says of it."""
        report = verify_file(self.data, self.anchor, self.now, status_list=self.status_list)
        return {
            "verdict": report.verdict.name.lower(),
            "codes": [reason.code for reason in report.reasons],
            "zh": report.sentence("zh"),
            "en": report.sentence("en"),
        }


def written(vectors: list[Vector]) -> str:
    """Write vectors with what is to be said of each; trust files are written once and named."""
    files = dict.fromkeys(each.trusted for each in vectors if isinstance(each.trusted, bytes))
    trusts: dict[object, str] = {data: f"trust {at}" for at, data in enumerate(files, start=1)}
    whole = {
        "trusts": {trusts[data]: data.decode() for data in files},
        "vectors": [
            {
                "name": each.name,
                "file": each.data.decode(),
                "trusted": trusts.get(each.trusted, each.trusted),
                "at": each.now.isoformat(),
                **({"status_list": each.status_list.decode()} if each.status_list is not None else {}),
                "said": each.expected(),
            }
            for each in vectors
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def published_ones() -> list[tuple[Vector, dict[str, Any]]]:
    """Give the published vectors, each with what is to be said of it."""
    return [vector for path in PUBLISHED.values() for vector in published_in(path)]


def published_in(path: Path) -> list[tuple[Vector, dict[str, Any]]]:
    """Give the vectors of one file."""
    whole = json.loads(path.read_text("utf-8"))
    trusts = {name: text.encode() for name, text in whole["trusts"].items()}
    return [
        (
            Vector(
                each["name"],
                each["file"].encode(),
                trusts.get(each["trusted"], each["trusted"]),
                datetime.fromisoformat(each["at"]),
                each["status_list"].encode() if "status_list" in each else None,
            ),
            each["said"],
        )
        for each in whole["vectors"]
    ]


def unreadable_ones() -> Iterator[Vector]:
    """Give what is no file of ours, or only looks like one."""
    for place, words in enumerate(WORDS):
        yield Vector(f"words {place}", words, FINGERPRINT, NOON)


def edges() -> Iterator[tuple[Vector, list[str]]]:
    """Give the licence files with one edge each, with the reasons that must be named."""
    for stage, path, value, codes in EDGES:
        data = forge("licence", partial(_with_edge, stage, path, value))
        yield Vector(f"{stage} {path}: {value!r}", data, FINGERPRINT, NOON), codes
    whole = forge().decode()
    for name, found in (
        ("a public key", listed(FORGER.bureau)["public_key"]),
        ("a signature line", _line_of(whole)),
    ):
        strayed = found[:-2] + _STRAY[found[-2]] + "="  # decodes to the same bytes for a careless reader
        data = whole.replace(found, strayed).encode()
        codes = ["shape"] if name == "a public key" else ["checkpoint"]
        yield Vector(f"{name} with stray bits", data, FINGERPRINT, NOON), codes


def _with_edge(stage: str, path: tuple[Any, ...], value: Any, part: str, found: Any) -> Any:
    return with_value_at(found, path, value) if part == stage else found


def _line_of(whole: str) -> str:
    return json.loads(whole)["evidence"]["proof"]["checkpoint"].rstrip("\n").rpartition(" ")[2]


def algorithms(chance: Random, *, bits: int) -> Iterator[tuple[Vector, str]]:
    """Give files by keys of each algorithm, whole and with flipped bits of a signature, with the verdict."""
    for alg, by in FORGERS.items():
        for kind in ("licence", "notice"):
            yield Vector(f"{kind} by {alg}", forge(kind, by=by), by.fingerprint, NOON), "valid"
        for _ in range(bits):
            place = chance.randrange(512)

            def flip(part: str, found: Any, place: int = place) -> Any:
                if part != "signature":
                    return found
                return {**found, "value": f"{int(found['value'], 16) ^ (1 << place):0128x}"}

            data = forge(alter=flip, by=by)
            yield Vector(f"bit {place} of {alg}", data, by.fingerprint, NOON), "invalid"


def forged_ones(chance: Random, *, a_stage: int) -> Iterator[Vector]:
    """Give files that fit in everything but one value, which stands there before all is signed."""
    for kind in ("licence", "notice", "evidence"):
        yield Vector(f"{kind}, forged whole", forge(kind), FINGERPRINT, NOON)
        yield Vector(f"{kind}, forged whole, nobody trusted", forge(kind), None, NOON)
        for stage in STAGES:
            for number in range(a_stage):
                yield Vector(f"{kind}, {stage}, {number}", _altered(kind, stage, chance), FINGERPRINT, NOON)


def _altered(kind: str, stage: str, chance: Random) -> bytes:
    def alter(part: str, found: Any) -> Any:
        if part != stage:
            return found
        path = chance.choice(places_in(found))
        return with_value_at(found, path, chance.choice(TRAPS))

    return forge(kind, alter)


def altered_ones(name: str, data: bytes, trusted: bytes, now: datetime, chance: Random) -> Iterator[Vector]:
    """Give a file under every anchor and at other moments, with bits flipped, cut, and values exchanged."""
    fingerprint = anchor_from_bytes(trusted).fingerprint
    for said, anchor in (("", trusted), (", by fingerprint", fingerprint), (", nobody trusted", None)):
        yield Vector(f"{name}{said}", data, anchor, now)
    yield Vector(f"{name}, another root", data, FINGERPRINT, now)
    for days in (-400, -1, 1, 400):
        yield Vector(f"{name}, {days} days on", data, trusted, now + timedelta(days=days))
    for _ in range(60):
        place, bit = chance.randrange(len(data)), chance.randrange(8)
        flipped = bytearray(data)
        flipped[place] ^= 1 << bit
        yield Vector(f"{name}, bit {bit} of {place}", bytes(flipped), trusted, now)
    for _ in range(6):
        yield Vector(f"{name}, cut", data[: chance.randrange(len(data))], trusted, now)
    if data.startswith(b"{"):
        tree = json.loads(data)
        for path in chance.sample(places_in(tree), 40):
            changed = with_value_at(tree, path, chance.choice(TRAPS))
            yield Vector(f"{name}, {path}", canonical(changed), trusted, now)
