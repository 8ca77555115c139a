"""What a witness keeps: the last checkpoint it cosigned of each log, and what convicts a log.

The order is the proof. Under the lock of the log's file the request is judged, the new checkpoint is
written, fsynced and renamed into place, its folder fsynced; only then is it cosigned. A power cut in
between leaves a checkpoint on record that nobody has a cosignature of, which costs the log one more
request. Leave out the fsync, and a witness could forget what it vouched for and vouch for a fork.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from tongban.kernel.errors import Invalid
from tongban.ledger.disk import DISK, PRIVATE_FILE, PRIVATE_FOLDER, Disk, replace_file
from tongban.ledger.notes import Checkpoint, Signer, VerifierKey, cosign, parse_checkpoint, split_note
from tongban.ledger.witnessing import MAX_REQUEST_BYTES, Accepted, Rejected, judge, read_request

BUSY = Rejected(503, "another request for this log is being answered; try again\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers over HTTP."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


class Witness:
    """One witness over one folder, which must exist; other processes may serve the same folder."""

    def __init__(
        self,
        name: str,
        signer: Signer,
        logs: Sequence[VerifierKey],
        folder: Path,
        *,
        disk: Disk = DISK,
    ) -> None:
        self.name, self.folder = name, folder
        self._signer, self._disk = signer, disk
        self._logs: dict[str, list[VerifierKey]] = {}
        self._lock = Lock()
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)

    @property
    def origins(self) -> tuple[str, ...]:
        """Give the logs that it witnesses."""
        return tuple(self._logs)

    def add_checkpoint(self, body: bytes, *, now: datetime) -> Answer:
        """Answer add-checkpoint: 200 with a cosignature line, or the status that the protocol asks for."""
        if len(body) > MAX_REQUEST_BYTES:
            return Answer(413, "the request is too long\n")
        try:
            request = read_request(body)
            origin = parse_checkpoint(split_note(request.note)[0]).origin
        except Invalid as malformed:
            return Answer(400, f"{malformed.what.en}\n")
        with self._holding(origin) as held:
            judged = judge(request, self._logs, self.last(origin)) if held else BUSY
            if isinstance(judged, Rejected):
                if judged.accuses:
                    self._accuse(origin, request.note)
                return Answer(judged.status, judged.body, judged.media_type)
            self._keep(judged, request.note)
        return Answer(200, cosign(judged.text, self.name, self._signer, time=int(now.timestamp())))

    def last(self, origin: str) -> Checkpoint | None:
        """Give the last checkpoint of a log that was put on record, None when there is none."""
        kept = self._disk.read(self._path(origin))
        return None if kept is None else parse_checkpoint(split_note(kept.decode())[0])

    def heads(self) -> Mapping[str, Checkpoint]:
        """Give the last checkpoint of every log that has one."""
        return {origin: last for origin in self._logs if (last := self.last(origin)) is not None}

    def accusations(self) -> list[str]:
        """Give the notes by which a log has contradicted itself, signed by its own key."""
        names = self._disk.names(self.folder / "accusations")
        kept = (self._disk.read(self.folder / "accusations" / name) for name in names)
        return [note.decode() for note in kept if note is not None]

    @contextmanager
    def _holding(self, origin: str) -> Iterator[bool]:
        with self._lock, self._disk.lock(self.folder / f"{_file_of(origin)}.lock") as held:
            yield held

    def _keep(self, accepted: Accepted, note: str) -> None:
        if self.last(accepted.checkpoint.origin) != accepted.checkpoint:
            replace_file(self._disk, self._path(accepted.checkpoint.origin), note.encode(), PRIVATE_FILE)
        # Also for one that stands there already: whoever wrote it may have died before this line.
        self._disk.fsync_folder(self.folder)

    def _accuse(self, origin: str, note: str) -> None:
        """Keep the contradiction beside what was cosigned: together they convict the log."""
        folder = self.folder / "accusations"
        self._disk.make_folder(folder, PRIVATE_FOLDER)
        name = f"{_file_of(origin)}-{sha256(note.encode()).hexdigest()[:16]}"
        replace_file(self._disk, folder / name, note.encode(), PRIVATE_FILE)
        self._disk.fsync_folder(folder)
        self._disk.fsync_folder(self.folder)

    def _path(self, origin: str) -> Path:
        return self.folder / _file_of(origin)


def _file_of(origin: str) -> str:
    """Name a log's file: an origin may hold slashes, and anything that a log chooses."""
    return sha256(origin.encode()).hexdigest()
