"""Verify a published log from its files alone: no database, no trust in whoever serves it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tongban.kernel.errors import Invalid, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.notes import Checkpoint, VerifierKey, open_checkpoint, parse_checkpoint, split_note
from tongban.ledger.places import pending_file
from tongban.ledger.pruned import Pruned, known_edge, read_pruned
from tongban.ledger.tiles import WIDTH, Read, Tiles, encode_bundle, fold, tile_path, width_at
from tongban.ledger.tree import Range, append, leaf_hash

MAX_PROBLEMS = 20
# Canonical JSON has one way of writing a leaf, so a pattern can say which; parsing takes eight times as long.
LEAF = re.compile(
    r'\{"commitment":"[0-9a-f]{64}","hour":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z","kind":"[^"\\\x00-\x1f]+"'
    r'(?:,"office":"[^"\\\x00-\x1f]+")?,"version":1\}'
)


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying a log found: sound when there are no problems."""

    origin: str
    size: int
    root: str
    problems: tuple[Text, ...]
    pruned: Pruned | None = None

    @property
    def sound(self) -> bool:
        """Say whether everything fitted."""
        return not self.problems

    def checkpoint(self) -> Checkpoint:
        """Give the checkpoint that was verified."""
        return Checkpoint(self.origin, self.size, bytes.fromhex(self.root))

    def as_dict(self) -> dict[str, object]:
        """Give the JSON shape that the command prints."""
        problems = [each.as_dict() for each in self.problems]
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "verified": self.sound,
            "problems": problems,
            "minimum": self.pruned.minimum if self.pruned else 0,
        }


def reader(folder: Path, disk: Disk = DISK) -> Read:
    """Give the reading that tiles.py asks for, over one log's folder."""
    return lambda path: disk.read(folder / path)


def published(folder: Path, key: VerifierKey | None, disk: Disk = DISK) -> tuple[Checkpoint, str] | None:
    """Give a log's newest checkpoint and its note, None when it has none.

    With a key, raises Invalid unless the log's key signed it; without, the note is taken at its word.
    """
    return _read_note(folder / "checkpoint", key, disk)


def newest(logs: Path, log: str, key: VerifierKey | None, disk: Disk = DISK) -> Checkpoint | None:
    """Give the furthest checkpoint that this node has signed of a log, published or waiting for witnesses."""
    notes = (logs / log / "checkpoint", pending_file(logs, log))
    own = key.alone if key else None
    found = [each[0] for path in notes if (each := _read_note(path, own, disk)) is not None]
    return max(found, key=lambda checkpoint: checkpoint.size, default=None)


def _read_note(path: Path, key: VerifierKey | None, disk: Disk) -> tuple[Checkpoint, str] | None:
    note = disk.read(path)
    if note is None:
        return None
    try:
        text = note.decode()
    except UnicodeDecodeError as broken:
        raise Invalid(
            "ledger.note_wrong",
            what=Text("日志检查点已损坏。", "The checkpoint is damaged."),
            todo=Text("请用备份恢复日志目录。", "Restore the log's folder from a copy."),
        ) from broken
    return (open_checkpoint(text, key) if key else parse_checkpoint(split_note(text)[0])), text


def verify(folder: Path, key: VerifierKey | None, disk: Disk = DISK) -> Report:
    """Read every leaf and every tile of a log again and compare them with its signed checkpoint.

    Memory stays bounded: 256 leaves at a time. A log that is damaged gives a report with problems;
    a log that is not there raises nothing either: its size is 0.
    """
    try:
        head = published(folder, key, disk)
    except TongbanError as trouble:
        return Report("", 0, "", (trouble.what,))
    if head is None:
        return Report("", 0, Range().root().hex(), (Text("没有检查点。", "There is no checkpoint."),))
    return verify_to(head[0], folder, disk, key=key)


def verify_to(
    checkpoint: Checkpoint, folder: Path, disk: Disk = DISK, *, key: VerifierKey | None = None
) -> Report:
    """Compare every leaf and every tile of a log with a checkpoint that is trusted already.

    What the log says that it pruned is left out, and told; the rest must still lead to the root.
    """
    found: list[Text] = []
    read, pruned = reader(folder, disk), None
    walk = _Walk(Tiles(checkpoint.size, read), found)
    try:
        pruned = read_pruned(read, key)
        whole = walk.leaves(min(pruned.minimum, checkpoint.size) if pruned else 0)
        walk.upper_tiles()
        found.extend(_outgrown_lies(walk.tiles, folder, disk))
        if whole.root() != checkpoint.root:
            found.append(Text("条目与检查点的树根不符。", "The leaves do not lead to the checkpoint's root."))
    except TongbanError as trouble:
        found.append(trouble.what)
    return Report(
        checkpoint.origin, checkpoint.size, checkpoint.root.hex(), tuple(found[:MAX_PROBLEMS]), pruned
    )


@dataclass(slots=True)
class _Walk:
    """One pass over a log; `rows` holds, level by level, the hashes that its tiles must show."""

    tiles: Tiles
    problems: list[Text]
    rows: list[list[bytes]] = field(default_factory=lambda: [[]])
    done: list[int] = field(default_factory=lambda: [0])  # full tiles compared, by level

    def leaves(self, minimum: int = 0) -> Range:
        whole, self.rows = (
            known_edge(self.tiles.size, minimum, self.tiles.read) if minimum else (Range(), [[]])
        )
        self.done = [minimum // WIDTH ** (level + 1) for level in range(len(self.rows))]
        for index in range(minimum // WIDTH, -(-self.tiles.size // WIDTH)):
            leaves = self.tiles.leaves(index)
            self.problems.extend(
                _malformed(leaf, index * WIDTH + at)
                for at, leaf in enumerate(leaves)
                if not well_formed(leaf)
            )
            hashes = [leaf_hash(leaf) for leaf in leaves]
            whole = append(whole, hashes)
            self._take(0, hashes)
        return whole

    def _take(self, level: int, hashes: list[bytes]) -> None:
        if level == len(self.rows):
            self.rows.append([])
            self.done.append(0)
        self.rows[level].extend(hashes)
        while len(self.rows[level]) >= WIDTH:
            full, self.rows[level] = self.rows[level][:WIDTH], self.rows[level][WIDTH:]
            self._compare(level, self.done[level], full)
            self.done[level] += 1
            self._take(level + 1, [fold(b"".join(full))])

    def upper_tiles(self) -> None:
        """Compare the partial tiles that are left at the right edge of each level."""
        for level, row in enumerate(self.rows):
            if row:
                self._compare(level, self.done[level], row)

    def _compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        width = width_at(self.tiles.size, level, index)
        if self.tiles.tile(level, index) != b"".join(hashes):
            path = tile_path(level, index, width)
            self.problems.append(
                Text(f"哈希文件与条目不符：{path}。", f"A tile does not fit the leaves: {path}.")
            )


def partial_folders(folder: Path, size: int, disk: Disk = DISK) -> list[str]:
    """Give the folders of partial tiles and bundles that a log of this size has outgrown and still holds."""
    return [path for path, _, _, is_whole in _partials(folder, size, disk) if is_whole]


def _partials(folder: Path, size: int, disk: Disk) -> Iterator[tuple[str, str, int, bool]]:
    """Give each folder of partial files: its path, its level, its tile's index, and whether that is full."""
    for level in disk.names(folder / "tile"):
        for below in _numbered(folder / "tile" / level, "", disk):
            index = int(below.removesuffix(".p").replace("/", "").replace("x", ""))
            height = 0 if level == "entries" else int(level)
            yield f"tile/{level}/{below}", level, index, width_at(size, height, index) == WIDTH


def _numbered(folder: Path, below: str, disk: Disk) -> Iterator[str]:
    for name in disk.names(folder / below):
        if name.startswith("x"):
            yield from _numbered(folder, f"{below}{name}/", disk)
        elif name.endswith(".p"):
            yield f"{below}{name}"


def _outgrown_lies(tiles: Tiles, folder: Path, disk: Disk) -> Iterator[Text]:
    """Compare every partial file that still lies there with what took its place: one begins the other.

    Whoever fetched it before the checkpoint grew holds it against the log.
    """
    for path, level, index, _ in _partials(folder, tiles.size, disk):
        if level == "entries":
            width = width_at(tiles.size, 0, index)
            whole = encode_bundle(tiles.leaves(index)) if width else b""
        else:
            width = width_at(tiles.size, int(level), index)
            whole = tiles.tile(int(level), index) if width else b""
        for name in disk.names(folder / path):
            part = disk.read(folder / path / name) or b""
            # One that a killed run has written for a size beyond the checkpoint begins with what is there.
            if name.isdigit() and not (
                whole.startswith(part) if int(name) <= width else part.startswith(whole)
            ):
                yield Text(
                    f"旧的部分文件与现有文件不符：{path}/{name}。",
                    f"An outgrown partial file contradicts what took its place: {path}/{name}.",
                )


def well_formed(leaf: bytes) -> bool:
    """Say whether a leaf is what docs/ledger.md section 3 allows, byte by byte."""
    try:
        return LEAF.fullmatch(leaf.decode()) is not None
    except UnicodeDecodeError:
        return False


def leaf_hour(leaf: bytes) -> datetime | None:
    """Give the beginning of the hour that a leaf shows, None when it is malformed."""
    if not well_formed(leaf):
        return None
    try:
        return datetime.strptime(json.loads(leaf)["hour"], "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def _malformed(leaf: bytes, index: int) -> Text:
    shown = leaf[:40].decode(errors="replace")
    return Text(f"第 {index} 条格式不正确：{shown}。", f"Leaf {index} is malformed: {shown}.")
