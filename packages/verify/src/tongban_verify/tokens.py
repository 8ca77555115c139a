"""Signed JSON Web Tokens of an office (RFC 7515), held against the node's trust statement."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tongban_verify.strict import Json, Unreadable, read_json, require_keys
from tongban_verify.trust import Doubt, Trust, TrustedOffice

# How JOSE calls the algorithms of keys (RFC 8037, RFC 7518); SM2 has no name there and keeps its own.
JOSE: Final = {"Ed25519": "EdDSA", "ES256": "ES256", "sm2sig_sm3": "sm2sig_sm3"}
LARGEST_TOKEN: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature was found to be its office's."""

    claims: Json
    slug: str
    office: TrustedOffice
    issued_at: datetime
    until: datetime


def check_token(text: str, type_: str, trust: Trust) -> Token:
    """Check that an office of this trust statement signed the token, with a key that was good then.

    Raises Unreadable for what is no token of the type, Doubt for one that does not hold.
    """
    header, claims, signature = _parts(text, type_)
    issuer, issued, until = claims.get("iss"), claims.get("iat"), claims.get("exp")
    if not isinstance(issuer, str) or type(issued) is not int or type(until) is not int:
        raise Doubt("shape", "no issuer or no moments")
    slug = issuer.rpartition("/offices/")[2]
    office = trust.offices.get(slug)
    key = office.keys.get(header["kid"]) if office and isinstance(header["kid"], str) else None
    if office is None or key is None or header["alg"] != JOSE[key.alg]:
        raise Doubt("unknown_key")
    try:
        if not key.verify(text.rpartition(".")[0].encode(), signature):
            raise Doubt("signature")
        at, end = datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(until, UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise Doubt("shape") from wrong
    # No leaf tells when a token was signed: a key that was revoked vouches for none, whatever it says.
    if key.revoked_since is not None:
        raise Doubt("key_revoked")
    # A token's moments are whole seconds: one from the second of the key's first moment is good.
    if not key.valid_from.replace(microsecond=0) <= at <= key.valid_to:
        raise Doubt("key_period")
    return Token(claims, slug, office, at, end)


def from_base64url(text: str) -> bytes:
    """Read base64url without padding; refuses every second way of writing the same bytes."""
    try:
        found = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Error, ValueError, UnicodeEncodeError) as trouble:
        raise Unreadable("not base64url") from trouble
    if urlsafe_b64encode(found).rstrip(b"=").decode() != text:
        raise Unreadable("not the one form of base64url")
    return found


def _parts(text: str, type_: str) -> tuple[Json, Json, bytes]:
    if len(text) > LARGEST_TOKEN or text.count(".") != 2:
        raise Unreadable("no token")
    first, second, third = text.split(".")
    try:
        header = require_keys(read_json(from_base64url(first)), {"alg", "kid", "typ"})
    except ValueError as broken:
        raise Doubt("shape", str(broken)) from broken
    if header["typ"] != type_:
        raise Unreadable("a token of another type")
    return header, read_json(from_base64url(second)), from_base64url(third)
