"""One office's signer: the rules that its key obeys, whoever calls, in a process or directly."""

from collections.abc import Sequence

from tongban.kernel.clock import Clock
from tongban.kernel.errors import NotAllowed
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import SigningKey
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import key_id
from tongban.licences.signer.statements import (
    Signature,
    Statement,
    read_statement,
    signed_bytes,
)


class OfficeSigner:
    """Signs what its own office states, in kinds it knows, that carries its evidence.

    Every signature is in the journal, on the disk, before it is given. Asking again for the same statement
    gives the same signature, or with SM2 another that is as good, and harms nothing.
    """

    def __init__(self, office: str, key: SigningKey, journal: Journal, clock: Clock) -> None:
        self.office = office
        self.kid = key_id(key.spki)
        self._key = key
        self._journal = journal
        self._clock = clock

    def sign(self, statements: Sequence[str]) -> list[Signature]:
        """Sign each statement, all or none of them, with one journal write."""
        read = [(text, self._accept(text)) for text in statements]
        at = self._clock.now().isoformat()
        values = [self._key.sign(signed_bytes(text)).hex() for text in statements]
        self._journal.append(
            [
                {
                    "at": at,
                    "kid": self.kid,
                    "kind": statement.kind,
                    "subject": statement.subject,
                    "statement": text,
                    "signature": value,
                }
                for (text, statement), value in zip(read, values, strict=True)
            ]
        )
        return [Signature(self.kid, self._key.alg, value) for value in values]

    def _accept(self, text: str) -> Statement:
        statement = read_statement(text)
        if statement.issuer != self.office:
            raise NotAllowed(
                "signer.other_office",
                what=Text(
                    f"本密钥属于 {self.office}，不能替 {statement.issuer} 签署。",
                    f"This key belongs to {self.office}; it does not sign for {statement.issuer}.",
                ),
                todo=Text("请交由签发机构自己的签名进程。", "Ask the issuing office's own signer."),
            )
        return statement

    def close(self) -> None:
        """Give the journal back."""
        self._journal.close()
