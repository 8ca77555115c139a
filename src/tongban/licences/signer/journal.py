"""The signer's own record of everything it signed, on disk before a signature leaves.

It is kept apart from the ledger on purpose: whoever audits the office's key compares the two, and
a signature that the ledger does not know shows as a journal line without its leaf.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tongban.kernel.errors import Conflict, DurabilityLost
from tongban.kernel.texts import Text
from tongban.licences.signer.digests import sha256_hex
from tongban.licences.signer.remembering import Remembered

# What is signed for whoever reads a licence, as often as it is read: all else is signed once, on an act.
AGAIN: Final = frozenset({"seal", "stamp", "code"})
FIRST: Final = "0" * 64  # what the very first line names as its previous one


class Journal:
    """An append-only, hash-chained file of one office's signatures: one JSON object a line.

    Each start opens a new segment and chains it to the last whole line of the one before, so that
    a line torn by a power cut stays where it is and is never written over: its signature was never
    given. A write or fsync that fails ends the segment; the fsync is never tried again, because
    after a failed one the kernel may report success for pages that it has dropped.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _take(folder / "lock")
        segments = sorted(folder.glob("*.jsonl"))
        self._previous, self._count = _end_of(segments)
        number = int(segments[-1].stem) + 1 if segments else 1
        self.path = folder / _segment(number)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._number, self._length = number, 0
        self._broken = False
        self._remembered = Remembered(folder)
        _fsync_folder(folder)

    def append(self, entries: Sequence[dict[str, str]]) -> None:
        """Write the entries and wait until they are on the disk, all with one fsync."""
        if self._broken:
            raise _lost(self.path)
        lines, places = bytearray(), []
        previous, count = self._previous, self._count
        for entry in entries:
            count += 1
            places.append(self._length + len(lines))
            line = json.dumps({"n": count, "previous": previous, **entry}, ensure_ascii=False).encode()
            previous = sha256_hex(line)
            lines += line + b"\n"
        try:
            if os.write(self._file, lines) != len(lines):
                raise OSError("the disk took only a part")
            os.fsync(self._file)
        except OSError as trouble:
            self._broken = True
            raise _lost(self.path) from trouble
        self._previous, self._count = previous, count
        self._length += len(lines)
        for entry, place in zip(entries, places, strict=True):
            if entry.get("kind") in AGAIN:
                self._remembered.note(entry["kid"], entry["statement"], self._number, place)

    def signature_of(self, kid: str, statement: str) -> str | None:
        """Give the signature that stands here of this key over this very statement, if it can be found."""
        found = self._remembered.find(kid, statement)
        if found is None:
            return None
        number, place = found
        try:
            with self.path.with_name(_segment(number)).open("rb") as segment:
                segment.seek(place)
                line = json.loads(segment.readline())
            same = (line["kid"], line["statement"]) == (kid, statement)
            return str(line["signature"]) if same else None
        except (OSError, ValueError, KeyError, TypeError):  # the index is of another journal than this
            return None

    def close(self) -> None:
        """Give the files and the lock back."""
        self._remembered.close()
        os.close(self._file)
        os.close(self._lock)


def lines_of(folder: Path) -> list[dict[str, object]]:
    """Read a journal from its first line on, checking the chain; raises ValueError where it breaks."""
    found: list[dict[str, object]] = []
    previous = FIRST
    for segment in sorted(folder.glob("*.jsonl")):
        for line in _whole_lines(segment):
            entry = json.loads(line)
            if entry["previous"] != previous or entry["n"] != len(found) + 1:
                raise ValueError(f"{segment.name}: line {entry['n']} does not follow the one before")
            previous = sha256_hex(line)
            found.append(entry)
    return found


def _segment(number: int) -> str:
    return f"{number:06d}.jsonl"


def _end_of(segments: Sequence[Path]) -> tuple[str, int]:
    """Give the hash and number of the last whole line in the newest segment that has one."""
    for segment in reversed(segments):
        lines = _whole_lines(segment)
        if lines:
            return sha256_hex(lines[-1]), int(json.loads(lines[-1])["n"])
    return FIRST, 0


def _whole_lines(segment: Path) -> list[bytes]:
    """Give the lines that end in a newline; a torn last one was never answered for."""
    return segment.read_bytes().split(b"\n")[:-1]


def _take(path: Path) -> int:
    lock = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(lock)
        raise Conflict(
            "signer.running",
            what=Text(
                f"「{path.parent.name}」的签名进程已在运行。",
                f"A signer of {path.parent.name} is already running.",
            ),
            todo=Text("请先停止它，或继续使用它。", "Stop it first, or go on using it."),
        ) from taken
    return lock


def _fsync_folder(folder: Path) -> None:
    """Make the new file's name durable: a file is not there until its folder says so."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lost(path: Path) -> DurabilityLost:
    return DurabilityLost(
        "signer.journal",
        what=Text(
            f"签名日志 {path.name} 未能落盘，签名未发出。",
            f"The signing journal {path.name} could not be made durable; no signature was given.",
        ),
        todo=Text(
            "请检查磁盘空间与健康状况；进程将另起新段。", "Check the disk; the process starts a new segment."
        ),
    )
