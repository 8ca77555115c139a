"""A small HTTP/1.1 host: one system behind one port, threads, bounded bodies, and the control interface."""

import hmac
import json
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from demo.control import BadWish, Control, Mood
from demo.desk import Desk

LARGEST_BODY_BYTES = 64 * 1024
IDLE_TIMEOUT_S = 75


@dataclass(frozen=True)
class Request:
    """One request as a system sees it; header names are lower case, query values are the first of each."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    match: tuple[str, ...] = ()

    def json(self) -> object:
        """The body as JSON; raises ValueError where it is none."""
        return json.loads(self.body.decode("utf-8"))

    def form(self) -> dict[str, str]:
        """The body as a form, the first value of each name; empty where it is none."""
        try:
            pairs = parse_qs(self.body.decode("utf-8"), keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return {}
        return {name: values[0] for name, values in pairs.items()}


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is already encoded."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Answer JSON with Chinese left readable, as these systems do."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(), status, headers=headers)


@dataclass(frozen=True)
class Route:
    """One operation: a method and a path pattern that must match whole; its groups reach the handler."""

    method: str
    pattern: str
    operation: str
    handler: Callable[[Request], Reply]


@dataclass(frozen=True)
class System:
    """One organisation's system: what it does, how it says that it is busy, how it garbles an answer."""

    name: str
    control: Control
    token: str
    routes: tuple[Route, ...] = ()
    busy: Callable[[], Reply] = lambda: json_reply({"error": "busy"}, 503)
    garbled: Callable[[], Reply] = lambda: Reply(b'{"')
    desk: Desk | None = None
    # Systems read as files act on a new mode themselves; and some have more to control.
    on_mood: Callable[[Mood], None] | None = None
    more_controls: Mapping[str, Callable[[Mapping[str, object]], Mapping[str, object]]] = field(
        default_factory=dict
    )
    pause: Callable[[float], None] = time.sleep

    def answer(self, request: Request) -> Reply | None:
        """Answer one request; None means: close the connection without an answer."""
        if request.path == "/_control" or request.path.startswith("/_control/"):
            return self._controlled(request)
        for route in self.routes:
            found = re.fullmatch(route.pattern, request.path)
            if found and route.method == request.method:
                groups = tuple(found.groups())
                return self._meet(route, Request(**{**vars(request), "match": groups}))
        return json_reply({"error": "no such address"}, 404)

    def _meet(self, route: Route, request: Request) -> Reply | None:
        mood = self.control.meet(route.operation)
        if mood.mode == "down":
            return None
        if mood.mode == "failing":
            return self.busy()
        if mood.mode == "wrong":
            return self.garbled()
        if mood.mode == "slow":
            self.pause(mood.seconds)
        reply = route.handler(request)
        # The work is durable by now: the desk commits before its handler returns.
        return None if mood.mode == "drop_reply" else reply

    def _controlled(self, request: Request) -> Reply:
        if not hmac.compare_digest(request.headers.get("x-control-token", "").encode(), self.token.encode()):
            return json_reply({"error": "X-Control-Token is missing or wrong"}, 403)
        rest = request.path.removeprefix("/_control").strip("/")
        if request.method == "GET" and rest == "":
            return json_reply(self.state())
        if request.method == "GET" and rest == "registrations":
            kept = self.desk.listing() if self.desk else []
            return json_reply({"count": len(kept), "registrations": kept})
        if request.method == "POST":
            try:
                return json_reply(self._command(rest, request))
            except ValueError as error:
                return json_reply({"error": str(error)}, 400)
        return json_reply({"error": "no such control"}, 404)

    def _command(self, rest: str, request: Request) -> Mapping[str, object]:
        asked = request.json() if request.body else {}
        if not isinstance(asked, dict):
            raise BadWish("a JSON object is expected")
        if rest == "":
            if self.on_mood and asked.get("times") is not None and asked.get("operation") is None:
                raise BadWish("times counts requests; it needs an operation here, as files are not asked for")
            mood = self.control.wish(asked)
            if self.on_mood:
                self.on_mood(mood if asked.get("operation") is None else Mood())
        elif rest == "reset":
            self.control.reset()
            if self.desk:
                self.desk.forget()
            if self.on_mood:
                self.on_mood(Mood())
        elif rest in self.more_controls:
            return self.more_controls[rest](asked)
        else:
            raise BadWish(f"no such control: {rest}")
        return self.state()

    def state(self) -> dict[str, object]:
        """The answer of GET /_control."""
        registrations = self.desk.count() if self.desk else 0
        return {"name": self.name, **self.control.state(), "registrations": registrations}


class _Line(BaseHTTPRequestHandler):
    """One connection, kept alive until its client is silent for long."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    server: "Host"

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self._send(json_reply({"error": "Content-Length is required"}, 411), close=True)
            return
        if int(length) > LARGEST_BODY_BYTES:
            self._send(json_reply({"error": f"at most {LARGEST_BODY_BYTES} bytes"}, 413), close=True)
            return
        body = self.rfile.read(int(length))
        reply = self.server.answer(self._request(body))
        if reply is None:
            self.close_connection = True
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = _serve

    def _request(self, body: bytes) -> Request:
        address = urlsplit(self.path)
        pairs = parse_qs(address.query, keep_blank_values=True)
        query = {name: values[0] for name, values in pairs.items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, address.path, query, headers, body)

    def _send(self, reply: Reply, *, close: bool = False) -> None:
        self.send_response_only(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        if close:
            self.send_header("Connection", "close")
        # One write for head and body: two would wait for the peer's delayed acknowledgement.
        self._headers_buffer.extend((b"\r\n", reply.body))  # type: ignore[attr-defined]
        self.flush_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: these systems' logs are nobody's concern here."""


class Host(ThreadingHTTPServer):
    """A bound port; requests wait in its queue until a system is admitted."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        """Bind 127.0.0.1; port 0 takes a free one. Raises OSError where the port is in use."""
        super().__init__(("127.0.0.1", port), _Line)
        self.port: int = self.server_address[1]
        self._system: System | None = None

    def admit(self, system: System) -> None:
        """Let this system answer from now on."""
        self._system = system

    def answer(self, request: Request) -> Reply | None:
        """Answer by the system; a mistake in it is HTTP 500, written to standard error."""
        if self._system is None:
            return None
        try:
            return self._system.answer(request)
        except Exception:  # the host outlives any request
            traceback.print_exc()
            return json_reply({"error": "internal"}, 500)

    def start(self) -> threading.Thread:
        """Serve in a thread of this process, for tests; `shutdown()` ends it."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        return thread

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base's
        """Ignore clients that hang up; print anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            traceback.print_exc()
