"""The trust statement: which keys belong to which office and which log, signed by the node's root key."""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from tongban_verify.algorithms import Verify, algorithm_of, verifier
from tongban_verify.notes import read_witness_key
from tongban_verify.strict import (
    Json,
    Unreadable,
    canonical,
    from_hex,
    read_json,
    require_keys,
    require_list,
    require_text,
)

FORMAT: Final = "tongban-trust/1"
CONTEXT: Final = b"tongban trust v1\n"
# Years in which no offset leads out of the calendar; to the microsecond, as clocks here go.
_MOMENT: Final = re.compile(
    r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_PEM: Final = re.compile(rb"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----")
_KEY_FIELDS: Final = {"kid", "alg", "public_key", "valid_from", "valid_to"}


class Doubt(Exception):
    """One check failed; `code` is the reason's code in report.py."""

    def __init__(self, code: str, detail: str = "", *, place: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.place = place  # which of many files, where it is a log that is doubted


@dataclass(frozen=True, slots=True)
class Key:
    """One public key and the time in which it may sign."""

    kid: str
    alg: str
    fingerprint: str  # the SHA-256 of the whole key, to be compared by eye
    valid_from: datetime
    valid_to: datetime
    verify: Verify
    revoked_since: datetime | None = None  # what it signed from then on counts for nothing

    def check(self, message: bytes, signature: object) -> None:
        """Check a signature in lower-case hexadecimal; raises ValueError when it is not this key's."""
        if not self.verify(message, from_hex(signature, 64)):
            raise ValueError("the signature does not fit")


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust statement whose signature by its own root key was found right."""

    node: str
    issued_at: datetime
    root: Key
    logs: tuple[str, ...]
    offices: dict[str, "TrustedOffice"]
    witnesses: tuple[str, ...] = ()
    quorum: int = 0  # so many of the witnesses must have cosigned a checkpoint
    logs_sm2: tuple[str, ...] = ()  # in the 国密 profile: the keys that sign checkpoints by SM2 too


@dataclass(frozen=True, slots=True)
class TrustedOffice:
    """An office as the trust statement names it, with every key it has had."""

    credit_code: str
    name: Json
    keys: dict[str, Key]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the verifying person trusts beforehand: the root key, and perhaps a trust statement at hand.

    `witnesses` are vkeys that the person has from the witnesses themselves, `quorum` how many of them must
    have cosigned; they take the place of those that the node names.
    """

    fingerprint: str
    statement: Trust | None = None
    witnesses: tuple[str, ...] = ()
    quorum: int = 0


def anchor_from_fingerprint(text: str) -> Anchor:
    """Trust the root key with this fingerprint: `sha256:` and 64 hexadecimal digits."""
    digits = text.strip().lower().removeprefix("sha256:")
    from_hex(digits, 32)
    return Anchor("sha256:" + digits)


def anchor_from_bytes(data: bytes) -> Anchor:
    """Trust what a file holds: a trust statement, or a root public key in PEM.

    Raises Unreadable when it is neither, Doubt when the trust statement's own signature is wrong.
    """
    if data.lstrip().startswith(b"-----BEGIN"):
        spki = _from_pem(data)
        return Anchor(_fingerprint(spki))
    trust = read_trust(read_json(data))
    return Anchor(trust.root.fingerprint, trust)


def with_witnesses(anchor: Anchor | None, vkeys: Sequence[str], quorum: int | None) -> Anchor:
    """Trust these witnesses, so many of whom must have cosigned; every one where no number is given.

    Raises ValueError for a key that is none, a number that cannot be met, or where no root is trusted.
    """
    if anchor is None:
        raise ValueError("witnesses go with --trust: they vouch for the log, not for the offices' keys")
    for vkey in vkeys:
        read_witness_key(vkey)
    needed = len(vkeys) if quorum is None else quorum
    if not 1 <= needed <= len(vkeys) or len(set(vkeys)) != len(vkeys):
        raise ValueError("that many witnesses were not named")
    return replace(anchor, witnesses=tuple(vkeys), quorum=needed)


def with_own_witnesses(trust: Trust, anchor: Anchor | None) -> Trust:
    """Give a trust statement with the witnesses that the anchor knows in place of those that it names."""
    if anchor is None or not anchor.witnesses:
        return trust
    return replace(trust, witnesses=anchor.witnesses, quorum=anchor.quorum)


def read_trust(found: object) -> Trust:
    """Read a trust statement and check its signature; raises Doubt `shape` or `trust_signature`."""
    try:
        whole = require_keys(found, {"format", "content", "signature"})
        content = require_keys(
            whole["content"],
            {"node", "issued_at", "root", "logs", "offices"},
            frozenset({"witnesses", "logs_sm2"}),
        )
        witnesses, quorum = _witnesses(content.get("witnesses"))
        signature = require_keys(whole["signature"], {"kid", "alg", "value"})
        if whole["format"] != FORMAT:
            raise ValueError("another format")
        root = read_key(content["root"])
        if root.revoked_since is not None:
            raise ValueError("a root key cannot revoke itself")
        trust = Trust(
            node=require_text(content["node"]),
            issued_at=moment(content["issued_at"]),
            root=root,
            logs=tuple(require_text(log) for log in require_list(content["logs"])),
            offices=_offices(content["offices"]),
            witnesses=witnesses,
            quorum=quorum,
            logs_sm2=tuple(require_text(log) for log in require_list(content.get("logs_sm2", []))),
        )
    except (ValueError, TypeError) as broken:
        raise Doubt("shape", str(broken)) from broken
    try:
        if signature["kid"] != root.kid or signature["alg"] != root.alg:
            raise ValueError("signed by another key than its root")
        root.check(CONTEXT + canonical(content), signature["value"])
    except ValueError as wrong:
        raise Doubt("trust_signature", str(wrong)) from wrong
    return trust


def read_key(found: object) -> Key:
    """Read a public key and check that its id is its own; raises ValueError."""
    fields = require_keys(found, _KEY_FIELDS, frozenset({"revoked"}))
    encoded = require_text(fields["public_key"])
    der = b64decode(encoded, validate=True)
    verify = verifier(fields["alg"], der)
    if b64encode(der).decode() != encoded:
        raise ValueError("a key that is written in another way than the usual one")
    if sha256(der).hexdigest()[:16] != fields["kid"]:
        raise ValueError("the key id is not that of the key")
    return Key(
        kid=fields["kid"],
        alg=fields["alg"],
        fingerprint=_fingerprint(der),
        valid_from=moment(fields["valid_from"]),
        valid_to=moment(fields["valid_to"]),
        verify=verify,
        revoked_since=_revoked_since(fields["revoked"]) if "revoked" in fields else None,
    )


def moment(text: object) -> datetime:
    """Read a moment with its offset; raises ValueError for any other of the many forms of ISO 8601."""
    if not _MOMENT.fullmatch(require_text(text)):
        raise ValueError("not a moment")
    return datetime.fromisoformat(str(text))


def _revoked_since(found: object) -> datetime:
    """Read since when a key is revoked: a whole hour, because the log's leaves tell no less."""
    told = require_keys(found, {"since", "reason"})
    require_text(told["reason"])
    since = moment(told["since"])
    in_utc = since.astimezone(UTC)
    if in_utc.minute or in_utc.second or in_utc.microsecond:
        raise ValueError("a key that is revoked within an hour")
    return since


def _witnesses(found: object) -> tuple[tuple[str, ...], int]:
    if found is None:
        return (), 0
    told = require_keys(found, {"quorum", "vkeys"})
    vkeys, quorum = tuple(require_text(vkey) for vkey in require_list(told["vkeys"])), told["quorum"]
    if type(quorum) is not int or not 0 <= quorum <= len(vkeys):
        raise ValueError("a quorum that cannot be met")
    return vkeys, quorum


def _offices(found: object) -> dict[str, TrustedOffice]:
    offices: dict[str, TrustedOffice] = {}
    for each in require_list(found):
        office = require_keys(each, {"office", "credit_code", "name", "keys"})
        keys = [read_key(key) for key in require_list(office["keys"])]
        slug = require_text(office["office"])
        if slug in offices:
            raise ValueError(f"{slug} stands twice")
        named = require_keys(office["name"], {"zh", "en"})
        name = {language: require_text(said) for language, said in named.items()}
        credit_code = require_text(office["credit_code"])
        offices[slug] = TrustedOffice(credit_code, name, {key.kid: key for key in keys})
    return offices


def _fingerprint(spki: bytes) -> str:
    return "sha256:" + sha256(spki).hexdigest()


def _from_pem(data: bytes) -> bytes:
    """Read a public key in PEM (RFC 7468) of one of the algorithms; raises Unreadable."""
    found = _PEM.fullmatch(data.strip())
    if found is None:
        raise Unreadable("not a public key in PEM")
    try:
        spki = b64decode(b"".join(found[1].split()), validate=True)
        algorithm_of(spki)
    except ValueError as trouble:
        raise Unreadable("not a public key in PEM") from trouble
    return spki
