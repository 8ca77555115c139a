"""Processes that a test starts and that are gone when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tongban.site.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN_S = 60
STOPPED_WITHIN_S = 10


@dataclass
class Servers:
    """Starts processes and stops each of them by its id."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, command: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start `python command…` from the repository's root; its output lies in `output_of`."""
        with self._output(len(self.started)).open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**own_environment(), **(environment or {})},
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - tests run in one thread
            )
        self.started.append(process)
        return process

    def output_of(self, process: subprocess.Popen[bytes]) -> str:
        """Give what the process has written so far."""
        return self._output(self.started.index(process)).read_text("utf-8", errors="replace")

    def wait_for_port(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait until the process listens on the port; fail with its output when it ends first."""
        self.wait_until(process, lambda: _listens(port), f"nothing listens on {port}")

    def wait_until(self, process: subprocess.Popen[bytes], ready: Callable[[], bool], otherwise: str) -> None:
        """Ask again and again until it holds, as long as the process lives and the bound allows."""
        until = time.monotonic() + READY_WITHIN_S
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{otherwise}; exit code {process.poll()}; output:\n{self.output_of(process)}")
            time.sleep(0.02)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End the process as a power cut would: no goodbye."""
        process.send_signal(signal.SIGKILL)
        process.wait(STOPPED_WITHIN_S)

    def stop(self) -> None:
        """Ask every process to end, and insist where one does not."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
        for process in self.started:
            try:
                process.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def _output(self, number: int) -> Path:
        return self.folder / f"process-{number}.log"


def hear_ctrl_c() -> None:
    """Let a child be ended by Ctrl-C even where the tests ignore it, as a shell's background job does.

    What a parent ignores its children ignore too, until a program installs a handler of its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C inside the block, as whatever a shell starts in the background does."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def own_environment() -> dict[str, str]:
    """Give the environment of a process that is no test: the node's true settings, the checkout's code."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "packages/verify/src"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "tongban.site.settings"}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """Start processes that end with the test."""
    running = Servers(tmp_path)
    yield running
    running.stop()
