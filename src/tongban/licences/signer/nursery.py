"""The parent of the signer processes: opens their sockets, forks them, and forks again who dies.

The parent never opens a key. It holds the listening sockets, so that a signer that dies and comes
back is only a pause for whoever is waiting in the queue of its socket.
"""

import ctypes
import fcntl
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from tongban.kernel.clock import Budget, SystemClock, budget
from tongban.kernel.errors import Conflict, TongbanError
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.licences.signer.algorithms import ALGORITHMS, make_key, read_key
from tongban.licences.signer.journal import Journal
from tongban.licences.signer.keyfiles import check_permissions, load_key
from tongban.licences.signer.office import OfficeSigner
from tongban.licences.signer.serving import SigningService
from tongban.licences.signer.statements import Statement, read_statement, signed_bytes
from tongban.licences.signer.wire import framed, short_path, take_frame

_PR_SET_PDEATHSIG: Final = 1
_QUEUE: Final = 64  # callers that wait at a socket while its signer is away
_SETTLED_S: Final = 10.0  # a signer that lived this long is restarted at once
_LONGEST_WAIT_S: Final = 5.0
_LONG_AGO: Final = "2000-01-01T00:00:00+08:00"
_WATCHED: Final = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})


@dataclass(slots=True)
class Child:
    """One office's signer as its parent sees it."""

    office: str
    listener: socket.socket
    pid: int = 0
    deaths: int = 0
    age: Budget = field(default_factory=lambda: budget(_SETTLED_S))
    rest: Budget = field(default_factory=lambda: budget(0.0))


def die_with_parent(expected_parent: int, by: signal.Signals) -> None:
    """Ask the kernel to send this process `by` when its parent ends; end now if it already has."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(by))
    if os.getppid() != expected_parent:
        os._exit(1)


class Nursery:
    """Runs one signer per office until it is told to stop."""

    def __init__(
        self, offices: Sequence[str], *, keys_folder: Path, run_folder: Path, journals: Path
    ) -> None:
        self._keys_folder = keys_folder
        self._run_folder = run_folder
        self._journals = journals
        run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _only_one(run_folder)
        for office in offices:
            check_permissions(keys_folder / office)
        self._children = [Child(office, listen(run_folder, office)) for office in offices]

    def run(self, ready: Callable[[], None]) -> int:
        """Start every signer, call `ready` once all have opened their keys, then watch over them.

        Gives 0 after SIGTERM or SIGINT, 1 if a signer could not open its key at the first start.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
        rehearse()
        try:
            if not all(self._start_and_hear(child) for child in self._children):
                return 1
            ready()
            self._watch()
        finally:
            self._stop()
        return 0

    def _start_and_hear(self, child: Child) -> bool:
        """Start a signer and wait for its word that the key is open."""
        reading, writing = os.pipe()
        self._start(child, writing)
        os.close(writing)
        heard = os.read(reading, 1)
        os.close(reading)
        return heard == b"+"

    def _watch(self) -> None:
        while True:
            waits = [child.rest.left_s() for child in self._children if not child.pid]
            came = signal.sigtimedwait(_WATCHED, min(waits)) if waits else signal.sigwaitinfo(_WATCHED)
            if came is not None and came.si_signo != signal.SIGCHLD:
                return
            self._bury()
            for child in self._children:
                if not child.pid and not child.rest.left_s():
                    self._start(child, None)

    def _bury(self) -> None:
        """Note who died; who dies again and again waits longer each time, up to five seconds."""
        by_pid = {child.pid: child for child in self._children}
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if child := by_pid.get(pid):
                child.pid = 0
                child.deaths = child.deaths + 1 if child.age.left_s() else 0
                child.rest = budget(min(_LONGEST_WAIT_S, 0.05 * 2**child.deaths) if child.deaths else 0.0)

    def _start(self, child: Child, ready_pipe: int | None) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._be(child, parent, ready_pipe)
        child.pid = pid
        child.age = budget(_SETTLED_S)

    def _be(self, child: Child, parent: int, ready_pipe: int | None) -> NoReturn:
        """Be the office's signer. Never returns into the parent's code."""
        try:
            # SIGKILL loses nothing: a signature leaves only after its journal line is on the disk.
            die_with_parent(parent, signal.SIGKILL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash writes no file with the key in it
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
            os.close(self._lock)
            for other in self._children:
                if other is not child:
                    other.listener.close()
            journal = Journal(self._journals / child.office)
            open_key = partial(load_key, self._keys_folder / child.office)
            signer = OfficeSigner(child.office, open_key(), journal, SystemClock())
            if ready_pipe is not None:
                os.write(ready_pipe, b"+")
                os.close(ready_pipe)
            SigningService(signer, child.listener, frozenset({os.getuid()}), open_key=open_key).run()
        except TongbanError as trouble:
            sys.stderr.write(f"{child.office}: {trouble.what.zh}{trouble.todo.zh} / {trouble}\n")
        except Exception:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(1)

    def _stop(self) -> None:
        """End the signers by their own pids and take their sockets away."""
        for child in self._children:
            if child.pid:
                os.kill(child.pid, signal.SIGTERM)
                os.waitpid(child.pid, 0)
                child.pid = 0
            child.listener.close()
            (self._run_folder / f"{child.office}.sock").unlink(missing_ok=True)
        os.close(self._lock)


def rehearse() -> None:
    """Do once, with a throwaway key, all that a signer does, before any is forked.

    What Python loads and adapts on first use is then shared by all signers instead of being made in
    each (a fifth of their memory, measured); frozen, it is not walked over by their collectors.
    """
    opened = [read_key(make_key(alg, SystemChance()).pem(b"throwaway"), b"throwaway") for alg in ALGORITHMS]
    text = Statement("receipt", "nobody.990100", "rehearsal", "0" * 64, "0" * 64, _LONG_AGO).text()
    for _ in range(50):
        read_statement(text)
        signatures = [key.sign(signed_bytes(text)).hex() for key in opened]
        take_frame(bytearray(framed({"signatures": signatures})))
    gc.collect()
    gc.freeze()


def listen(run_folder: Path, office: str) -> socket.socket:
    """Open the office's socket, for its own user only; a stale one from before is replaced."""
    (run_folder / f"{office}.sock").unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        with short_path(run_folder, office) as path:
            listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(_QUEUE)
    return listener


def _only_one(run_folder: Path) -> int:
    lock = os.open(run_folder / "signers.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(lock)
        raise Conflict(
            "signer.running",
            what=Text(f"签名进程已在 {run_folder} 运行。", f"Signers are already running for {run_folder}."),
            todo=Text("请先停止它们，或继续使用它们。", "Stop them first, or go on using them."),
        ) from taken
    return lock
