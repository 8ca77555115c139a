"""What the gateway answers, as bytes: the elements of a share, or a problem (RFC 9457). Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tongban.exchange.gateway.wire import WANTED, Fields
from tongban.kernel.errors import TongbanError
from tongban.kernel.problems import problem_shape
from tongban.kernel.texts import Language, Text

RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it leaves; names of fields in lower case."""

    status: int
    body: bytes
    fields: Mapping[str, str] = field(default_factory=dict)

    def but(self, fields: Mapping[str, str]) -> "Reply":
        """Give the same answer with further fields."""
        return replace(self, fields={**self.fields, **fields})


def given(shape: Mapping[str, object]) -> Reply:
    """Give a share's answer."""
    return _reply(200, "application/json", shape)


def problem(status: int, code: str, what: Text, todo: Text, language: Language, **more: object) -> Reply:
    """Give a problem in a language; `more` are its further members, the empty ones left out."""
    shape = problem_shape(status, code, what, todo, language) | {k: v for k, v in more.items() if v}
    reply = _reply(status, "application/problem+json", shape)
    if status == 401:
        # RFC 9421 §5 says which signature is wanted; RFC 9110 §15.5.2 wants a challenge beside it.
        return reply.but({"accept-signature": WANTED, "www-authenticate": "Signature"})
    return reply.but({"retry-after": str(RETRY_AFTER_S)}) if status == 503 else reply


def trouble_told(trouble: TongbanError, language: Language) -> Reply:
    """Give a refusal of ours as a problem."""
    return problem(trouble.status, trouble.code, trouble.what, trouble.todo, language)


def language_of(fields: Fields) -> Language:
    """Give the language that a request asks for: English where it names it first, else Chinese."""
    return "en" if fields.get("accept-language", "").lower().startswith("en") else "zh"


def _reply(status: int, kind: str, shape: Mapping[str, object]) -> Reply:
    body = json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, {"content-type": kind, "cache-control": "no-store"})
