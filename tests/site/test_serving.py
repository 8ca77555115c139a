"""A whole node on one machine: it starts, answers, and leaves nothing behind, however it ends."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.processes import Servers, own_environment
from tests.sources import ROOT


@pytest.fixture
def node(tmp_path: Path) -> dict[str, str]:
    """The environment of a node that has been built; its store is a file of its own."""
    environment = {"TONGBAN_VAR": str(tmp_path / "var"), "TONGBAN_SECRET_KEY": ""}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/var/node.sqlite3"
    built = subprocess.run(
        [sys.executable, "-m", "tongban.site.command", "city", "build"],
        env={**own_environment(), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return environment


def _serve(servers: Servers, node: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    line = ["-m", "tongban.site.command", "serve", "--json", "--port", str(port)]
    started = servers.start(line, environment=node)
    servers.wait_until(started, lambda: "address" in servers.output_of(started), "the node did not start")
    return started


def _of_node(var: str) -> set[int]:
    """Give the processes whose command or environment names this node's folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z" and f"TONGBAN_VAR={var}".encode() in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return found


def _health(port: int, var: str) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            shape: dict[str, object] = json.load(answer)
    except HTTPError as trouble:
        pytest.fail(f"{trouble}: {Path(var, 'output', 'web.log').read_text('utf-8')}")
    return shape


def test_a_node_answers_and_ends_in_order(
    servers: Servers, node: dict[str, str], free_port: Callable[[], int]
) -> None:
    port, gateway = free_port(), free_port()
    started = _serve(servers, {**node, "TONGBAN_GATEWAY": f"127.0.0.1:{gateway}"}, port)
    assert _health(port, node["TONGBAN_VAR"]) == {"store": "sqlite", "read_only": False}
    with pytest.raises(HTTPError) as nowhere:
        urllib.request.urlopen(f"http://127.0.0.1:{gateway}/", timeout=10)
    assert json.load(nowhere.value)["code"] == "gateway.nowhere"
    started.send_signal(signal.SIGTERM)
    assert started.wait(30) == 0
    assert _of_node(node["TONGBAN_VAR"]) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_node_that_is_killed_leaves_no_process_behind(
    servers: Servers, node: dict[str, str], free_port: Callable[[], int]
) -> None:
    port = free_port()
    started = _serve(servers, node, port)
    assert len(_of_node(node["TONGBAN_VAR"])) > 4
    servers.kill(started)
    bystander = servers.start(["-c", "import time; time.sleep(60)"])
    servers.wait_until(
        bystander, lambda: not _of_node(node["TONGBAN_VAR"]), "processes outlived the node that started them"
    )


def test_a_node_that_was_not_built_is_refused(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    environment = {
        "TONGBAN_VAR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/node.sqlite3",
    }
    started = servers.start(["-m", "tongban.site.command", "serve"], environment=environment)
    assert started.wait(30) == 5
    assert "tongban city build" in servers.output_of(started)
    assert "Traceback" not in servers.output_of(started)
