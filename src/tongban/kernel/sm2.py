"""SM2 signatures with SM3 (GB/T 32918.2-2016, GB/T 32905-2016, RFC 8998) by the system's OpenSSL.

No package that Python's own cryptography comes in knows SM2; the system's libcrypto does, in constant
time, and is patched by whoever patches the machine (docs/decisions/0012). Keys stay inside it: what leaves
is a signature, a public key, or the private key encrypted.
"""

import ctypes
import ctypes.util
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tongban.kernel.errors import NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text

IDENTIFIER: Final = b"1234567812345678"  # the signer's, where none is agreed (GM/T 0009-2012, 10)
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SIZE: Final = 32  # bytes of a number of the curve; a signature is two of them, r and s
# PKCS #8 with the curve named (1.2.156.10197.1.301) and the number itself, 32 bytes, to follow.
_PKCS8_HEAD: Final = bytes.fromhex("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420")
# SubjectPublicKeyInfo of the curve by its name, and a point of 65 bytes to follow.
_SPKI_HEAD: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_SM4_CBC: Final = bytes.fromhex("06082a811ccf55016802")  # its name in DER, 1.2.156.10197.1.104.2
_Pointer = ctypes.c_void_p
_Function = Callable[..., Any]


class Key:
    """A private key that OpenSSL holds."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __del__(self) -> None:
        if self._handle:
            _openssl().EVP_PKEY_free(self._handle)

    @property
    def spki(self) -> bytes:
        """The public half as SubjectPublicKeyInfo in DER (RFC 5280, the curve by its name)."""
        out = _Pointer()
        size = _openssl().i2d_PUBKEY(self._handle, ctypes.byref(out))
        _require(size > 0)
        try:
            return ctypes.string_at(out, size)
        finally:
            _openssl().CRYPTO_free(out, None, 0)

    @property
    def point(self) -> bytes:
        """The public half as a point, 04 ‖ x ‖ y, 65 bytes (GB/T 32918.1, 4.2.9)."""
        return self.spki.removeprefix(_SPKI_HEAD)

    def sign(self, message: bytes) -> bytes:
        """Sign under the default identifier; gives r and s, 32 bytes each, another pair every time."""
        openssl, size = _openssl(), ctypes.c_size_t(SIZE * 4)
        signature = ctypes.create_string_buffer(size.value)
        with _context(self._handle, openssl.EVP_DigestSignInit) as digest:
            _require(
                openssl.EVP_DigestSign(digest, signature, ctypes.byref(size), message, len(message)) == 1
            )
        r, s = decode_dss_signature(signature.raw[: size.value])
        return r.to_bytes(SIZE) + s.to_bytes(SIZE)

    def pem(self, passphrase: bytes | None) -> bytes:
        """Give the private key as PKCS #8 in PEM, encrypted with SM4-CBC where there is a passphrase."""
        openssl = _openssl()
        with _memory() as memory:
            cipher = openssl.EVP_sm4_cbc() if passphrase else None
            done = openssl.PEM_write_bio_PKCS8PrivateKey(
                memory, self._handle, cipher, passphrase, len(passphrase or b""), None, None
            )
            _require(done == 1)
            start = _Pointer()
            size = openssl.BIO_ctrl(memory, 3, 0, ctypes.byref(start))  # BIO_CTRL_INFO: what it holds
            return ctypes.string_at(start, size)


def new_key(chance: Chance) -> Key:
    """Make a private key, its number as likely as any other (eight bytes are drawn more than needed)."""
    number = int.from_bytes(chance.bytes(SIZE + 8)) % (ORDER - 2) + 1
    return from_number(number.to_bytes(SIZE))


def from_number(number: bytes) -> Key:
    """Make the key of a private number of 32 bytes; raises ValueError for one outside 1 … n − 2."""
    if len(number) != SIZE or not 1 <= int.from_bytes(number) <= ORDER - 2:
        raise ValueError("a private number of SM2 lies between 1 and n - 2")
    der = _PKCS8_HEAD + number
    start = ctypes.c_char_p(der)
    return Key(_made(_openssl().d2i_AutoPrivateKey(None, ctypes.byref(start), len(der))))


def from_pem(pem: bytes, passphrase: bytes | None) -> Key:
    """Open a private key; raises ValueError when it does not open or is no SM2 key."""
    with _memory(pem) as memory:
        key = Key(_made(_openssl().PEM_read_bio_PrivateKey(memory, None, None, passphrase or b"")))
    if not _openssl().EVP_PKEY_is_a(key._handle, b"SM2"):
        raise ValueError("the key is not one of SM2")
    return key


def is_encrypted_by_sm4(pem: bytes) -> bool:
    """Say whether a private key in PEM is encrypted with SM4-CBC; raises ValueError for what is no PEM."""
    return _SM4_CBC in b64decode(b"".join(pem.splitlines()[1:-1]), validate=True)


def spki_of(point: bytes) -> bytes:
    """Give the SubjectPublicKeyInfo of a public key given as a point, which is not checked here."""
    return _SPKI_HEAD + point


def verify(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether r and s are that key's signature over the message under the default identifier.

    Raises ValueError when the bytes are no SM2 public key.
    """
    openssl = _openssl()
    start = ctypes.c_char_p(spki)
    handle = _made(openssl.d2i_PUBKEY(None, ctypes.byref(start), len(spki)))
    try:
        if not openssl.EVP_PKEY_is_a(handle, b"SM2"):
            raise ValueError("the key is not one of SM2")
        if len(signature) != 2 * SIZE:
            return False
        der = encode_dss_signature(int.from_bytes(signature[:SIZE]), int.from_bytes(signature[SIZE:]))
        with _context(handle, openssl.EVP_DigestVerifyInit) as digest:
            return bool(openssl.EVP_DigestVerify(digest, der, len(der), message, len(message)) == 1)
    finally:
        openssl.EVP_PKEY_free(handle)
        openssl.ERR_clear_error()


@contextmanager
def _context(handle: int, begin: _Function) -> Iterator[int]:
    """Open a digest for one signature of a key, with SM3 and the default identifier."""
    openssl = _openssl()
    digest, asked = openssl.EVP_MD_CTX_new(), openssl.EVP_PKEY_CTX_new(handle, None)
    try:
        # The identifier is part of what is hashed; OpenSSL 3 takes an empty one unless it is told.
        _require(openssl.EVP_PKEY_CTX_set1_id(asked, IDENTIFIER, len(IDENTIFIER)) == 1)
        openssl.EVP_MD_CTX_set_pkey_ctx(digest, asked)
        _require(begin(digest, None, openssl.EVP_sm3(), None, handle) == 1)
        yield digest
    finally:
        openssl.EVP_MD_CTX_free(digest)
        openssl.EVP_PKEY_CTX_free(asked)


@contextmanager
def _memory(content: bytes = b"") -> Iterator[int]:
    openssl = _openssl()
    memory = openssl.BIO_new(openssl.BIO_s_mem())
    try:
        if content:
            _require(openssl.BIO_write(memory, content, len(content)) == len(content))
        yield memory
    finally:
        openssl.BIO_free(memory)


def _made(handle: int | None) -> int:
    if not handle:
        _openssl().ERR_clear_error()
        raise ValueError("OpenSSL does not read it as an SM2 key")
    return handle


def _require(done: bool) -> None:
    if not done:
        code = _openssl().ERR_get_error()
        _openssl().ERR_clear_error()
        raise RuntimeError(f"OpenSSL failed at SM2: error {code:x}")


_SIGNATURES: Final[dict[str, tuple[Any, list[Any]]]] = {
    "BIO_ctrl": (ctypes.c_long, [_Pointer, ctypes.c_int, ctypes.c_long, _Pointer]),
    "BIO_free": (ctypes.c_int, [_Pointer]),
    "BIO_new": (_Pointer, [_Pointer]),
    "BIO_s_mem": (_Pointer, []),
    "BIO_write": (ctypes.c_int, [_Pointer, ctypes.c_char_p, ctypes.c_int]),
    "CRYPTO_free": (None, [_Pointer, ctypes.c_char_p, ctypes.c_int]),
    "d2i_AutoPrivateKey": (_Pointer, [_Pointer, _Pointer, ctypes.c_long]),
    "d2i_PUBKEY": (_Pointer, [_Pointer, _Pointer, ctypes.c_long]),
    "ERR_clear_error": (None, []),
    "ERR_get_error": (ctypes.c_ulong, []),
    "EVP_DigestSign": (
        ctypes.c_int,
        [_Pointer, ctypes.c_char_p, _Pointer, ctypes.c_char_p, ctypes.c_size_t],
    ),
    "EVP_DigestSignInit": (ctypes.c_int, [_Pointer] * 5),
    "EVP_DigestVerify": (
        ctypes.c_int,
        [_Pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t],
    ),
    "EVP_DigestVerifyInit": (ctypes.c_int, [_Pointer] * 5),
    "EVP_MD_CTX_free": (None, [_Pointer]),
    "EVP_MD_CTX_new": (_Pointer, []),
    "EVP_MD_CTX_set_pkey_ctx": (None, [_Pointer, _Pointer]),
    "EVP_PKEY_CTX_free": (None, [_Pointer]),
    "EVP_PKEY_CTX_new": (_Pointer, [_Pointer, _Pointer]),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, [_Pointer, ctypes.c_char_p, ctypes.c_int]),
    "EVP_PKEY_free": (None, [_Pointer]),
    "EVP_PKEY_is_a": (ctypes.c_int, [_Pointer, ctypes.c_char_p]),
    "EVP_sm3": (_Pointer, []),
    "EVP_sm4_cbc": (_Pointer, []),
    "i2d_PUBKEY": (ctypes.c_int, [_Pointer, _Pointer]),
    "PEM_read_bio_PrivateKey": (_Pointer, [_Pointer, _Pointer, _Pointer, ctypes.c_char_p]),
    "PEM_write_bio_PKCS8PrivateKey": (
        ctypes.c_int,
        [_Pointer, _Pointer, _Pointer, ctypes.c_char_p, ctypes.c_int, _Pointer, _Pointer],
    ),
}


@cache
def _openssl() -> ctypes.CDLL:
    """Load OpenSSL 3 once and tell ctypes what its functions take."""
    try:
        library = ctypes.CDLL("libcrypto.so.3")
        for name, (gives, takes) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = gives, takes
    except (OSError, AttributeError) as missing:
        raise NotFound(
            "sm2.openssl",
            what=Text("本机没有支持 SM2 的 OpenSSL 3。", "This machine has no OpenSSL 3 that knows SM2."),
            todo=Text(
                "请安装系统的 OpenSSL 3 程序库（Debian：libssl3），或改用国际算法。",
                "Install the system's OpenSSL 3 (Debian: libssl3), or choose the international profile.",
            ),
        ) from missing
    return library
