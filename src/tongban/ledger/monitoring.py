"""Following a log from outside, for ever: every entry is read, every checkpoint must continue the last one.

A monitor keeps a copy of the log that it builds itself from the entries alone, so that nothing which
the log says of its own tree is believed. What it read is on its disk before its own checkpoint moves;
killed anywhere, it goes on from there. The copy is a mirror as well: a node that lost its log's folder
takes it from here.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.anchors import anchor_path, check_anchor_of, keep_anchor, newest_anchor, sizes_of
from tongban.ledger.disk import DISK, PUBLIC_FILE, Disk, replace_file, write_files
from tongban.ledger.notes import Checkpoint, VerifierKey, open_checkpoint
from tongban.ledger.pruned import PRUNED, Pruned, known_edge, read_pruned
from tongban.ledger.tiles import HEIGHT, WIDTH, Read, Tiles, grow, hashes_of, outgrown, tile_path
from tongban.ledger.verification import published, reader, well_formed

BUNDLES_AT_ONCE = 40  # ten thousand entries are in memory at a time
COUNTS = "counts.json"
NOBODY = "-"  # stands for the office of an entry that names none

Counts = dict[str, dict[str, dict[str, int]]]  # day → office → kind → how many


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the log has been followed, how many entries were new, and what it says was pruned before.

    With an authority's roots also how far it is anchored, and which anchors are wrong or missing.
    """

    origin: str
    size: int
    root: str
    added: int
    minimum: int = 0
    anchored: int = 0
    anchored_at: str = ""
    anchor_problems: tuple[Text, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        return shown | {"anchor_problems": [each.as_dict() for each in self.anchor_problems]}


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor of one log: its own folder, which must exist, and how the log's files are read."""

    folder: Path
    key: VerifierKey
    read: Read
    disk: Disk = field(default_factory=lambda: DISK)  # the process's one
    roots: tuple[Certificate, ...] = ()  # of the authority that anchors the log; none, and nobody looks

    def follow(self) -> Followed:
        """Read what is new and put it on record.

        Raises Invalid, with both checkpoints kept, when the log has contradicted what it showed before; a
        log that cannot be read raises what `read` raises.
        """
        note = self.read("checkpoint")
        if note is None:
            raise NotFound(
                "ledger.no_log",
                what=Text("该处没有日志检查点。", "There is no checkpoint of a log there."),
                todo=Text("请核对日志地址。", "Check the log's address."),
            )
        new = open_checkpoint(note.decode(errors="replace"), self.key)
        found = published(self.folder, self.key.alone, self.disk)
        old = found[0] if found else Checkpoint(new.origin, 0, tree.EMPTY_ROOT)
        if new.size < old.size:
            raise self._contradicted(note, old, "rolled_back", "回滚", "was rolled back")
        if new.size == old.size and new.root != old.root:
            raise self._contradicted(note, old, "forked", "分叉", "was forked")
        pruned = read_pruned(self.read, self.key)
        if pruned and old.size < pruned.minimum:
            old = self._begin_at(pruned, old, new)
        if new.size > old.size:
            self._take_in(old, new, note)
        minimum = self._own_minimum()
        self._count(new.size, minimum)
        told = new.origin, new.size, new.root.hex(), new.size - old.size, minimum
        return Followed(*told, *self._anchors(new, minimum)) if self.roots else Followed(*told)

    def _anchors(self, new: Checkpoint, minimum: int) -> tuple[int, str, tuple[Text, ...]]:
        """Check the anchors that are new against this monitor's own copy and keep them; say what is wrong.

        What was kept once is not read again, and still has to be named by the log.
        """
        own = reader(self.folder, self.disk)
        kept, named = sizes_of(own), sizes_of(self.read)
        problems = [
            Text(
                f"第 {size} 条检查点的锚定已被撤下。",
                f"The anchor of the checkpoint of {size} is gone.",
            )
            for size in set(kept) - set(named)
        ]
        for size in (each for each in named if each not in kept and each > minimum):
            found = check_anchor_of(size, self.read, own, new, self.roots)
            problems.extend(found.problems)
            if not found.problems:
                keep_anchor(self.folder, size, self.read(anchor_path(size)) or b"", self.disk)
        size, at = newest_anchor(own)
        return size, at.isoformat() if at else "", tuple(problems)

    def _begin_at(self, pruned: Pruned, old: Checkpoint, new: Checkpoint) -> Checkpoint:
        """Take over the edge of what was pruned before it was ever followed; gives where to go on.

        The log is believed about it only as far as the whole must have the root that it signed.
        """
        if old.size:
            raise Invalid(
                "ledger.pruned_unseen",
                what=Text(
                    f"日志 {new.origin} 已清理第 {pruned.minimum} 条以前的部分，本监督只跟到 {old.size} 条。",
                    f"{new.origin} pruned what lies before {pruned.minimum}; only {old.size} were followed.",
                ),
                todo=Text("请以新目录重新开始监督。", "Begin again with a new folder, and keep the old one."),
            )
        known, rows = known_edge(new.size, pruned.minimum, self.read)
        edges = [
            (
                self.folder / tile_path(level, (pruned.minimum >> HEIGHT * level) // WIDTH, len(row)),
                b"".join(row),
            )
            for level, row in enumerate(rows)
            if row
        ]
        told = (self.folder / PRUNED, self.read(PRUNED) or b"")
        write_files(self.disk, self.folder, [*edges, told], private=self.folder / "none")
        return Checkpoint(new.origin, pruned.minimum, known.root())

    def _own_minimum(self) -> int:
        """Give from where on this monitor has the entries itself."""
        own = read_pruned(reader(self.folder, self.disk), self.key.alone)
        return own.minimum if own else 0

    def _take_in(self, old: Checkpoint, new: Checkpoint, note: bytes) -> None:
        own = reader(self.folder, self.disk)
        whole = tree.range_at(old.size, hashes_of(old.size, own)) if old.size else tree.Range()
        for leaves in self._new_leaves(old, new.size, note):
            hashes = [tree.leaf_hash(leaf) for leaf in leaves]
            files = [(self.folder / path, data) for path, data in grow(whole.size, leaves, hashes, own)]
            write_files(self.disk, self.folder, files)
            whole = tree.append(whole, hashes)
        if whole.root() != new.root:
            raise self._contradicted(note, old, "tampered", "篡改", "does not have the root that it signed")
        replace_file(self.disk, self.folder / "checkpoint", note, PUBLIC_FILE)
        self.disk.fsync_folder(self.folder)
        for gone in outgrown(old.size, new.size):
            self.disk.remove_folder(self.folder / gone)

    def _new_leaves(self, old: Checkpoint, end: int, note: bytes) -> Iterator[list[bytes]]:
        """Give the leaves behind those seen before; what stands before them in their bundle is compared."""
        tiles, known = Tiles(end, self.read), old.size % WIDTH
        first, last = old.size // WIDTH, -(-end // WIDTH)
        for batch in range(first, last, BUNDLES_AT_ONCE):
            bundles = range(batch, min(last, batch + BUNDLES_AT_ONCE))
            leaves = [leaf for index in bundles for leaf in tiles.leaves(index)]
            if batch == first and known:
                seen = Tiles(old.size, reader(self.folder, self.disk)).leaves(first)
                if leaves[:known] != seen:
                    raise self._contradicted(note, old, "tampered", "篡改", "shows other entries than before")
                leaves = leaves[known:]
            yield leaves

    def _contradicted(self, note: bytes, old: Checkpoint, code: str, zh: str, en: str) -> Invalid:
        """Keep the checkpoint that contradicts, signed by the log itself, beside the one seen before."""
        replace_file(self.disk, self.folder / f"contradiction-{code}", note, PUBLIC_FILE)
        self.disk.fsync_folder(self.folder)
        return Invalid(
            f"ledger.{code}",
            what=Text(
                f"日志 {self.key.name} 被{zh}：与此前见到的第 {old.size} 条检查点不一致。",
                f"The log {self.key.name} {en}: it does not continue the {old.size} entries seen before.",
            ),
            todo=Text(
                f"两份检查点均有日志签名，已保存在 {self.folder}，可作为证据。",
                f"Both checkpoints bear its signature and lie in {self.folder}: keep them as evidence.",
            ),
        )

    def _count(self, size: int, minimum: int) -> None:
        """Bring the counts up to a size from the monitor's own copy; a killed run leaves it to the next."""
        kept = self.disk.read(self.folder / COUNTS)
        record: dict[str, Any] = json.loads(kept) if kept else {"size": 0, "days": {}}
        if record["size"] >= size:
            return
        days: Counts = record["days"]
        tiles = Tiles(size, reader(self.folder, self.disk))
        counted = max(record["size"], minimum)
        for index in range(counted // WIDTH, -(-size // WIDTH)):
            for at, leaf in enumerate(tiles.leaves(index), index * WIDTH):
                if at >= counted:
                    _add(days, leaf)
        whole = json.dumps({"size": size, "days": days}, ensure_ascii=False, sort_keys=True).encode()
        replace_file(self.disk, self.folder / COUNTS, whole, PUBLIC_FILE)
        self.disk.fsync_folder(self.folder)


def _add(days: Counts, leaf: bytes) -> None:
    """Count one leaf by its day, office and kind; a malformed one is counted as such, and seen."""
    shown = json.loads(leaf) if well_formed(leaf) else {"kind": "malformed", "hour": "unknown"}
    kinds = days.setdefault(shown["hour"][:10], {}).setdefault(shown.get("office", NOBODY), {})
    kinds[shown["kind"]] = kinds.get(shown["kind"], 0) + 1


def what_was_done(
    folder: Path, *, office: str = "", since: str = "", disk: Disk = DISK
) -> Mapping[str, Mapping[str, int]]:
    """Give, by office and kind, how many entries a monitor has counted; from a day on, of one office."""
    kept = disk.read(folder / COUNTS)
    days: Counts = json.loads(kept)["days"] if kept else {}
    found: dict[str, Counter[str]] = {}
    for day, offices in days.items():
        for name, kinds in offices.items():
            if day >= since and office in ("", name):
                found.setdefault(name, Counter()).update(kinds)
    return {name: dict(sorted(kinds.items())) for name, kinds in sorted(found.items())}
