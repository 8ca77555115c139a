"""A whole node as processes that a test may kill: systems of other organisations, signers, web, workers."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from psycopg import connect

from demo.generate import generate
from demo.run import Systems, start_all
from tests.processes import ROOT, own_environment
from tongban.site.lifeline import die_with_parent
from tongban.site.processes import Program
from tongban.site.serving import signers, web, worker
from tools.debian import postgres_folder
from tools.postgres import IN_SERVICE, temporary_postgres

PEOPLE = 40  # besides the fixed characters
READY_WITHIN_S = 120


@dataclass
class Member:
    """One process of the node, with every process that it started in a group of its own."""

    program: Program
    output: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Start it; `is_ready` says when it works."""
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program.command],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - the lock is not forked
            )

    def is_ready(self) -> bool:
        """Say whether it works; fail with its last words when it has ended by itself."""
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"{self.program.name} ended by itself:\n{self.words()}")
        return self.program.ready(self.output)

    def wait(self) -> None:
        """Wait until it works."""
        until = time.monotonic() + READY_WITHIN_S
        while not self.is_ready():
            assert time.monotonic() < until, f"{self.program.name} was not ready:\n{self.words()}"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it, and whatever it started, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self) -> None:
        """End what still runs of it."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def words(self) -> str:
        return self.output.read_text("utf-8", errors="replace")[-3000:]


@dataclass
class Node:
    """A built node whose processes run, and the systems around it."""

    var: Path
    port: int
    systems: Systems
    environment: Mapping[str, str]
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, name: str, program: Program) -> None:
        """Start one more process of the node."""
        member = Member(program, self.var / f"{name}.log", self.environment)
        self.members[name] = member
        member.start()

    @contextmanager
    def watch(self) -> Iterator["Watch"]:
        """See from outside which processes hold filings."""
        url = self.environment["DATABASE_URL"]
        opened = sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else connect(url)
        try:
            yield Watch(opened)
        finally:
            opened.close()

    def named(self, holder: str) -> str:
        """Give the member that a lease's holder (host:process) is; the web's workers are its children."""
        process = int(holder.rpartition(":")[2])
        found = (n for n, m in self.members.items() if m.process is not None and m.process.pid == process)
        return next(found, "web")

    def ask(self, *command: str) -> str:
        """Run a program of the node's own to its end and give what it prints."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=dict(self.environment), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout.decode()


@dataclass(frozen=True)
class Watch:
    """A connection that only looks."""

    connection: Any

    def holders(self) -> list[str]:
        """Give who holds filings now; a process that was killed still stands there until its lease ends."""
        cursor = self.connection.cursor()
        cursor.execute("SELECT lease_holder FROM cases_filing WHERE lease_until IS NOT NULL")
        held = [str(holder) for (holder,) in cursor.fetchall()]
        self.connection.rollback()
        return [holder for holder in held if _lives(int(holder.rpartition(":")[2]))]


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@contextmanager
def open_node(folder: Path, *, workers: int) -> Iterator[Node]:
    """Build a node on the store of this test run and start all of it; nothing of it outlives the block."""
    var = folder / "var"
    var.mkdir(mode=0o700)
    generate(folder / "outside", people=PEOPLE, seed=7)
    port = _free_port()
    with own_store(var) as url, start_all(folder / "outside") as systems:
        environment = own_environment() | {
            "TONGBAN_VAR": str(var),
            "TONGBAN_SECRET_KEY": "",
            "TONGBAN_PORT": str(port),
            "DATABASE_URL": url,
        }
        (var / "endpoints.json").write_text(json.dumps(systems.endpoints), "utf-8")
        node = Node(var, port, systems, environment)
        node.ask("-m", "tongban.site.command", "city", "build")
        try:
            node.add("signers", signers())
            node.members["signers"].wait()
            node.add("web", web(port))
            for number in range(workers):
                node.add(f"worker-{number}", worker())
            for member in node.members.values():
                member.wait()
            yield node
        finally:
            for member in node.members.values():
                member.stop()


@contextmanager
def own_store(var: Path) -> Iterator[str]:
    """Give the DATABASE_URL of an empty store of its own on the database that this test run is on."""
    if os.environ.get("DATABASE_URL", "sqlite:").startswith("sqlite:"):
        yield f"sqlite:///{var}/tongban.sqlite3"
        return
    binaries = postgres_folder()
    if binaries is None:
        pytest.skip("needs a PostgreSQL server of its own, with the settings that a node demands")
    with temporary_postgres(binaries, IN_SERVICE) as url:
        yield url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
