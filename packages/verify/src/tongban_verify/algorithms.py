"""The algorithms that a key may be of: SM2 with SM3, Ed25519, P-256. A signature is 64 bytes in each."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from tongban_verify import sm2

Verify = Callable[[bytes, bytes], bool]  # message and signature


def verifier(alg: object, spki: bytes) -> Verify:
    """Read a public key (SubjectPublicKeyInfo in DER) of an algorithm; raises ValueError when it is none."""
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise ValueError("a key of an unknown algorithm")
    return ALGORITHMS[alg](spki)


def algorithm_of(spki: bytes) -> str:
    """Give the algorithm that a public key is for; raises ValueError when it is for none of them."""
    for alg in ALGORITHMS:
        try:
            verifier(alg, spki)
        except ValueError:
            continue
        return alg
    raise ValueError("neither an SM2, an Ed25519 nor a P-256 key")


def _sm2(spki: bytes) -> Verify:
    public = sm2.read_public(spki)
    return lambda message, signature: sm2.verify(public, message, signature)


def _ed25519(spki: bytes) -> Verify:
    public = _read(spki)
    if not isinstance(public, ed25519.Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return lambda message, signature: _fits(lambda: public.verify(signature, message))


def _es256(spki: bytes) -> Verify:
    public = _read(spki)
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")

    def verify(message: bytes, signature: bytes) -> bool:
        if len(signature) != 2 * sm2.SIZE:
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[: sm2.SIZE], signature[sm2.SIZE :]))
        der = encode_dss_signature(r, s)
        return _fits(lambda: public.verify(der, message, ec.ECDSA(hashes.SHA256())))

    return verify


def _read(spki: bytes) -> object:
    """Read a key and refuse every writing of it but the one, so that a key has one id."""
    try:
        public = load_der_public_key(spki)
    except UnsupportedAlgorithm as unknown:
        raise ValueError("a key of an unknown kind") from unknown
    if public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise ValueError("a key that is not written in its one form")
    return public


def _fits(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidSignature:
        return False
    return True


ALGORITHMS: Final[Mapping[str, Callable[[bytes], Verify]]] = MappingProxyType(
    {"sm2sig_sm3": _sm2, "Ed25519": _ed25519, "ES256": _es256}  # RFC 8998, RFC 8037, RFC 7518
)
