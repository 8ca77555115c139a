"""An office's key at rest: encrypted PKCS #8, its passphrase apart, both readable by one user only."""

import os
import stat
from pathlib import Path
from typing import Final

from tongban.kernel.errors import Invalid, NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import FileKey, read_key
from tongban.licences.signer.digests import sha256_hex

KEY: Final = "key.pem"
PASSPHRASE: Final = "passphrase"  # noqa: S105  a file's name


def key_id(spki: bytes) -> str:
    """Give the name of a key: the first 16 hex digits of SHA-256 over its SubjectPublicKeyInfo."""
    return sha256_hex(spki)[:16]


def write_key(folder: Path, key: FileKey, passphrase: str) -> None:
    """Put a key into `folder` (0700), encrypted, each file 0600, durable before returning.

    `passphrase` is used for a folder that has none yet; a later key is put under the same one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The passphrase first, and only once: were it replaced beside the key, a power cut between the
    # two would leave a key that nothing opens.
    if not (folder / PASSPHRASE).exists():
        _write_private(folder / PASSPHRASE, passphrase.encode() + b"\n")
    _write_private(folder / KEY, key.pem(_passphrase(folder)))


def check_permissions(folder: Path) -> None:
    """Refuse key files that another user of the machine could read or replace."""
    _require(folder, stat.S_IFDIR, 0o077)
    for name in (KEY, PASSPHRASE):
        _require(folder / name, stat.S_IFREG, 0o177)


def load_key(folder: Path) -> FileKey:
    """Open the key in `folder`, after its permissions were found right."""
    check_permissions(folder)
    try:
        return read_key((folder / KEY).read_bytes(), _passphrase(folder))
    except (ValueError, TypeError) as trouble:
        raise _unusable(
            folder,
            "its passphrase does not open it, or it is no key of a known algorithm",
            "口令无法解开密钥文件，或密钥算法不受支持",
        ) from trouble


def _passphrase(folder: Path) -> bytes:
    return (folder / PASSPHRASE).read_bytes().rstrip(b"\n")


def _write_private(path: Path, content: bytes) -> None:
    """Write beside, fsync, rename: a reader sees the old file or the new one, never half of one."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _require(path: Path, kind: int, forbidden: int) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError as missing:
        raise NotFound(
            "signer.key_missing",
            what=Text(f"找不到密钥文件 {path}。", f"The key file {path} is not there."),
            todo=Text("请先为该机构生成密钥。", "Make the office's key first."),
        ) from missing
    if stat.S_IFMT(found.st_mode) != kind:
        raise _unusable(path, "it is not a plain file or folder", "不是普通文件或目录")
    if found.st_uid != os.getuid():
        raise _unusable(path, "it belongs to another user", "属主不是运行签名进程的用户")
    if stat.S_IMODE(found.st_mode) & forbidden:
        mode = 0o777 & ~forbidden
        raise NotAllowed(
            "signer.key_permissions",
            what=Text(
                f"{path} 的权限为 {stat.S_IMODE(found.st_mode):o}，其他用户可能读取或替换它。",
                f"{path} has mode {stat.S_IMODE(found.st_mode):o}: others could read or replace it.",
            ),
            todo=Text(f"请执行：chmod {mode:o} {path}", f"Run: chmod {mode:o} {path}"),
        )


def _unusable(path: Path, en: str, zh: str) -> Invalid:
    return Invalid(
        "signer.key_unusable",
        what=Text(f"{path} 不能作为签名密钥使用：{zh}。", f"{path} cannot serve as a signing key: {en}."),
        todo=Text("请恢复正确的密钥文件，或更换密钥。", "Restore the right key file, or replace the key."),
    )
