"""A small true disk: what was not fsynced may be lost, torn or kept when the power is cut.

It keeps apart what a process sees and what is on the platter. A file's bytes become durable by
fsync of the file, a name (made, renamed, removed) by fsync of its folder, in no other order and by
nothing else. That is all POSIX promises; real file systems are kinder, which is how missing fsyncs
stay unnoticed for years.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

BLOCK = 64  # bytes that reach the platter together; small, so that small files tear too


class Stopped(BaseException):
    """The process was killed, or the machine lost its power, within this operation."""


@dataclass
class File:
    """Bytes as a process sees them, and as they are on the platter."""

    seen: bytes = b""
    durable: bytes = b""


@dataclass
class Folder:
    """Names as a process sees them, on the platter, and the changes between the two, in order."""

    seen: dict[str, "File | Folder"] = field(default_factory=dict)
    durable: dict[str, "File | Folder"] = field(default_factory=dict)
    changes: list[dict[str, "File | Folder | None"]] = field(default_factory=list)

    def change(self, names: dict[str, "File | Folder | None"]) -> None:
        """Set or remove names at once, as a rename does; durable when the folder is fsynced."""
        _apply(self.seen, names)
        self.changes.append(names)


def _apply(names: dict[str, File | Folder], change: dict[str, File | Folder | None]) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


@dataclass
class ModelDisk:
    """The Disk of tongban.ledger.disk over a model; `top` is there, durable, from the start.

    `stop_after` operations it raises Stopped; `watch` is called after every operation.
    """

    top: Path
    root: Folder = field(default_factory=Folder)
    locked: set[Path] = field(default_factory=set)
    stop_after: int | None = None
    watch: Callable[["ModelDisk"], None] | None = None

    def __post_init__(self) -> None:
        at = self.root
        for name in self.top.parts[1:]:
            node = at.seen.get(name)
            if not isinstance(node, Folder):
                node = Folder()
                at.seen[name] = at.durable[name] = node
            at = node

    def read(self, path: Path) -> bytes | None:
        found = self._find(path)
        return found.seen if isinstance(found, File) else None

    def names(self, folder: Path) -> list[str]:
        found = self._find(folder)
        return sorted(found.seen) if isinstance(found, Folder) else []

    def make_folder(self, path: Path, mode: int) -> None:  # noqa: ARG002 - modes mean nothing on the model
        parent = self._folder(path.parent)
        if path.name not in parent.seen:
            parent.change({path.name: Folder()})
        self._done()

    def write(self, path: Path, data: bytes, mode: int) -> None:  # noqa: ARG002
        parent = self._folder(path.parent)
        found = parent.seen.get(path.name)
        if not isinstance(found, File):
            found = File()
            parent.change({path.name: found})
        found.seen = data
        self._done()

    def fsync(self, path: Path) -> None:
        self._sync(path)
        self._done()

    def rename(self, old: Path, new: Path) -> None:
        parent = self._folder(old.parent)
        assert old.parent == new.parent, "the log renames within a folder only"
        parent.change({old.name: None, new.name: parent.seen[old.name]})
        self._done()

    def fsync_folder(self, path: Path) -> None:
        self._sync_folder(path)
        self._done()

    def remove(self, path: Path) -> None:
        self.remove_folder(path)

    def remove_folder(self, path: Path) -> None:
        parent = self._folder(path.parent)
        if path.name in parent.seen:
            parent.change({path.name: None})
        self._done()

    @contextmanager
    def lock(self, path: Path) -> Iterator[bool]:
        held = path not in self.locked
        self.locked.add(path)
        try:
            yield held
        finally:
            if held:
                self.locked.discard(path)

    def after_power_cut(self, chance: Random) -> "ModelDisk":
        """Give the disk as the next start finds it, for one of the many ways in which the cut can fall."""
        kept = chance.choice((0.0, 0.5, 0.9))  # from nothing but what was fsynced to nearly everything
        after = type(self)(self.top, copy.deepcopy(self.root))
        _settle(after.root, chance, kept)
        return after

    def _sync(self, path: Path) -> None:
        found = self._find(path)
        assert isinstance(found, File), f"fsync of {path}, which is not there"
        found.durable = found.seen

    def _sync_folder(self, path: Path) -> None:
        found = self._folder(path)
        found.durable, found.changes = dict(found.seen), []

    def _find(self, path: Path) -> File | Folder | None:
        at: File | Folder | None = self.root
        for name in path.parts[1:]:
            at = at.seen.get(name) if isinstance(at, Folder) else None
        return at

    def _folder(self, path: Path) -> Folder:
        found = self._find(path)
        if not isinstance(found, Folder):
            raise NotADirectoryError(path)
        return found

    def _done(self) -> None:
        if self.watch is not None:
            self.watch(self)
        if self.stop_after is not None:
            self.stop_after -= 1
            if self.stop_after < 0:
                self.stop_after = None
                raise Stopped


def _settle(folder: Folder, chance: Random, kept: float) -> None:
    """Let every change that was not fsynced happen or not, each for itself, and then be durable."""
    names = dict(folder.durable)
    for change in folder.changes:
        if chance.random() < kept:
            _apply(names, change)
    folder.seen, folder.durable, folder.changes = names, dict(names), []
    for node in names.values():
        if isinstance(node, Folder):
            _settle(node, chance, kept)
        elif node.seen != node.durable:
            node.seen = node.durable = _torn(node, chance, kept)


def _torn(file: File, chance: Random, kept: float) -> bytes:
    """Mix blocks of what was written and of what was there before, cut at either length or any between."""
    if chance.random() < kept / 2:
        return file.seen
    length = chance.choice((0, len(file.durable), len(file.seen), chance.randint(0, len(file.seen))))
    blocks = []
    for at in range(0, length, BLOCK):
        source = file.seen if chance.random() < kept else file.durable
        blocks.append(source[at : at + BLOCK].ljust(BLOCK, b"\0"))
    return b"".join(blocks)[:length]
