"""A consumer's own system, as others would write it: a signer and a verifier that are not ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from tongban.registry.consumer_keys import read_consumer_key

WHOLE = ("@method", "@target-uri", "content-type")  # the signer adds the digest of the body
Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass
class Message:
    """A request, or with `status_code` the answer to one, in the shape that the other library reads."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class AnswerMessage:
    status_code: int
    headers: dict[str, str]
    body: bytes
    request: Message


@dataclass
class Consumer:
    """A system with its private key; `nonces` counts the requests that it signed."""

    private: Private
    origin: str
    nonces: int = 0
    public_pem: bytes = field(init=False)

    def __post_init__(self) -> None:
        public = self.private.public_key()
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def key_id(self) -> str:
        return read_consumer_key(self.public_pem).key_id

    def sign(
        self,
        resource: str,
        asked: Mapping[str, Any] | bytes,
        *,
        at: datetime,
        headers: Mapping[str, str] = {},
        nonce: str = "",
        covered: tuple[str, ...] = WHOLE,
    ) -> Message:
        """Give a signed request for a share."""
        self.nonces += 1
        body = asked if isinstance(asked, bytes) else json.dumps(asked, ensure_ascii=False).encode()
        sent = {"Content-Type": "application/json", **headers}
        message = Message("POST", f"{self.origin}/shares/v1/{resource}", sent, body)
        _signer(self.private).sign(
            message,
            key_id=self.key_id,
            created=at,
            nonce=nonce or f"{self.key_id[:12]}-{self.nonces:04d}",
            covered_component_ids=covered,
            body=body,
        )
        return message


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, key: Any) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's shape
        return self.key

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's shape
        return self.key


def _signer(private: Private) -> HTTPMessageSigner:
    kind = algorithms.ED25519 if isinstance(private, Ed25519PrivateKey) else algorithms.ECDSA_P256_SHA256
    return HTTPMessageSigner(signature_algorithm=kind, key_resolver=_Keys(private))


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(days=36500)  # the nodes of tests live by clocks of their own


def verified(status: int, headers: Mapping[str, str], body: bytes, *, to: Message, by: str) -> set[str]:
    """Verify an answer by the node's public key (PEM) as a consumer does; give what its signature covers.

    Raises the other library's errors where it does not verify.
    """
    answer = AnswerMessage(status, dict(headers), body, to)
    verifier = _Verifier(
        signature_algorithm=algorithms.ED25519, key_resolver=_Keys(load_pem_public_key(by.encode()))
    )
    (result,) = verifier.verify(answer, body=body)
    return set(result.covered_components)
