"""What an office's key signs in renderings of its licences: in a PDF and in an OFD, and nothing else there.

The signer is handed hashes, never a whole document, and writes what is signed itself. Neither form can be
taken for another thing that the key signs: signed attributes begin with the byte of a SET, a stamp with a
SEQUENCE whose first part is a version number (a certificate's is tagged), a statement with its own line.
"""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from tongban.kernel import der
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ED25519, ES256

# RFC 8419, 3.1: with Ed25519 the document is hashed by SHA-512; P-256 goes with SHA-256 (RFC 5753).
DIGESTS: Final = {ED25519: "sha512", ES256: "sha256"}
SEAL_VERSION: Final = 4  # GB/T 38540-2020, recalled
_HASH_OIDS: Final = {64: "2.16.840.1.101.3.4.2.1", 128: "2.16.840.1.101.3.4.2.3"}  # by hexadecimal digits
_LONGEST: Final = 40_000  # characters: a stamp holds the seal with its picture
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_DOCUMENT: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{128}")
_PLACE: Final = re.compile(r"/[A-Za-z0-9_./]{1,80}")


@dataclass(frozen=True, slots=True)
class Seal:
    """A wish to sign one PDF of a licence (PAdES B-B, ETSI EN 319 142-1).

    `subject` is the licence identifier, `evidence` the leaf hash of the licence, `document` the hash of
    the signed part of the file, SHA-256 or SHA-512 in hexadecimal as its length says, `certificate`
    the SHA-256 of the certificate.
    """

    issuer: str
    subject: str
    evidence: str
    document: str
    certificate: str

    kind = "seal"

    def text(self) -> str:
        """Give the one form in which a signer is asked for it."""
        return _written({self.kind: asdict(self)})

    def is_right(self) -> bool:
        """Say whether its fields have the form that they must have."""
        hashes = _HASH.fullmatch(self.evidence) and _HASH.fullmatch(self.certificate)
        return bool(hashes and _DOCUMENT.fullmatch(self.document))

    def signed(self) -> bytes:
        """Give what is signed (CMS signedAttrs, RFC 5652, 5.4): content type and both hashes, in DER."""
        return der.set_of(
            _attribute("1.2.840.113549.1.9.3", der.oid("1.2.840.113549.1.7.1")),
            _attribute("1.2.840.113549.1.9.4", der.octets(bytes.fromhex(self.document))),
            # ESSCertIDv2 (RFC 5035), its hash SHA-256 by default
            _attribute(
                "1.2.840.113549.1.9.16.2.47",
                der.sequence(der.sequence(der.sequence(der.octets(bytes.fromhex(self.certificate))))),
            ),
        )

    def hash_oid(self) -> bytes:
        """Give by which function the document was hashed."""
        return der.oid(_HASH_OIDS[len(self.document)])


@dataclass(frozen=True, slots=True)
class Stamp:
    """A wish to put the office's electronic seal into one OFD of a licence (GB/T 38540-2020, recalled).

    `document` is the SM3 of the OFD's Signature.xml in hexadecimal, `place` where that lies in the package,
    `at` the moment with its offset, `seal` the seal itself (SESeal) in base64.
    """

    issuer: str
    subject: str
    evidence: str
    document: str
    place: str
    at: str
    seal: str

    kind = "stamp"

    def text(self) -> str:
        """Give the one form in which a signer is asked for it."""
        return _written({self.kind: asdict(self)})

    def is_right(self) -> bool:
        """Say whether its fields have the form that they must have; the seal is one SEQUENCE and no more."""
        seal = b64decode(self.seal, validate=True)
        whole = seal == der.sequence(der.content(seal)) and b64encode(seal).decode() == self.seal
        named = _HASH.fullmatch(self.evidence) and _HASH.fullmatch(self.document)
        timed = datetime.fromisoformat(self.at).tzinfo is not None
        return bool(whole and named and timed and _PLACE.fullmatch(self.place))

    def signed(self) -> bytes:
        """Give what is signed (TBS_Sign): the seal, when, the hash, and of what."""
        return der.sequence(
            der.integer(SEAL_VERSION),
            b64decode(self.seal),
            der.generalized_time(datetime.fromisoformat(self.at)),
            der.bits(bytes.fromhex(self.document)),
            der.ia5(self.place),
        )


_FORMS: Final[dict[str, type[Seal] | type[Stamp]]] = {form.kind: form for form in (Seal, Stamp)}


def is_seal(text: str) -> bool:
    """Say whether a signer is asked for a seal rather than for a statement."""
    return text.startswith(tuple(f'{{"{kind}":' for kind in _FORMS))


def read_seal(text: str) -> Seal | Stamp:
    """Read a wish that came from outside; refuse anything that is not exactly one."""
    if len(text) > _LONGEST:
        raise _malformed("it is longer than any seal can be", "超出最大长度")
    try:
        [(kind, fields)] = json.loads(text).items()
        wish = _FORMS[kind](**fields)
        right = all(type(value) is str for value in fields.values()) and wish.is_right()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as trouble:
        raise _malformed("it is no seal", "不是签章请求") from trouble
    if not right or wish.text() != text:
        raise _malformed("a field is malformed, or it is not in its one form", "字段不合格或不是规范形式")
    return wish


def _attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of(value))


def _written(wish: dict[str, Any]) -> str:
    return json.dumps(wish, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _malformed(en: str, zh: str) -> Invalid:
    return Invalid(
        "signer.seal",
        what=Text(f"签章请求不合格：{zh}。", f"This seal cannot be given: {en}."),
        todo=Text("请按规定格式重新组成后再签。", "Compose it again in the form that seals have."),
    )
