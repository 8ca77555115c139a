"""The gateway as an ASGI application: reads a bounded body in bounded time, and hands it to a thread.

Everything else is `answering`. As many requests are served at once as there are threads, some wait for one,
and what comes beyond that is told to come later. How many may be sending their bodies the server itself
bounds, so that one who sends slowly takes nobody's place.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tongban.exchange.gateway.replies import Reply, language_of, problem
from tongban.exchange.gateway.wire import Request, Target, joined
from tongban.kernel.texts import Text

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a body may be and how long it may take; how many are served, and with those that wait."""

    body_bytes: int = 65_536
    body_within_s: float = 5.0
    threads: int = 16
    at_once: int = 128


class Gone(Exception):
    """Whoever asked has hung up before all of the request was there."""


class Refusal(Exception):
    """The request is not taken in; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Application:
    """What an ASGI server calls; `origin` (scheme://host) is how consumers address this node."""

    def __init__(self, answer: Answer, origin: str, limits: Limits = Limits()) -> None:
        self._answer = answer
        self._scheme, _, self._authority = origin.partition("://")
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="gateway")
        self._in_hand = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._threads.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        fields = joined((n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"])
        try:
            reply = await self._replied(scope, fields, receive)
        except Gone:
            return
        except Refusal as refused:
            reply = refused.reply
        lines = {**reply.fields, "content-length": str(len(reply.body))}
        headers = [(name.encode(), value.encode()) for name, value in lines.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _replied(self, scope: Message, fields: dict[str, str], receive: Receive) -> Reply:
        language = language_of(fields)
        try:
            async with asyncio.timeout(self._limits.body_within_s):
                body = await self._body(fields, receive)
        except TimeoutError:
            raise Refusal(problem(408, "gateway.too_slow", *TOO_SLOW, language)) from None
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        target = Target(self._scheme, self._authority, path, f"?{query}" if query else "")
        request = Request(scope["method"], target, fields, body)
        if self._in_hand >= self._limits.at_once:
            raise Refusal(problem(503, "gateway.busy", *BUSY, language))
        self._in_hand += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, request)
        finally:
            self._in_hand -= 1

    async def _body(self, fields: dict[str, str], receive: Receive) -> bytes:
        """Read the body, and stop reading where it is too large, whatever its length was said to be."""
        read, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            read += message.get("body", b"")
            more = message.get("more_body", False)
            if len(read) > self._limits.body_bytes:
                raise Refusal(problem(413, "gateway.too_large", *TOO_LARGE, language_of(fields)))
        return bytes(read)


BUSY = (
    Text("本节点正忙。", "The node has its hands full."),
    Text("请稍后换用新的 nonce 重新请求。", "Ask again later, with a new nonce."),
)
TOO_SLOW = (
    Text("请求正文未在限定时间内到达。", "The body did not arrive in time."),
    Text("请一次发出整个请求。", "Send the whole request at once."),
)
TOO_LARGE = (
    Text("请求正文过大。", "The body is too large."),
    Text("请减少所查数据项。", "Ask for less at once."),
)
