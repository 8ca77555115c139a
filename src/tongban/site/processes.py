"""Starts the processes of a node on one machine, sees that they answer, ends them together.

Every child asks the kernel to be killed when this process dies, so that no orphan keeps a port. The
children are started from the main thread: Linux counts the thread that started them as their parent.
"""

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
from types import FrameType

from tongban.kernel.errors import Conflict, SourceDown
from tongban.kernel.texts import Text
from tongban.site.lifeline import die_with_parent

READY_WITHIN_S = 60
ENDED_WITHIN_S = 10
LOOK_EVERY_S = 0.05
RESTARTS = 5  # of one program; more means that starting it again does not help
LAST_WORDS = 1500  # characters of a program's output that are shown when it has failed


Ready = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Program:
    """One process: what runs, how to see (from its output's path) that it is ready, what moves its ports."""

    name: str
    command: tuple[str, ...]
    ready: Ready
    ports: tuple[int, ...] = ()
    host: str = "127.0.0.1"  # at which it listens
    ports_moved_by: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    restart: bool = True


def says(line: str) -> Ready:
    """Ready when the program has written this line."""
    return lambda output: line in output.read_text("utf-8", errors="replace").splitlines()


def answers(port: int, host: str = "127.0.0.1") -> Ready:
    """Ready when something on this machine accepts connections on the port."""

    def asked(_output: Path) -> bool:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            return False
        return True

    return asked


def require_free(programs: Sequence[Program]) -> None:
    """Refuse to start when a port is taken: beside another server both would answer (SO_REUSEPORT)."""
    for program in programs:
        for port in program.ports:
            with socket.socket(socket.AF_INET6 if ":" in program.host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((program.host, port))
                except OSError as taken:
                    raise _port_taken(program, port) from taken


def _port_taken(program: Program, port: int) -> Conflict:
    return Conflict(
        "processes.port_in_use",
        what=Text(
            f"端口 {port} 已被占用，{program.name} 无法启动。",
            f"Port {port}, which {program.name} needs, is in use by another program.",
        ),
        todo=Text(
            f"请停止占用它的程序，或换用其他端口：{program.ports_moved_by}。",
            f"Stop that program, or choose another port: {program.ports_moved_by}.",
        ),
    )


@dataclass(slots=True)
class Running:
    """A started program."""

    program: Program
    process: subprocess.Popen[bytes]
    output: Path
    restarts: int = 0

    def last_words(self) -> str:
        """Give the end of what it wrote."""
        return self.output.read_text("utf-8", errors="replace")[-LAST_WORDS:].strip()


class Crew:
    """The processes of one node; `start` them, `watch` until told to end, `stop` them all."""

    def __init__(self, outputs: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.outputs = outputs
        self.monotonic = monotonic
        self.running: list[Running] = []

    def start(self, program: Program) -> Running:
        """Start a program and return when it is ready; raises SourceDown with its last words otherwise."""
        return self.start_together([program])[0]

    def start_together(self, programs: Sequence[Program]) -> list[Running]:
        """Start programs that do not wait for one another; return when all are ready."""
        self.outputs.mkdir(parents=True, exist_ok=True, mode=0o700)
        begun = []
        for program in programs:
            output = self.outputs / f"{program.name}.log"
            begun.append(Running(program, _begin(program, output), output))
            self.running.append(begun[-1])
        for member in begun:
            self._wait_until_ready(member)
        return begun

    def _wait_until_ready(self, member: Running) -> None:
        until = self.monotonic() + READY_WITHIN_S
        while not member.program.ready(member.output):
            if member.process.poll() is not None or self.monotonic() > until:
                raise _not_ready(member)
            time.sleep(LOOK_EVERY_S)

    def watch(self) -> None:
        """Keep everything running until SIGTERM or SIGINT; start again what ended by itself.

        Raises SourceDown when a program ends again and again, or one that is not to be restarted.
        """
        with _told_to_end() as told:
            while not told():
                for member in self.running:
                    if member.process.poll() is not None:
                        self._again(member)
                time.sleep(LOOK_EVERY_S)

    def _again(self, member: Running) -> None:
        if not member.program.restart or member.restarts >= RESTARTS:
            raise _not_ready(member)
        member.restarts += 1
        member.process = _begin(member.program, member.output)
        self._wait_until_ready(member)

    def stop(self) -> None:
        """End everything, last started first: ask, then insist."""
        for member in reversed(self.running):
            if member.process.poll() is None:
                member.process.terminate()
                try:
                    member.process.wait(ENDED_WITHIN_S)
                except subprocess.TimeoutExpired:
                    member.process.kill()
                    member.process.wait()
        self.running.clear()


def _begin(program: Program, output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, *program.command],
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches this process only, which then ends them in order.
            process_group=0,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )


def _not_ready(member: Running) -> SourceDown:
    code = member.process.poll()
    state = Text(
        "未能在限定时间内就绪" if code is None else f"已退出（代码 {code}）",
        f"was not ready within {READY_WITHIN_S} s" if code is None else f"ended with exit code {code}",
    )
    words = member.last_words()
    return SourceDown(
        "processes.not_running",
        what=Text(
            f"{member.program.name} {state.zh}。{words}", f"{member.program.name} {state.en}. {words}".strip()
        ),
        todo=Text(f"详见 {member.output}。", f"Its output is in {member.output}."),
    )


@contextmanager
def _told_to_end() -> Iterator[Callable[[], bool]]:
    """Hear SIGTERM and SIGINT inside the block without being ended by them."""
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    before = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(heard)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
