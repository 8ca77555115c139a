"""Log keys, checkpoints and cosignatures in the formats of C2SP signed-note, -checkpoint, -cosignature.

A log of the 国密 profile signs its checkpoints, and its note on what it pruned, by SM2 too, over the text and
its SM3 digest, in a line of their own which other readers pass over.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongban_verify import sm2

_ED25519: Final = b"\x01"
_COSIGNATURE: Final = b"\x04"
_SM2_NAME: Final = b"tongban checkpoint sm2 1"
_SM2: Final = b"\xff" + _SM2_NAME  # signed-note's type for what has no number there, and which it is
_KEY_BYTES: Final = {_ED25519: 32, _COSIGNATURE: 32, _SM2: 65}
_SM3_BYTES: Final = 32
_LARGEST_LOG: Final = 2**62
_PRUNED: Final = "tongban ledger pruned 1"


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public key of one log, named by the log's origin; `sm2` is the one that signs beside it, if any."""

    origin: str
    key: bytes
    kind: bytes = _ED25519
    sm2: "LogKey | None" = None

    @property
    def hint(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.origin.encode() + b"\n" + self.kind + self.key).digest()[:4]

    def check(self, message: bytes, signature: bytes) -> None:
        """Raises ValueError when the signature is not this key's over the message."""
        if self.kind == _SM2:
            self._check_sm2(message, signature)
            return
        if self.kind == _COSIGNATURE:  # a time in eight bytes stands before it, and is signed with the text
            time = int.from_bytes(signature[:8], "big")
            message, signature = b"cosignature/v1\ntime %d\n" % time + message, signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature as wrong:
            raise ValueError("the signature is not the log's") from wrong

    def _check_sm2(self, message: bytes, signature: bytes) -> None:
        digest = sm2.sm3(message)
        signed = b"%s\nsm3 %s\n%s" % (_SM2_NAME, b64encode(digest), message)
        public = sm2.read_point(self.key)
        if signature[:_SM3_BYTES] != digest or not sm2.verify(public, signed, signature[_SM3_BYTES:]):
            raise ValueError("the SM2 signature or the SM3 digest does not fit the text")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: how many leaves the log has, and the root over them."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a log says it pruned: the entries before `minimum`, which it kept to the end of a day."""

    minimum: int
    kept_until: date


def read_log_key(text: str) -> LogKey:
    """Read a log's `origin+hint+base64(type ‖ key)`; raises ValueError."""
    return _read_key(text, _ED25519)


def read_witness_key(text: str) -> LogKey:
    """Read a witness's `name+hint+base64(type ‖ key)`; raises ValueError."""
    return _read_key(text, _COSIGNATURE)


def with_sm2(key: LogKey, text: str) -> LogKey:
    """Give a log's key together with its SM2 one, read from a vkey; raises ValueError for another log's."""
    found = _read_key(text, _SM2)
    sm2.read_point(found.key)
    if found.origin != key.origin or key.sm2 is not None:
        raise ValueError("the SM2 key of another log, or a second one")
    return replace(key, sm2=found)


def _read_key(text: str, kind: bytes) -> LogKey:
    origin, hint, encoded = text.split("+", 2)
    blob = from_base64(encoded)
    key = LogKey(origin, blob[len(kind) :], kind)
    if not blob.startswith(kind) or len(key.key) != _KEY_BYTES[kind] or key.hint.hex() != hint or not origin:
        raise ValueError("not a key of that kind, or its id is not its own")
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
    if origin != log.origin:
        raise ValueError("a checkpoint of another log")
    found = Head(_number(size), from_base64(root))
    if len(found.root) != 32:
        raise ValueError("a root is 32 bytes")
    return found


def pruned_log(note: str) -> str:
    """Give the origin of the log that a note on pruning is about, unchecked; raises ValueError."""
    return _pruned_lines(note)[0]


def open_pruned(note: str, log: LogKey) -> Pruned | None:
    """Read what this log signed as pruned, None where it did not sign it; raises ValueError.

    The note is of four lines and no more. That some other text of the log's is none, its heading says: a
    checkpoint begins with the origin.
    """
    _, minimum, kept_until = _pruned_lines(note)
    found = Pruned(_number(minimum), date.fromisoformat(kept_until))
    if found.kept_until.isoformat() != kept_until:
        raise ValueError("a day that is written in another way than the usual one")
    try:
        return found if _signed_by(log, *_split(note)) else None
    except ValueError:
        return None


def _pruned_lines(note: str) -> list[str]:
    heading, *lines = _split(note)[0][:-1].split("\n")
    if heading != _PRUNED or len(lines) != 3:
        raise ValueError("not a note on what was pruned")
    return lines


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or str(int(text)) != text or int(text) > _LARGEST_LOG:
        raise ValueError("not a number of entries, or of more than any log has")
    return int(text)


def sm2_fault(note: str, log: LogKey, what: str = "checkpoint") -> str:
    """Give the code of the reason why a note is not signed by its log's SM2 key; empty where it is."""
    if log.sm2 is None:
        return ""
    try:
        return "" if _signed_by(log.sm2, *_split(note)) else f"{what}_without_sm2"
    except ValueError:
        return f"{what}_sm2"


def from_base64(text: str) -> bytes:
    """Read base64 in its one canonical form; raises ValueError."""
    found = b64decode(text, validate=True)
    if b64encode(found).decode() != text:
        raise ValueError("base64 with stray bits")
    return found
