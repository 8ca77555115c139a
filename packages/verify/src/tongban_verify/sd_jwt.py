"""Parts of a licence, shown for one purpose: an SD-JWT VC (RFC 9901) of the office that issued it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from tongban_verify.status_list import StatusList, check_status
from tongban_verify.strict import Json, Unreadable, read_json
from tongban_verify.tokens import Token, check_token, from_base64url
from tongban_verify.trust import Doubt, Trust

TYPE: Final = "dc+sd-jwt"
MOST_DISCLOSURES: Final = 200
# What the office says in every presentation; no disclosure may bring a second one of these.
_ALWAYS: Final = frozenset(
    {"iss", "iat", "exp", "vct", "status", "evidence", "audience", "purpose", "_sd", "_sd_alg"}
)


class Shown:
    """What a presentation shows, once everything about it was checked."""

    __slots__ = ("disclosed", "status_reason", "token")

    def __init__(self, token: Token, disclosed: Json, status_reason: str | None) -> None:
        self.token = token
        self.disclosed = disclosed
        self.status_reason = status_reason  # None: there was no list to look into


def check_presentation(
    data: bytes, trust: Trust, now: datetime, status_list: StatusList | None = None
) -> Shown:
    """Check signature, disclosures, time and, where a list is at hand, status.

    Raises Unreadable for what is no presentation, Doubt with the reason of the first check that fails.
    """
    try:
        text = data.decode("ascii").strip()
    except UnicodeDecodeError as trouble:
        raise Unreadable("no presentation") from trouble
    signed, tilde, rest = text.partition("~")
    disclosures = rest.split("~")
    if not tilde or disclosures.pop() != "" or len(disclosures) > MOST_DISCLOSURES:
        raise Unreadable("no presentation without key binding")
    token = check_token(signed, TYPE, trust)
    if token.claims.keys() != _ALWAYS or token.claims["_sd_alg"] != "sha-256":
        raise Doubt("shape")
    disclosed = _disclosed(disclosures, token.claims["_sd"])
    if not token.issued_at <= now <= token.until:
        raise Doubt("presentation_over")
    reason = None if status_list is None else check_status(token.claims["status"], token.slug, status_list)
    return Shown(token, disclosed, reason)


def _disclosed(disclosures: Iterable[str], digests: object) -> Json:
    """Give name and value of each disclosure; each is one that the office has signed, and stands once."""
    if not isinstance(digests, list) or not all(isinstance(each, str) for each in digests):
        raise Doubt("shape")
    known, found = set(digests), Json()
    if len(known) != len(digests):
        raise Doubt("disclosure")
    for each in disclosures:
        digest = _base64url(sha256(each.encode()).digest())
        if digest not in known:
            raise Doubt("disclosure")
        known.remove(digest)
        name, value = _opened(each)
        if name in found or name in _ALWAYS:
            raise Doubt("disclosure")
        found[name] = value
    return found


def _opened(disclosure: str) -> tuple[str, Any]:
    inside = from_base64url(disclosure)
    # A disclosure is an array; as the value of a name it is read by the same strict reader as all else.
    parts = read_json(b'{"disclosure":' + inside + b"}").get("disclosure")
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(each, str) for each in parts[:2]):
        raise Doubt("disclosure")
    return parts[1], parts[2]


def _base64url(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
