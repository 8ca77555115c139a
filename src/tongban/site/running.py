"""Who works on this node's store from this machine: web and workers side by side, recovery alone.

The kernel lets go of a lock when its process ends, however that came about. Processes on other machines of
the same store are not seen: whoever restores a backup stops those by hand (docs/city.md, 6).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text


def work_here() -> int:
    """Be one of those who work while the file that is given is open; waits while somebody recovers."""
    lock = _lock()
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody work on the store meanwhile; raises Conflict where somebody does."""
    lock = _lock()
    try:
        _take(lock)
        yield
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise Conflict(
            "node.running",
            what=Text(
                "本节点的网站或后台办理进程仍在运行。", "The web or a worker of this node is still running."
            ),
            todo=Text(
                "请先停止全部进程（包括其他机器上的），再恢复。",
                "Stop every process first, on other machines too, then recover.",
            ),
        ) from taken


def _lock() -> int:
    return os.open(Path(settings.VAR) / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
