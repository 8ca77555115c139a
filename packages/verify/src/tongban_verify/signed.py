"""Documents that an office signed: content, statement, signature and evidence, tied to each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from tongban_verify.algorithms import ALGORITHMS
from tongban_verify.evidence import Entry, Standing, check_standing, open_entry
from tongban_verify.strict import Json, canonical, require_keys, require_text, require_version_1
from tongban_verify.trust import Doubt, Trust, TrustedOffice, moment

_CONTEXT: Final = b"tongban office statement v1\n"
_STATEMENT: Final = {"v", "kind", "issuer", "subject", "digest", "evidence", "at"}


@dataclass(frozen=True, slots=True)
class Tie:
    """How a kind of document is tied to its evidence: the entry's kind, and its two telling fields."""

    entry: str
    number: str
    digest: str


TIES: Final[Mapping[str, Tie]] = MappingProxyType(
    {
        "licence": Tie("licence.prepared", "licence_identifier", "content_digest"),
        "status": Tie("licence.status_changed", "licence_identifier", "content_digest"),
        "notice": Tie("notice.issued", "notice_number", "body_digest"),
    }
)


@dataclass(frozen=True, slots=True)
class Signed:
    """What was found out about one signed document."""

    office: TrustedOffice
    slug: str
    at: datetime
    said_at: str  # the same moment in the statement's own letters
    standing: Standing
    entry: Entry


def check_signed(
    kind: str, content: Json, number: str, signature: object, evidence: object, trust: Trust, now: datetime
) -> Signed:
    """Check that the office said exactly this content, at that time, with its evidence in the log.

    Raises Doubt with the reason of the first check that fails.
    """
    try:
        signed = require_keys(signature, {"statement", "kid", "alg", "value"})
        said = require_keys(signed["statement"], _STATEMENT)
        proven = require_keys(evidence, {"opening"}, frozenset({"promise", "proof"}))
        require_version_1(said["v"])
        if said["kind"] != kind or require_text(signed["alg"]) not in ALGORITHMS:
            raise ValueError("a statement of another kind, or by another algorithm")
        at = moment(said["at"])
        office = trust.offices.get(said["issuer"])
    except (ValueError, TypeError) as broken:
        raise Doubt("shape", str(broken)) from broken
    _check_signature(office, signed, said, at)
    if said["subject"] != number or said["digest"] != sha256(canonical(content)).hexdigest():
        raise Doubt("content")
    entry = open_entry(proven["opening"])
    _check_tie(TIES[kind], entry, said, at)
    standing = check_standing(proven, entry, trust, now)
    assert office is not None  # noqa: S101  _check_signature raised otherwise; this tells the type checker
    return Signed(office, said["issuer"], at, said["at"], standing, entry)


def _check_signature(office: TrustedOffice | None, signed: Json, said: Json, at: datetime) -> None:
    key = office.keys.get(signed["kid"]) if office and isinstance(signed["kid"], str) else None
    if key is None:
        raise Doubt("unknown_key")
    try:
        if signed["alg"] != key.alg:
            raise ValueError("its key is of another algorithm")
        key.check(_CONTEXT + canonical(said), signed["value"])
    except ValueError as wrong:
        raise Doubt("signature", str(wrong)) from wrong
    # The hour of `at` is that of the leaf (below): who stole the key cannot say that it was before.
    if key.revoked_since is not None and at >= key.revoked_since:
        raise Doubt("key_revoked")
    if not key.valid_from <= at <= key.valid_to:
        raise Doubt("key_period")


def _check_tie(tie: Tie, entry: Entry, said: Json, at: datetime) -> None:
    """Check that the entry is the one the office named, and that it is about this very content.

    The hour in the leaf is the log's word for when it happened: a key that was stolen later cannot
    sign for an hour whose leaves are long published.
    """
    same = (
        entry.kind == tie.entry,
        entry.leaf_hash.hex() == said["evidence"],
        entry.fields.get(tie.number) == said["subject"],
        entry.fields.get(tie.digest) == said["digest"],
        entry.hour == at.astimezone(UTC).strftime("%Y-%m-%dT%HZ"),
    )
    if not all(same):
        raise Doubt("evidence")
