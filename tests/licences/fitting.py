"""Whether a signature fits its key, found out by libraries that made neither."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tongban.kernel import sm2
from tongban.licences.signer.algorithms import SM2, SigningKey
from tongban.licences.signer.keyfiles import key_id
from tongban.licences.signer.statements import Signature, signed_bytes


def fits(alg: str, spki: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature of 64 bytes is the key's over the message."""
    if alg == SM2:
        return sm2.verify(spki, message, signature)
    public = load_der_public_key(spki)
    try:
        if isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(signature, message)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def signed_by(key: SigningKey, statement: str, signature: Signature) -> bool:
    """Say whether this is that key's signature over an office's statement."""
    named = (signature.kid, signature.alg) == (key_id(key.spki), key.alg)
    return named and fits(key.alg, key.spki, signed_bytes(statement), bytes.fromhex(signature.value))
