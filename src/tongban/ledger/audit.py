"""Compare the database with the published log, entry by entry: the ledger's own check of itself."""

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from tongban.kernel.errors import Conflict, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.keys import public_log_key
from tongban.ledger.models import Entry, Log, RecoveredEntry
from tongban.ledger.notes import VerifierKey
from tongban.ledger.openings import forgotten, open_stored, opening_keys
from tongban.ledger.places import keys_folder, logs_folder
from tongban.ledger.pruned import known_edge
from tongban.ledger.queries import PlacedRow, log_names, placed_rows
from tongban.ledger.sealing import OpeningKeys, period_of
from tongban.ledger.tiles import WIDTH, Tiles
from tongban.ledger.verification import MAX_PROBLEMS, published, reader, verify


def verify_against_store(log: str, *, logs: Path | None = None, disk: Disk = DISK) -> list[Text]:
    """Compare every entry of the database with its leaf in the published log; gives what differs.

    Also checks that each opening opens its leaf and that the head in the database is the tree over
    its rows.
    """
    row = Log.objects.filter(name=log).values_list("size", "root", "minimum").first()
    size, root, minimum = (row[0], bytes(row[1]), row[2]) if row else (0, tree.EMPTY_ROOT, 0)
    folder = (logs or logs_folder()) / log
    found = published(folder, None, disk)
    tiles = Tiles(found[0].size if found else 0, reader(folder, disk))
    problems: list[Text] = []
    contents = _Contents()
    # What was pruned is taken from the tiles; that they lead to the head's root shows below.
    whole = known_edge(size, minimum, reader(folder, disk))[0] if minimum else tree.Range()
    for rows in placed_rows(log, minimum, size):
        if [each.index for each in rows] != list(range(whole.size, whole.size + len(rows))):
            return [
                Text(f"数据库中日志 {log} 的序号不连续。", f"The places of {log} have a gap in the database.")
            ]
        whole = tree.append(whole, (each.leaf_hash for each in rows))
        problems.extend(_differences(rows, tiles, contents))
    if (whole.size, whole.root()) != (size, root):
        problems.append(
            Text(f"数据库中日志 {log} 的树根不符。", f"The head of {log} in the database is not its rows'.")
        )
    if found and found[0].size > size:
        problems.append(Text(f"日志 {log} 比数据库新。", f"The log {log} is ahead of the database."))
    columns = ("id", "kind", "leaf", "leaf_hash", "opening")
    for name, kind, leaf, hashed, opened in Entry.objects.filter(log=log, seq=None).values_list(*columns):
        waiting = PlacedRow(size, name, kind, bytes(leaf), bytes(hashed), opened)
        problems.extend(_contradictions(waiting, contents))
    return problems[:MAX_PROBLEMS]


def _differences(rows: list[PlacedRow], tiles: Tiles, contents: "_Contents") -> Iterator[Text]:
    bundle, leaves = -1, list[bytes]()
    for row in rows:
        if row.index < tiles.size:
            if row.index // WIDTH != bundle:
                bundle = row.index // WIDTH
                leaves = tiles.leaves(bundle)
            if leaves[row.index % WIDTH] != row.leaf:
                yield Text(f"条目 {row.entry} 与日志不符。", f"The entry {row.entry} differs from the log.")
        yield from _contradictions(row, contents)


def _contradictions(row: PlacedRow, contents: "_Contents") -> Iterator[Text]:
    """Give what a row says twice and differently; by its kind those who watch over looks find it."""
    if tree.leaf_hash(row.leaf) != row.leaf_hash:
        yield Text(f"条目 {row.entry} 的哈希不符。", f"The entry {row.entry} has another leaf's hash.")
    if b'"kind":"%s"' % row.kind.encode() not in row.leaf:  # canonical: no text within it looks like this
        yield Text(f"条目 {row.entry} 的类型不符。", f"The entry {row.entry} has another leaf's kind.")
    yield from contents.problems(row)


@dataclass(slots=True)
class _Contents:
    """Whether openings open; only what was forgotten on record, or lost before a recovery, may not."""

    keys: OpeningKeys = field(default_factory=opening_keys)
    forgotten: Set[str] = field(default_factory=lambda: forgotten().keys())
    lost: Set[str] = field(
        default_factory=lambda: set(
            RecoveredEntry.objects.filter(contents_missing=True).values_list("pk", flat=True)
        )
    )

    def problems(self, row: PlacedRow) -> Iterator[Text]:
        if not row.opening:
            if row.entry not in self.lost:
                yield Text(
                    f"条目 {row.entry} 的内容已被清空。", f"The opening of {row.entry} has been emptied."
                )
            return
        try:
            found = open_stored(row.opening, row.leaf, self.keys)
            if found is None:
                yield from self._without_key(row)
                return
            fits = found.value("entry") == row.entry
        except (TongbanError, ValueError, KeyError, TypeError):
            fits = False
        if not fits:
            yield Text(
                f"条目 {row.entry} 的内容与其公开条目不符。",
                f"The opening of {row.entry} does not open its leaf.",
            )

    def _without_key(self, row: PlacedRow) -> Iterator[Text]:
        """Which period it is follows from the leaf, so that nothing passes for forgotten but what was."""
        period = period_of(json.loads(row.leaf))
        if period not in self.forgotten:
            yield Text(
                f"条目 {row.entry} 打不开：密钥 {period} 缺失。",
                f"The entry {row.entry} does not open: its key {period} is missing.",
            )


def check_ledger(*, logs: Path | None = None, disk: Disk = DISK) -> None:
    """Verify every log, its files and the database against each other; raises Conflict with what is wrong.

    For tests, after every act they perform, and for an auditor. The checkpoints' signatures are
    checked when the node has its public key file.
    """
    folder, public = logs or logs_folder(), public_log_key(keys_folder())
    problems: list[Text] = []
    for log in sorted({*log_names(), *disk.names(folder)}):
        key: VerifierKey | None = public.vkey(log) if public else None
        if disk.read(folder / log / "checkpoint") is not None:
            problems.extend(verify(folder / log, key, disk).problems)
        problems.extend(verify_against_store(log, logs=folder, disk=disk))
    if problems:
        zh, en = "；".join(each.zh for each in problems), " ".join(each.en for each in problems)
        raise Conflict(
            "ledger.does_not_verify",
            what=Text(f"存证校验不通过：{zh}", f"The ledger does not verify: {en}"),
            todo=Text(
                "请停止写入并保全现场，由审计管理员核查。",
                "Stop writing, keep everything as it is, and have the auditor look.",
            ),
        )
