"""Pruning: a year of shares after its retention, and partial tiles that were outgrown.

The order is the proof. That a log is pruned is an entry, committed together with the rows that go;
then the log's signed word lies in its folder, on the disk; only then do files go. Whoever reads in
between finds more than was promised, never less, and a killed run is finished by the next.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tongban.kernel.calendar import Calendar
from tongban.kernel.clock import civil_date
from tongban.kernel.ids import Chance
from tongban.kernel.transactions import outside_any_transaction, whole
from tongban.ledger.actions import record
from tongban.ledger.disk import DISK, PUBLIC_FILE, Disk, replace_file
from tongban.ledger.keys import LogSigner
from tongban.ledger.models import Entry, Log, RecoveredEntry, RecoveredIdentifier
from tongban.ledger.notes import lacks_sm2
from tongban.ledger.places import journal_folder
from tongban.ledger.pruned import PRUNED, Pruned, prunable, read_pruned, sign_pruned
from tongban.ledger.retention import Kept, Schedule, last_day
from tongban.ledger.tiles import WIDTH
from tongban.ledger.verification import partial_folders, published, reader

SHARES = re.compile(r"shares-(\d{4})")


@dataclass(frozen=True, slots=True)
class PrunedLog:
    """A log that was pruned: what it has left begins at `minimum`."""

    log: str
    minimum: int
    kept_until: date

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        return {"log": self.log, "minimum": self.minimum, "kept_until": self.kept_until.isoformat()}


def prune_due(
    logs: Path,
    signer: LogSigner,
    schedule: Schedule,
    now: datetime,
    calendar: Calendar,
    *,
    chance: Chance,
    disk: Disk = DISK,
) -> list[PrunedLog]:
    """Prune every year of shares whose retention is over, and outgrown partial tiles; gives the years."""
    outside_any_transaction("removing files")
    done = []
    for log in disk.names(logs):
        found = published(logs / log, signer.vkey(log), disk)
        with disk.lock(journal_folder(logs) / f"{log}.lock") as held:
            if not held or found is None:
                continue
            size = found[0].size
            for gone in partial_folders(logs / log, size, disk):
                disk.remove_folder(logs / log / gone)
            _sign_by_sm2(logs / log, signer, log, disk)
            year, kept = SHARES.fullmatch(log), schedule.get("shares")
            if year is None or kept is None:
                continue
            until = last_day(f"shares-{year[1]}-12", kept, calendar)
            minimum = size // WIDTH * WIDTH
            if until < civil_date(now) and minimum:
                wanted = Pruned(signer.origin(log), minimum, until.isoformat())
                if _prune(logs, log, wanted, kept, signer, now=now, chance=chance, disk=disk):
                    done.append(PrunedLog(log, minimum, until))
    return done


def _prune(
    logs: Path,
    log: str,
    wanted: Pruned,
    kept: Kept,
    signer: LogSigner,
    *,
    now: datetime,
    chance: Chance,
    disk: Disk,
) -> bool:
    """Prune one log up to an index; gives whether anything was left to do."""
    folder = logs / log
    told = read_pruned(reader(folder, disk), signer.vkey(log).alone)
    before = told.minimum if told else 0
    if before < wanted.minimum or Log.objects.filter(name=log, minimum__lt=wanted.minimum).exists():
        _forget_rows(log, wanted, kept, is_told=before == wanted.minimum, now=now, chance=chance)
        replace_file(disk, folder / PRUNED, _signed(wanted, signer), PUBLIC_FILE)
    elif disk.read(folder / prunable(wanted.minimum)[0]) is None:
        return False
    # Also for one that a killed run has left here: no file goes before this stands on the disk.
    disk.fsync_folder(folder)
    for path in reversed(prunable(wanted.minimum)):  # the first goes last: while it is there, work is left
        disk.remove(folder / path)
    journal = journal_folder(logs) / log
    for name in disk.names(journal):
        first, _, count = name.removesuffix(".jsonl").partition("-")
        if count.isdigit() and int(first) + int(count) <= wanted.minimum:
            disk.remove(journal / name)
    return True


def _sign_by_sm2(folder: Path, signer: LogSigner, log: str, disk: Disk) -> None:
    """Sign what was said before the node was of the 国密 profile: read by who wants both signatures."""
    key, note = signer.vkey(log), disk.read(folder / PRUNED)
    told = read_pruned(reader(folder, disk), key.alone)
    if note is not None and told is not None and lacks_sm2(note.decode(), key):
        replace_file(disk, folder / PRUNED, _signed(told, signer), PUBLIC_FILE)
        disk.fsync_folder(folder)


def _signed(pruned: Pruned, signer: LogSigner) -> bytes:
    return sign_pruned(pruned, signer, signer.sm2_key).encode()


@whole
def _forget_rows(
    log: str, pruned: Pruned, kept: Kept, *, is_told: bool, now: datetime, chance: Chance
) -> None:
    """Take the rows below the minimum away, and record it, unless database or log say so already."""
    is_recorded = Log.objects.select_for_update().get(name=log).minimum >= pruned.minimum
    gone = Entry.objects.filter(log=log, seq__lt=pruned.minimum)
    RecoveredIdentifier.objects.filter(recovered__entry__in=gone).delete()
    RecoveredEntry.objects.filter(entry__in=gone).delete()
    gone.delete()
    Log.objects.filter(name=log).update(minimum=pruned.minimum)
    if not (is_recorded or is_told):
        fields = {
            "log": log,
            "minimum": pruned.minimum,
            "kept_until": pruned.kept_until,
            "basis": kept.basis.as_dict(),
        }
        record("decisions", "ledger.pruned", fields, now=now, chance=chance)
