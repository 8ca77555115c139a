"""What may be shown of a licence, and the SD-JWT VC that shows it. Pure.

Every presentation is composed anew, under fresh salts, for one recipient and purpose (加注件): two of them
cannot be recognised as the same licence by their salts, and none is good for anything else or for longer.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from tongban.kernel.errors import Invalid
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text, is_readable
from tongban.licences.declared import LicenceType
from tongban.licences.signer.tokens import SD_JWT, Token, base64url
from tongban.licences.status_lists import StatusPlace
from tongban.rules import api as rules

LONGEST_SHOWING: Final = timedelta(days=30)
LONGEST_AUDIENCE, LONGEST_PURPOSE = 100, 200
SALT_BYTES: Final = 16

# Metadata that may be shown beside the fields of the type, each under its national name.
METADATA: Final[Mapping[str, Text]] = {
    "type_name": Text("证照名称", "Name of the licence"),
    "certificate_identifier": Text("证照标识", "Identifier"),
    "holder_name": Text("持证主体", "Holder"),
    "holder_code": Text("持证主体代码", "Holder's number"),
    "issuing_authority_name": Text("发证机关", "Issued by"),
    "issue_date": Text("发证日期", "Issued on"),
    "validate_start": Text("有效期起", "Valid from"),
    "validate_end": Text("有效期止", "Valid until"),
}


@dataclass(frozen=True, slots=True)
class Showing:
    """What the holder wants: which names to show, to whom, for what, until when."""

    shown: tuple[str, ...]
    audience: str
    purpose: str
    until: datetime


def showable(kind: LicenceType, content: Mapping[str, Any], on: date) -> dict[str, tuple[Text, Any]]:
    """Give everything that may be shown of a licence: name → (how it is called, value).

    A field goes under `field.` and its code; what is derived under its own code, as it is that day.
    """
    found: dict[str, tuple[Text, Any]] = {
        name: (label, content[name]) for name, label in METADATA.items() if content.get(name) is not None
    }
    fields, meant = content["extend_info"], content.get("extend_words", {})
    for field in kind.fields:
        if fields.get(field.code) is not None:  # a code is shown by what it meant when it was signed
            found[f"field.{field.code}"] = (field.name, meant.get(field.code, fields[field.code]))
    for derived in kind.derived:
        if (born := fields.get(derived.birth_field)) is not None:
            age = rules.age_on(date.fromisoformat(born), on)
            found[derived.code] = (derived.name, age is not None and age >= derived.at_least_years)
    return found


def check_showing(wanted: Showing, names: Collection[str], now: datetime) -> None:
    """Refuse a showing of nothing, of what the licence does not say, for nobody, or for too long."""
    if not wanted.shown or not set(wanted.shown) <= set(names):
        raise _wrong("没有选择要出示的内容", "nothing that this licence says was chosen")
    if not is_readable(wanted.audience) or not is_readable(wanted.purpose):
        raise _wrong("没有写明出示给谁、作何用途", "to whom and for what is missing")
    if len(wanted.audience) > LONGEST_AUDIENCE or len(wanted.purpose) > LONGEST_PURPOSE:
        raise _wrong("接收方或用途过长", "recipient or purpose is too long")
    if not now < wanted.until <= now + LONGEST_SHOWING:
        raise _wrong("有效时间应在30日以内", "it is shown for at most thirty days")


@dataclass(frozen=True, slots=True)
class Composed:
    """A presentation before its signature: the token, and the disclosures that go with it."""

    token: Token
    disclosures: str


def compose(
    showings: Mapping[str, tuple[Text, Any]],
    wanted: Showing,
    *,
    origin: str,
    issuer: str,
    type_code: str,
    status: StatusPlace,
    evidence: str,
    now: datetime,
    chance: Chance,
) -> Composed:
    """Compose the token: a digest for everything that could be shown, and the disclosures that are.

    The digests are sorted, so that their order tells nothing (RFC 9901, section 4.2.4.1). `evidence` is
    the hash of the leaf that says what is shown, to whom and why.
    """
    written = {name: _disclosure(name, value, chance) for name, (_, value) in showings.items()}
    claims = {
        "iss": f"{origin}/offices/{issuer}",
        "iat": int(now.timestamp()),
        "exp": int(wanted.until.timestamp()),
        "vct": f"urn:tongban:licence:{type_code}",
        "status": status.claim(),
        "evidence": evidence,
        "audience": wanted.audience.strip(),
        "purpose": wanted.purpose.strip(),
        "_sd_alg": "sha-256",
        "_sd": sorted(base64url(sha256(each.encode()).digest()) for each in written.values()),
    }
    return Composed(Token(SD_JWT, claims), "".join(f"{written[name]}~" for name in wanted.shown))


def opened(disclosures: str) -> Sequence[tuple[str, Any]]:
    """Give name and value of each disclosure that goes with a presentation."""
    return [tuple(json.loads(_from_base64url(each))[1:]) for each in disclosures.split("~") if each]


def _disclosure(name: str, value: Any, chance: Chance) -> str:
    salted = json.dumps([base64url(chance.bytes(SALT_BYTES)), name, value], ensure_ascii=False)
    return base64url(salted.encode())


def _from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _wrong(zh: str, en: str) -> Invalid:
    return Invalid(
        "licences.showing",
        what=Text(f"不能出示：{zh}。", f"This cannot be shown: {en}."),
        todo=Text("请改正后再提交。", "Correct it and send it again."),
    )
