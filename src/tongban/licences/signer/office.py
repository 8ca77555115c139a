"""One office's signer: the rules that its key obeys, whoever calls, in a process or directly."""

from collections.abc import Sequence

from tongban.kernel.clock import Clock
from tongban.kernel.errors import NotAllowed
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import SigningKey
from tongban.licences.signer.codes import Code, is_code, read_code
from tongban.licences.signer.digests import sha256_hex
from tongban.licences.signer.journal import AGAIN, Journal
from tongban.licences.signer.keyfiles import key_id
from tongban.licences.signer.seals import Seal, Stamp, is_seal, read_seal
from tongban.licences.signer.statements import (
    Signature,
    Statement,
    read_statement,
    signed_bytes,
)
from tongban.licences.signer.tokens import STATUS_LIST, Token, is_token, read_token, signing_input

Wish = Statement | Token | Seal | Stamp | Code


class OfficeSigner:
    """Signs what its own office states, shows or renders, in kinds it knows, that carries its evidence.

    Every signature is in the journal, on the disk, before it is given. Asking again for the same statement
    gives the same signature, or another that is as good, and harms nothing. What is signed for whoever reads
    a licence is given again from the journal, so that this grows with what the office has signed and not with
    how often somebody looks.
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
        values: list[str] = []
        lines: list[dict[str, str]] = []
        for text, said in read:
            kind = said.type if isinstance(said, Token) else said.kind
            known = self._journal.signature_of(self.kid, text) if kind in AGAIN else None
            values.append(known or self._key.sign(self._bytes(text, said)).hex())
            if not known:
                named = {"at": at, "kid": self.kid, "kind": kind, "subject": said.subject}
                lines.append({**named, **_told(kind, text), "signature": values[-1]})
        if lines:
            self._journal.append(lines)
        return [Signature(self.kid, self._key.alg, value) for value in values]

    def use(self, key: SigningKey) -> None:
        """Sign with another key of the same office from now on, in the same journal."""
        self._key, self.kid = key, key_id(key.spki)

    def _bytes(self, text: str, said: Wish) -> bytes:
        if isinstance(said, Token):
            return signing_input(said, self.kid, self._key.alg).encode()
        if isinstance(said, Code):
            return said.signed(self.kid, self._key.alg)
        return signed_bytes(text) if isinstance(said, Statement) else said.signed()

    def _accept(self, text: str) -> Wish:
        said = _read(text)
        issuer = said.office if isinstance(said, Token) else said.issuer
        if issuer != self.office:
            raise NotAllowed(
                "signer.other_office",
                what=Text(
                    f"本密钥属于 {self.office}，不能替 {issuer} 签署。",
                    f"This key belongs to {self.office}; it does not sign for {issuer}.",
                ),
                todo=Text("请交由签发机构自己的签名进程。", "Ask the issuing office's own signer."),
            )
        return said

    def close(self) -> None:
        """Give the journal back."""
        self._journal.close()


def _told(kind: str, text: str) -> dict[str, str]:
    """Give what the journal keeps of a statement: all of it; of a status list, long and public, its hash."""
    return {"statement_sha256": sha256_hex(text.encode())} if kind == STATUS_LIST else {"statement": text}


def _read(text: str) -> Wish:
    if is_token(text):
        return read_token(text)
    if is_code(text):
        return read_code(text)
    return read_seal(text) if is_seal(text) else read_statement(text)
