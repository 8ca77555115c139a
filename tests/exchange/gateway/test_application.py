"""The ASGI side of the gateway: bodies and times are bounded, and what arrives is handed on unchanged."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from threading import Event
from typing import Any

import pytest

from tongban.exchange.gateway.application import Application, Limits, Message
from tongban.exchange.gateway.replies import Reply
from tongban.exchange.gateway.wire import Request

ORIGIN = "https://share.yunxi.example"
SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/shares/v1/a%b",
    "raw_path": b"/shares/v1/a%25b",
    "query_string": b"",
    "headers": [(b"Host", b"elsewhere.example"), (b"X-A", b"1"), (b"x-a", b" 2")],
}
Receive = Callable[[], Awaitable[Message]]


def chunks(*parts: bytes) -> Receive:
    """Give a body in parts; whoever reads on after the last waits for ever, as on a connection."""
    left = [{"type": "http.request", "body": p, "more_body": n < len(parts)} for n, p in enumerate(parts, 1)]

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


async def ask(application: Application, receive: Receive, **scope: Any) -> tuple[int, dict[str, Any]]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await application({**SCOPE, **scope}, receive, send)
    if not sent:
        return 0, {}
    start, body = sent
    headers = dict(start["headers"])
    assert int(headers[b"content-length"]) == len(body["body"])
    return start["status"], json.loads(body["body"])


def echo(request: Request) -> Reply:
    """Answer with what arrived."""
    target = request.target
    told = {
        "target": [target.scheme, target.authority, target.path, target.query],
        "fields": dict(request.fields),
        "body": request.body.decode(),
    }
    return Reply(200, json.dumps(told).encode(), {"content-type": "application/json"})


def test_a_request_is_handed_on_as_it_was_sent() -> None:
    """The path undecoded, the origin the node's own whatever `Host` says, lines of a field joined."""
    status, told = asyncio.run(ask(Application(echo, ORIGIN), chunks(b"a", b"", b"b"), query_string=b"x=1"))
    assert (status, told["body"]) == (200, "ab")
    assert told["target"] == ["https", "share.yunxi.example", "/shares/v1/a%25b", "?x=1"]
    assert told["fields"] == {"host": "elsewhere.example", "x-a": "1, 2"}


@pytest.mark.parametrize(
    ("parts", "status"), [((b"x" * 8,), 200), ((b"x" * 8, b"y"), 413), ((b"x" * 9,), 413)]
)
def test_a_body_that_is_too_large_is_not_read_to_its_end(parts: Sequence[bytes], status: int) -> None:
    endless = chunks(*parts, *(b"z" for _ in range(3) if status == 413))
    told = asyncio.run(ask(Application(echo, ORIGIN, Limits(body_bytes=8)), endless))
    assert told[0] == status
    assert told[1].get("code") == (None if status == 200 else "gateway.too_large")


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    """The first part says that more follows; nothing ever does."""

    async def half() -> Message:
        if given:
            await asyncio.Event().wait()
        given.append(True)
        return {"type": "http.request", "body": b"x", "more_body": True}

    given: list[bool] = []
    told = asyncio.run(ask(Application(echo, ORIGIN, Limits(body_within_s=0.01)), half))
    assert (told[0], told[1]["code"]) == (408, "gateway.too_slow")


def test_whoever_hangs_up_is_not_answered() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert asyncio.run(ask(Application(echo, ORIGIN), gone)) == (0, {})


def test_what_comes_beyond_what_can_wait_is_told_to_come_later() -> None:
    go_on = Event()

    def slow(request: Request) -> Reply:
        go_on.wait()
        return echo(request)

    async def all_at_once() -> list[int]:
        application = Application(slow, ORIGIN, Limits(threads=1, at_once=2))
        asked = [asyncio.create_task(ask(application, chunks(b""))) for _ in range(5)]
        refused, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 3:
            refused, _ = await asyncio.wait(asked, timeout=0.01)
        go_on.set()
        done = await asyncio.gather(*asked)
        after = await ask(application, chunks(b""))
        return sorted([*(status for status, _ in done), after[0]])

    assert asyncio.run(all_at_once()) == [200, 200, 200, 503, 503, 503]


def test_the_application_ends_in_order() -> None:
    said: list[str] = []
    told = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Message:
        return next(told)

    async def send(message: Message) -> None:
        said.append(message["type"])

    asyncio.run(Application(echo, ORIGIN)({"type": "lifespan"}, receive, send))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
