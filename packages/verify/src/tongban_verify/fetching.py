"""Where a log's files are read from: a folder, or a web server that need not be trusted with anything."""

import time
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from tongban_verify.logs import Read, Unreached

SCHEMES: Final = ("http://", "https://")
_SILENCE_S: Final = 20.0  # how long the other side may say nothing
_FILE_S: Final = 60.0  # how long one file may take, however steadily it drips
_CHUNK: Final = 64 * 1024
_ABSENT: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def from_folder(folder: Path) -> Read:
    """Read a log from a folder that was copied or is served somewhere."""

    def read(path: str, most: int) -> bytes | None:
        try:
            with (folder / path).open("rb") as file:
                return file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as trouble:
            raise Unreached(str(trouble)) from trouble

    return read


def from_address(address: str) -> Read:
    """Read a log from its address, http or https; raises ValueError for any other.

    Redirections are refused: whoever answers could lead to files of this machine or to another log.
    """
    parts = urlsplit(address)
    if not address.startswith(SCHEMES) or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("the address of a log is http or https, with nothing behind a ? or #")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    base = address.rstrip("/")

    def read(path: str, most: int) -> bytes | None:
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at above
            f"{base}/{path}", headers={"User-Agent": "tongban-verify"}
        )
        try:
            with opener.open(request, timeout=_SILENCE_S) as answer:
                return _whole(answer, most, time.monotonic)
        except HTTPError as refusal:
            refusal.close()
            if refusal.code in _ABSENT:
                return None
            raise Unreached(f"{refusal.code}") from refusal
        except (OSError, HTTPException, ValueError) as trouble:
            raise Unreached(str(trouble)) from trouble

    return read


def _whole(answer: HTTPResponse, most: int, elapsed: Callable[[], float]) -> bytes:
    """Read an answer to its end, or one byte past the most that it may have."""
    until, found = elapsed() + _FILE_S, bytearray()
    while len(found) <= most and (chunk := answer.read(min(_CHUNK, most + 1 - len(found)))):
        found += chunk
        if elapsed() > until:
            raise Unreached("too slow")
    if len(found) <= most and answer.length:  # a line that breaks is no log that lies
        raise Unreached("cut short")
    return bytes(found)
