"""When the database is older than the published log: rebuild what it lost, and say what cannot be rebuilt.

The bundles give every leaf, the private journal its opening. What the journal lost as well comes
back with kind, hour and perhaps office only. Other rooms bring forward what the entries alone tell, in
the same transaction; the rest of their tables stays as old as the backup: for that, recovery lists the
numbers that were given out, and a person completes each entry.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Conflict, DurabilityLost, Invalid
from tongban.kernel.ids import Chance, new_id
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction, whole
from tongban.ledger import tree
from tongban.ledger.actions import record
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.fields import IDENTIFIERS
from tongban.ledger.models import Entry, Log, RecoveredEntry, RecoveredIdentifier
from tongban.ledger.notes import Checkpoint, VerifierKey
from tongban.ledger.openings import open_stored, opening_keys
from tongban.ledger.places import journal_folder
from tongban.ledger.queries import Recovered, recovered
from tongban.ledger.rules import Opening
from tongban.ledger.tiles import WIDTH, Tiles, hashes_of
from tongban.ledger.verification import newest, reader, verify_to

INSERTED_ROWS = 1000

Journal = dict[int, dict[bytes, Mapping[str, Any]]]
BringForward = Callable[[Sequence[Recovered]], None]  # a part: given the entries by log and place


class LogKeys(Protocol):
    """Whoever knows the public key of each log: the signer, or the public file alone."""

    def vkey(self, log: str) -> VerifierKey:
        """Give the verifier key of a log."""


@dataclass(frozen=True, slots=True)
class LostEntry:
    """One leaf that the database does not have: its place, and from the journal its name and opening."""

    index: int
    leaf: bytes
    entry: str
    opening: Opening | None
    opening_json: str


@dataclass(frozen=True, slots=True)
class LostPart:
    """What one log has and the database has not, verified against the checkpoint."""

    log: str
    checkpoint: Checkpoint
    known: tree.Range
    whole: tree.Range
    entries: Sequence[LostEntry]


def recover(
    logs: Path,
    keys: LogKeys,
    *,
    now: datetime,
    chance: Chance,
    rooms: Sequence[BringForward] = (),
    disk: Disk = DISK,
) -> list[Recovered]:
    """Rebuild from the published logs what the database lost; gives every recovered entry of this run.

    Each of `rooms` brings its tables forward in the same transaction: the node is read-only until they are.
    Nothing is changed, and the list is empty, when the database is not older. Raises DurabilityLost when a
    log does not verify, Conflict when the database is not an older copy of it.
    """
    outside_any_transaction("reading the logs")
    parts = [part for log in disk.names(logs) if (part := _lost_part(logs, log, keys, disk)) is not None]
    if not parts:
        return []
    return _rebuild(parts, rooms, now=now, chance=chance)


def _lost_part(logs: Path, log: str, keys: LogKeys, disk: Disk) -> LostPart | None:
    folder, key = logs / log, keys.vkey(log)
    checkpoint = newest(logs, log, key, disk)
    row = Log.objects.filter(name=log).values_list("size", "root").first()
    size, root = (row[0], bytes(row[1])) if row else (0, tree.EMPTY_ROOT)
    if checkpoint is None or checkpoint.size < size:
        return None
    if checkpoint.size == size and checkpoint.root == root:
        return None
    report = verify_to(checkpoint, folder, disk)
    if not report.sound:
        raise DurabilityLost(
            "ledger.log_damaged",
            what=Text(
                f"日志 {log} 校验不通过：{report.problems[0].zh}",
                f"The log {log} does not verify: {report.problems[0].en}",
            ),
            todo=Text("请先用副本恢复日志目录。", "Restore the log's folder from a copy first."),
        )
    hash_at = hashes_of(checkpoint.size, reader(folder, disk))
    known = tree.range_at(size, hash_at)
    if known.root() != root:
        raise Conflict(
            "ledger.forked",
            what=Text(
                f"数据库不是日志 {log} 的旧副本。", f"The database is not an older copy of the log {log}."
            ),
            todo=Text("请换用正确的数据库备份。", "Restore another backup of the database."),
        )
    journal = read_journal(journal_folder(logs) / log, size, disk)
    tiles = Tiles(checkpoint.size, reader(folder, disk))
    leaves = (
        (index * WIDTH + at, leaf)
        for index in range(size // WIDTH, -(-checkpoint.size // WIDTH))
        for at, leaf in enumerate(tiles.leaves(index))
    )
    entries = [
        _lost_entry(index, leaf, journal.get(index, {}).get(leaf)) for index, leaf in leaves if index >= size
    ]
    return LostPart(log, checkpoint, known, tree.range_at(checkpoint.size, hash_at), entries)


def read_journal(folder: Path, start: int, disk: Disk) -> Journal:
    """Give the journal's objects from place `start` on, by place and leaf; damaged lines are left out.

    A place may have several: a run that was killed before it signed has left a file, and then the
    database was restored from a backup and other entries took those places. The log says which leaf is true.
    """
    found: Journal = {}
    for name in disk.names(folder):
        first, _, rest = name.partition("-")
        count = rest.removesuffix(".jsonl")
        if not (first.isdigit() and count.isdigit()) or int(first) + int(count) <= start:
            continue
        for line in (disk.read(folder / name) or b"").splitlines():
            try:
                shape = json.loads(line)
                found.setdefault(int(shape["index"]), {})[canonical(shape["leaf"])] = shape
            except (ValueError, KeyError, TypeError, Invalid):
                continue
    return found


def _lost_entry(index: int, leaf: bytes, journal: Mapping[str, Any] | None) -> LostEntry:
    """Join a leaf with what the journal says of it, when that opens this very leaf."""
    try:
        stored = canonical(journal["opening"]).decode() if journal else ""
        opened = open_stored(stored, leaf, opening_keys()) if journal and journal["opening"] else None
        if journal and opened and opened.value("entry") == journal["entry"]:
            return LostEntry(index, leaf, str(journal["entry"]), opened, stored)
    except (Invalid, KeyError, TypeError, ValueError):
        pass
    return LostEntry(index, leaf, "", None, "")


@whole
def _rebuild(
    parts: Sequence[LostPart], rooms: Sequence[BringForward], *, now: datetime, chance: Chance
) -> list[Recovered]:
    """Put the lost entries back, move the heads, and record that it was done; all in one transaction."""
    names: set[str] = set()
    for part in parts:
        row, _ = Log.objects.select_for_update().get_or_create(
            name=part.log, defaults={"root": tree.EMPTY_ROOT}
        )
        if (row.size, bytes(row.root)) != (part.known.size, part.known.root()):
            raise Conflict(
                "ledger.head_moved",
                what=Text("恢复期间日志头发生变化。", "The head moved while recovering."),
                todo=Text("请停止所有进程后再运行恢复。", "Stop every process, then recover again."),
            )
        names |= _put_back(part, now=now, chance=chance)
        Log.objects.filter(name=part.log).update(
            size=part.whole.size,
            root=part.whole.root(),
            hashes=b"".join(part.whole.hashes),
            published_size=part.checkpoint.size,
        )
    for part in parts:
        fields = {
            "log": part.log,
            "first_index": part.known.size,
            "count": len(part.entries),
            "missing": sum(each.opening is None for each in part.entries),
            "size": part.whole.size,
            "root": part.whole.root().hex(),
        }
        record("decisions", "ledger.recovered", fields, now=now, chance=chance)
    found = [each for each in recovered() if each.entry in names]
    for bring_forward in rooms:
        bring_forward(found)
    return found


def _put_back(part: LostPart, *, now: datetime, chance: Chance) -> set[str]:
    """Insert one log's lost entries; one that the backup has without a place only gets its place."""
    kept = set(Entry.objects.filter(log=part.log, seq=None).values_list("id", flat=True))
    names: set[str] = set()
    for start in range(0, len(part.entries), INSERTED_ROWS):
        rows, found, numbers = [], [], []
        for each in part.entries[start : start + INSERTED_ROWS]:
            if each.entry in kept:
                Entry.objects.filter(pk=each.entry, seq=None).update(seq=each.index)
                continue
            row = _entry(part.log, each, each.entry or new_id(now, chance))
            again = _recovered(row, each, now)
            rows.append(row)
            found.append(again)
            numbers.extend(_identifiers(again, each))
            names.add(row.pk)
        Entry.objects.bulk_create(rows)
        RecoveredEntry.objects.bulk_create(found)
        RecoveredIdentifier.objects.bulk_create(numbers)
    return names


def _entry(log: str, each: LostEntry, name: str) -> Entry:
    kind = json.loads(each.leaf)["kind"]
    hashed = tree.leaf_hash(each.leaf)
    return Entry(
        id=name,
        log=log,
        kind=kind,
        leaf=each.leaf,
        leaf_hash=hashed,
        opening=each.opening_json,
        seq=each.index,
    )


def _recovered(row: Entry, each: LostEntry, now: datetime) -> RecoveredEntry:
    leaf = json.loads(each.leaf)
    office = leaf.get("office") or (each.opening and each.opening.value("office")) or ""
    missing = each.opening is None
    return RecoveredEntry(
        entry=row, hour=leaf["hour"], office=office, contents_missing=missing, recovered_at=now
    )


def _identifiers(again: RecoveredEntry, each: LostEntry) -> list[RecoveredIdentifier]:
    values = {name: each.opening.value(name) for name in IDENTIFIERS} if each.opening else {}
    return [
        RecoveredIdentifier(recovered=again, name=name, value=str(value))
        for name, value in values.items()
        if value not in (None, "")
    ]
