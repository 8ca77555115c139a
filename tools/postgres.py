"""A PostgreSQL server of one's own in a folder that goes again: for tests, never for a node."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from tongban.site.lifeline import die_with_parent

READY_WITHIN_S = 60
# Commits answer as they do in service; only the wait for this machine's disk is left out. What a
# power cut does is proved on a model of a disk, which fails when any one fsync is removed.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "shared_buffers": "64MB",
    "jit": "off",
}
# What a node demands of the server that it serves from: for tests that run a node's own processes.
IN_SERVICE = {"fsync": "on", "full_page_writes": "on"}


def _owner() -> int | None:
    """Choose who runs it: PostgreSQL refuses root, so that root lends it to another user."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return names.get("postgres", names.get("nobody"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(
    binaries: Path, data: Path, owner: int | None, port: int, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (data.parent / "postgres.log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), "-k", data.parent, *options],
            user=owner,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - this tool has one thread
        )


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as why:
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"PostgreSQL did not start: {why}\n{log.read_text('utf-8')}") from why
            time.sleep(0.05)


@contextmanager
def temporary_postgres(binaries: Path, settings: Mapping[str, str] = {}) -> Iterator[str]:
    """Give the DATABASE_URL of a server that lives as long as the block; it is stopped by its id."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-pg-"))
    owner = _owner()
    data, password, port = folder / "data", secrets.token_hex(16), _free_port()
    (folder / "password").write_text(password, "ascii")
    if owner is not None:
        os.chown(folder, owner, -1)
        os.chown(folder / "password", owner, -1)
    locale = ("--encoding=UTF8", "--locale=C.UTF-8")  # in a C database Chinese has no trigrams
    access = ("--username=tongban", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}")
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "--no-sync", *locale, *access],
            user=owner,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        server = _start(binaries, data, owner, port, {**SETTINGS, **settings})
        try:
            url = f"postgresql://tongban:{password}@127.0.0.1:{port}/postgres"
            _wait(server, url, folder / "postgres.log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: connections are ended, nothing is awaited
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
