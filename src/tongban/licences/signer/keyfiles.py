"""An office's key at rest: encrypted PKCS #8 with its passphrase apart, or the name of one in a token.

All that lies here is readable by one user only. Where there is a token.json, the key is in that token.
"""

import json
import os
import stat
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tongban.kernel.errors import Invalid, NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import FileKey, SigningKey, read_key
from tongban.licences.signer.digests import sha256_hex

KEY: Final = "key.pem"
PASSPHRASE: Final = "passphrase"  # noqa: S105  a file's name
TOKEN: Final = "token.json"  # noqa: S105  a file's name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token is: its module's library, its label, and the file with its PIN, of mode 600."""

    module: str
    token: str
    pin_file: str


@dataclass(frozen=True, slots=True)
class TokenFile:
    """token.json in an office's folder: its key's token, the label there, and which key it is."""

    place: Place
    label: str
    alg: str
    kid: str


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
    (folder / TOKEN).unlink(missing_ok=True)


def write_token_file(folder: Path, told: TokenFile) -> None:
    """Name the key in a token that the office's signer opens from now on, and let the one in a file go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_private(folder / TOKEN, json.dumps(asdict(told), ensure_ascii=False, indent=1).encode() + b"\n")
    (folder / KEY).unlink(missing_ok=True)


def read_token_file(folder: Path) -> TokenFile | None:
    """Read in which token an office's key lies, None where it is in a file; the token is not opened."""
    if not (folder / TOKEN).exists():
        return None
    require_private(folder / TOKEN)
    try:
        found = json.loads((folder / TOKEN).read_bytes())
        return TokenFile(Place(**found.pop("place")), **found)
    except (ValueError, TypeError, KeyError, AttributeError) as broken:
        raise _unusable(folder / TOKEN, "it is not in the form of a token.json", "格式不正确") from broken


def key_in(folder: Path) -> str | None:
    """Give the id of the key that the office's signer opens, or None where there is none."""
    told = read_token_file(folder)
    if told is not None:
        return told.kid
    return key_id(load_key(folder).spki) if (folder / KEY).exists() else None


def check_permissions(folder: Path) -> None:
    """Refuse key files that another user of the machine could read or replace."""
    _require(folder, stat.S_IFDIR, 0o077)
    for name in (TOKEN,) if (folder / TOKEN).exists() else (KEY, PASSPHRASE):
        require_private(folder / name)


def require_private(path: Path) -> None:
    """Refuse a file that another user of the machine could read or replace."""
    _require(path, stat.S_IFREG, 0o177)


def load_key(folder: Path) -> SigningKey:
    """Open the key in `folder`, after its permissions were found right."""
    check_permissions(folder)
    told = read_token_file(folder)
    if told is not None:
        key: SigningKey = hardware().open_key(told)
        return key
    try:
        return read_key((folder / KEY).read_bytes(), _passphrase(folder))
    except (ValueError, TypeError) as trouble:
        raise _unusable(
            folder,
            "its passphrase does not open it, or it is no key of a known algorithm",
            "口令无法解开密钥文件，或密钥算法不受支持",
        ) from trouble


def hardware() -> Any:
    """Give the module that speaks to tokens, which needs a package that only those with a token install."""
    try:
        return import_module("tongban.licences.signer.hardware")
    except ModuleNotFoundError as missing:
        raise NotFound(
            "signer.no_pkcs11",
            what=Text(
                "密钥在令牌中，但未安装 python-pkcs11。",
                "A key lies in a token, and python-pkcs11 is not installed.",
            ),
            todo=Text(
                "请执行：pip install --require-hashes -r requirements/pkcs11.txt",
                "Run: pip install --require-hashes -r requirements/pkcs11.txt",
            ),
        ) from missing


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
