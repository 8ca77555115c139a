"""SHA-256 by the library that signs: `hashlib` would load a second OpenSSL into every signer."""

from cryptography.hazmat.primitives.hashes import SHA256, Hash


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of some bytes in lower-case hexadecimal (FIPS 180-4)."""
    digest = Hash(SHA256())
    digest.update(data)
    return digest.finalize().hex()
