"""The loop of one signer process: many short conversations, one journal write a round."""

import selectors
import socket
from collections.abc import Callable
from typing import Any, Final, cast

from tongban.kernel.errors import DurabilityLost, Invalid, NotAllowed, TongbanError
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import SigningKey
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.wire import (
    LONGEST_MESSAGE,
    MOST_STATEMENTS,
    RENEW,
    error_as_message,
    framed,
    peer_uid,
    take_frame,
)

MOST_CONVERSATIONS: Final = 128  # beyond that the one that has been silent longest is closed
_RECEIVE: Final = 65_536


class Conversation:
    """One open connection: what has come in and what has still to go out."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.inbox = bytearray()
        self.outbox = bytearray()


class SigningService:
    """Answers everyone who may ask, on one listening socket, in one thread."""

    def __init__(
        self,
        signer: OfficeSigner,
        listener: socket.socket,
        uids: frozenset[int],
        *,
        open_key: Callable[[], SigningKey],
    ) -> None:
        self._signer = signer
        self._open_key = open_key
        self._listener = listener
        self._uids = uids
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, Conversation] = {}  # by file number, the longest silent one first
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, None)

    def run(self) -> None:
        """Serve until the process is ended; a lost journal ends it with DurabilityLost."""
        while True:
            self.round()

    def round(self, timeout_s: float | None = None) -> None:
        """Take in what has arrived, sign all of it with one fsync, send the answers.

        Waits for something to arrive, at most `timeout_s` when that is given.
        """
        asked: list[tuple[Conversation, dict[str, Any]]] = []
        for key, events in self._selector.select(timeout_s):
            if key.data is None:
                self._welcome()
            else:
                conversation = cast(Conversation, key.data)
                if events & selectors.EVENT_READ:
                    asked += [(conversation, message) for message in self._receive(conversation)]
                if events & selectors.EVENT_WRITE:
                    self._send(conversation)
        for conversation, answer in self._answers(asked):
            conversation.outbox += framed(answer)
            self._send(conversation)

    def close(self) -> None:
        """End every conversation and give the socket and the journal back."""
        for conversation in list(self._open.values()):
            self._close(conversation)
        self._selector.close()
        self._listener.close()
        self._signer.close()

    def _welcome(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # whoever rang has gone again
        if peer_uid(connection) not in self._uids:
            connection.close()
            return
        connection.setblocking(False)
        if len(self._open) >= MOST_CONVERSATIONS:
            self._close(next(iter(self._open.values())))
        conversation = Conversation(connection)
        self._open[connection.fileno()] = conversation
        self._selector.register(connection, selectors.EVENT_READ, conversation)

    def _receive(self, conversation: Conversation) -> list[dict[str, Any]]:
        try:
            received = conversation.connection.recv(_RECEIVE)
        except BlockingIOError:
            return []
        except OSError:
            received = b""
        if not received or len(conversation.inbox) > 2 * LONGEST_MESSAGE:
            self._close(conversation)
            return []
        self._open[conversation.connection.fileno()] = self._open.pop(conversation.connection.fileno())
        conversation.inbox += received
        messages: list[dict[str, Any]] = []
        try:
            while (message := take_frame(conversation.inbox)) is not None:
                messages.append(message)
        except (ValueError, RecursionError):
            self._close(conversation)  # not our language: nothing sensible can be answered
            return []
        return messages

    def _send(self, conversation: Conversation) -> None:
        if conversation.connection.fileno() < 0:
            return
        try:
            sent = conversation.connection.send(conversation.outbox)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(conversation)
            return
        del conversation.outbox[:sent]
        waits = selectors.EVENT_READ | (selectors.EVENT_WRITE if conversation.outbox else 0)
        self._selector.modify(conversation.connection, waits, conversation)

    def _close(self, conversation: Conversation) -> None:
        if conversation.connection.fileno() in self._open:
            del self._open[conversation.connection.fileno()]
            self._selector.unregister(conversation.connection)
            conversation.connection.close()

    def _answers(
        self, asked: list[tuple[Conversation, dict[str, Any]]]
    ) -> list[tuple[Conversation, dict[str, Any]]]:
        """Answer a round's requests together; if they fail together, one by one to find which."""
        wanted = [(conversation, _statements(message)) for conversation, message in asked]
        together = [text for _, texts in wanted if isinstance(texts, list) for text in texts]
        try:
            signed = iter(self._signed(together))
        except DurabilityLost:
            raise
        except TongbanError:
            return [(conversation, self._answer(texts)) for conversation, texts in wanted]
        return [
            (conversation, {"signatures": [next(signed) for _ in texts]})
            if isinstance(texts, list)
            else (conversation, self._answer(texts))
            for conversation, texts in wanted
        ]

    def _answer(self, wanted: list[str] | dict[str, Any]) -> dict[str, Any]:
        try:
            if isinstance(wanted, list):
                return {"signatures": self._signed(wanted)}
            if wanted == RENEW:  # a key that does not open is refused, and the present one stays
                self._signer.use(self._open_key())
        except DurabilityLost:
            raise
        except TongbanError as refused:
            return error_as_message(refused)
        return wanted if "error" in wanted else {"office": self._signer.office, "kid": self._signer.kid}

    def _signed(self, statements: list[str]) -> list[dict[str, str]]:
        if not statements:
            return []
        return [
            {"kid": signature.kid, "alg": signature.alg, "value": signature.value}
            for signature in self._signer.sign(statements)
        ]


def _statements(message: dict[str, Any]) -> list[str] | dict[str, Any]:
    """Give the statements that a message asks to sign, {} for "who are you", RENEW, or the refusal."""
    if message == {"who": True}:
        return {}
    if message == RENEW:
        return message
    texts = message.get("sign")
    if set(message) != {"sign"} or not isinstance(texts, list) or not texts:
        return error_as_message(_refusal("要求签署的格式不正确", "This is not a request to sign."))
    if len(texts) > MOST_STATEMENTS:
        return error_as_message(
            NotAllowed(
                "signer.too_many",
                what=Text(
                    f"一次最多签署 {MOST_STATEMENTS} 份声明。",
                    f"At most {MOST_STATEMENTS} statements are signed at once.",
                ),
                todo=Text("请分批提交。", "Send them in smaller batches."),
            )
        )
    if not all(isinstance(text, str) for text in texts):
        return error_as_message(_refusal("声明应为文本", "A statement is text."))
    return texts


def _refusal(zh: str, en: str) -> Invalid:
    return Invalid(
        "signer.request",
        what=Text(f"{zh}。", en),
        todo=Text("请使用本系统的签名客户端。", "Use the signing client that comes with this system."),
    )
