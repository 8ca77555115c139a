"""What every test may use: a real database, free ports, processes that end, a true browser."""

import ipaddress
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from pytest_django import Settings

pytest_plugins = ["tests.stores", "tests.processes", "tests.browser", "tests.hardware"]

STORE_FIXTURES = {"database", "transactional_db", "db", "live_server"}
MARKS = (
    "database: needs the store, so it runs on SQLite and again on PostgreSQL (its fixtures set it)",
    "postgres: shows something that only PostgreSQL does; counted as skipped on SQLite",
    "browser: a journey in a real browser; part of make test",
    "soak: long; only in make soak",
)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Let sockets reach this machine only: a test that needs the outside world proves nothing."""
    host: object = None
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    if host is not None and not _is_loopback(host.decode() if isinstance(host, bytes) else str(host)):
        raise RuntimeError(f"a test tried to reach {host!r}: tests talk to loopback only")


sys.addaudithook(_refuse_the_outside)

# Hypothesis would fail an example that takes 200 ms: how long one takes says how busy the machine is.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--count-as-skipped",
        metavar="REASON",
        help="skip every selected test for this reason, so that the closing line counts them",
    )


def pytest_configure(config: pytest.Config) -> None:
    for line in MARKS:
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the store, so that it can be run again on the other one."""
    reason = config.getoption("--count-as-skipped")
    on_postgres = connection.vendor == "postgresql"
    for item in items:
        if STORE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(
                pytest.mark.skip(reason="needs PostgreSQL: make test brings it, or set DATABASE_URL")
            )
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def database(transactional_db: None, settings: Settings, tmp_path: Path) -> None:
    """A real database whose transactions commit, beside an empty folder for what the node writes.

    The folder is emptied with the database: a log that an earlier test published would otherwise be
    ahead of this test's database, and the node would rightly refuse to write (DESIGN §7).
    """
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Give a port that nothing listens on just now, a new one at each call."""

    def port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return port
