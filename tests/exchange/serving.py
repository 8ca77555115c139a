"""A small true HTTP server whose answers a test writes down to the byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Script = Callable[[socket.socket], None]


@dataclass
class Served:
    """Where the server is, and the requests that reached it."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def serving(script: Script) -> Iterator[Served]:
    """Accept connections one after another, read one request each, and let the script answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    served.requests.append(_request(connection))
                    try:
                        script(connection)
                    except OSError:
                        continue  # the client had enough

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield served
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answering(body: bytes, status: str = "200 OK", length: int | None = None, headers: str = "") -> Script:
    """Answer with this body; `length` may promise another length than it has."""
    promised = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Length: {promised}\r\nConnection: close\r\n{headers}\r\n"

    def answer(connection: socket.socket) -> None:
        connection.sendall(head.encode() + body)

    return answer


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
