"""The portal's public pages as strangers read them: Granian on loopback, connections kept open."""

import socket
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time

from bench.node import node
from bench.processes import children, command_of, processor_s
from bench.rows import Measure

CONNECTIONS = 4
PAGES = 500  # on each connection in one run
WARMING = 20
ADDRESSES = ("/", "/matters/open-company/")
SHOWN = "开办企业".encode()  # on both pages


class Stranger:
    """A reader who is not signed in, on one connection; a socket, as any client's own work is not ours."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = [
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for address in ADDRESSES
        ]

    def read(self, turn: int) -> bytes:
        """Read the page whose turn it is; gives its body, raises when it is not a page."""
        self.socket.sendall(self.requests[turn % len(self.requests)])
        came = bytearray()
        while (end := came.find(b"\r\n\r\n")) < 0:
            came += self._more()
        head = bytes(came[:end]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{ADDRESSES[turn % len(ADDRESSES)]} answered {head[:40]!r}")
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(came) < end + 4 + length:
            came += self._more()
        return bytes(came[end + 4 :])

    def _more(self) -> bytes:
        got = self.socket.recv(65_536)
        if not got:
            raise RuntimeError("the web closed the connection")
        return got

    def read_many(self, count: int) -> None:
        """Turn so many pages, one address after the other."""
        for turn in range(count):
            self.read(turn)


class _Last:
    """What the latest run found besides its figure, in milliseconds of a processor for a page."""

    web_ms = 0.0
    own_ms = 0.0
    bytes = 0


def pages_per_second() -> float:
    """Read pages on a few connections at once, no faster than each is answered."""
    strangers = [Stranger(node().port) for _ in range(CONNECTIONS)]
    for stranger in strangers:
        stranger.read_many(WARMING)
        if any(SHOWN not in stranger.read(turn) for turn in range(len(ADDRESSES))):
            raise RuntimeError("a public page does not show what is on offer")
    _Last.bytes = sum(len(strangers[0].read(turn)) for turn in range(len(ADDRESSES))) // len(ADDRESSES)
    web = web_pid()
    began, worked, own = perf_counter(), processor_s(web), process_time()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda stranger: stranger.read_many(PAGES), strangers))
    spent, read = perf_counter() - began, CONNECTIONS * PAGES
    _Last.web_ms = (processor_s(web) - worked) / read * 1000
    _Last.own_ms = (process_time() - own) / read * 1000
    for stranger in strangers:
        stranger.socket.close()
    return read / spent


def web_pid() -> int:
    """Give the process that is parent of the node's web workers."""
    return next(each for each in children(node().pid) if "granian" in command_of(each))


def _cost() -> str:
    return (
        f"{_Last.bytes / 1000:.1f} kB a page, {_Last.web_ms:.2f} ms of a processor in the web"
        f" and {_Last.own_ms:.2f} ms in the reader"
    )


def _limit() -> str:
    return f"one web process runs Python on one core at a time, which is {1000 / _Last.web_ms:,.0f} pages/s"


MEASURES = [
    Measure(
        "portal.pages",
        "/s",
        pages_per_second,
        target=572,
        note=f"home and matter page in turn, {CONNECTIONS} connections kept open, reader on the same cores",
        said=_cost,
        why=_limit,
    ),
]
