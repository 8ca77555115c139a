"""Reading the public keys of consumers: two kinds are taken, each named by what it is made of. Pure."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.registry.values import KeyAlgorithm

MOST_BYTES = 4096  # of a file with one public key; a P-256 key takes 178


@dataclass(frozen=True, slots=True)
class ReadKey:
    """A public key as it was handed in; `key_id` are the first 32 hexadecimal digits of its SHA-256."""

    key_id: str
    algorithm: KeyAlgorithm
    public_key: bytes


def read_consumer_key(pem: bytes) -> ReadKey:
    """Read a public key (PEM, SubjectPublicKeyInfo): Ed25519 or ECDSA on P-256.

    Raises InvalidValue with what to hand in instead; for a private key it says that nobody else may have it.
    """
    if b"PRIVATE KEY" in pem:
        raise InvalidValue(
            "consumer.private_key",
            what=Text("文件中是私钥，不是公钥。", "This file holds a private key, not a public one."),
            todo=Text(
                "私钥不得交给任何人；已经外传的请作废重制，只提交公钥（openssl pkey -pubout）。",
                "Nobody else may have it: make a new one if it was passed on, and hand in the public key"
                " alone (openssl pkey -pubout).",
            ),
        )
    try:
        key = load_pem_public_key(pem) if len(pem) <= MOST_BYTES else None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return _read(key, "ed25519")
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return _read(key, "ecdsa-p256-sha256")
    raise InvalidValue(
        "consumer.key_kind",
        what=Text("文件中不是可用的公钥。", "This file holds no public key that can be used."),
        todo=Text(
            "请提交 PEM 格式的 Ed25519 或 P-256 公钥。", "Hand in an Ed25519 or a P-256 public key, in PEM."
        ),
    )


def _read(key: Ed25519PublicKey | ec.EllipticCurvePublicKey, algorithm: KeyAlgorithm) -> ReadKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return ReadKey(sha256(der).hexdigest()[:32], algorithm, der)
