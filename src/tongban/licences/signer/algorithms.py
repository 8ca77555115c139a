"""The algorithms that an office's key may be of, in two profiles, and keys of each.

`guomi` (国密) is SM2 with SM3 (GB/T 32918), `international` Ed25519 (RFC 8032) or, where a key module knows
no Ed25519, ECDSA on P-256 with SHA-256 (FIPS 186-5). A signature is 64 bytes in each: for the curves r and s.
"""

from typing import Final, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tongban.kernel import sm2
from tongban.kernel.ids import Chance

ED25519: Final = "Ed25519"  # RFC 8037
ES256: Final = "ES256"  # RFC 7518
SM2: Final = "sm2sig_sm3"  # RFC 8998
ALGORITHMS: Final = (SM2, ED25519, ES256)
PROFILES: Final = {"guomi": SM2, "international": ED25519}
# Asked again it gives the same signature; SM2, and ECDSA in a token, give another each time, as good.
DETERMINISTIC: Final = frozenset({ED25519})
_NUMBER: Final = 32


class SigningKey(Protocol):
    """A private key: in this process, or in a key module that this process may use."""

    @property
    def alg(self) -> str:
        """Which of ALGORITHMS."""

    @property
    def spki(self) -> bytes:
        """The public half as SubjectPublicKeyInfo in DER (RFC 5280)."""

    def sign(self, message: bytes) -> bytes:
        """Sign; 64 bytes."""


class FileKey(SigningKey, Protocol):
    """A key that can be put into a file."""

    def pem(self, passphrase: bytes) -> bytes:
        """Give it as PKCS #8 in PEM, encrypted."""


class _Ed25519:
    alg = ED25519

    def __init__(self, private: ed25519.Ed25519PrivateKey) -> None:
        self._private = private
        self.spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def pem(self, passphrase: bytes) -> bytes:
        return _pem(self._private, passphrase)


class _P256:
    alg = ES256

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """Sign with the number that follows from key and message (RFC 6979)."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        return joined(self._private.sign(message, algorithm))

    def pem(self, passphrase: bytes) -> bytes:
        return _pem(self._private, passphrase)


class _Sm2:
    alg = SM2

    def __init__(self, private: sm2.Key) -> None:
        self._private = private
        self.spki = private.spki

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def pem(self, passphrase: bytes) -> bytes:
        return self._private.pem(passphrase)


def make_key(alg: str, chance: Chance) -> FileKey:
    """Make a private key."""
    if alg == ED25519:
        return _Ed25519(ed25519.Ed25519PrivateKey.from_private_bytes(chance.bytes(_NUMBER)))
    if alg == ES256:
        number = int.from_bytes(chance.bytes(_NUMBER + 8)) % (_P256_ORDER - 2) + 1  # each as likely
        return _P256(ec.derive_private_key(number, ec.SECP256R1()))
    if alg == SM2:
        return _Sm2(sm2.new_key(chance))
    raise ValueError(f"no algorithm is called {alg!r}; there are {', '.join(ALGORITHMS)}")


def read_key(pem: bytes, passphrase: bytes) -> FileKey:
    """Open an encrypted private key; raises ValueError or TypeError when it does not open or is another's."""
    if sm2.is_encrypted_by_sm4(pem):  # cryptography does not know that cipher here
        return _Sm2(sm2.from_pem(pem, passphrase))
    try:
        found = load_pem_private_key(pem, passphrase)
    except UnsupportedAlgorithm:  # it opened, and is of a curve that cryptography does not know
        return _Sm2(sm2.from_pem(pem, passphrase))
    if isinstance(found, ed25519.Ed25519PrivateKey):
        return _Ed25519(found)
    if isinstance(found, ec.EllipticCurvePrivateKey) and isinstance(found.curve, ec.SECP256R1):
        return _P256(found)
    raise ValueError("neither an SM2, an Ed25519 nor a P-256 key")


def joined(der: bytes) -> bytes:
    """Give r and s of an ECDSA signature, 32 bytes each."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(_NUMBER) + s.to_bytes(_NUMBER)


_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _pem(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
