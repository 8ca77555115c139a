"""Evidence entries: the private opening, the log's promise, and the proof that the leaf is in the log.

The formats are those of docs/ledger.md in Tongban's repository, version 1.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from tongban_verify.merkle import leaf_hash, root_from_path
from tongban_verify.notes import (
    LogKey,
    cosigners,
    open_checkpoint,
    read_log_key,
    read_witness_key,
    sm2_fault,
    with_sm2,
)
from tongban_verify.strict import (
    Json,
    canonical,
    from_hex,
    require_keys,
    require_list,
    require_text,
    require_version_1,
)
from tongban_verify.trust import Doubt, Trust, moment

_FIELD: Final = b"tongban ledger field 1\x00"
_ENTRY: Final = b"tongban ledger entry 1\x00"
_PROMISE: Final = b"tongban ledger promise 1\n"
_LEAF_KEYS: Final = {"version", "kind", "hour", "commitment"}
_FIELD_NAME: Final = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """An evidence entry that was opened: what its leaf shows and what its opened fields say."""

    kind: str
    hour: str
    leaf: Json
    leaf_hash: bytes
    fields: Json


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry stands in the log: `published` under a checkpoint, `promised`, or `overdue`.

    `witnesses` are those who cosigned the checkpoint; `is_witnessed` when they are enough.
    """

    state: str
    log: str
    size: int | None = None
    deadline: datetime | None = None
    witnesses: tuple[str, ...] = ()
    is_witnessed: bool = True


def open_entry(found: object) -> Entry:
    """Open an entry and check it against its own commitment; raises Doubt `shape` or `opening`."""
    try:
        opening = require_keys(found, {"version", "leaf", "fields", "hidden"})
        leaf = require_keys(opening["leaf"], _LEAF_KEYS, frozenset({"office"}))
        require_version_1(opening["version"], leaf["version"])
        fields = {name: require_keys(field, {"salt", "value"}) for name, field in opening["fields"].items()}
        if not all(_FIELD_NAME.fullmatch(name) for name in fields):
            raise ValueError("a malformed field name")
        opened = [
            sha256(
                _FIELD + from_hex(field["salt"], 16) + name.encode() + b"\0" + canonical(field["value"])
            ).digest()
            for name, field in fields.items()
        ]
        hidden = [from_hex(each, 32) for each in require_list(opening["hidden"])]
        if hidden != sorted(hidden):
            raise ValueError("the hidden commitments are not in order")
        kind, hour = require_text(leaf["kind"]), require_text(leaf["hour"])
        if "office" in leaf:
            require_text(leaf["office"])
    except (ValueError, TypeError, AttributeError) as broken:
        raise Doubt("shape", str(broken)) from broken
    if sha256(_ENTRY + b"".join(sorted(opened + hidden))).hexdigest() != leaf["commitment"]:
        raise Doubt("opening")
    return Entry(
        kind=kind,
        hour=hour,
        leaf=leaf,
        leaf_hash=leaf_hash(canonical(leaf)),
        fields={name: field["value"] for name, field in fields.items()},
    )


def check_standing(found: Json, entry: Entry, trust: Trust, now: datetime) -> Standing:
    """Check the promise and the proof that come with an entry, and say how it stands.

    Raises Doubt with the reason when either is wrong or both are missing.
    """
    keys = log_keys(trust)
    promised = _check_promise(found["promise"], entry, keys, now) if "promise" in found else None
    published = _check_proof(found["proof"], entry, keys, trust) if "proof" in found else None
    if published and promised and published.log != promised.log:
        raise Doubt("promise", "promise and proof are of two logs")
    standing = published or promised
    if standing is None:
        raise Doubt("no_evidence")
    return standing


def log_keys(trust: Trust) -> dict[str, LogKey]:
    """Give the keys of a node's logs by their origins; raises Doubt where one is another node's or none."""
    try:
        keys = {key.origin: key for key in map(read_log_key, trust.logs)}
        for vkey in trust.logs_sm2:
            origin = vkey.partition("+")[0]
            keys[origin] = with_sm2(keys[origin], vkey)
    except (ValueError, KeyError) as broken:
        raise Doubt("shape", str(broken)) from broken
    if not all(origin.startswith(f"tongban/{trust.node}/") for origin in keys):
        raise Doubt("other_node")
    return keys


def _check_promise(found: object, entry: Entry, keys: dict[str, LogKey], now: datetime) -> Standing:
    try:
        promise = require_keys(found, {"statement", "signature"})
        said = require_keys(promise["statement"], {"version", "log", "leaves", "issued", "deadline"})
        require_version_1(said["version"])
        if entry.leaf_hash.hex() not in require_list(said["leaves"]):
            raise ValueError("the promise is for other entries")
        keys[said["log"]].check(_PROMISE + canonical(said), from_hex(promise["signature"], 64))
        deadline = moment(said["deadline"])
    except (ValueError, TypeError, KeyError) as wrong:
        raise Doubt("promise", str(wrong)) from wrong
    return Standing("promised" if now <= deadline else "overdue", said["log"], deadline=deadline)


def _check_proof(found: object, entry: Entry, keys: dict[str, LogKey], trust: Trust) -> Standing:
    try:
        proof = require_keys(found, {"version", "log", "index", "leaf", "hashes", "checkpoint"})
        log, note = keys[proof["log"]], require_text(proof["checkpoint"])
        head = open_checkpoint(note, log)
        witnesses = cosigners(note, map(read_witness_key, trust.witnesses))
    except (ValueError, TypeError, KeyError) as wrong:
        raise Doubt("checkpoint", str(wrong)) from wrong
    if fault := sm2_fault(note, log):
        raise Doubt(fault)
    try:
        path = [from_hex(each, 32) for each in require_list(proof["hashes"])]
        index = proof["index"]
        require_version_1(proof["version"])
        if type(index) is not int or canonical(proof["leaf"]) != canonical(entry.leaf):
            raise ValueError("the proof is for another leaf")
        if root_from_path(entry.leaf_hash, index, head.size, path) != head.root:
            raise ValueError("the path leads to another root")
    except (ValueError, TypeError) as wrong:
        raise Doubt("proof", str(wrong)) from wrong
    return Standing(
        "published",
        proof["log"],
        size=head.size,
        witnesses=tuple(sorted(witnesses)),
        is_witnessed=len(witnesses) >= trust.quorum,
    )
