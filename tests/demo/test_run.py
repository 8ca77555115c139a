"""All systems as children of one parent."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from demo.run import PORTS, CannotStart, Systems, start_all, table
from tests.demo.hosting import FIRM
from tests.demo.test_tax import FORM, PATH
from tests.processes import deaf_to_ctrl_c, hear_ctrl_c

ROOT = Path(__file__).resolve().parents[2]
ENOUGH_S = 30


@pytest.fixture
def data(city: Path, tmp_path: Path) -> Path:
    """A copy of the city's data."""
    return Path(shutil.copytree(city, tmp_path / "city"))


@pytest.fixture
def systems(data: Path) -> Iterator[Systems]:
    """Every system, running."""
    with start_all(data) as running:
        yield running


def register(systems: Systems, key: str) -> dict[str, str]:
    headers = {"X-App-Key": "demo-tax-key", "Idempotency-Key": key}
    return dict(httpx.post(systems.endpoints["tax"] + PATH, json=FORM, headers=headers).json())


def test_every_system_answers_where_the_endpoints_say(systems: Systems) -> None:
    written = json.loads((systems.folder / "endpoints.json").read_text("utf-8"))
    assert written == systems.endpoints
    assert set(written) == {*PORTS, "market_desk"}
    for name in PORTS:
        assert systems.control(name).state()["name"] == name
        assert written[name] in table(systems)
    assert Path(written["market"]).is_file()
    assert sorted(path.suffix for path in Path(written["land"]).glob("addresses_20261102.*")) == [
        ".csv",
        ".ok",
        ".ok",
        ".xlsx",
    ]


def test_a_killed_system_comes_back_with_what_it_had_registered(systems: Systems) -> None:
    first = register(systems, "case-1")
    port = systems.ports["tax"]
    systems.kill("tax")
    with pytest.raises(httpx.TransportError):
        register(systems, "case-1")
    systems.start("tax")
    assert systems.ports["tax"] == port
    assert register(systems, "case-1")["registrationNo"] == first["registrationNo"]
    assert [kept["credit_code"] for kept in systems.control("tax").registrations()] == [FIRM]


def test_modes_are_set_and_reset_from_outside(systems: Systems) -> None:
    tax = systems.control("tax")
    assert tax.set("drop_reply", times=1)["times_left"] == 1
    with pytest.raises(httpx.TransportError):
        register(systems, "case-1")
    assert len(tax.registrations()) == 1
    assert tax.reset()["registrations"] == 0
    assert systems.control("land").command("drop", date="20261109")["date"] == "20261109"


def test_a_port_in_use_is_named_and_the_others_are_stopped(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"fund: port {port} is in use"):
            start_all(data, {"fund": port})


def test_without_data_it_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"python -m demo\.generate"):
        start_all(tmp_path)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_children_end_with_their_parent(data: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "demo.run", "--data", str(data), "--free-ports"]
    with deaf_to_ctrl_c():
        parent = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - tests run in one thread
        )
    with parent:
        assert parent.stdout is not None
        lines = [parent.stdout.readline().decode() for _ in range(1 + len(PORTS))]
        children = {int(line.split()[2]) for line in lines[1:]}
        watched = [os.pidfd_open(child) for child in children]
        try:
            parent.send_signal(ending)
            parent.wait(ENOUGH_S)
            waiting = set(watched)
            while waiting:  # a pidfd becomes readable when its process has ended
                ended, _, _ = select.select(waiting, [], [], ENOUGH_S)
                assert ended, "some children outlive their parent"
                waiting -= set(ended)
        finally:
            for descriptor in watched:
                with suppress(ProcessLookupError):  # nothing stays behind when the claim is false
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                os.close(descriptor)


def test_each_system_is_small(systems: Systems) -> None:
    for name, child in systems.children.items():
        status = Path(f"/proc/{child.pid}/status").read_text()
        resident_kb = int(status.split("VmRSS:")[1].split()[0])
        assert resident_kb < 45 * 1024, name
