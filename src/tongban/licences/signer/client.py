"""How the rest of the house asks an office's signer: over its socket, or directly in one process."""

import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from tongban.kernel.clock import budget
from tongban.kernel.errors import NotFound, SourceDown, SourceTrouble
from tongban.kernel.texts import Text
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.statements import Signature
from tongban.licences.signer.wire import (
    MOST_STATEMENTS,
    RENEW,
    error_from_message,
    framed,
    short_path,
    take_frame,
)

MOST_AT_ONCE = 8  # offices that one caller waits for at the same time


class Signing(Protocol):
    """Whoever can have statements signed by an office's own key."""

    def sign(self, office: str, statement: str) -> Signature:
        """Have one statement signed."""

    def sign_all(self, office: str, statements: Sequence[str]) -> list[Signature]:
        """Have several statements of one office signed, all or none."""


class Signers:
    """The signer processes behind the sockets in `run_folder`.

    Raises SourceDown when an office's signer does not answer within `timeout_s`; nothing was lost
    then: the same statement is asked for again, and the same signature comes back.
    """

    def __init__(self, run_folder: Path, *, timeout_s: float = 5.0) -> None:
        self._run_folder = run_folder
        self._timeout_s = timeout_s

    def sign(self, office: str, statement: str) -> Signature:
        """Have one statement signed."""
        return self.sign_all(office, [statement])[0]

    def sign_all(self, office: str, statements: Sequence[str]) -> list[Signature]:
        """Have several statements of one office signed, in batches that the signer accepts."""
        signed: list[Signature] = []
        for start in range(0, len(statements), MOST_STATEMENTS):
            batch = list(statements[start : start + MOST_STATEMENTS])
            answer = self._ask(office, {"sign": batch})
            signed += [Signature(**found) for found in answer["signatures"]]
        return signed

    def key_of(self, office: str) -> str:
        """Give the key id that an office's signer signs with now."""
        return str(self._ask(office, {"who": True})["kid"])

    def renew(self, office: str) -> str:
        """Have an office's signer open the key that lies in its folder now; give that key's id.

        The others go on undisturbed; where the key does not open, its signer goes on with the one it has.
        """
        return str(self._ask(office, RENEW)["kid"])

    def _ask(self, office: str, request: dict[str, Any]) -> dict[str, Any]:
        """Ask once, and once more if the signer went away under the question (it is restarted)."""
        left = budget(self._timeout_s)
        try:
            answer = self._converse(office, request, left.left_s())
        except (ConnectionError, EOFError):
            answer = self._again(office, request, left.left_s())
        except OSError as trouble:
            raise _silent(office) from trouble
        if "error" in answer:
            raise error_from_message(answer["error"])
        return answer

    def _again(self, office: str, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        try:
            return self._converse(office, request, timeout_s)
        except (OSError, EOFError) as trouble:
            raise _silent(office) from trouble

    def _converse(self, office: str, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        left = budget(timeout_s)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(max(0.001, timeout_s))
            with short_path(self._run_folder, office) as path:
                connection.connect(path)
            connection.sendall(framed(request))
            inbox = bytearray()
            while (answer := take_frame(inbox)) is None:
                connection.settimeout(max(0.001, left.left_s()))
                received = connection.recv(65_536)
                if not received:
                    raise EOFError
                inbox += received
            return answer


class DirectSigners:
    """The same signers under the same rules, called directly: for one process that does it all."""

    def __init__(self, signers: Mapping[str, OfficeSigner]) -> None:
        self._signers = signers

    def sign(self, office: str, statement: str) -> Signature:
        """Have one statement signed."""
        return self.sign_all(office, [statement])[0]

    def sign_all(self, office: str, statements: Sequence[str]) -> list[Signature]:
        """Have several statements of one office signed, all or none."""
        signer = self._signers.get(office)
        if signer is None:
            raise NotFound(
                "signer.no_key",
                what=Text(f"本节点没有 {office} 的签名密钥。", f"This node holds no key of {office}."),
                todo=Text("请先为该机构生成密钥并发布信任文件。", "Make its key and publish the trust file."),
            )
        return signer.sign(statements)


def sign_everywhere(
    signers: Signing, wanted: Mapping[str, Sequence[str]]
) -> dict[str, list[Signature] | SourceTrouble]:
    """Have each office sign its own statements; one that is silent gives its trouble in their place.

    All are asked at once: every signer waits for its own journal on the disk, and none for another's.
    """

    def ask(office: str) -> list[Signature] | SourceTrouble:
        try:
            return signers.sign_all(office, wanted[office])
        except SourceTrouble as trouble:
            return trouble

    if len(wanted) < 2:
        return {office: ask(office) for office in wanted}
    with ThreadPoolExecutor(min(len(wanted), MOST_AT_ONCE), thread_name_prefix="signers") as pool:
        return dict(zip(wanted, pool.map(ask, wanted), strict=True))


def _silent(office: str) -> SourceDown:
    return SourceDown(
        "signer.down",
        what=Text(f"{office} 的签名进程没有应答。", f"The signer of {office} does not answer."),
        todo=Text(
            "不会丢失任何内容，稍后将自动再次请求签名。",
            "Nothing is lost: the signature is asked for again shortly.",
        ),
    )
