"""Log keys, checkpoints and cosignatures in the formats of C2SP signed-note, -checkpoint, -cosignature."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519: Final = b"\x01"
_COSIGNATURE: Final = b"\x04"
_LARGEST_LOG: Final = 2**62


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public key of one log, named by the log's origin."""

    origin: str
    key: bytes
    kind: bytes = _ED25519

    @property
    def hint(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.origin.encode() + b"\n" + self.kind + self.key).digest()[:4]

    def check(self, message: bytes, signature: bytes) -> None:
        """Raises ValueError when the signature is not this key's over the message."""
        if self.kind == _COSIGNATURE:  # a time in eight bytes stands before it, and is signed with the text
            time = int.from_bytes(signature[:8], "big")
            message, signature = b"cosignature/v1\ntime %d\n" % time + message, signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature as wrong:
            raise ValueError("the signature is not the log's") from wrong


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: how many leaves the log has, and the root over them."""

    size: int
    root: bytes


def read_log_key(text: str) -> LogKey:
    """Read a log's `origin+hint+base64(type ‖ key)`; raises ValueError."""
    return _read_key(text, _ED25519)


def read_witness_key(text: str) -> LogKey:
    """Read a witness's `name+hint+base64(type ‖ key)`; raises ValueError."""
    return _read_key(text, _COSIGNATURE)


def _read_key(text: str, kind: bytes) -> LogKey:
    origin, hint, encoded = text.split("+", 2)
    blob = from_base64(encoded)
    key = LogKey(origin, blob[1:], kind)
    if blob[:1] != kind or len(key.key) != 32 or key.hint.hex() != hint or not origin:
        raise ValueError("not an Ed25519 key of that kind, or its id is not its own")
    return key


def cosigners(note: str, keys: Iterable[LogKey]) -> frozenset[str]:
    """Give the names of the witnesses who cosigned a note; raises ValueError for a wrong cosignature."""
    signed, lines = _split(note)
    return frozenset(key.origin for key in keys if _signed_by(key, signed, lines))


def _split(note: str) -> tuple[str, list[list[str]]]:
    body, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise ValueError("not a signed note")
    lines = [line.split(" ") for line in tail[:-1].split("\n")]
    if any(len(line) != 3 or line[0] != "—" for line in lines):
        raise ValueError("a malformed signature line")
    return body + "\n", lines


def _signed_by(key: LogKey, signed: str, lines: list[list[str]]) -> bool:
    blobs = [from_base64(blob) for _, name, blob in lines if name == key.origin]
    own = [blob for blob in blobs if blob[:4] == key.hint]
    for blob in own:
        key.check(signed.encode(), blob[4:])
    return bool(own)


def open_checkpoint(note: str, log: LogKey) -> Head:
    """Read a checkpoint that this log signed; raises ValueError.

    Lines by keys that are not the log's are passed over: witnesses sign there.
    """
    signed, lines = _split(note)
    if not _signed_by(log, signed, lines):
        raise ValueError("the log did not sign this checkpoint")
    body = signed[:-1]
    origin, size, root = body.split("\n", 3)[:3]
    if origin != log.origin or not size.isascii() or not size.isdigit() or str(int(size)) != size:
        raise ValueError("a checkpoint of another log, or without a size")
    found = Head(int(size), from_base64(root))
    if len(found.root) != 32 or found.size > _LARGEST_LOG:
        raise ValueError("a root is 32 bytes, and no log is that long")
    return found


def from_base64(text: str) -> bytes:
    """Read base64 in its one canonical form; raises ValueError."""
    found = b64decode(text, validate=True)
    if b64encode(found).decode() != text:
        raise ValueError("base64 with stray bits")
    return found
