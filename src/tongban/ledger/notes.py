"""Signed notes, their keys, checkpoints and cosignatures, as C2SP signed-note, tlog-checkpoint and
tlog-cosignature define them.

A note is a text, an empty line, and signature lines `— <key name> <base64(key id ‖ signature)>`.
Lines by keys that the reader does not know are ignored: that is where witnesses add theirs, and a log of
the 国密 profile its SM2 signature over the checkpoint and its SM3 digest (docs/decisions/0017).
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongban.kernel import sm2
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger.tree import HASH_BYTES

ED25519 = 0x01  # the signature type of signed-note for Ed25519 over the note's text
COSIGNATURE = 0x04  # that of tlog-cosignature v1: Ed25519 over a time and the note's text
SM2 = 0xFF  # signed-note's type for what has no number of its own there; the name says which this is
SM2_NAME = b"tongban checkpoint sm2 1"
KEY_BYTES = {SM2: 65}  # of a public key, an SM2 one as a point 04 ‖ x ‖ y; those of Ed25519 have 32
SM3_BYTES = 32
LATEST_TIME = 2**63 - 1
MAX_NOTE_BYTES = 64 * 1024
SIZE = re.compile("0|[1-9][0-9]{0,17}")  # of a log; Python reads no number of thousands of digits


class Signer(Protocol):
    """Whoever holds a log's private key."""

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (RFC 8032); 64 bytes."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key's name and public half, as written in a vkey: `<name>+<key id>+<base64(type ‖ key)>`.

    `sm2_key` is the key that signs a log's checkpoints beside this one in the 国密 profile.
    """

    name: str
    public_key: bytes
    type: int = ED25519
    sm2_key: "VerifierKey | None" = None

    @property
    def alone(self) -> "VerifierKey":
        """The key without the SM2 one, for what one has on record from before there was any."""
        return replace(self, sm2_key=None)

    @property
    def encoded(self) -> bytes:
        """The type, by its byte and where it has no number by its name too, and the public key."""
        return _type_bytes(self.type) + self.public_key

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return sha256(self.name.encode() + b"\n" + self.encoded).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.encoded).decode()}"

    def check(self, message: bytes, signature: bytes) -> None:
        """Check a signature over a note's text; raises Invalid when it is not this key's."""
        if self.type == SM2:
            self._check_sm2(message, signature)
            return
        if self.type == COSIGNATURE:
            message, signature = cosigned(message, cosigned_at(signature)), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError) as broken:
            raise _wrong(
                f"“{self.name}”的签名无效。", f"The signature of {self.name} does not verify."
            ) from broken

    def _check_sm2(self, message: bytes, signature: bytes) -> None:
        try:
            fits = sm2.verify(sm2.spki_of(self.public_key), with_sm3(message), signature[SM3_BYTES:])
        except ValueError:  # the key is no point of the curve
            fits = False
        if not fits or signature[:SM3_BYTES] != sm3(message):
            raise Invalid(
                "ledger.sm2_wrong",
                what=Text(
                    f"“{self.name}”检查点的 SM2 签名或 SM3 摘要无效。",
                    f"The SM2 signature of {self.name}, or its SM3 digest, does not fit the checkpoint.",
                ),
                todo=_TODO,
            )


def sm3(text: bytes) -> bytes:
    """Give the SM3 digest (GB/T 32905-2016), 32 bytes."""
    return hashlib.new("sm3", text).digest()


def with_sm3(text: bytes) -> bytes:
    """Give what the SM2 key signs of a checkpoint: a heading, the SM3 digest of its text, and the text."""
    return b"%s\nsm3 %s\n%s" % (SM2_NAME, b64encode(sm3(text)), text)


def _type_bytes(type: int) -> bytes:
    return bytes([type]) + (SM2_NAME if type == SM2 else b"")


def cosigned(text: bytes, time: int) -> bytes:
    """Give what a witness signs of a note's text at a POSIX time (tlog-cosignature, Ed25519)."""
    return b"cosignature/v1\ntime %d\n" % time + text


def cosigned_at(signature: bytes) -> int:
    """Give the POSIX time that a cosignature states; raises Invalid when it is none."""
    if len(signature) != 8 + 64 or (time := int.from_bytes(signature[:8], "big")) > LATEST_TIME:
        raise _wrong("见证签名格式不正确。", "Not a cosignature.")
    return time


def parse_vkey(text: str, *, type: int = ED25519) -> VerifierKey:
    """Read a vkey of a type; raises Invalid when it is malformed, another, or its key id is not its own."""
    parts = text.strip().split("+", 2)
    key, kind = from_base64(parts[2]) if len(parts) == 3 else b"", _type_bytes(type)
    length = KEY_BYTES.get(type, HASH_BYTES)
    if len(key) != len(kind) + length or not key.startswith(kind) or not parts[0]:
        said = {COSIGNATURE: "a witness's", SM2: "an SM2"}.get(type, "an Ed25519")
        raise _wrong("日志公钥格式不正确。", f"Not {said} vkey: {text!r}.")
    found = VerifierKey(parts[0], key[-length:], type)
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
    return f"{text}\n{_line(VerifierKey(name, signer.public_key), signer.sign(text.encode()))}"


def cosign(text: str, name: str, signer: Signer, *, time: int) -> str:
    """Give a witness's signature line over a checkpoint's text, at a POSIX time (tlog-cosignature v1)."""
    key = VerifierKey(name, signer.public_key, COSIGNATURE)
    return _line(key, time.to_bytes(8, "big") + signer.sign(cosigned(text.encode(), time)))


def _line(key: VerifierKey, signature: bytes) -> str:
    return f"— {key.name} {b64encode(key.key_id + signature).decode()}\n"


def signers_of(note: str, keys: Iterable[VerifierKey]) -> Mapping[str, str]:
    """Give, by name, the signature lines of a note that these keys made; raises Invalid for a wrong one."""
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[str, str] = {}
    for name, signature in lines:
        key = known.get((name, signature[:4]))
        if key is not None:
            key.check(text.encode(), signature[4:])
            found[name] = _line(key, signature[4:])
    return found


def open_note(note: str, keys: Iterable[VerifierKey]) -> str:
    """Give the text of a note signed by at least one of the keys.

    Raises Invalid when the note is malformed, when a known key's signature is wrong, or when none
    of the keys signed it.
    """
    if not signers_of(note, keys):
        raise _wrong("没有可信密钥的签名。", "None of the trusted keys signed this note.")
    return split_note(note)[0]


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note into its text and its signature lines, unchecked: (key name, key id ‖ signature)."""
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or len(note) > MAX_NOTE_BYTES:
        raise _wrong("签名文本格式不正确。", "Not a signed note.")
    lines = []
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, signature = rest.partition(" ")
        if mark != "—" or not name or len(from_base64(signature)) < 5:
            raise _wrong("签名行格式不正确。", "A signature line of the note is malformed.")
        lines.append((name, from_base64(signature)))
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
    if len(lines) < 4 or not lines[0]:
        raise _wrong("日志检查点格式不正确。", "Not a log checkpoint.")
    root = from_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise _wrong("日志检查点格式不正确。", "The checkpoint's root is malformed.")
    return Checkpoint(lines[0], read_size(lines[1]), root)


def read_size(text: str) -> int:
    """Read a number of entries in its one form, of 18 digits at most; raises Invalid."""
    if SIZE.fullmatch(text) is None:
        raise _wrong("日志条目数格式不正确。", "A log's size is malformed.")
    return int(text)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer, sm2_key: sm2.Key | None = None) -> str:
    """Give the checkpoint as a note signed under the log's origin, in the 国密 profile by SM2 too."""
    note = sign_note(checkpoint.text(), checkpoint.origin, signer)
    return note if sm2_key is None else sign_by_sm2(note, checkpoint.origin, sm2_key)


def sign_by_sm2(note: str, name: str, sm2_key: sm2.Key) -> str:
    """Add the line of the log's SM2 key, over the text and its SM3 digest."""
    text = split_note(note)[0].encode()
    return note + _line(VerifierKey(name, sm2_key.point, SM2), sm3(text) + sm2_key.sign(with_sm3(text)))


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint signed by the log's key, and by its SM2 key where it has one.

    Raises Invalid when it is another log's, and by name when the SM2 line is missing or wrong.
    """
    found = parse_checkpoint(open_note(note, [key]))
    if found.origin != key.name:
        raise _wrong("检查点属于另一日志。", f"The checkpoint is of {found.origin}, not of {key.name}.")
    if lacks_sm2(note, key):
        what = Text(
            f"“{key.name}”的检查点缺少 SM2 签名。", f"The checkpoint of {key.name} lacks its SM2 signature."
        )
        raise Invalid("ledger.sm2_missing", what=what, todo=_TODO)
    return found


def lacks_sm2(note: str, key: VerifierKey) -> bool:
    """Say whether a note lacks the line of the log's SM2 key, if there is one; Invalid where it is wrong."""
    return key.sm2_key is not None and not signers_of(note, [key.sm2_key])


def from_base64(text: str) -> bytes:
    """Read standard base64 in its one canonical form; gives no bytes for what is none."""
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
    # Python lets stray bits at the end by; then two files would carry one signature, and one is a lie.
    return found if b64encode(found).decode() == text else b""


_TODO = Text(
    "请向签发日志的机构重新取得文件和公钥。", "Get the file and the key again from whoever runs the log."
)


def _wrong(zh: str, en: str) -> Invalid:
    return Invalid("ledger.note_wrong", what=Text(zh, en), todo=_TODO)
