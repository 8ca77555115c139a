"""What an entry is: the public leaf, the private opening, their tie, and what a promise says.

Pure, and the law that docs/ledger.md tells an independent verifier: change neither without the
other, and never without a new version number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import Chance, new_id
from tongban.kernel.texts import Text
from tongban.ledger.fields import COMMON, Kind
from tongban.ledger.kinds import RESERVED, kind_named
from tongban.ledger.notes import Signer, VerifierKey, open_checkpoint
from tongban.ledger.tiles import MAX_LEAF_BYTES
from tongban.ledger.tree import check_inclusion, leaf_hash

VERSION = 1
SALT_BYTES = 16  # 128 bits: no list of candidates, however short, opens a field
FIELD_DOMAIN = b"tongban ledger field 1\x00"
ENTRY_DOMAIN = b"tongban ledger entry 1\x00"
PROMISE_DOMAIN = b"tongban ledger promise 1\n"
PROMISE_DEADLINE_S = 30

Leaf = dict[str, Any]
Field = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One entry ready to be stored: its name, its public leaf and its private opening, canonical."""

    id: str
    leaf: bytes
    leaf_hash: bytes
    opening: bytes


def seal_entry(
    kind: str,
    fields: Mapping[str, object],
    *,
    office: str | None,
    show_office: bool,
    now: datetime,
    chance: Chance,
) -> SealedEntry:
    """Make an entry: every field under a salt of its own, the leaf telling kind and hour only.

    Refuses a kind or a field that kinds.py does not declare, and a required field that is missing.
    """
    declared = kind_named(kind)
    check_fields(declared, fields)
    name = new_id(now, chance)
    whole: dict[str, object] = {**fields, "entry": name, "at": moment(now), "kind_version": declared.version}
    if office is not None:
        whole["office"] = office
    salts = chance.bytes(SALT_BYTES * len(whole))
    commitments, opened = [], []
    for place, (field, given) in enumerate(whole.items()):
        salt, value = salts[SALT_BYTES * place : SALT_BYTES * (place + 1)], canonical(given)
        commitments.append(_field_commitment(field, salt, value))
        opened.append(b'"%s":{"salt":"%s","value":%s}' % (field.encode(), salt.hex().encode(), value))
    leaf: Leaf = {
        "version": VERSION,
        "kind": kind,
        "hour": hour(now),
        "commitment": _entry(commitments).hex(),
    }
    if show_office and office is not None:
        leaf["office"] = office
    encoded = canonical(leaf)
    if len(encoded) > MAX_LEAF_BYTES:
        raise _wrong("公开条目过长。", f"The leaf has {len(encoded)} bytes; a bundle holds {MAX_LEAF_BYTES}.")
    # Joined from canonical parts in the order of their keys, so that each value is encoded once.
    opening = b'{"fields":{%s},"hidden":[],"leaf":%s,"version":%d}' % (
        b",".join(sorted(opened)),
        encoded,
        VERSION,
    )
    return SealedEntry(name, encoded, leaf_hash(encoded), opening)


def check_fields(kind: Kind, fields: Mapping[str, object]) -> None:
    """Check an entry's fields against its kind; raises Invalid naming the first that is wrong."""
    for name in fields:
        if not kind.allows(name) or name in RESERVED:
            raise Invalid(
                "ledger.field_unknown",
                what=Text(
                    f"存证类型“{kind.name}”没有字段“{name}”。", f"An entry {kind.name} has no field {name!r}."
                ),
                todo=Text(
                    f"可用字段：{'、'.join(sorted((*kind.required, *kind.optional, *COMMON)))}。",
                    f"It may have: {', '.join(sorted((*kind.required, *kind.optional, *COMMON)))}.",
                ),
            )
    for name in kind.required:
        if fields.get(name) is None:
            raise Invalid(
                "ledger.field_missing",
                what=Text(
                    f"存证类型“{kind.name}”缺少字段“{name}”。",
                    f"An entry {kind.name} needs the field {name!r}.",
                ),
                todo=Text("请补充该字段。", "Give the field a value."),
            )


def field_commitment(name: str, salt: bytes, value: object) -> bytes:
    """Commit to one field: SHA-256(domain ‖ salt ‖ name ‖ 0x00 ‖ canonical value)."""
    return _field_commitment(name, salt, canonical(value))


def _field_commitment(name: str, salt: bytes, value: bytes) -> bytes:
    return sha256(FIELD_DOMAIN + salt + name.encode() + b"\x00" + value).digest()


def commit(fields: Mapping[str, Field], hidden: Iterable[bytes] = ()) -> bytes:
    """Commit to an entry: SHA-256(domain ‖ the field commitments, sorted as bytes).

    Sorting makes the places of the fields tell nothing about their names.
    """
    shown = (
        field_commitment(name, bytes.fromhex(field["salt"]), field["value"]) for name, field in fields.items()
    )
    return _entry([*shown, *hidden])


def _entry(commitments: Iterable[bytes]) -> bytes:
    return sha256(ENTRY_DOMAIN + b"".join(sorted(commitments))).digest()


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens an entry for its holder: the leaf, the opened fields with their salts, the rest hidden."""

    leaf: Leaf
    fields: Mapping[str, Field]
    hidden: tuple[str, ...] = ()

    def value(self, name: str) -> Any:
        """Give the value of an opened field, None when it is not opened."""
        return self.fields[name]["value"] if name in self.fields else None

    def leaf_bytes(self) -> bytes:
        """Give the leaf as the log holds it."""
        return canonical(self.leaf)

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape."""
        return {
            "version": VERSION,
            "leaf": self.leaf,
            "fields": dict(self.fields),
            "hidden": list(self.hidden),
        }


def read_opening(shape: Mapping[str, Any]) -> Opening:
    """Read an opening and check that it opens its own leaf; raises Invalid unless it does."""
    try:
        found = Opening(dict(shape["leaf"]), dict(shape["fields"]), tuple(shape["hidden"]))
        fits = commit(found.fields, map(_from_hex, found.hidden)).hex() == found.leaf["commitment"]
        salted = all(len(_from_hex(field["salt"])) == SALT_BYTES for field in found.fields.values())
        whole = all(len(_from_hex(each)) == 32 for each in found.hidden)
    except (KeyError, TypeError, ValueError) as broken:
        raise _wrong("存证条目格式不正确。", f"The opening is malformed: {broken}.") from broken
    if shape.get("version") != VERSION or found.leaf.get("version") != VERSION:
        raise _wrong("存证条目版本未知。", "The opening or its leaf has an unknown version.")
    if not (fits and salted and whole):
        raise _wrong("存证条目与公开承诺值不符。", "The opening does not fit the commitment in its leaf.")
    return found


def disclose(opening: Opening, names: Iterable[str]) -> Opening:
    """Keep only these fields open; the others become their commitments, which tell nothing."""
    shown = set(names)
    absent = shown - set(opening.fields)
    if absent:
        raise _wrong(f"条目中没有字段：{sorted(absent)}。", f"The entry has no field {sorted(absent)}.")
    hidden = [
        field_commitment(name, bytes.fromhex(field["salt"]), field["value"]).hex()
        for name, field in opening.fields.items()
        if name not in shown
    ]
    fields = {name: field for name, field in opening.fields.items() if name in shown}
    return Opening(opening.leaf, fields, tuple(sorted([*opening.hidden, *hidden])))


@dataclass(frozen=True, slots=True)
class Promise:
    """The log's signed word that these leaves will be under a published checkpoint by the deadline.

    `leaves` are leaf hashes in hexadecimal, `signature` is Ed25519 by the log's key.
    """

    log: str
    leaves: tuple[str, ...]
    issued: str
    deadline: str
    signature: bytes

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape."""
        statement = _statement(self.log, self.leaves, self.issued, self.deadline)
        return {"statement": statement, "signature": self.signature.hex()}


def make_promise(
    origin: str, leaves: Sequence[bytes], signer: Signer, now: datetime, deadline_s: int
) -> Promise:
    """Sign the promise; only for leaves whose entries have been committed."""
    issued, deadline = second(now), second(now + timedelta(seconds=deadline_s))
    hashes = tuple(each.hex() for each in leaves)
    message = PROMISE_DOMAIN + canonical(_statement(origin, hashes, issued, deadline))
    return Promise(origin, hashes, issued, deadline, signer.sign(message))


def read_promise(shape: Mapping[str, Any], key: VerifierKey) -> Promise:
    """Read a promise and check the log's signature over it; raises Invalid unless it is the log's."""
    try:
        said = shape["statement"]
        found = Promise(
            said["log"],
            tuple(said["leaves"]),
            said["issued"],
            said["deadline"],
            _from_hex(shape["signature"]),
        )
    except (KeyError, TypeError, ValueError) as broken:
        raise _wrong("存证回执格式不正确。", f"The promise is malformed: {broken}.") from broken
    if said != _statement(found.log, found.leaves, found.issued, found.deadline) or found.log != key.name:
        raise _wrong(
            "存证回执内容不正确或属于另一日志。", "The promise says more than it may, or is another log's."
        )
    key.check(PROMISE_DOMAIN + canonical(said), found.signature)
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf stands at `index` of a log, by an audit path up to a signed checkpoint's root."""

    log: str
    index: int
    leaf: Leaf
    hashes: tuple[bytes, ...]
    checkpoint: str

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape."""
        return {
            "version": VERSION,
            "log": self.log,
            "index": self.index,
            "leaf": self.leaf,
            "hashes": [each.hex() for each in self.hashes],
            "checkpoint": self.checkpoint,
        }


def read_proof(shape: Mapping[str, Any], key: VerifierKey) -> Proof:
    """Read a proof and check it up to the log's signed checkpoint; raises Invalid unless it holds."""
    try:
        hashes = tuple(_from_hex(each) for each in shape["hashes"])
        found = Proof(shape["log"], int(shape["index"]), dict(shape["leaf"]), hashes, shape["checkpoint"])
    except (KeyError, TypeError, ValueError) as broken:
        raise _wrong("存证证明格式不正确。", f"The proof is malformed: {broken}.") from broken
    head = open_checkpoint(found.checkpoint, key)
    if head.origin != found.log or shape.get("version") != VERSION:
        raise _wrong(
            "存证证明属于另一日志或版本未知。", "The proof is of another log or of an unknown version."
        )
    check_inclusion(found.index, head.size, leaf_hash(canonical(found.leaf)), found.hashes, head.root)
    return found


def _statement(log: str, leaves: Sequence[str], issued: str, deadline: str) -> dict[str, object]:
    return {"version": VERSION, "log": log, "leaves": list(leaves), "issued": issued, "deadline": deadline}


def _from_hex(text: str) -> bytes:
    """Read hexadecimal written in its one way, lower case without gaps; raises ValueError."""
    found = bytes.fromhex(text)
    if found.hex() != text:
        raise ValueError("not lower-case hexadecimal")
    return found


def hour(now: datetime) -> str:
    """Give the hour a leaf shows, in UTC; a minute would let a reader match leaves with visits."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%HZ")


def second(now: datetime) -> str:
    """Give a moment to the second, in UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(now: datetime) -> str:
    """Give a moment to the millisecond, in UTC."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wrong(zh: str, en: str) -> Invalid:
    todo = Text(
        "请向签发机构重新取得存证材料；仍不符的，不可采信。",
        "Get the evidence again; if it still fails, do not rely on it.",
    )
    return Invalid("ledger.entry_wrong", what=Text(zh, en), todo=todo)
