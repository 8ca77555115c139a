"""The sequencer: gives entries their places and publishes the log. Killed anywhere, it is run again.

The order is the proof. First the database gives places and moves its head, durably. Then the
journal, bundles and tiles of everything between the published checkpoint and that head are written
and fsynced, files and folders; they are a function of the stored order, so that writing them again
gives the same bytes. The checkpoint comes last. So the published log is never ahead of the database
unless the database was restored from an older copy, and never points at what is not on the disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongban.kernel.transactions import outside_any_transaction
from tongban.ledger import tree
from tongban.ledger.actions import Placed, conclude, give_places, take_lease
from tongban.ledger.disk import DISK, PRIVATE_FOLDER, PUBLIC_FILE, Disk, replace_file, write_files
from tongban.ledger.keys import LogSigner
from tongban.ledger.notes import Checkpoint, sign_checkpoint
from tongban.ledger.places import journal_folder
from tongban.ledger.queries import PlacedRow, is_settled, log_names, placed_rows, read_only
from tongban.ledger.tiles import grow, hashes_of, lost, outgrown
from tongban.ledger.verification import published, reader

BATCH = 10_000  # entries that get a place in one run, so that the head is locked for milliseconds
LEASE_S = 60


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one run did to one log: its size and root now, and how many entries got a place."""

    log: str
    size: int
    root: str
    added: int


def sequence(
    logs: Path,
    signer: LogSigner,
    now: datetime,
    *,
    holder: str,
    disk: Disk = DISK,
    batch: int = BATCH,
    lease_s: int = LEASE_S,
) -> list[Sequenced]:
    """Place and publish what waits, log by log; a log that another process works on is left out.

    `logs` is the published folder; its parent must exist. `holder` names this process. Raises
    NodeReadOnly when a published log is ahead of the database, DurabilityLost when the disk fails.
    """
    outside_any_transaction("publishing the log")
    private = journal_folder(logs)
    disk.make_folder(private, PRIVATE_FOLDER)
    done = []
    for log in log_names():
        if is_settled(log, logs=logs, disk=disk) or not take_lease(log, holder, now, lease_s):
            continue
        # The lease keeps machines apart, the lock processes: a stale one must not publish late.
        with disk.lock(private / f"{log}.lock") as held:
            if held:
                done.append(_Publication(logs, log, signer, disk).run(batch))
        conclude(log, holder, done[-1].size if held else 0)
    return done


@dataclass(frozen=True, slots=True)
class _Publication:
    """One run over one log."""

    logs: Path
    log: str
    signer: LogSigner
    disk: Disk

    @property
    def folder(self) -> Path:
        return self.logs / self.log

    def run(self, batch: int) -> Sequenced:
        found = published(self.folder, self.signer.vkey(self.log), self.disk)
        before = found[0] if found else None
        head = give_places(self.log, before, limit=batch)
        if before and before.size > head.published_size:
            self.disk.fsync_folder(self.folder)  # a run was killed between its rename and this fsync
        if head.size > (before.size if before else 0):
            self._write_out(before, head)
            self._publish(head)
            for gone in outgrown(before.size if before else 0, head.size):
                self.disk.remove_folder(self.folder / gone)
        return Sequenced(self.log, head.size, head.root.hex(), head.added)

    def _write_out(self, before: Checkpoint | None, head: Placed) -> None:
        """Write everything between the published checkpoint and the database's head, and check the root."""
        read = reader(self.folder, self.disk)
        whole = tree.Range()
        if before:
            whole = tree.range_at(before.size, hashes_of(before.size, read))
            if whole.root() != before.root:
                raise lost(f"{self.log}/tile")
        for rows in placed_rows(self.log, whole.size, head.size):
            files = self._files(whole.size, rows)
            write_files(self.disk, self.logs.parent, files, private=journal_folder(self.logs))
            whole = tree.append(whole, (row.leaf_hash for row in rows))
        if (whole.size, whole.root()) != (head.size, head.root):
            raise read_only(self.log)

    def _files(self, size: int, rows: Sequence[PlacedRow]) -> Iterator[tuple[Path, bytes]]:
        journal = journal_folder(self.logs) / self.log / journal_name(size, len(rows))
        yield journal, encode_journal(rows)
        grown = grow(
            size, [row.leaf for row in rows], [row.leaf_hash for row in rows], reader(self.folder, self.disk)
        )
        for path, data in grown:
            yield self.folder / path, data

    def _publish(self, head: Placed) -> None:
        checkpoint = Checkpoint(self.signer.origin(self.log), head.size, head.root)
        note = sign_checkpoint(checkpoint, self.signer).encode()
        replace_file(self.disk, self.folder / "checkpoint", note, PUBLIC_FILE)
        self.disk.fsync_folder(self.folder)


def journal_name(start: int, count: int) -> str:
    """Name the journal file of `count` entries from place `start`."""
    return f"{start:012d}-{count}.jsonl"


def encode_journal(rows: Sequence[PlacedRow]) -> bytes:
    """Give the private journal of some rows, a canonical object a line: what recovery rebuilds them from.

    Leaf and opening are canonical already and the keys stand in their order, so that joining is enough.
    """
    lines = [
        b'{"entry":"%s","index":%d,"leaf":%s,"opening":%s}\n'
        % (row.entry.encode(), row.index, row.leaf, row.opening.encode() or b"null")
        for row in rows
    ]
    return b"".join(lines)
