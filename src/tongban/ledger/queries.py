"""Every read of the ledger: heads, openings, proofs, and whether the node may write at all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Case, QuerySet, Value, When

from tongban.kernel import rows
from tongban.kernel.errors import Conflict, Invalid, NodeReadOnly, NotFound
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.anchors import newest_anchor
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.models import WATCHED, Entry, Log, RecoveredEntry, RecoveredIdentifier
from tongban.ledger.openings import open_stored, opening_keys
from tongban.ledger.places import contradicted_file, logs_folder
from tongban.ledger.rules import Leaf, Opening, Proof
from tongban.ledger.tiles import hashes_of
from tongban.ledger.verification import newest, published, reader

READ_ROWS = 10_000  # what one run gives places to, so that no file is written and fsynced half full meanwhile
NEWEST_ENTRY = (Key("pk", str, falling=True),)
NEWEST_PLACE = (Key("seq", int, falling=True),)
OPEN_FIRST = (Key("done", int), Key("entry__log", str), Key("entry__seq", int))
TRUSTED_FOR_S = 5  # how long a process goes on writing before it compares database and log again


@dataclass(frozen=True, slots=True)
class Head:
    """A log's newest published checkpoint, and how far the database has come meanwhile.

    `pending` is the size of a signed checkpoint that waits for its witnesses, 0 where none does; `anchored`
    is the size that a time-stamp authority has confirmed last, at its word.
    """

    log: str
    origin: str
    size: int
    root: str
    checkpoint: str
    placed: int
    waiting: int
    pending: int = 0
    anchored: int = 0
    anchored_at: str = ""

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def head(log: str, *, logs: Path | None = None, disk: Disk = DISK) -> Head:
    """Give a log's head; size 0 before its first publication. A year of shares has its name."""
    found = published((logs or logs_folder()) / log, None, disk)
    placed = Log.objects.filter(name=log).values_list("size", flat=True).first() or 0
    waiting = Entry.objects.filter(log=log, seq=None).count()
    signed = newest(logs or logs_folder(), log, None, disk)
    size = found[0].size if found else 0
    pending = signed.size if signed is not None and signed.size > size else 0
    if found is None:
        return Head(log, "", 0, tree.EMPTY_ROOT.hex(), "", placed, waiting, pending)
    checkpoint, note = found
    anchored, at = newest_anchor(reader((logs or logs_folder()) / log, disk))
    since = at.isoformat() if at else ""
    shown = checkpoint.origin, size, checkpoint.root.hex(), note
    return Head(log, *shown, placed, waiting, pending, anchored, since)


def log_names() -> list[str]:
    """Give every log that has an entry or a head."""
    waiting = Entry.objects.filter(seq=None).values_list("log", flat=True).distinct()
    return sorted({*waiting, *Log.objects.values_list("name", flat=True)})


def is_settled(log: str, *, logs: Path, disk: Disk = DISK) -> bool:
    """Say whether everything of a log has its place, is published, and is known to be on the disk."""
    row = Log.objects.filter(name=log).values_list("size", "root", "published_size").first()
    found = published(logs / log, None, disk)
    if row is None or found is None or Entry.objects.filter(log=log, seq=None).exists():
        return False
    return (row[0], bytes(row[1])) == (found[0].size, found[0].root) and row[2] == row[0]


def openings_of(kind: str, *, after: str = "", most: int = A_PAGE) -> Page[Opening]:
    """Give the openings of one kind, the newest first, for those who watch over what staff do.

    Those that are forgotten are left out. Kinds outside `models.WATCHED` are refused: finding them would
    read the whole table.
    """
    if kind not in WATCHED:
        raise Invalid(
            "ledger.not_watched",
            what=Text(f"不能按类型“{kind}”查阅存证。", f"Entries {kind} cannot be listed by kind."),
            todo=Text("请按存证编号查询。", "Look an entry up by its name."),
        )
    found = Entry.objects.filter(kind=kind).exclude(opening="").only("leaf", "opening")
    keys = opening_keys()
    page = page_of(found, NEWEST_ENTRY, after=after, most=most).of(
        lambda row: open_stored(row.opening, bytes(row.leaf), keys)
    )
    return Page(tuple(each for each in page.lines if each is not None), page.after)


def leaf_hashes(entry_ids: Sequence[str]) -> tuple[str, list[bytes]]:
    """Give the one log that these entries are in, and their leaf hashes in the order asked."""
    rows = {
        name: (log, bytes(hashed))
        for name, log, hashed in Entry.objects.filter(pk__in=entry_ids).values_list("id", "log", "leaf_hash")
    }
    logs = {log for log, _ in rows.values()}
    if len(logs) != 1 or len(rows) != len(set(entry_ids)):
        raise Invalid(
            "ledger.not_one_log",
            what=Text("这些存证条目不存在或不在同一日志中。", "These entries do not all exist in one log."),
            todo=Text("请按日志分别申请回执。", "Ask for one promise a log."),
        )
    return logs.pop(), [rows[name][1] for name in entry_ids]


def proof(entry_id: str, *, logs: Path | None = None, disk: Disk = DISK) -> Proof:
    """Prove an entry against the newest published checkpoint; raises Conflict until it is under one."""
    row = Entry.objects.filter(pk=entry_id).values_list("log", "seq", "leaf").first()
    if row is None:
        raise NotFound(
            "ledger.no_entry",
            what=Text("没有该存证条目。", "There is no such entry."),
            todo=Text("请核对存证编号。", "Check the entry's name."),
        )
    log, index, leaf = row
    folder = (logs or logs_folder()) / log
    found = published(folder, None, disk)
    if index is None or found is None or index >= found[0].size:
        raise Conflict(
            "ledger.not_published",
            what=Text("该条目尚未写入已发布的检查点。", "The entry is not under a published checkpoint yet."),
            todo=Text(
                "请稍后再试；在此之前以存证回执为凭。",
                "Try again in some seconds; until then the promise stands for it.",
            ),
        )
    checkpoint, note = found
    path = tree.inclusion_proof(index, checkpoint.size, hashes_of(checkpoint.size, reader(folder, disk)))
    shown: Leaf = json.loads(bytes(leaf))
    return Proof(checkpoint.origin, index, shown, tuple(path), note)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row of the log as it is written out: place, name, kind, leaf, its hash, and the opening's JSON."""

    index: int
    entry: str
    kind: str
    leaf: bytes
    leaf_hash: bytes
    opening: str


def placed_rows(log: str, start: int, end: int) -> Iterator[list[PlacedRow]]:
    """Give the rows with places from `start` up to `end`, in order, ten thousand at a time."""
    columns = ("seq", "id", "kind", "leaf", "leaf_hash", "opening")
    while start < end:
        until = min(end, start + READ_ROWS)
        rows = (
            Entry.objects.filter(log=log, seq__gte=start, seq__lt=until).order_by("seq").values_list(*columns)
        )
        yield [
            PlacedRow(seq or 0, name, kind, bytes(leaf), bytes(hashed), opened)
            for seq, name, kind, leaf, hashed, opened in rows
        ]
        start = until


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """What anybody may see of an entry with a place: the leaf's own words."""

    entry: str
    index: int
    kind: str
    hour: str
    office: str


def latest(log: str, *, after: str = "", most: int = A_PAGE) -> Page[ShownEntry]:
    """Give the entries of a log that have a place, newest first."""
    found = Entry.objects.filter(log=log, seq__isnull=False).only("seq", "leaf")
    return page_of(found, NEWEST_PLACE, after=after, most=most).of(_shown)


def _shown(row: Entry) -> ShownEntry:
    leaf: Leaf = json.loads(bytes(row.leaf))
    return ShownEntry(row.pk, row.seq or 0, leaf["kind"], leaf["hour"], leaf.get("office", ""))


def is_read_only(*, logs: Path | None = None, disk: Disk = DISK) -> bool:
    """Say whether nothing may be written: a log is ahead of the database, or its witnesses contradict it."""
    folder = logs or logs_folder()
    heads: dict[str, tuple[int, bytes]] = {
        name: (size, bytes(root)) for name, size, root in Log.objects.values_list("name", "size", "root")
    }
    for log in disk.names(folder):
        found = newest(folder, log, None, disk)
        size, root = heads.get(log, (0, tree.EMPTY_ROOT))
        if found and (found.size > size or (found.size == size and found.root != root)):
            return True
        if _contradiction(folder, log, disk):
            return True
    return False


_writable_since: dict[Path, datetime] = {}  # of this process; only a good answer is kept, and not for long


def require_writable(now: datetime, *, logs: Path | None = None, disk: Disk = DISK) -> None:
    """Raise NodeReadOnly while the database is older than the log.

    A process compares when it first writes and again every few seconds of its callers' time, so
    that an entry costs no read of its own.
    """
    folder = logs or logs_folder()
    since = _writable_since.get(folder)
    if since is not None and timedelta() <= now - since < timedelta(seconds=TRUSTED_FOR_S):
        return
    if is_read_only(logs=folder, disk=disk):
        raise _why_read_only(folder, disk)
    _writable_since[folder] = now


def read_only(which: str) -> NodeReadOnly:
    """Say that the database is older than the log."""
    return NodeReadOnly(
        "ledger.database_older",
        what=Text(
            f"数据库比已发布的存证日志旧或与之不符（{which}），系统只读。",
            f"The database is older than the published log, or differs from it ({which}).",
        ),
        todo=Text("请管理员运行 tongban recover。", "Have the administrator run `tongban recover`."),
    )


def contradicted(log: str, said: Mapping[str, Mapping[str, str]]) -> NodeReadOnly:
    """Say which witnesses contradict a log, and what each says."""
    zh, en = (
        "；".join(each["zh"] for each in said.values()),
        "; ".join(each["en"] for each in said.values()),
    )
    return NodeReadOnly(
        "ledger.contradicted",
        what=Text(
            f"见证方与本节点的日志 {log} 不一致，系统只读：{zh}。",
            f"Witnesses contradict this node's log {log}: {en}.",
        ),
        todo=Text(
            "日志可能被回滚或分叉：请用最新副本恢复日志目录，再运行 tongban recover。",
            "It was rolled back or forked: restore the newest copy of the log, then run `tongban recover`.",
        ),
    )


def _why_read_only(folder: Path, disk: Disk) -> NodeReadOnly:
    for log in disk.names(folder):
        said = _contradiction(folder, log, disk)
        if said:
            return contradicted(log, said)
    return read_only(folder.name)


def _contradiction(folder: Path, log: str, disk: Disk) -> Mapping[str, Mapping[str, str]]:
    """Give what witnesses said against a log as it stands; against what has been replaced it says nothing."""
    kept = disk.read(contradicted_file(folder, log))
    found = newest(folder, log, None, disk) if kept else None
    if not kept or found is None:
        return {}
    record = json.loads(kept)
    said: Mapping[str, Mapping[str, str]] = record["said"]
    return said if (record["size"], record["root"]) == (found.size, found.root.hex()) else {}


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery found of one lost entry; without its contents there are no identifiers."""

    entry: str
    log: str
    index: int
    kind: str
    hour: str
    office: str
    identifiers: Mapping[str, str]
    contents_missing: bool
    completed_by: str

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "identifiers": dict(self.identifiers),
        }


def recovered(*, open_only: bool = False) -> list[Recovered]:
    """Give every recovered entry, by log and place, for work on all of them; those that no person has
    completed yet when asked so. A page for people is `recovered_page`."""
    found = _recovered_rows().order_by("entry__log", "entry__seq")
    return [_recovered(row) for row in (found.filter(completed_at=None) if open_only else found)]


def recovered_page(*, after: str = "", most: int = A_PAGE) -> Page[Recovered]:
    """List the recovered entries, those that wait for a person first, by log and place."""
    done = Case(When(completed_at=None, then=Value(0)), default=Value(1))
    found = _recovered_rows().annotate(done=done)
    return page_of(found, OPEN_FIRST, after=after, most=most).of(_recovered)


def _recovered_rows() -> QuerySet[RecoveredEntry]:
    return RecoveredEntry.objects.select_related("entry").prefetch_related("identifiers")


def _recovered(row: RecoveredEntry) -> Recovered:
    return Recovered(
        row.entry.pk,
        row.entry.log,
        row.entry.seq or 0,
        row.entry.kind,
        row.hour,
        row.office,
        {each.name: each.value for each in row.identifiers.all()},
        row.contents_missing,
        row.completed_by,
    )


def recovered_identifiers(name: str) -> frozenset[str]:
    """Give every number of that name (`case_number`, …) that was given out before a recovery: never again."""
    found = rows.read_one("SELECT 1 FROM ledger_recoveredidentifier WHERE name = %s", name)
    if found is None:  # as almost always, and asked before every number that is given out
        return frozenset()
    return frozenset(RecoveredIdentifier.objects.filter(name=name).values_list("value", flat=True))


def offices_without_contents(kind: str) -> frozenset[str]:
    """Give the offices of a kind's recovered entries that lack contents and that no person has completed.

    An empty name stands for an entry that does not show its office: it may be any office's.
    """
    found = RecoveredEntry.objects.filter(contents_missing=True, completed_at=None, entry__kind=kind)
    return frozenset(found.values_list("office", flat=True).distinct())
