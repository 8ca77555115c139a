"""Making a rendering of a licence: laid out, the licence file attached, signed as the format can be."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction
from tongban.licences.actions.codes import code_of
from tongban.licences.eseal import SIDE_MM, stamped
from tongban.licences.files import licence_file
from tongban.licences.keys import read_trust
from tongban.licences.node_keys import certificate_file, seal_file, trust_file
from tongban.licences.queries import Licence, history, licence
from tongban.licences.renderings.laying import lay_out
from tongban.licences.renderings.ofd import SIGNATURE, SIGNED_VALUE, write_ofd, write_signature
from tongban.licences.renderings.pades import cms
from tongban.licences.renderings.pdf import Attachment, write_pdf, write_signable
from tongban.licences.renderings.sheet import Sheet
from tongban.licences.signer.algorithms import SM2
from tongban.licences.signer.client import Signing
from tongban.licences.signer.seals import DIGESTS, Seal, Stamp
from tongban.licences.signer.statements import Signature

Format = Literal["pdf", "ofd"]
MEDIA_TYPES: Final[Mapping[str, str]] = {"pdf": "application/pdf", "ofd": "application/ofd"}
ATTACHED: Final = "licence.json"

_NOTES: Final = {
    "attached": Text(
        f"附件 {ATTACHED} 为证照文件，含机关签章与存证，任何人可用 tongban-verify 脱机核验。",
        f"The attached {ATTACHED} is the licence file with the office's signature and its evidence: anybody"
        " can check it offline with tongban-verify.",
    ),
    "scan": Text(
        "状态以生成本件时为准；此后是否变更，请扫码核验。二维码含机关签名，断网时可用 tongban-verify 核验。",
        "The status is that of when this was made; scan the code to see whether it changed since. The code"
        " bears the office's signature: without a network tongban-verify checks it.",
    ),
    "pdf signed": Text(
        "本件由发证机关签名（PAdES），签名证书的公钥即信任文件所列公钥。",
        "Signed by the issuing office (PAdES); its certificate holds the key that the trust statement names.",
    ),
    "pdf unsigned": Text(
        "本件为未签名副本：发证机关的密钥没有PDF阅读器能核验的证书（如国密SM2密钥），故以附件为凭。",
        "An unsigned copy: the issuing office's key has no certificate that readers of PDF can check, as one"
        " of SM2 has none; rely on the attached file.",
    ),
    "ofd signed": Text(
        "本件加盖演示用电子印章，格式依 GB/T 38540（未核对标准原文）；GB/T 36905 的要求未读，仅供演示。",
        "Sealed with a demonstration seal after GB/T 38540, recalled and not checked against its text; what"
        " GB/T 36905 asks was not read: for demonstration alone.",
    ),
    "ofd unsigned": Text(
        "本件未加盖电子印章：发证机关没有国密（SM2）密钥的印章，故以附件为凭。"
        "GB/T 36905 的要求未读，仅供演示。",
        "Not sealed: the issuing office has no seal with a key of SM2; rely on the attached file. What GB/T"
        " 36905 asks was not read: for demonstration alone.",
    ),
}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A licence as a file for people; `signed` whether the file itself bears the office's signature."""

    file: bytes
    format: Format
    signed: bool


@dataclass(frozen=True, slots=True)
class _Office:
    """The key that an office signs with now, as the trust statement names it."""

    kid: str
    alg: str
    name: str
    begins: datetime

    def can_sign(self, format_: Format) -> bool:
        """Say whether its key can sign this format, with a certificate that readers of it take."""
        fits = self.alg in DIGESTS if format_ == "pdf" else self.alg == SM2
        return fits and certificate_file(self.kid).exists()


def render(identifier: str, format_: Format, signers: Signing, *, address: str, original: Text) -> Rendering:
    """Render a signed licence, outside any transaction.

    `address` is where anybody verifies it, `original` says which of its forms is the original here. The same
    licence file and key give the same bytes, as the signer gives again what it has signed.
    Raises what licence_file raises, and SourceDown when the office's signer is silent.
    """
    outside_any_transaction("rendering a licence")
    found = licence(identifier)
    attached = Attachment(ATTACHED, licence_file(identifier), "application/json")
    office = _office(found.issuer, read_trust(trust_file()))
    signed = office.can_sign(format_)
    told = [_NOTES["attached"], _NOTES["scan"], original]
    told.insert(0, _NOTES[f"{format_} {'signed' if signed else 'unsigned'}"])
    code = code_of(identifier, signers, address=address)
    notes = [each for text in told for each in (text.zh, text.en)]
    sheet = lay_out(found, address=address, code=code, notes=notes)
    at = _as_of(found, office)
    make = _pdf if format_ == "pdf" else _ofd
    return Rendering(make(found, sheet, attached, at, office, signers), format_, signed)


def _pdf(
    found: Licence, sheet: Sheet, attached: Attachment, at: datetime, office: _Office, signers: Signing
) -> bytes:
    if not office.can_sign("pdf"):
        return write_pdf(sheet, attached, at=at)
    unsigned = write_signable(sheet, attached, at=at, signer=office.name)
    certificate = certificate_file(office.kid).read_bytes()
    seal = Seal(
        issuer=found.issuer,
        subject=found.identifier,
        evidence=_evidence(attached),
        document=unsigned.digest(DIGESTS[office.alg]),
        certificate=hashlib.sha256(certificate).hexdigest(),
    )
    return unsigned.signed(cms(seal, _signed(seal, office, signers), certificate))


def _ofd(
    found: Licence, sheet: Sheet, attached: Attachment, at: datetime, office: _Office, signers: Signing
) -> bytes:
    sealed = office.can_sign("ofd")
    package = write_ofd(sheet, attached, at=at, sealed=sealed)
    if not sealed:
        return package.file()
    seal = seal_file(office.kid).read_bytes()
    package = write_signature(package, sheet, seal, at=at, side=SIDE_MM)
    stamp = Stamp(
        issuer=found.issuer,
        subject=found.identifier,
        evidence=_evidence(attached),
        document=hashlib.new("sm3", package.members[SIGNATURE]).hexdigest(),
        place=SIGNATURE,
        at=at.isoformat(),
        seal=b64encode(seal).decode(),
    )
    value = stamped(stamp, _signed(stamp, office, signers), certificate_file(office.kid).read_bytes())
    return package.with_members({SIGNED_VALUE: value}).file()


def _signed(wish: Seal | Stamp, office: _Office, signers: Signing) -> Signature:
    signature = signers.sign(wish.issuer, wish.text())
    if signature.kid != office.kid:
        raise Conflict(
            "licences.key_renewed",
            what=Text("发证机关刚更换签章密钥。", "The issuing office has just renewed its signing key."),
            todo=Text("请在信任文件更新后再试。", "Try again when the trust statement is published anew."),
        )
    return signature


def _office(slug: str, trust: Mapping[str, Any]) -> _Office:
    """Give the newest key of an office; what issued a licence before may have been an older one."""
    told = next(each for each in trust["content"]["offices"] if each["office"] == slug)
    key = told["keys"][-1]
    return _Office(key["kid"], key["alg"], told["name"]["zh"], datetime.fromisoformat(key["valid_from"]))


def _as_of(found: Licence, office: _Office) -> datetime:
    """Give the moment that a rendering bears: that of what it says, and none before its key was good."""
    moments = [found.signed_at or found.prepared_at, office.begins]
    moments += [change.at for change in history(found.identifier)]
    return max(moments)


def _evidence(attached: Attachment) -> str:
    """Give the leaf hash that the office's own signature over the licence names."""
    return str(json.loads(attached.content)["signature"]["statement"]["evidence"])
