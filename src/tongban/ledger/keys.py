"""The log's own keys: made once per node, encrypted in files of mode 0600, handed to those who sign.

Ed25519 signs everything; in the 国密 profile an SM2 key signs each checkpoint beside it. The passphrase lies
in a file of its own, as that of an office's key does: whoever gets hold of a key file alone has no key, and a
node that loses its power signs again with nobody there.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongban.kernel import sm2
from tongban.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.ledger.notes import SM2, VerifierKey

KEY_FILE = "ledger.pem"
PUBLIC_FILE = "ledger.pub"
SM2_FILE = "ledger-sm2.pem"
SM2_PUBLIC_FILE = "ledger-sm2.pub"
PASSPHRASE_FILE = "ledger.passphrase"  # noqa: S105  a file's name
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"  # how PKCS #8 begins where a passphrase opens it


@dataclass(frozen=True, slots=True)
class LogSigner:
    """The key of a node's logs; one key signs the checkpoints and promises of all of them.

    `sm2_key` signs the checkpoints too, where the node is of the 国密 profile.
    """

    node: str
    public_key: bytes
    _private: Ed25519PrivateKey = field(repr=False)
    sm2_key: sm2.Key | None = field(default=None, repr=False)

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (RFC 8032)."""
        return self._private.sign(message)

    def origin(self, log: str) -> str:
        """Give the log's name in checkpoints and keys: tongban/<node>/<log>."""
        return origin(self.node, log)

    def vkey(self, log: str) -> VerifierKey:
        """Give the public key that a verifier of this log is configured with."""
        return _vkey(self.origin(log), self.public_key, self.sm2_key.point if self.sm2_key else None)


def origin(node: str, log: str) -> str:
    """Give a log's name in the world: every public id carries its node."""
    return f"tongban/{node}/{log}"


def _vkey(name: str, public_key: bytes, point: bytes | None) -> VerifierKey:
    return VerifierKey(name, public_key, sm2_key=VerifierKey(name, point, SM2) if point else None)


def make_log_key(folder: Path, node: str) -> LogSigner:
    """Make the node's log key; refuses to replace one that is there.

    The private file is encrypted (PKCS #8) under the passphrase beside it, and both are of mode 0600. A lost
    key means new logs, so it is written through to the disk before this returns.
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
    lock = serialization.BestAvailableEncryption(_make_passphrase(folder))
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    signer = LogSigner(node, private.public_key().public_bytes_raw(), private)
    _write(folder / KEY_FILE, pem, 0o600)
    _write(folder / PUBLIC_FILE, f"{node} {signer.public_key.hex()}\n".encode(), 0o644)
    return signer


def make_sm2_log_key(folder: Path, chance: Chance) -> None:
    """Make the key that signs checkpoints in the 国密 profile, where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem, public = folder / SM2_FILE, folder / SM2_PUBLIC_FILE
    if not pem.exists():
        _write(pem, sm2.new_key(chance).pem(_make_passphrase(folder)), 0o600)
    if not public.exists():  # a killed run may have left the private file alone
        _write(public, f"{_read_sm2(pem).point.hex()}\n".encode(), 0o644)


def is_guomi(folder: Path) -> bool:
    """Say whether the node whose keys these are is of the 国密 profile: then SM2 signs its checkpoints."""
    return (folder / SM2_PUBLIC_FILE).exists()


def load_log_key(folder: Path, node: str) -> LogSigner:
    """Read the node's log keys; raises NotFound when there is none, Invalid when one does not open.

    NotAllowed where another user of the machine could read or replace one, or the passphrase.
    """
    try:
        private = serialization.load_pem_private_key(*_opened(folder / KEY_FILE))
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
    sm2_key = _read_sm2(folder / SM2_FILE) if (folder / SM2_FILE).exists() else None
    return LogSigner(node, private.public_key().public_bytes_raw(), private, sm2_key)


def _read_sm2(path: Path) -> sm2.Key:
    try:
        return sm2.from_pem(*_opened(path))
    except ValueError as wrong:
        raise _not_a_key(SM2_FILE, "SM2") from wrong


def _opened(path: Path) -> tuple[bytes, bytes | None]:
    """Give what a key file holds and the passphrase that opens it; none for a key from before there was one.

    ValueError where the passphrase is lost.
    """
    _require_private(path)
    pem, lock = path.read_bytes(), path.with_name(PASSPHRASE_FILE)
    if not pem.startswith(_ENCRYPTED):
        return pem, None
    if not lock.exists():
        raise ValueError(f"{lock} is not there")
    _require_private(lock)
    return pem, lock.read_bytes().rstrip(b"\n")


def _make_passphrase(folder: Path) -> bytes:
    """Make the passphrase of the log's keys where there is none, whole and on the disk before any key."""
    path = folder / PASSPHRASE_FILE
    if not path.exists():
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        _write(beside, os.urandom(32).hex().encode() + b"\n", 0o600)
        beside.rename(path)
        _fsync_folder(folder)
    return path.read_bytes().rstrip(b"\n")


def _require_private(path: Path) -> None:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NotAllowed(
            "ledger.key_permissions",
            what=Text(
                f"{path} 不是仅本用户可读写的普通文件，其他用户可能读取或替换它。",
                f"{path} is no plain file of this user's alone: others could read or replace it.",
            ),
            todo=Text(f"请核对属主后执行：chmod 600 {path}", f"See whose it is, then run: chmod 600 {path}"),
        )


@dataclass(frozen=True, slots=True)
class PublicLogKey:
    """The public half alone: enough to verify, not to sign. `point` is the SM2 key's, where there is one."""

    node: str
    public_key: bytes
    point: bytes | None = None

    def vkey(self, log: str) -> VerifierKey:
        """Give the public key that a verifier of this log is configured with."""
        return _vkey(origin(self.node, log), self.public_key, self.point)


def public_log_key(folder: Path) -> PublicLogKey | None:
    """Give the public keys of the node's logs from the public files, None when there is none."""
    try:
        node, key = (folder / PUBLIC_FILE).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return None
    point = (
        bytes.fromhex((folder / SM2_PUBLIC_FILE).read_text(encoding="ascii")) if is_guomi(folder) else None
    )
    return PublicLogKey(node, bytes.fromhex(key), point)


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _fsync_folder(path.parent)


def _fsync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _not_a_key(name: str = KEY_FILE, kind: str = "Ed25519") -> Invalid:
    return Invalid(
        "ledger.key_wrong",
        what=Text(f"日志密钥 {name} 无法打开。", f"{name} does not open as an {kind} key."),
        todo=Text("请检查口令和文件是否正确。", "Check the passphrase and that it is the right file."),
    )
