"""The key by which a node signs what its gateway answers. One for the node, apart from the logs' own."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class GatewayKey:
    """The node's key, named as consumers' keys are; `public_pem` is what they are given."""

    key_id: str
    public_pem: str
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Sign by Ed25519 (RFC 8032)."""
        return self._private.sign(message)


def new_gateway_key() -> str:
    """Make a private key, in PEM (PKCS #8)."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def load_gateway_key(path: Path) -> GatewayKey:
    """Read the node's key; raises NotFound where the file is absent or holds no Ed25519 key."""
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise NotFound(
            "gateway.no_key",
            what=Text("没有共享网关的密钥。", "There is no key of the gateway."),
            todo=Text(
                "请先执行 tongban city build，或从备份恢复该文件。",
                "Run `tongban city build` first, or restore the file from where it is kept.",
            ),
        )
    public = private.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return GatewayKey(sha256(der).hexdigest()[:32], pem, private)
