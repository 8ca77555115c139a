"""What the identity provider signs: JSON Web Tokens with RS256, and the key set that checks them."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class Signer:
    """One RSA key, made at first start and kept in the provider's own folder."""

    def __init__(self, path: Path) -> None:
        self._key = _load(path) if path.exists() else _make(path)
        numbers = self._key.public_key().public_numbers()
        self.public = {
            "kty": "RSA",
            "n": _base64(numbers.n.to_bytes(256, "big")),
            "e": _base64(numbers.e.to_bytes(3, "big")),
        }
        # RFC 7638: the thumbprint is the digest of the required members in lexical order.
        thumb = json.dumps(dict(sorted(self.public.items())), separators=(",", ":"))
        self.kid = _base64(hashlib.sha256(thumb.encode()).digest())

    def key_set(self) -> dict[str, object]:
        """The answer of /jwks."""
        return {"keys": [{**self.public, "use": "sig", "alg": "RS256", "kid": self.kid}]}

    def token(self, claims: Mapping[str, object], kind: str = "JWT") -> str:
        """A signed token of these claims."""
        head = {"alg": "RS256", "typ": kind, "kid": self.kid}
        text = f"{_json(head)}.{_json(claims)}"
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_base64(signature)}"


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636)."""
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _json(value: Mapping[str, object]) -> str:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _make(path: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
    part.rename(path)
    return key


def _load(path: Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key: remove it and start again")
    return key
