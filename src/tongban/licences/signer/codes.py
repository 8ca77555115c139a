"""What an office's key signs for the QR code of a licence: a COSE_Sign1 (RFC 9052) of CWT claims (RFC 8392).

Whoever scans it sees what the licence is called, whose it is and for how long, and can check that offline.
The signer is handed fields, never bytes, and writes what is signed itself, with its own key id: it begins
with the byte of a CBOR array, as nothing else does that the key signs. The address before the digits is
signed too, as external data: nobody puts a page of their own before an office's code.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tongban.kernel.cbor import encoded, tagged
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.kernel.values import licence_identifier
from tongban.licences.signer.algorithms import ED25519, ES256, SM2

# RFC 9053 has numbers for the first two; SM2 with SM3 has none and gets one of those for private use.
COSE: Final = {ED25519: -8, ES256: -7, SM2: -65537}
ALG, KID = 1, 4  # names in a COSE header
SUBJECT, EXPIRES, NOT_BEFORE, ISSUED_AT = 2, 4, 5, 6  # names of CWT claims
LICENCE: Final = -65537  # a claim for private use: [type, holder, digest of the content, place in the list]
COSE_SIGN1: Final = 18
LONGEST: Final = 2_000  # characters of a wish
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https?://[!\"$-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Code:
    """A wish to sign what the QR code of a licence says.

    `subject` is the licence identifier, `evidence` the leaf hash of the licence, `digest` the SHA-256 of its
    content, `starts` and `ends` its first and last day (empty: no end), `place` its place in the office's
    status list, `at` the moment with its offset, `address` what the code leads to.
    """

    issuer: str
    subject: str
    evidence: str
    digest: str
    title: str
    holder: str
    starts: str
    ends: str
    place: int
    at: str
    address: str

    kind = "code"

    def text(self) -> str:
        """Give the one form in which a signer is asked for it."""
        return _written({self.kind: asdict(self)})

    def signed(self, kid: str, alg: str) -> bytes:
        """Give what is signed: the Sig_structure of RFC 9052, 4.4."""
        return encoded(["Signature1", _protected(kid, alg), self.address.encode(), encoded(self._claims())])

    def with_signature(self, kid: str, alg: str, value: str) -> str:
        """Give what the QR code holds: the address, `#`, and the COSE_Sign1 as one decimal number.

        Digits take a third of a byte each in a QR code, so that this is as small as the bytes themselves,
        and an address takes them as its fragment, which no browser sends.
        """
        message = [_protected(kid, alg), {}, encoded(self._claims()), bytes.fromhex(value)]
        return f"{self.address}#{int.from_bytes(tagged(COSE_SIGN1, message))}"

    def is_right(self) -> bool:
        """Say whether its fields have the form that they must have."""
        try:
            is_named = licence_identifier.parse(self.subject).text == self.subject
            is_timed = datetime.fromisoformat(self.at).utcoffset() is not None
            self._claims()
        except ValueError:
            return False
        hashes = _HASH.fullmatch(self.evidence) and _HASH.fullmatch(self.digest)
        return bool(is_named and is_timed and hashes and _ADDRESS.fullmatch(self.address) and self.place >= 0)

    def _claims(self) -> dict[int, object]:
        ends = {EXPIRES: _midnight(self.ends, days=1)} if self.ends else {}
        return {
            SUBJECT: licence_identifier.parse(self.subject).short,
            **ends,
            NOT_BEFORE: _midnight(self.starts),
            ISSUED_AT: int(datetime.fromisoformat(self.at).timestamp()),
            LICENCE: [self.title, self.holder, bytes.fromhex(self.digest), self.place],
        }


def is_code(text: str) -> bool:
    """Say whether a signer is asked for a code."""
    return text.startswith('{"code":')


def read_code(text: str) -> Code:
    """Read a wish that came from outside; refuse anything that is not exactly one."""
    try:
        code = Code(**json.loads(text)["code"])
        fields = {name: type(value) for name, value in asdict(code).items()}
        is_typed = fields.pop("place") is int and set(fields.values()) == {str}
        fits = len(text) <= LONGEST and is_typed and code.text() == text and code.is_right()
    except (ValueError, KeyError, TypeError) as trouble:
        raise _malformed() from trouble
    if not fits:
        raise _malformed()
    return code


def _protected(kid: str, alg: str) -> bytes:
    return encoded({ALG: COSE[alg], KID: bytes.fromhex(kid)})


def _midnight(day: str, *, days: int = 0) -> int:
    """Give the second at which a day begins in China, or so many days after."""
    begins = datetime.combine(date.fromisoformat(day) + timedelta(days=days), datetime.min.time(), SHANGHAI)
    return int(begins.timestamp())


def _written(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _malformed() -> Invalid:
    return Invalid(
        "signer.code",
        what=Text("待签二维码内容不合格。", "This code cannot be signed: it is not in its one form."),
        todo=Text("请按格式重新组成后再签。", "Compose it again in the form that codes have."),
    )
