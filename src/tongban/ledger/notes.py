"""Signed notes, their keys and log checkpoints, as C2SP signed-note and tlog-checkpoint define them.

A note is a text, an empty line, and signature lines `— <key name> <base64(key id ‖ signature)>`.
Lines by keys that the reader does not know are ignored: that is where witnesses add theirs.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger.tree import HASH_BYTES

ED25519 = 0x01  # the signature type of signed-note for Ed25519 over the note's text
MAX_NOTE_BYTES = 64 * 1024


class Signer(Protocol):
    """Whoever holds a log's private key."""

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (RFC 8032); 64 bytes."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key's name and public half, as written in a vkey: `<name>+<key id>+<base64(type ‖ key)>`."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        seed = self.name.encode() + b"\n" + bytes([ED25519]) + self.public_key
        return sha256(seed).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([ED25519]) + self.public_key).decode()}"

    def check(self, message: bytes, signature: bytes) -> None:
        """Check an Ed25519 signature; raises Invalid when it is not this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError) as broken:
            raise _wrong(
                f"“{self.name}”的签名无效。", f"The signature of {self.name} does not verify."
            ) from broken


def parse_vkey(text: str) -> VerifierKey:
    """Read a vkey; raises Invalid when it is malformed, not Ed25519, or its key id is not its own."""
    parts = text.strip().split("+", 2)
    key = _base64(parts[2]) if len(parts) == 3 else b""
    if len(key) != 1 + HASH_BYTES or key[0] != ED25519:
        raise _wrong("日志公钥格式不正确。", f"Not an Ed25519 vkey: {text!r}.")
    found = VerifierKey(parts[0], key[1:])
    if found.key_id.hex() != parts[1]:
        raise _wrong("日志公钥的编号与公钥不符。", f"The key id of {text!r} is not that of its key.")
    return found


def sign_note(text: str, name: str, signer: Signer) -> str:
    """Give the whole note: the text and one signature line by the key of that name."""
    if not text.endswith("\n") or not name or set(name) & set(" +\n\t\u3000"):
        raise _wrong(
            "签名文本或密钥名称格式不正确。",
            "A note ends in a newline and its key name has no space or plus.",
        )
    key = VerifierKey(name, signer.public_key)
    line = b64encode(key.key_id + signer.sign(text.encode())).decode()
    return f"{text}\n— {name} {line}\n"


def open_note(note: str, keys: Iterable[VerifierKey]) -> str:
    """Give the text of a note signed by at least one of the keys.

    Raises Invalid when the note is malformed, when a known key's signature is wrong, or when none
    of the keys signed it.
    """
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed = False
    for name, signature in lines:
        key = known.get((name, signature[:4]))
        if key is not None:
            key.check(text.encode(), signature[4:])
            signed = True
    if not signed:
        raise _wrong("没有可信密钥的签名。", "None of the trusted keys signed this note.")
    return text


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note into its text and its signature lines, unchecked: (key name, key id ‖ signature)."""
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or len(note) > MAX_NOTE_BYTES:
        raise _wrong("签名文本格式不正确。", "Not a signed note.")
    lines = []
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, signature = rest.partition(" ")
        if mark != "—" or not name or len(_base64(signature)) < 5:
            raise _wrong("签名行格式不正确。", "A signature line of the note is malformed.")
        lines.append((name, _base64(signature)))
    return text + "\n", lines


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree head: its origin, how many leaves, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Give the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text; raises Invalid when malformed. Extension lines are ignored."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
        raise _wrong("日志检查点格式不正确。", "Not a log checkpoint.")
    root = _base64(lines[2])
    if len(root) != HASH_BYTES or str(int(lines[1])) != lines[1]:
        raise _wrong("日志检查点格式不正确。", "The checkpoint's size or root is malformed.")
    return Checkpoint(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Give the checkpoint as a note signed under the log's origin."""
    return sign_note(checkpoint.text(), checkpoint.origin, signer)


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint signed by the log's key; raises Invalid when it is another log's."""
    found = parse_checkpoint(open_note(note, [key]))
    if found.origin != key.name:
        raise _wrong("检查点属于另一日志。", f"The checkpoint is of {found.origin}, not of {key.name}.")
    return found


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""


def _wrong(zh: str, en: str) -> Invalid:
    todo = Text(
        "请向签发日志的机构重新取得文件和公钥。", "Get the file and the key again from whoever runs the log."
    )
    return Invalid("ledger.note_wrong", what=Text(zh, en), todo=todo)
