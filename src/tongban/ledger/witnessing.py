"""What a log and its witness say to each other, and the witness's rules (C2SP tlog-witness). Pure.

A witness cosigns a checkpoint only when it continues the last one it cosigned for that log. So whoever
rewrites history needs every witness to forget.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.notes import (
    MAX_NOTE_BYTES,
    Checkpoint,
    VerifierKey,
    from_base64,
    open_note,
    parse_checkpoint,
    read_size,
    split_note,
)

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + MAX_PROOF_LINES * 64
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Request:
    """A wish for a cosignature: the size last cosigned, the proof from it, and the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def body(self) -> bytes:
        """Give the body of add-checkpoint."""
        lines = [f"old {self.old}\n", *(b64encode(each).decode() + "\n" for each in self.proof)]
        return ("".join(lines) + "\n" + self.note).encode()


def read_request(body: bytes) -> Request:
    """Read the body of add-checkpoint; raises Invalid when it is malformed."""
    try:
        head, gap, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise _malformed() from None
    first, *proof = head.split("\n")
    word, _, old = first.partition(" ")
    hashes = tuple(from_base64(line) for line in proof)
    if (
        not gap
        or word != "old"
        or len(hashes) > MAX_PROOF_LINES
        or any(len(each) != tree.HASH_BYTES for each in hashes)
    ):
        raise _malformed()
    return Request(read_size(old), hashes, note)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The checkpoint continues what was cosigned before: it may be kept, and then cosigned."""

    checkpoint: Checkpoint
    text: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An answer without a cosignature. `accuses` when the log's own signature proves that it misbehaves."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"
    accuses: bool = False


def judge(
    request: Request, logs: Mapping[str, Sequence[VerifierKey]], last: Checkpoint | None
) -> Accepted | Rejected:
    """Judge a request by the keys that the witness knows, by origin, and what it cosigned last."""
    try:
        found = parse_checkpoint(split_note(request.note)[0])
    except Invalid as malformed:
        return Rejected(400, f"{malformed.what.en}\n")
    keys = logs.get(found.origin)
    if keys is None:
        return Rejected(404, "unknown log\n")
    try:
        text = open_note(request.note, keys)
    except Invalid as unsigned:
        return Rejected(403, f"{unsigned.what.en}\n")
    return _why_not(request, found, last or Checkpoint(found.origin, 0, tree.EMPTY_ROOT)) or Accepted(
        found, text
    )


def _why_not(request: Request, found: Checkpoint, last: Checkpoint) -> Rejected | None:
    """Say why a checkpoint that the log has signed does not continue the last one; None when it does."""
    if request.old > found.size:
        return Rejected(400, "the old size lies above the checkpoint's\n")
    if request.old != last.size:
        return Rejected(409, f"{last.size}\n", SIZE_TYPE)
    if found.size == last.size and found.root != last.root:
        return Rejected(409, "another root was cosigned for this size\n", accuses=True)
    try:
        tree.check_consistency(last.size, found.size, last.root, found.root, request.proof)
    except Invalid:
        return Rejected(422, "the checkpoint does not continue the one cosigned last\n", accuses=True)
    return None


def _malformed() -> Invalid:
    return Invalid(
        "ledger.request_wrong",
        what=Text("见证请求格式不正确。", "The request to cosign is malformed."),
        todo=Text("请按 C2SP tlog-witness 的格式提交。", "Send it as C2SP tlog-witness lays it out."),
    )
