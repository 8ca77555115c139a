"""The sequencer: gives entries their places and publishes the log. Killed anywhere, it is run again.

The order is the proof. First the database gives places and moves its head, durably. Then the
journal, bundles and tiles of everything between the last checkpoint and that head are written
and fsynced, files and folders; they are a function of the stored order, so that writing them again
gives the same bytes. Then the signed checkpoint is put on record beside the journal, before any
witness sees it: whatever was signed once, and vouched for by others, must be found again after a
power cut. The published checkpoint, with a quorum of cosignatures, comes last. So the published log is
never ahead of the database unless the database was restored from an older copy, and never points at
what is not on the disk. Without a quorum everything goes on under promises, and `head` shows the gap.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction
from tongban.ledger import tree
from tongban.ledger.actions import Placed, conclude, give_places, take_lease
from tongban.ledger.asking import NO_WITNESSES, Asked, WitnessPolicy, ask_witnesses
from tongban.ledger.disk import (
    DISK,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    Disk,
    replace_file,
    write_files,
)
from tongban.ledger.keys import LogSigner
from tongban.ledger.notes import Checkpoint, lacks_sm2, sign_checkpoint
from tongban.ledger.places import contradicted_file, journal_folder, pending_file
from tongban.ledger.queries import PlacedRow, contradicted, is_settled, log_names, placed_rows, read_only
from tongban.ledger.tiles import grow, hashes_of, lost, outgrown
from tongban.ledger.verification import newest, published, reader

BATCH = 10_000  # entries that get a place in one run, so that the head is locked for milliseconds
LEASE_S = 60


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one run did to one log: its size and root now, how many entries got a place, and how far the
    published checkpoint reaches; `missing` says of each witness that did not cosign why."""

    log: str
    size: int
    root: str
    added: int
    published: int
    missing: Mapping[str, Text] = field(default_factory=dict)


def sequence(
    logs: Path,
    signer: LogSigner,
    now: datetime,
    *,
    holder: str,
    disk: Disk = DISK,
    batch: int = BATCH,
    lease_s: int = LEASE_S,
    witnesses: WitnessPolicy = NO_WITNESSES,
    again: bool = False,
) -> list[Sequenced]:
    """Place and publish what waits, log by log; a log that another process works on is left out.

    `logs` is the published folder; its parent must exist. `holder` names this process. Witnesses are
    asked `again` about what is published when a node starts: they alone know whether it was restored
    from old copies. Raises NodeReadOnly when a log is ahead of the database or they contradict it,
    DurabilityLost when the disk fails.
    """
    outside_any_transaction("publishing the log")
    private = journal_folder(logs)
    disk.make_folder(private, PRIVATE_FOLDER)
    done = []
    for log in log_names():
        settled = not again and is_settled(log, logs=logs, disk=disk)
        if settled or not take_lease(log, holder, now, lease_s):
            continue
        # The lease keeps machines apart, the lock processes: a stale one must not publish late.
        with disk.lock(private / f"{log}.lock") as held:
            if held:
                done.append(_Publication(logs, log, signer, disk, witnesses).run(batch, again))
        conclude(log, holder, done[-1].published if held else 0)
    return done


@dataclass(frozen=True, slots=True)
class _Publication:
    """One run over one log."""

    logs: Path
    log: str
    signer: LogSigner
    disk: Disk
    witnesses: WitnessPolicy

    @property
    def folder(self) -> Path:
        return self.logs / self.log

    def run(self, batch: int, again: bool) -> Sequenced:
        # What a node published before it was of the 国密 profile lacks the SM2 line, and gets it below.
        key = self.signer.vkey(self.log).alone
        found = published(self.folder, key, self.disk)
        before = newest(self.logs, self.log, key, self.disk)
        head = give_places(self.log, before, limit=batch)
        out = found[0].size if found else 0
        if out > head.published_size:
            self.disk.fsync_folder(self.folder)  # a run was killed between its rename and this fsync
        if head.size > (before.size if before else 0):
            self._write_out(before, head)
        missing: Mapping[str, Text] = {}
        if head.size > out or (found and again and lacks_sm2(found[1], self.signer.vkey(self.log))):
            missing = self._publish(head, before, out)
            if not missing:
                for gone in outgrown(out, head.size):
                    self.disk.remove_folder(self.folder / gone)
        elif found and again:
            self._ask(*found, out)
        done = out if missing else head.size
        return Sequenced(self.log, head.size, head.root.hex(), head.added, done, missing)

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

    def _publish(self, head: Placed, before: Checkpoint | None, out: int) -> Mapping[str, Text]:
        """Publish the head; give nothing, or why each witness that is missing for the quorum gave none."""
        checkpoint = Checkpoint(self.signer.origin(self.log), head.size, head.root)
        note = sign_checkpoint(checkpoint, self.signer, self.signer.sm2_key)
        if self.witnesses.witnesses:
            private = journal_folder(self.logs)
            if before != checkpoint:
                replace_file(self.disk, pending_file(self.logs, self.log), note.encode(), PRIVATE_FILE)
            # Before a witness sees it, and also for one that a killed run has left here without this.
            self.disk.fsync_folder(private)
            asked = self._ask(checkpoint, note, out)
            if not self.witnesses.is_met_by(asked.lines):
                return {**asked.silent, **asked.contradicting}
            note += "".join(asked.lines.values())
        replace_file(self.disk, self.folder / "checkpoint", note.encode(), PUBLIC_FILE)
        self.disk.fsync_folder(self.folder)
        return {}

    def _ask(self, checkpoint: Checkpoint, note: str, out: int) -> Asked:
        """Ask the witnesses; stop all writing when so many contradict that no quorum can be had."""
        hash_at = hashes_of(checkpoint.size, reader(self.folder, self.disk))
        asked = ask_witnesses(self.witnesses, note, checkpoint, out, hash_at)
        path = contradicted_file(self.logs, self.log)
        if self.witnesses.cannot_be_met(len(asked.contradicting)):
            said = {name: words.as_dict() for name, words in asked.contradicting.items()}
            kept = {"size": checkpoint.size, "root": checkpoint.root.hex(), "said": said}
            replace_file(self.disk, path, json.dumps(kept, ensure_ascii=False).encode(), PRIVATE_FILE)
            raise contradicted(self.log, said)
        if self.disk.read(path):
            replace_file(self.disk, path, b"", PRIVATE_FILE)
        return asked


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
