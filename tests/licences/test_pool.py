"""The signer processes: started together, restarted one by one, ended with whoever started them."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.licences.conftest import MARKET, TAX
from tests.licences.fitting import signed_by
from tests.licences.test_signer import STATEMENT
from tests.sources import ROOT
from tongban.kernel.errors import SourceDown
from tongban.licences.signer.client import Signers
from tongban.licences.signer.journal import lines_of
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.pool import SignerPool
from tongban.licences.signer.wire import peer_uid

PATIENCE_S = 30.0
TAX_STATEMENT = replace(STATEMENT, issuer=TAX)


@pytest.fixture
def pool(keys: Path, tmp_path: Path) -> Iterator[SignerPool]:
    """Signers of two offices, in a folder whose path is longer than a Unix socket's may be."""
    run_folder = tmp_path / ("run" + "-long" * 20)
    with SignerPool.start([MARKET, TAX], keys, run_folder, journals=tmp_path / "journals") as pool:
        yield pool


@pytest.fixture
def clients(pool: SignerPool) -> Signers:
    return Signers(pool.run_folder, timeout_s=PATIENCE_S)


def test_each_office_signs_with_its_own_key(clients: Signers, keys: Path) -> None:
    for office, text in ((MARKET, STATEMENT.text()), (TAX, TAX_STATEMENT.text())):
        assert signed_by(load_key(keys / office), text, clients.sign(office, text))
    assert clients.key_of(MARKET) != clients.key_of(TAX)


def test_there_is_one_process_for_each_office(pool: SignerPool) -> None:
    assert len(_children(pool.pid)) == 2


def test_a_signer_that_is_killed_comes_back_and_its_journal_goes_on(
    pool: SignerPool, clients: Signers, keys: Path, tmp_path: Path
) -> None:
    clients.sign(MARKET, STATEMENT.text())
    for pid in _children(pool.pid):
        os.kill(pid, signal.SIGKILL)
    again = clients.sign(MARKET, STATEMENT.text())
    assert signed_by(load_key(keys / MARKET), STATEMENT.text(), again)
    assert len(lines_of(tmp_path / "journals" / MARKET)) == 2


def test_when_the_parent_is_killed_no_signer_is_left(pool: SignerPool) -> None:
    watched = [os.pidfd_open(pid) for pid in _children(pool.pid)]
    os.kill(pool.pid, signal.SIGKILL)
    for descriptor in watched:
        _wait_for_end(descriptor)


def test_when_whoever_started_them_is_killed_no_signer_is_left(keys: Path, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from tongban.licences.signer.pool import SignerPool\n"
        "keys, run = map(pathlib.Path, sys.argv[1:])\n"
        f"pool = SignerPool.start([{MARKET!r}], keys, run)\n"
        "print(pool.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(keys), str(tmp_path / "run")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    ) as starter:
        assert starter.stdout is not None
        parent = int(starter.stdout.readline())
        watched = [os.pidfd_open(pid) for pid in (parent, *_children(parent))]
        starter.kill()
    for descriptor in watched:
        _wait_for_end(descriptor)


def test_stopping_leaves_no_process_and_no_socket(pool: SignerPool, clients: Signers) -> None:
    children = _children(pool.pid)
    pool.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert list(pool.run_folder.glob("*.sock")) == []
    with pytest.raises(SourceDown):
        Signers(pool.run_folder).sign(MARKET, STATEMENT.text())


def test_two_pools_do_not_share_a_folder(pool: SignerPool, keys: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match="already running"):
        SignerPool.start([MARKET], keys, pool.run_folder, journals=tmp_path / "others")


def test_a_stale_socket_of_a_dead_pool_is_replaced(pool: SignerPool, keys: Path, tmp_path: Path) -> None:
    os.kill(pool.pid, signal.SIGKILL)
    pool.stop()
    assert list(pool.run_folder.glob("*.sock")) != []
    with SignerPool.start([MARKET], keys, pool.run_folder, journals=tmp_path / "others"):
        assert Signers(pool.run_folder).sign(MARKET, STATEMENT.text())


def test_open_permissions_stop_the_start_and_say_the_cure(keys: Path, tmp_path: Path) -> None:
    (keys / TAX / "key.pem").chmod(0o644)
    with pytest.raises(SourceDown, match="chmod 600"):
        SignerPool.start([MARKET, TAX], keys, tmp_path / "run")


def test_a_wrong_passphrase_stops_the_start(keys: Path, tmp_path: Path) -> None:
    (keys / TAX / "passphrase").write_text("another")
    with pytest.raises(SourceDown, match="passphrase does not open"):
        SignerPool.start([MARKET, TAX], keys, tmp_path / "run")


def test_a_signer_stays_small_and_knows_no_web_framework(pool: SignerPool, clients: Signers) -> None:
    clients.sign(MARKET, STATEMENT.text())
    for pid in (pool.pid, *_children(pool.pid)):
        rolled = Path(f"/proc/{pid}/status").read_text()
        resident_kb = int(rolled.split("VmRSS:")[1].split()[0])
        assert resident_kb < 36_000  # OpenSSL for SM2 is three megabytes of it, shared by all
        assert "django" not in Path(f"/proc/{pid}/maps").read_text()


def test_a_connection_tells_whose_it_is() -> None:

    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _wait_for_end(descriptor: int) -> None:
    """Wait until the process behind a pidfd has ended, patiently but not for ever."""

    ended, _, _ = select.select([descriptor], [], [], PATIENCE_S)
    os.close(descriptor)
    assert ended, "the process is still there"
