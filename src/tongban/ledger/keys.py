"""The log's own key: made once per node, kept in a file of mode 0600, handed to those who sign."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.ledger.notes import VerifierKey

KEY_FILE = "ledger.pem"
PUBLIC_FILE = "ledger.pub"


@dataclass(frozen=True, slots=True)
class LogSigner:
    """The key of a node's logs; one key signs the checkpoints and promises of all of them."""

    node: str
    public_key: bytes
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (RFC 8032)."""
        return self._private.sign(message)

    def origin(self, log: str) -> str:
        """Give the log's name in checkpoints and keys: tongban/<node>/<log>."""
        return origin(self.node, log)

    def vkey(self, log: str) -> VerifierKey:
        """Give the public key that a verifier of this log is configured with."""
        return VerifierKey(self.origin(log), self.public_key)


def origin(node: str, log: str) -> str:
    """Give a log's name in the world: every public id carries its node."""
    return f"tongban/{node}/{log}"


def make_log_key(folder: Path, node: str, *, passphrase: bytes | None = None) -> LogSigner:
    """Make the node's log key; refuses to replace one that is there.

    The private file is mode 0600 and, with a passphrase, encrypted (PKCS #8). A lost key means new
    logs, so it is written through to the disk before this returns.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / KEY_FILE).exists():
        raise Conflict(
            "ledger.key_exists",
            what=Text("日志密钥已存在，不得覆盖。", f"{KEY_FILE} exists already and is not replaced."),
            todo=Text(
                "请使用现有密钥；确需更换的，先将其移出并妥善保管。",
                "Use it; to change keys, move it away and keep it safe.",
            ),
        )
    private = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    signer = LogSigner(node, private.public_key().public_bytes_raw(), private)
    _write(folder / KEY_FILE, pem, 0o600)
    _write(folder / PUBLIC_FILE, f"{node} {signer.public_key.hex()}\n".encode(), 0o644)
    return signer


def load_log_key(folder: Path, node: str, *, passphrase: bytes | None = None) -> LogSigner:
    """Read the node's log key; raises NotFound when there is none, Invalid when it does not open."""
    try:
        private = serialization.load_pem_private_key((folder / KEY_FILE).read_bytes(), passphrase)
    except FileNotFoundError as absent:
        raise NotFound(
            "ledger.key_missing",
            what=Text("没有日志密钥。", f"There is no {KEY_FILE}."),
            todo=Text(
                "请先初始化节点，或从保管处恢复密钥。",
                "Initialise the node, or restore the key from where it is kept.",
            ),
        ) from absent
    except (ValueError, TypeError) as wrong:
        raise _not_a_key() from wrong
    if not isinstance(private, Ed25519PrivateKey):
        raise _not_a_key()
    return LogSigner(node, private.public_key().public_bytes_raw(), private)


@dataclass(frozen=True, slots=True)
class PublicLogKey:
    """The public half alone: enough to verify, not to sign."""

    node: str
    public_key: bytes

    def vkey(self, log: str) -> VerifierKey:
        """Give the public key that a verifier of this log is configured with."""
        return VerifierKey(origin(self.node, log), self.public_key)


def public_log_key(folder: Path) -> PublicLogKey | None:
    """Give the public key of the node's logs from the public file, None when there is none."""
    try:
        node, key = (folder / PUBLIC_FILE).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return None
    return PublicLogKey(node, bytes.fromhex(key))


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _not_a_key() -> Invalid:
    return Invalid(
        "ledger.key_wrong",
        what=Text("日志密钥无法打开。", f"{KEY_FILE} does not open as an Ed25519 key."),
        todo=Text("请检查口令和文件是否正确。", "Check the passphrase and that it is the right file."),
    )
