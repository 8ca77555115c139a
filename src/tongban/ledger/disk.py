"""The disk as the log sees it: few verbs, nothing durable until it is fsynced.

Everything that the log writes goes through `Disk`, so that tests can hand in a model that forgets
at a power cut whatever was not fsynced (tests/disk).
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tongban.kernel.errors import DurabilityLost
from tongban.kernel.texts import Text

PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class Disk(Protocol):
    """A file system as POSIX promises it, and no more than that."""

    def read(self, path: Path) -> bytes | None:
        """Give a file's bytes, None when there is no such file."""

    def names(self, folder: Path) -> list[str]:
        """Give the names in a folder, sorted; none when there is no such folder."""

    def make_folder(self, path: Path, mode: int) -> None:
        """Make one folder unless it is there; its name is durable once its parent is fsynced."""

    def write(self, path: Path, data: bytes, mode: int) -> None:
        """Make or replace a file's bytes in place; a power cut may leave any part of them."""

    def fsync(self, path: Path) -> None:
        """Wait until the file's bytes are on the disk; says nothing about its name."""

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, whole or not at all, durable once the folder is fsynced."""

    def fsync_folder(self, path: Path) -> None:
        """Wait until the names in a folder are on the disk."""

    def remove(self, path: Path) -> None:
        """Delete a file, if it is there."""

    def remove_folder(self, path: Path) -> None:
        """Delete a folder and what is in it, if it is there."""

    def lock(self, path: Path) -> AbstractContextManager[bool]:
        """Hold the lock file while inside; gives False at once when another process holds it."""


@dataclass(slots=True)
class RealDisk:
    """The machine's file system.

    A write, rename or fsync that fails raises DurabilityLost, and so does everything after it: the
    kernel may have dropped the pages and would answer a second fsync with success. The process has
    to be started again; then every file since the last checkpoint is written anew.
    """

    _failed: list[str] = field(default_factory=list)

    def read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, folder: Path) -> list[str]:
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []

    def make_folder(self, path: Path, mode: int) -> None:
        with self._must(path):
            path.mkdir(mode=mode, exist_ok=True)

    def write(self, path: Path, data: bytes, mode: int) -> None:
        with self._must(path):
            # Not truncated first: then the file system might put the bytes elsewhere, and a key that is
            # destroyed would lie on in the blocks that it had.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, mode)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.truncate()

    def fsync(self, path: Path) -> None:
        self._sync(path, os.O_RDWR)

    def rename(self, old: Path, new: Path) -> None:
        with self._must(new):
            old.replace(new)

    def fsync_folder(self, path: Path) -> None:
        self._sync(path, os.O_RDONLY | os.O_DIRECTORY)

    def remove(self, path: Path) -> None:
        with self._must(path):
            path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        with self._must(path):
            if path.is_dir():
                shutil.rmtree(path)

    @contextmanager
    def lock(self, path: Path) -> Iterator[bool]:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone with the process, however it ends
            held = True
        except BlockingIOError:
            held = False
        try:
            yield held
        finally:
            os.close(handle)

    def _sync(self, path: Path, flags: int) -> None:
        with self._must(path):
            handle = os.open(path, flags)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    @contextmanager
    def _must(self, path: Path) -> Iterator[None]:
        if self._failed:
            raise _broken(self._failed[0])
        try:
            yield
        except OSError as trouble:
            self._failed.append(f"{path.name}: {trouble.strerror}")
            raise _broken(self._failed[0]) from trouble


DISK = RealDisk()  # one for the process, so that a failed fsync is remembered by all who write


def write_files(
    disk: Disk, top: Path, files: Iterable[tuple[Path, bytes]], *, private: Path | None = None
) -> None:
    """Write whole files; when this returns, they and all their folders below `top` are on the disk.

    `top` must exist. What lies under `private` is readable by the owner alone, all else by everybody. A
    file that is there is replaced at once, never changed in place: somebody may be reading it.
    """
    folders: dict[Path, None] = {top: None}

    def is_private(path: Path) -> bool:
        return private is not None and path.is_relative_to(private)

    for path, data in files:
        for folder in _down_to(top, path.parent):
            if folder not in folders:
                disk.make_folder(folder, PRIVATE_FOLDER if is_private(folder) else PUBLIC_FOLDER)
                folders[folder] = None
        replace_file(disk, path, data, PRIVATE_FILE if is_private(path) else PUBLIC_FILE)
    # Also those that were there before: a killed process may have made them and not come to this line.
    for folder in reversed(folders):
        disk.fsync_folder(folder)


def replace_file(disk: Disk, path: Path, data: bytes, mode: int) -> None:
    """Put a whole file in a name's place; durable once the folder is fsynced too.

    The bytes are fsynced before the rename: otherwise the name could survive a power cut and the
    bytes not.
    """
    waiting = path.with_name(path.name + ".tmp")
    disk.write(waiting, data, mode)
    disk.fsync(waiting)
    disk.rename(waiting, path)


def _down_to(top: Path, folder: Path) -> list[Path]:
    """Give the folders from below `top` down to `folder`, in that order."""
    below = folder.relative_to(top).parts
    return [top.joinpath(*below[: depth + 1]) for depth in range(len(below))]


def _broken(where: str) -> DurabilityLost:
    return DurabilityLost(
        "ledger.write_failed",
        what=Text(f"存证日志写盘失败：{where}。", f"Writing the log to the disk failed: {where}."),
        todo=Text(
            "请检查磁盘空间和硬件，然后重新启动该进程。",
            "Look at the disk's space and health, then start this process again.",
        ),
    )
