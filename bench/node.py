"""A whole node on loopback as `tongban serve` runs it, beside the demonstration's systems; started once."""

import atexit
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from bench.outside import outside
from bench.town import CITY
from tongban.site.processes import Crew, Program, answers
from tongban.site.rehearsal import environment_of


@dataclass(frozen=True)
class Node:
    """A running node: its port, and the process that is parent of signers, web and worker."""

    port: int
    pid: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@cache
def node() -> Node:
    """Give the node, built with everything on; it ends with the benchmark, before the systems around it."""
    var = Path(settings.VAR) / "node"
    endpoints = outside().endpoints
    environment = environment_of(CITY, var)
    built = subprocess.run(
        [sys.executable, "-m", "tongban.site.command", "city", "build"],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    if built.returncode != 0:
        raise RuntimeError(f"the node could not be built: {built.stderr[-2000:]}")
    (var / "endpoints.json").write_text(json.dumps(endpoints), "utf-8")
    crew = Crew(var / "output")
    atexit.register(crew.stop)
    port = free_port()
    serving = ("-m", "tongban.site.command", "serve", "--port", str(port))
    running = crew.start(Program("node", serving, answers(port), environment=environment, restart=False))
    return Node(port, running.process.pid)


def free_port() -> int:
    """Give a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
