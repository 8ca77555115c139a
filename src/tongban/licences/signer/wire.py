"""How a signer is spoken to: length-prefixed JSON over a Unix socket of one's own user.

A request is `{"sign": [statement, …]}`, `{"who": true}` or `{"renew": true}`, upon which the signer opens the
key that lies in its folder now; an answer is `{"signatures": [{kid, alg, value}, …]}`, to the others
`{"office": …, "kid": …}`, or `{"error": {code, status, what: {zh, en}, todo: {zh, en}}}`.
Each message is four bytes of length, big-endian, and that many bytes of UTF-8 JSON.
"""

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tongban.kernel.errors import Conflict, Invalid, NotAllowed, SourceTrouble, TongbanError
from tongban.kernel.texts import Text

LONGEST_MESSAGE: Final = 1 << 20  # bytes
MOST_STATEMENTS: Final = 256  # in one request
RENEW: Final = {"renew": True}
_LENGTH = struct.Struct(">I")
_PEER = struct.Struct("3i")  # pid, uid, gid of SO_PEERCRED


def framed(message: dict[str, Any]) -> bytes:
    """Give the bytes of one message."""
    body = json.dumps(message, ensure_ascii=False).encode()
    return _LENGTH.pack(len(body)) + body


def take_frame(inbox: bytearray) -> dict[str, Any] | None:
    """Take one whole message off the front of `inbox`, or None while it has not all arrived."""
    if len(inbox) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(inbox)
    if length > LONGEST_MESSAGE:
        raise ValueError(f"a message of {length} bytes is longer than {LONGEST_MESSAGE}")
    if len(inbox) < _LENGTH.size + length:
        return None
    body = bytes(inbox[_LENGTH.size : _LENGTH.size + length])
    del inbox[: _LENGTH.size + length]
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    return message


def error_as_message(trouble: TongbanError) -> dict[str, Any]:
    """Give an error in the shape in which it crosses the socket."""
    return {
        "error": {
            "code": trouble.code,
            "status": trouble.status,
            "what": trouble.what.as_dict(),
            "todo": trouble.todo.as_dict(),
        }
    }


def error_from_message(found: dict[str, Any]) -> TongbanError:
    """Give back the error that a signer answered with, in the kind that its status names."""
    kinds = {NotAllowed.status: NotAllowed, Invalid.status: Invalid, Conflict.status: Conflict}
    kind = kinds.get(found["status"], SourceTrouble)
    return kind(found["code"], what=Text(**found["what"]), todo=Text(**found["todo"]))


def peer_uid(connection: socket.socket) -> int:
    """Give the user behind a connection, as the kernel knows it (SO_PEERCRED)."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    uid: int = _PEER.unpack(credentials)[1]
    return uid


@contextmanager
def short_path(folder: Path, office: str) -> Iterator[str]:
    """Give a path to the office's socket that always fits the 108 bytes which Unix sockets allow."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{office}.sock"
    finally:
        os.close(handle)
