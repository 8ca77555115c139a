"""What `make run ONCE=1` gives on a fresh machine: everything starts, one company is filed and proven."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.processes import hear_ctrl_c, own_environment
from tests.sources import ROOT

COMMAND = [sys.executable, "-m", "tongban.site.command", "demonstration", "--people", "60", "--json"]


def environment(var: Path, port: int) -> dict[str, str]:
    """Give the environment of a demonstration of its own."""
    return {
        **os.environ,
        **own_environment(),
        "LC_ALL": "C.UTF-8",
        "TONGBAN_VAR": str(var),
        "TONGBAN_SECRET_KEY": "",
        "TONGBAN_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{var}/tongban.sqlite3",
    }


def demonstrate(var: Path, port: int) -> tuple[int, dict[str, Any], str]:
    """Run the demonstration once; give its exit code, its result and what it said meanwhile."""
    done = subprocess.run(
        [*COMMAND, "--once"],
        env=environment(var, port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def filed(var: Path, port: int, sample: str) -> tuple[int, dict[str, Any]]:
    """File another sample at the demonstration that serves there, as somebody does in another terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "tongban.site.command", "file", "open-company", sample, "--json"],
        env=environment(var, port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}")


def demonstrate_and_serve(var: Path, port: int, meanwhile: Callable[[], None]) -> tuple[dict[str, Any], str]:
    """Run the demonstration as `make run` does, until it serves; give its result and what it said."""
    running = subprocess.Popen(
        COMMAND,
        env=environment(var, port),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - tests run in one thread
    )
    assert running.stdout is not None
    told = running.stdout.readline()
    try:
        meanwhile()
    finally:
        running.send_signal(signal.SIGINT)
        _, said = running.communicate()
    return json.loads(told or "{}"), said


def test_it_files_a_company_and_again_under_a_free_name(tmp_path: Path, free_port: Callable[[], int]) -> None:
    var = tmp_path / "var"
    code, told, said = demonstrate(var, free_port())
    assert code == 0, said
    assert told["status"] == "approved"
    assert told["asked"] <= 18
    assert told["fetched"] > 0
    assert [case["maker"] for case in told["cases"]] == ["rule"] * 6
    assert {case["decision"] for case in told["cases"]} == {"granted"}
    assert all(case["number"] and case["office"] and case["seconds"] >= 0 for case in told["cases"])
    assert [one["verified"] for one in told["licences"]] == [True] * 6
    assert told["ledger"]["verified"] is True
    port = free_port()

    def file_others() -> None:
        code, decided = filed(var, port, "officer-decides")
        assert (code, decided["status"], decided["waits_for"]) == (0, "approved", None)
        assert [case["maker"] for case in decided["cases"]] == ["person", *["rule"] * 5]
        code, waiting = filed(var, port, "enforcement-list")
        assert (code, waiting["status"]) == (0, "with_person")
        assert f"http://127.0.0.1:{port}/workbench/" in waiting["waits_for"]["en"]

    second, said = demonstrate_and_serve(var, port, file_others)
    assert second.get("status") == "approved", said
    assert second["origin"] == f"http://127.0.0.1:{port}"
    assert second["filing"] != told["filing"]
    assert "Taking instead" in said
    assert second["ledger"]["size"] > told["ledger"]["size"]
