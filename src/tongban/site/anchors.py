"""Which time-stamp authority this node asks: the node's own `anchor.json`, for it is a contract of its own.

`{"url": …, "every_minutes": 60, "roots": "-----BEGIN CERTIFICATE-----…"}`; without it nothing is anchored.
"""

import json
from datetime import timedelta
from typing import Annotated

import httpx
from pydantic import Field

from tongban.kernel.declarations import Declaration
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site import places

TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024


class AnchorFile(Declaration):
    """anchor.json: the authority's address, how often it is asked, and its root certificates (PEM)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    every_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)] = 60
    roots: str


def anchor_policy() -> ledger.AnchorPolicy | None:
    """Give the authority that this node asks, None where it has none."""
    path = places.anchor()
    if not path.is_file():
        return None
    told = AnchorFile.model_validate(json.loads(path.read_text("utf-8")))
    every = timedelta(minutes=told.every_minutes)
    return ledger.AnchorPolicy(
        ledger.read_roots(told.roots.encode()), every, lambda query: post(told.url, query)
    )


def post(url: str, query: bytes) -> bytes:
    """Send a query to the authority; raises SourceDown when it does not answer in time, or not with 200."""
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        with httpx.stream("POST", url, content=query, headers=headers, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            said = bytearray()
            for part in answer.iter_bytes():
                said += part
                if len(said) > MOST_BYTES:
                    break
            return bytes(said)
    except httpx.HTTPError as trouble:
        raise SourceDown(
            "ledger.authority_silent",
            what=Text(f"时间戳机构 {url} 没有应答", f"The time-stamp authority at {url} did not answer"),
            todo=Text("稍后会自动再次请求。", "It is asked again by itself soon."),
        ) from trouble
