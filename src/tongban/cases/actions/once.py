"""Idempotency keys: the same request sent twice does its work once (promise 7)."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import RequestKey
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole


@dataclass(frozen=True, slots=True)
class Request:
    """Who sent what under which key; `digest` is of the whole request."""

    scope: str
    key: str
    digest: str


@part
def result_of(request: Request) -> str | None:
    """Give what the key led to before, or None; raise Conflict when it came with another request then.

    Two at the same moment: the second fails on the unique row when it commits its own, and is answered
    as a repeat by its caller.
    """
    row = RequestKey.objects.filter(scope=request.scope, key=request.key).first()
    if row is None:
        return None
    if row.digest != request.digest:
        raise Conflict(
            "cases.key_reused",
            what=Text(
                "同一幂等键已用于另一项请求。", "This idempotency key was used for a different request."
            ),
            todo=Text("请为新的请求使用新的键。", "Use a new key for a new request."),
        )
    return row.result


@whole
def was_done(request: Request) -> bool:
    """Say whether the key has led to something; raise Conflict when it came with another request then."""
    return result_of(request) is not None


@part
def keep(request: Request, *, result: str, now: datetime) -> None:
    """Remember what the key led to."""
    RequestKey.objects.create(
        scope=request.scope, key=request.key, digest=request.digest, result=result, at=now
    )
