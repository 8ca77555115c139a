"""Processes of a node: none left behind, none beside another on a port, none dead in silence."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import Servers
from tongban.kernel.errors import Conflict, SourceDown
from tongban.site.processes import RESTARTS, Crew, Program, answers, require_free, says


def _listener(port: int, name: str = "listener") -> Program:
    return Program(
        name,
        ("-m", "http.server", "--bind", "127.0.0.1", str(port)),
        ready=answers(port),
        ports=(port,),
        ports_moved_by="TONGBAN_PORT",
    )


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    """Processes that end with the test."""
    made = Crew(tmp_path)
    yield made
    made.stop()


def test_a_started_program_answers_until_it_is_stopped(
    crew: Crew, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    member = crew.start(_listener(port))
    assert answers(port)(tmp_path)
    crew.stop()
    assert member.process.returncode is not None
    assert not answers(port)(tmp_path)


def test_a_port_in_use_is_named_with_what_moves_it(free_port: Callable[[], int]) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Conflict, match=rf"{port}.*TONGBAN_PORT"):
        require_free([_listener(port)])


def test_a_port_is_refused_even_to_those_who_would_share_it(free_port: Callable[[], int]) -> None:
    port = free_port()
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind(("127.0.0.1", port))
        shared.listen()
        with pytest.raises(Conflict):
            require_free([_listener(port)])


def test_a_program_may_say_itself_that_it_is_ready(crew: Crew) -> None:
    speaking = Program(
        "speaking", ("-uc", "print('ready'); import time; time.sleep(60)"), ready=says("ready")
    )
    assert crew.start(speaking).last_words() == "ready"


def test_a_program_that_fails_at_once_is_told_with_its_last_words(crew: Crew) -> None:
    failing = Program(
        "failing", ("-c", "raise SystemExit('the key does not open')"), ready=lambda _output: False
    )
    with pytest.raises(SourceDown, match="the key does not open"):
        crew.start(failing)


SUPERVISOR = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tongban.site.processes import Crew, Program, answers
    port = int(sys.argv[1])
    crew = Crew(Path(sys.argv[2]))
    command = ("-m", "http.server", "--bind", "127.0.0.1", str(port))
    member = crew.start(Program("listener", command, ready=answers(port)))
    try:
        Path(sys.argv[2], "pid").write_text(str(member.process.pid))
        crew.watch()
    finally:
        crew.stop()
""")


def _supervise(servers: Servers, port: int, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a supervisor with one program; give it and the program's id."""
    supervisor = servers.start(["-c", SUPERVISOR, str(port), str(folder)])
    written = folder / "pid"
    servers.wait_until(
        supervisor, lambda: written.exists() and bool(written.read_text()), "the supervisor started nothing"
    )
    return supervisor, int(written.read_text())


def _is_gone(pid: int) -> bool:
    """Say whether the process has ended; one that only waits to be collected has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_die_with_a_supervisor_that_is_killed(
    servers: Servers, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    supervisor, child = _supervise(servers, port, tmp_path)
    servers.kill(supervisor)
    bystander = servers.start(["-c", "import time; time.sleep(60)"])
    servers.wait_until(bystander, lambda: _is_gone(child), "the child outlived its supervisor")
    assert not answers(port)(tmp_path)


def test_a_supervisor_told_to_end_ends_its_children_first(
    servers: Servers, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    supervisor, child = _supervise(servers, port, tmp_path)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(20) == 0
    assert _is_gone(child)


def test_a_program_that_was_killed_is_started_again(
    servers: Servers, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    supervisor, child = _supervise(servers, port, tmp_path)
    os.kill(child, signal.SIGKILL)
    servers.wait_until(
        supervisor, lambda: _is_gone(child) and answers(port)(tmp_path), "it was not started again"
    )


def test_a_program_that_ends_again_and_again_ends_the_node(crew: Crew, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    once = f"open({str(starts)!r}, 'a').write('x')"
    crew.start(Program("restless", ("-c", once), ready=lambda _output: starts.exists()))
    with pytest.raises(SourceDown, match="restless"):
        crew.watch()
    assert len(starts.read_text()) == 1 + RESTARTS
