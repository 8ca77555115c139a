"""What an office's key signs for other people's programs: two types of JSON Web Token, and nothing else.

An SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) shows parts of a licence for one purpose; a status
list token (draft-ietf-oauth-status-list) says which licences are suspended or have ended. The signer is
handed type and claims, never bytes: it writes the header itself, with its own key id, so that no token
can name another key, and what it signs begins with `eyJ`, which no statement does.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ED25519, ES256, SM2

SD_JWT: Final = "dc+sd-jwt"
STATUS_LIST: Final = "statuslist+jwt"
# How JOSE calls the algorithms of keys. RFC 9864 calls Ed25519's own name better; every verifier in use still
# knows this one (decision 13). SM2 has no name there: its own stands, and programs of 国密 know it.
JOSE: Final = {ED25519: "EdDSA", ES256: "ES256", SM2: SM2}
LONGEST_TOKEN: Final = 700_000  # characters: the list of some millions of licences fits, and a message
_HEAD: Final = '{"claims":'
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ALWAYS: Final = {"iss", "iat", "exp"}
_OF_TYPE: Final = {SD_JWT: {"vct", "evidence", "_sd", "_sd_alg"}, STATUS_LIST: {"sub", "ttl", "status_list"}}


@dataclass(frozen=True, slots=True)
class Token:
    """One token before it is signed."""

    type: str
    claims: dict[str, Any]

    def text(self) -> str:
        """Give the one form in which a signer is asked for it."""
        return _written({"claims": self.claims, "typ": self.type})

    @property
    def office(self) -> str:
        """The office that issues it: the end of its `iss`."""
        before, _, office = str(self.claims["iss"]).rpartition("/offices/")
        return office if before else ""

    @property
    def subject(self) -> str:
        """What the journal names it by: the evidence it rests on, or the list's address."""
        return str(self.claims.get("evidence") or self.claims.get("sub"))


def is_token(text: str) -> bool:
    """Say whether a signer is asked for a token rather than for a statement."""
    return text.startswith(_HEAD)


def read_token(text: str) -> Token:
    """Read a token that came from outside; refuse anything that is not exactly one."""
    if len(text) > LONGEST_TOKEN:
        raise _malformed("it is longer than any token can be", "超出令牌的最大长度")
    try:
        found = json.loads(text)
        token = Token(found["typ"], found["claims"])
        lacking = (_ALWAYS | _OF_TYPE[token.type]) - token.claims.keys()
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise _malformed("it is no token of a known type", "不是已知类型的令牌") from trouble
    if lacking or token.text() != text:
        raise _malformed(f"it lacks {sorted(lacking)}, or is not in its one form", "缺少声明或不是规范形式")
    if token.type == SD_JWT and not _HASH.fullmatch(str(token.claims["evidence"])):
        raise _malformed("it carries no evidence leaf hash", "缺少存证叶子哈希")
    if not all(type(token.claims[name]) is int for name in ("iat", "exp")):
        raise _malformed("its moments are no whole seconds", "时间不是整秒")
    return token


def signing_input(token: Token, kid: str, alg: str) -> str:
    """Give what is signed: header and claims, each in base64url (RFC 7515)."""
    header = {"alg": JOSE[alg], "kid": kid, "typ": token.type}
    return f"{base64url(_written(header).encode())}.{base64url(_written(token.claims).encode())}"


def compact(token: Token, kid: str, alg: str, value: str) -> str:
    """Give the signed token as programs pass it on; `value` is the signature in hexadecimal."""
    return f"{signing_input(token, kid, alg)}.{base64url(bytes.fromhex(value))}"


def base64url(data: bytes) -> str:
    """Write bytes in base64url without padding (RFC 7515, appendix C)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Read base64url without padding; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _malformed(en: str, zh: str) -> Invalid:
    return Invalid(
        "signer.token",
        what=Text(f"待签令牌不合格：{zh}。", f"This token cannot be signed: {en}."),
        todo=Text("请按令牌格式重新组成后再签。", "Compose it again in the form that tokens have."),
    )
