"""The gateway as processes: what two are asked at once, what one leaves behind, how one starts and ends."""

import json
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Event

import pytest

from tests.exchange.gateway.consumers import Message, verified
from tests.processes import Servers, own_environment
from tests.site.gatewaying import Gateways, open_gateways, send
from tests.site.walking import walk
from tests.sources import ROOT

ROUNDS = 10
Ports = Callable[[], int]


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    """A built node; each test starts gateways of its own over it."""
    with open_gateways(tmp_path_factory.mktemp("node")) as opened:
        yield opened


def code(answered: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    return answered[0], json.loads(answered[2]).get("code", "")


REPLAYED = (409, "gateway.replayed")
NO_ANSWER = (0, "")
ONCE_AT_MOST = ({(200, ""), REPLAYED}, {NO_ANSWER, (200, "")}, {NO_ANSWER, REPLAYED})
Asked = tuple[Message, tuple[int, str]]


@pytest.mark.database
def test_a_request_counts_once_whichever_processes_it_reaches(
    gateways: Gateways, servers: Servers, free_port: Ports
) -> None:
    """At two processes at once, again later, and after both were killed and one stands up again."""
    ports = [free_port(), free_port()]
    running = [gateways.start(servers, port) for port in ports]
    messages = [gateways.signed() for _ in range(ROUNDS)]
    with ThreadPoolExecutor(2) as both:
        for message in messages:
            said = sorted(code(each) for each in both.map(lambda port, m=message: send(port, m), ports))
            assert said == [(200, ""), REPLAYED]
    last = gateways.signed()
    status, headers, body = send(ports[0], last)
    by = gateways.command("gateway", "key")["public_key"]
    assert '"signature";req' in verified(status, headers, body, to=last, by=by)
    for process in running:
        servers.kill(process)
    again = free_port()
    gateways.start(servers, again)
    assert [code(send(again, message)) for message in (*messages, last)] == [REPLAYED] * (ROUNDS + 1)
    assert code(send(again, gateways.signed())) == (200, "")


def answered(port: int, message: Message) -> tuple[int, str]:
    """Send a request to a process that may be killed meanwhile; NO_ANSWER where no whole answer comes."""
    try:
        return code(send(port, message))
    except (OSError, HTTPException):
        return NO_ANSWER


@pytest.mark.database
def test_a_request_that_a_kill_cut_short_counts_once_at_most(
    gateways: Gateways, servers: Servers, free_port: Ports
) -> None:
    """Killed with requests in hand: what was answered is not answered again, the rest once or never."""
    for _ in range(2):
        port, first_answer = free_port(), Event()
        process = gateways.start(servers, port)

        def ask_until_it_dies(port: int = port, told: Event = first_answer) -> list[Asked]:
            asked: list[Asked] = []
            while not asked or asked[-1][1] != NO_ANSWER:
                message = gateways.signed()
                asked.append((message, answered(port, message)))
                told.set()
            return asked

        with ThreadPoolExecutor(8) as many:
            asking = [many.submit(ask_until_it_dies) for _ in range(8)]
            first_answer.wait()
            servers.kill(process)
        again = free_port()
        gateways.start(servers, again)
        said = [{before, code(send(again, message))} for each in asking for message, before in each.result()]
        assert {(200, ""), REPLAYED} in said
        assert [each for each in said if each not in ONCE_AT_MOST] == []


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_gateway_that_is_killed_leaves_its_port(
    gateways: Gateways, servers: Servers, free_port: Ports
) -> None:
    """Granian's worker would live on, and share the port with the next gateway."""
    port = free_port()
    servers.kill(gateways.start(servers, port))
    bystander = servers.start(["-c", "import time; time.sleep(60)"])
    servers.wait_until(bystander, lambda: not listens(port), "something still listens")
    second = gateways.start(servers, port)
    assert code(send(port, gateways.signed())) == (200, "")
    taken = servers.start(
        ["-m", "tongban.site.command", "gateway", "run"],
        environment={**gateways.environment, "TONGBAN_GATEWAY": f"127.0.0.1:{port}"},
    )
    assert taken.wait(60) == 5
    assert "TONGBAN_GATEWAY" in servers.output_of(taken)
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert not listens(port)


def test_a_gateway_without_an_address_is_not_started(gateways: Gateways, servers: Servers) -> None:
    started = servers.start(
        ["-m", "tongban.site.command", "gateway", "run"], environment=gateways.environment
    )
    assert started.wait(60) == 5
    assert "TONGBAN_GATEWAY" in servers.output_of(started)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *(("TONGBAN_GATEWAY", each) for each in ("8090", ":8090", "host:70000", "::1:8090", "[]:1")),
        *(
            ("TONGBAN_GATEWAY_ORIGIN", each)
            for each in ("share.example", "https://share.example/", "https://")
        ),
    ],
)
def test_an_address_that_is_none_is_refused(servers: Servers, tmp_path: Path, name: str, given: str) -> None:
    environment = {"TONGBAN_VAR": str(tmp_path), name: given}
    started = servers.start(["-m", "tongban.site.command", "gateway", "key"], environment=environment)
    assert started.wait(60) == 1
    assert f"{name} is" in servers.output_of(started)
    assert "Traceback" not in servers.output_of(started)


@pytest.mark.skipif(
    any(shutil.which(each) is None for each in ("curl", "bash", "openssl")), reason="curl is not installed"
)
def test_every_command_of_the_page_does_what_it_says(
    gateways: Gateways, servers: Servers, free_port: Ports, tmp_path: Path
) -> None:
    port = free_port()
    environment = {**gateways.environment, "TONGBAN_GATEWAY": f"127.0.0.1:{port}"}
    started = servers.start(["-m", "tongban.site.command", "gateway", "run"], environment=environment)
    servers.wait_for_port(started, port)
    own = {"GATEWAY": f"http://127.0.0.1:{port}", "TRUST": f"{environment['TONGBAN_VAR']}/trust.json"}
    walk(ROOT / "docs" / "gateway.md", tmp_path, {**own_environment(), **environment, **own})
