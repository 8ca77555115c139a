"""The QR code of a licence: an address, `#`, and a COSE_Sign1 (RFC 9052) of CWT claims in digits."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tongban_verify.cbor import decoded, encoded
from tongban_verify.identifiers import Identifier, read_identifier
from tongban_verify.report import PROVED_BY_LIST, Reason, Report
from tongban_verify.status_list import StatusList, read_status_list, reason_at
from tongban_verify.strict import Unreadable
from tongban_verify.trust import Anchor, Doubt, Key, Trust, TrustedOffice

# RFC 9053; SM2 with SM3 has no number of its own and takes one of those for private use.
COSE: Final = {"Ed25519": -8, "ES256": -7, "sm2sig_sm3": -65537}
_ALG, _KID = 1, 4
_SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT, _LICENCE = 2, 4, 5, 6, -65537
_TAGGED: Final = b"\xd2"  # tag 18: COSE_Sign1
_ROOT: Final = "1.2.156.3005.2."
_CODE: Final = re.compile(rb"(https?://[!\"$-~]{1,200})#([1-9][0-9]{1,2399})\n?")


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says, once its form was found right; nothing of it is proved by that."""

    identifier: str
    named: Identifier
    title: str
    holder: str
    digest: str
    place: int
    issued_at: datetime
    not_before: datetime
    expires: datetime | None
    kid: str
    alg: int
    signed: bytes  # the Sig_structure
    signature: bytes


def is_code(data: bytes) -> bool:
    """Say whether this is what a QR code of a licence holds."""
    return _CODE.fullmatch(data) is not None


def verify_code(
    data: bytes, anchor: Anchor | None, now: datetime, *, status_list: bytes | None = None
) -> Report:
    """Verify a code against the node's trust statement, as of `now` (aware).

    It carries no keys, so the anchor must be a whole trust statement. Without the office's status list, or
    with one that is out of date, the verdict is at best `CANNOT_TELL`.
    """
    if now.utcoffset() is None:
        raise ValueError("`now` must carry its offset")
    try:
        code = read_code(data)
    except Unreadable:
        return Report((Reason("unreadable"),))
    except Doubt as doubt:
        return Report((Reason(doubt.code),))
    facts: dict[str, object] = {
        "title": {"zh": code.title, "en": code.title},
        "number": code.identifier,
        "holder": code.holder,
        "issued_at": code.issued_at.isoformat(),
        "from": code.not_before.isoformat(),
        "until": None if code.expires is None else code.expires.isoformat(),
        "content_digest": code.digest,
    }
    if anchor is None or anchor.statement is None:
        return Report((Reason("no_anchor" if anchor is None else "no_statement"),), facts)
    try:
        slug, office = _check_signed(code, anchor.statement)
    except Doubt as doubt:
        return Report((Reason(doubt.code),), facts)
    facts |= {"issuer": office.name, "proved": PROVED_BY_LIST}
    reasons = [*_time(code, now)]
    try:
        listed = None if status_list is None else read_status_list(status_list, anchor.statement, now)
        reasons += _standing(code, slug, listed)
        facts["status_list"] = None if listed is None else listed.issued_at.isoformat()
    except Doubt as doubt:
        reasons.append(doubt.code)
    return Report(tuple(Reason(each) for each in reasons), facts)


def read_code(data: bytes) -> Code:
    """Read a code; raises Unreadable for what is none, Doubt `shape` for one that says something else."""
    found = _CODE.fullmatch(data)
    if found is None:
        raise Unreadable("no code of a licence")
    number = int(found[2])
    message = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if not message.startswith(_TAGGED):
        raise Unreadable("no COSE_Sign1")
    parts = decoded(message[1:])
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {}:
        raise Unreadable("no COSE_Sign1")
    protected, _, payload, signature = parts
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise Unreadable("no COSE_Sign1")
    header, claims = decoded(protected), decoded(payload)
    try:
        return _said(header, claims, encoded(["Signature1", protected, found[1], payload]), signature)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as broken:
        raise Doubt("shape", str(broken)) from broken


def _said(header: object, claims: object, signed: bytes, signature: bytes) -> Code:
    """Take the claims (RFC 8392) apart; raises ValueError and its like where one is missing or another."""
    if not isinstance(header, dict) or header.keys() != {_ALG, _KID} or not isinstance(claims, dict):
        raise ValueError("another header")
    if claims.keys() - {_EXPIRES} != {_SUBJECT, _NOT_BEFORE, _ISSUED_AT, _LICENCE}:
        raise ValueError("other claims")
    told = claims[_LICENCE]
    if not isinstance(told, list):
        raise TypeError("no list")
    title, holder, digest, place = told
    texts, numbers = (title, holder, claims[_SUBJECT]), (header[_ALG], place)
    if not all(isinstance(each, str) for each in texts) or not all(type(each) is int for each in numbers):
        raise ValueError("a claim of another kind")
    if not isinstance(digest, bytes) or len(digest) != 32 or not isinstance(header[_KID], bytes):
        raise ValueError("no digest or no key id")
    identifier = _ROOT + claims[_SUBJECT]
    return Code(
        identifier=identifier,
        named=read_identifier(identifier),
        title=title,
        holder=holder,
        digest=digest.hex(),
        place=place,
        issued_at=_moment(claims[_ISSUED_AT]),
        not_before=_moment(claims[_NOT_BEFORE]),
        expires=_moment(claims[_EXPIRES]) if _EXPIRES in claims else None,
        kid=header[_KID].hex(),
        alg=header[_ALG],
        signed=signed,
        signature=signature,
    )


def _check_signed(code: Code, trust: Trust) -> tuple[str, TrustedOffice]:
    """Give the office that signed, which is the one that the identifier names; raises Doubt otherwise."""
    holders = [(slug, office) for slug, office in trust.offices.items() if code.kid in office.keys]
    if len(holders) != 1 or COSE[holders[0][1].keys[code.kid].alg] != code.alg:
        raise Doubt("unknown_key")
    slug, office = holders[0]
    _check_key(code, office.keys[code.kid])
    if code.named.issuer != office.credit_code:
        raise Doubt("issuer")
    return slug, office


def _check_key(code: Code, key: Key) -> None:
    if len(code.signature) != 64 or not key.verify(code.signed, code.signature):
        raise Doubt("signature")
    # No leaf tells when a code was signed: a key that was revoked vouches for none, whatever it says.
    if key.revoked_since is not None:
        raise Doubt("key_revoked")
    if not key.valid_from.replace(microsecond=0) <= code.issued_at <= key.valid_to:
        raise Doubt("key_period")


def _time(code: Code, now: datetime) -> list[str]:
    if now < code.not_before or now < code.issued_at:
        return ["not_yet"]
    return ["expired"] if code.expires is not None and now >= code.expires else []


def _standing(code: Code, slug: str, listed: StatusList | None) -> list[str]:
    if listed is None:
        return ["no_status_list"]
    reason = reason_at(code.place, slug, listed)
    return [reason] if reason else []


def _moment(seconds: object) -> datetime:
    if type(seconds) is not int:
        raise ValueError("no moment")
    return datetime.fromtimestamp(seconds, UTC)
