"""What an office's key puts its name to: a statement of seven plain fields, and nothing else.

A statement does not carry the licence or the notice itself; it carries the SHA-256 digest of its
canonical content (RFC 8785) and the hash of the evidence leaf that was durable before. What is
signed is the line `tongban office statement v1`, a newline, and the statement's own canonical JSON:
the first line keeps a signature from ever meaning something in another protocol.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from tongban.kernel.errors import Invalid, NotAllowed
from tongban.kernel.texts import Text

CONTEXT: Final = b"tongban office statement v1\n"
# receipt: that something was handed in, or that a share was answered; status: that a licence was
# suspended, given back, revoked, cancelled or has ended.
KINDS: Final = frozenset({"licence", "notice", "receipt", "status"})
LONGEST_STATEMENT: Final = 2_000  # characters; a statement has no free text

_HASH = re.compile(r"[0-9a-f]{64}")
_OFFICE = re.compile(r"[a-z_]{1,40}\.\d{6,12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+08:00")


@dataclass(frozen=True, slots=True)
class Signature:
    """An office's signature: key id, algorithm, and the raw signature as lower-case hex."""

    kid: str
    alg: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an office says: at this moment, about this subject, with this content.

    `issuer` is the organisation's slug, `subject` the licence identifier or the notice number,
    `digest` the SHA-256 of its canonical content, `evidence` the hash of its leaf in the log.
    """

    kind: str
    issuer: str
    subject: str
    digest: str
    evidence: str
    at: str

    def text(self) -> str:
        """Give the canonical JSON (RFC 8785) of the statement."""
        return _canonical({"v": 1, **asdict(self)})


def signed_bytes(statement: str) -> bytes:
    """Give the bytes that the key signs for a statement's canonical JSON."""
    return CONTEXT + statement.encode()


def read_statement(text: str) -> Statement:
    """Read a statement that came from outside; refuse anything that is not exactly one.

    Accepts the canonical bytes only, so that there is one form of a statement that can be signed.
    """
    if len(text) > LONGEST_STATEMENT:
        raise _malformed("it is longer than any statement can be", "超出声明的最大长度")
    try:
        found = json.loads(text)
    except ValueError as trouble:
        raise _malformed("it is not JSON", "不是有效的 JSON") from trouble
    if not isinstance(found, dict) or found.pop("v", None) != 1:
        raise _malformed("it is not a version 1 statement", "不是第 1 版声明")
    if set(found) != set(Statement.__slots__) or not all(isinstance(value, str) for value in found.values()):
        raise _malformed("its fields are not those of a statement", "字段与声明格式不符")
    statement = Statement(**found)
    _check_fields(statement)
    if statement.text() != text:
        raise _malformed("it is not in canonical form (RFC 8785)", "不是规范形式（RFC 8785）")
    return statement


def _check_fields(statement: Statement) -> None:
    if statement.kind not in KINDS:
        raise NotAllowed(
            "signer.kind",
            what=Text(
                f"签名进程不认识声明种类「{statement.kind}」。",
                f"The signer knows no kind {statement.kind!r}.",
            ),
            todo=Text(
                f"只可签署：{'、'.join(sorted(KINDS))}。",
                f"Ask for one of: {', '.join(sorted(KINDS))}.",
            ),
        )
    if not _HASH.fullmatch(statement.digest):
        raise _malformed("its digest is not a SHA-256 in hex", "内容摘要不是十六进制 SHA-256")
    if not _HASH.fullmatch(statement.evidence):
        raise _malformed("it carries no evidence leaf hash", "缺少存证叶子哈希")
    if not _OFFICE.fullmatch(statement.issuer):
        raise _malformed("its office is malformed", "机构代码格式不正确")
    if not _MOMENT.fullmatch(statement.at) or not 1 <= len(statement.subject) <= 200:
        raise _malformed("its moment or subject is malformed", "时间或对象标识格式不正确")


def _malformed(en: str, zh: str) -> Invalid:
    return Invalid(
        "signer.statement",
        what=Text(f"待签声明不合格：{zh}。", f"This statement cannot be signed: {en}."),
        todo=Text("请按声明格式重新组成后再签。", "Compose it again in the form that statements have."),
    )


def _canonical(fields: dict[str, Any]) -> str:
    """Give RFC 8785 JSON; plain json is enough for ASCII keys, strings and one small integer."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
