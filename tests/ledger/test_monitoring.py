"""A monitor: reads every entry, believes nothing of the tree, and tells a log's second story by its name."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.disk.model import ModelDisk, Stopped
from tests.ledger.recording import SIGNER, decide, logs, publish
from tongban.kernel.errors import DurabilityLost, Invalid, NotFound
from tongban.ledger import api as ledger
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.notes import open_checkpoint, sign_checkpoint
from tongban.ledger.verification import verify

KEY = SIGNER.vkey("decisions")
Reading = Callable[[str], bytes | None]


@pytest.fixture
def folder(database: None, tmp_path: Path) -> Path:
    made = tmp_path / "monitor"
    made.mkdir()
    return made


def monitor(folder: Path, read: Reading | None = None, disk: Disk = DISK) -> ledger.Monitor:
    return ledger.Monitor(folder, KEY, read or ledger.reader(logs() / "decisions"), disk)


def grow(*portions: int) -> None:
    for turn, count in enumerate(portions):
        decide(*(f"shown {turn}-{at}-{count}" for at in range(count)))
        publish()


@pytest.mark.parametrize("portions", [(1,), (5, 250, 1), (256, 256), (300, 10, 700)])
def test_it_follows_in_any_portions_and_its_copy_is_the_log(folder: Path, portions: tuple[int, ...]) -> None:
    seen = 0
    for turn, count in enumerate(portions):
        decide(*(f"{turn}-{at}" for at in range(count)))
        publish()
        followed = monitor(folder).follow()
        assert (followed.size, followed.added) == (seen + count, count)
        seen += count
    assert verify(folder, KEY).sound
    assert monitor(folder).follow().added == 0
    mirror = {
        path.relative_to(folder): path.read_bytes() for path in (folder / "tile").rglob("*") if path.is_file()
    }
    log = logs() / "decisions"
    assert mirror == {p.relative_to(log): p.read_bytes() for p in (log / "tile").rglob("*") if p.is_file()}


def test_it_says_what_each_office_did_and_never_what_about(folder: Path) -> None:
    grow(3)
    decide("hidden")
    publish()
    monitor(folder).follow()
    assert ledger.what_was_done(folder) == {"-": {"case.decided": 1}, "market.990100": {"case.decided": 3}}
    assert ledger.what_was_done(folder, office="market.990100") == {"market.990100": {"case.decided": 3}}
    assert ledger.what_was_done(folder, since="2099-01-01") == {}
    assert b"shown" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_rollback_is_told_by_name_with_both_checkpoints_kept(folder: Path, tmp_path: Path) -> None:
    grow(5)
    old = shutil.copytree(logs(), tmp_path / "old")
    grow(5)
    monitor(folder).follow()
    with pytest.raises(Invalid) as found:
        monitor(folder, ledger.reader(old / "decisions")).follow()
    assert (found.value.code, "rolled back" in str(found.value)) == ("ledger.rolled_back", True)
    kept = (folder / "contradiction-rolled_back").read_text("utf-8")
    assert open_checkpoint(kept, KEY).size == 5
    assert open_checkpoint((folder / "checkpoint").read_text("utf-8"), KEY).size == 10


def instead(reading: Reading, note: bytes) -> Reading:
    """Give the reading of a log whose checkpoint is another."""
    return lambda path: note if path == "checkpoint" else reading(path)


def test_a_fork_is_told_by_name(folder: Path) -> None:
    grow(5)
    monitor(folder).follow()
    mine = ledger.reader(logs() / "decisions")
    note = mine("checkpoint") or b""
    true = open_checkpoint(note.decode(), KEY)
    for size, code in ((5, "ledger.forked"), (9, "ledger.tampered")):
        other = sign_checkpoint(type(true)(true.origin, size, b"\7" * 32), SIGNER).encode()
        if size > 5:
            grow(4)
        with pytest.raises(Invalid) as found:
            monitor(folder, instead(mine, other)).follow()
        assert found.value.code == code
    assert open_checkpoint((folder / "checkpoint").read_text("utf-8"), KEY).size == 5
    assert monitor(folder).follow().size == 9, "the true log is followed on"
    assert verify(folder, KEY).sound


def test_a_tampered_entry_is_told_by_name_wherever_it_is(folder: Path) -> None:
    grow(5)
    monitor(folder).follow()
    grow(300)
    true = ledger.reader(logs() / "decisions")
    for spoilt in ("tile/entries/000", "tile/entries/001.p/49"):

        def reading(path: str, spoilt: str = spoilt) -> bytes | None:
            data = true(path)
            return data.replace(b"case.decided", b"case.refused", 1) if data and path == spoilt else data

        with pytest.raises(Invalid) as found:
            monitor(folder, reading).follow()
        assert found.value.code == "ledger.tampered"
    assert monitor(folder).follow().size == 305
    assert verify(folder, KEY).sound


def test_a_log_that_is_not_there_or_not_whole_is_no_contradiction(folder: Path) -> None:
    with pytest.raises(NotFound):
        monitor(folder, lambda _: None).follow()
    grow(5)
    true = ledger.reader(logs() / "decisions")
    with pytest.raises(DurabilityLost):
        monitor(folder, lambda path: true(path) if path == "checkpoint" else None).follow()
    assert not list(folder.glob("contradiction-*"))


def test_a_checkpoint_by_another_key_is_refused(folder: Path, tmp_path: Path) -> None:
    grow(2)
    other = ledger.make_log_key(tmp_path / "other", "990100")
    with pytest.raises(Invalid):
        ledger.Monitor(folder, other.vkey("decisions"), ledger.reader(logs() / "decisions")).follow()


@pytest.mark.parametrize("seed", range(6))
def test_killed_or_without_power_at_any_moment_it_goes_on_where_it_was(folder: Path, seed: int) -> None:
    cuts = Random(seed)
    disk = ModelDisk(folder)
    grow(3, 254)
    least = 0
    for turn in range(40):
        disk.stop_after = cuts.randint(0, 30)
        try:
            least = monitor(folder, disk=disk).follow().size
        except Stopped:
            disk = disk.after_power_cut(cuts) if cuts.random() < 0.7 else disk
        disk.stop_after = None
        kept = disk.read(folder / "checkpoint")
        assert (open_checkpoint(kept.decode(), KEY).size if kept else 0) >= least
        if turn % 10 == 5:
            decide(f"more {turn}")
            publish()
    disk = disk.after_power_cut(cuts)
    size = monitor(folder, disk=disk).follow().size
    assert verify(folder, KEY, disk).sound
    done = ledger.what_was_done(folder, disk=disk)
    assert sum(sum(kinds.values()) for kinds in done.values()) == size
