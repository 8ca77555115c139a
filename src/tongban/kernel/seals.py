"""What lies sealed on a disk: AES-256-GCM, or SM4-GCM (GB/T 32907, RFC 8998) on a node of the 国密 profile.

Which of the two it is follows from the key's length, so that what was sealed before a node turned to the
profile opens as before.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.kernel.ids import Chance

AES_BYTES: Final = 32
SM4_BYTES: Final = 16
KEY_BYTES: Final = frozenset({AES_BYTES, SM4_BYTES})
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


def seal(key: bytes, data: bytes, bound: bytes, chance: Chance) -> bytes:
    """Seal data for what it is bound to: nonce ‖ ciphertext ‖ tag; raises ValueError for no key of either."""
    nonce = chance.bytes(NONCE_BYTES)
    if len(key) != SM4_BYTES:
        return nonce + _aes(key).encrypt(nonce, data, bound)
    sealing = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(bound)
    return nonce + sealing.update(data) + sealing.finalize() + sealing.tag


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Open what was sealed; raises ValueError unless it was sealed under this key for what it is bound to."""
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        if len(rest) < TAG_BYTES:
            raise ValueError("too short for anything sealed")
        if len(key) != SM4_BYTES:
            return _aes(key).decrypt(nonce, rest, bound)
        opening = Cipher(algorithms.SM4(key), modes.GCM(nonce, rest[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(bound)
        return opening.update(rest[:-TAG_BYTES]) + opening.finalize()
    except InvalidTag as broken:
        raise ValueError("not sealed under this key for this") from broken


def _aes(key: bytes) -> AESGCM:
    if len(key) != AES_BYTES:
        raise ValueError("a key is of 32 bytes, or of 16 for SM4")
    return AESGCM(key)
