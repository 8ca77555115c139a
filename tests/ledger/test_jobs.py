"""Placing and publishing: complete, in order, the same however it is cut up, and never two at once."""

import os
import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.recording import SIGNER, decide, logs, publish
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import DurabilityLost, Invalid, NodeReadOnly, StaleLease
from tongban.kernel.ids import SystemChance
from tongban.kernel.transactions import whole
from tongban.ledger import actions, jobs
from tongban.ledger import api as ledger
from tongban.ledger.disk import RealDisk
from tongban.ledger.models import Entry, Log


def files() -> dict[str, bytes]:
    return {str(path.relative_to(logs())): path.read_bytes() for path in logs().rglob("*") if path.is_file()}


def test_everything_that_waits_is_published_and_a_second_run_has_nothing_to_do(database: None) -> None:
    decide(*(f"case-{at}" for at in range(300)))
    decide("share", log="shares")
    done = publish()
    assert [(each.log, each.size, each.added) for each in done] == [
        ("decisions", 300, 300),
        ("shares-2026", 1, 1),
    ]
    assert publish() == []
    ledger.check_ledger()
    assert ledger.verify(logs() / "decisions", SIGNER.vkey("decisions")).sound


def test_a_run_places_no_more_than_its_batch_and_the_next_goes_on(database: None) -> None:
    decide(*(f"case-{at}" for at in range(25)))
    assert [publish(batch=10)[0].size for _ in range(3)] == [10, 20, 25]
    ledger.check_ledger()


def test_an_entry_committed_late_with_an_early_name_is_not_passed_over(database: None) -> None:
    """PostgreSQL commits out of order: a row waits because it has no place, whatever its name."""
    early = decide("early")[0]
    publish()
    late = decide("late", now=NOON - timedelta(days=1))[0]
    assert late.id < early.id
    publish()
    assert ledger.proof(late.id).index == 1
    ledger.check_ledger()


def test_partial_files_go_once_the_full_one_is_there(database: None) -> None:
    for at in range(3):
        decide(*(f"case-{at}-{each}" for each in range(100)))
        publish()
    partial = sorted(path for path in files() if ".p/" in path)
    assert partial == [
        "decisions/tile/0/001.p/44",
        "decisions/tile/1/000.p/1",
        "decisions/tile/entries/001.p/44",
    ]
    ledger.check_ledger()


def test_the_journal_is_private_and_lies_outside_the_published_folder(database: None) -> None:
    decide("one")
    publish()
    journal = list(Path(f"{logs()}-private").rglob("*.jsonl"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in journal] == [0o600]
    assert stat.S_IMODE(journal[0].parent.stat().st_mode) == 0o700
    assert b"F-one" not in journal[0].read_bytes(), "openings are sealed at rest"
    assert not [path for path, data in files().items() if b"F-one" in data or b"salt" in data]


def test_a_log_whose_folder_was_lost_is_written_again_with_the_same_tiles(database: None) -> None:
    decide(*(f"case-{at}" for at in range(600)))
    publish()
    before = files()
    for path in before:
        (logs() / path).unlink()
    publish()
    assert files() == before


def test_a_killed_run_is_closed_by_running_it_again(database: None) -> None:
    decide(*(f"case-{at}" for at in range(300)))
    actions.take_lease("decisions", "killed", NOON, 60)
    actions.give_places("decisions", None, limit=200)  # places given, and then the process died
    assert publish(holder="other") == []  # its lease still runs
    later = NOON + timedelta(seconds=61)
    assert publish(holder="other", now=later)[0].size == 300
    ledger.check_ledger()


def test_a_lease_is_for_one_holder_and_for_a_time(database: None) -> None:
    assert actions.take_lease("decisions", "one", NOON, 60)
    assert actions.take_lease("decisions", "one", NOON, 60)
    assert not actions.take_lease("decisions", "two", NOON + timedelta(seconds=59), 60)
    assert actions.take_lease("decisions", "two", NOON + timedelta(seconds=60), 60)
    actions.conclude("decisions", "one", 0)  # it is not theirs to end any more
    assert not actions.take_lease("decisions", "one", NOON + timedelta(seconds=61), 60)


def test_a_process_that_holds_the_lock_keeps_others_out_even_after_its_lease(database: None) -> None:
    decide("one")
    publish()
    decide("two")
    disk = RealDisk()
    with disk.lock(Path(f"{logs()}-private") / "decisions.lock") as held:
        assert held
        assert publish(now=NOON + timedelta(hours=1)) == []
        assert ledger.head("decisions").size == 1
    assert publish()[0].size == 2


def test_two_sequencers_at_once_give_every_entry_one_place(database: None) -> None:
    decide(*(f"case-{at}" for at in range(400)))
    troubles: list[BaseException] = []

    def run(holder: str) -> None:
        try:
            for _ in range(6):
                actions.give_places("decisions", None, limit=40)
        except StaleLease:
            pass  # the other one was first: thrown away as it should be
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    actions.take_lease("decisions", "nobody", NOON, 1)
    _in_threads(run)
    assert troubles == []
    while publish(now=NOON + timedelta(minutes=5)):
        pass
    assert sorted(Entry.objects.values_list("seq", flat=True)) == list(range(400))
    ledger.check_ledger()


def test_two_sequencers_publish_one_log_that_never_shrinks(database: None) -> None:
    decide(*(f"case-{at}" for at in range(300)))
    troubles: list[BaseException] = []
    sizes: list[int] = []

    def run(holder: str) -> None:
        try:
            for _ in range(8):
                publish(holder=holder, batch=30)
                sizes.append(ledger.head("decisions").size)
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    _in_threads(run)
    assert troubles == []
    while publish():
        pass
    assert ledger.head("decisions").size == 300
    assert max(sizes) <= 300
    ledger.check_ledger()


@pytest.mark.postgres
def test_a_row_that_commits_after_later_ones_were_placed_gets_its_place_too(database: None) -> None:
    written, go_on = threading.Event(), threading.Event()
    names: list[str] = []

    @whole
    def slow_act() -> None:
        names.append(
            ledger.record(
                "decisions", "draft.expired", {"filing_number": "slow"}, now=NOON, chance=SystemChance()
            ).id
        )
        written.set()
        assert go_on.wait(30)

    def run() -> None:
        try:
            slow_act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(30)
    decide("quick", now=NOON + timedelta(seconds=1))
    assert publish()[0].size == 1  # the slow row has the smaller name and nobody can see it yet
    go_on.set()
    thread.join()
    publish()
    assert ledger.proof(names[0]).index == 1
    ledger.check_ledger()


def _in_threads(run: Callable[[str], None]) -> None:
    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@settings(max_examples=15)
@given(st.lists(st.integers(1, 120), min_size=1, max_size=5))
def test_however_the_entries_arrive_the_log_is_the_same_tree(steps: list[int]) -> None:
    whole = jobs.tree.append(jobs.tree.Range(), (bytes([at % 256]) * 32 for at in range(sum(steps))))
    cut, at = jobs.tree.Range(), 0
    for step in steps:
        cut, at = (
            jobs.tree.append(cut, (bytes([each % 256]) * 32 for each in range(at, at + step))),
            at + step,
        )
    assert cut == whole


def test_a_head_that_is_not_its_rows_tree_is_not_published(database: None) -> None:
    decide("one", "two")
    publish()
    decide("three")
    for wrong in ({"size": 3}, {"root": bytes(32)}, {"hashes": bytes(32)}):
        right = Log.objects.values("size", "root", "hashes").get()
        Log.objects.update(**wrong)
        with pytest.raises(NodeReadOnly):
            publish()
        Log.objects.update(**right)
    assert ledger.head("decisions").size == 2


def test_a_row_changed_behind_the_logs_back_is_found(database: None) -> None:
    one, two = decide("one", "two")
    publish()
    ledger.check_ledger()
    opening = Entry.objects.get(pk=one.id).opening
    Entry.objects.filter(pk=two.id).update(opening=opening)
    found = ledger.verify_against_store("decisions")
    assert [two.id in problem.en for problem in found] == [True]


@pytest.mark.parametrize("damage", ["leaf", "tile", "checkpoint", "missing tile", "another key"])
def test_a_published_log_that_was_touched_does_not_verify(database: None, damage: str) -> None:
    decide(*(f"case-{at}" for at in range(300)))
    publish()
    folder, key = logs() / "decisions", SIGNER.vkey("decisions")
    path = folder / {"leaf": "tile/entries/000", "checkpoint": "checkpoint"}.get(damage, "tile/0/000")
    if damage == "missing tile":
        path.unlink()
    elif damage == "another key":
        key = type(key)(key.name, bytes(32))
    else:
        data = bytearray(path.read_bytes())
        data[40] ^= 1
        path.write_bytes(bytes(data))
    assert not ledger.verify(folder, key).sound


def test_a_sequencer_does_not_go_on_from_a_log_that_was_touched(database: None) -> None:
    decide("one", "two")
    publish()
    tile = logs() / "decisions/tile/0/000.p/2"
    tile.write_bytes(bytes(64))
    decide("three")
    with pytest.raises(DurabilityLost):
        publish()
    (logs() / "decisions/checkpoint").write_text("nothing\n")
    with pytest.raises(Invalid):
        publish()


def test_a_disk_that_failed_once_is_not_written_again(database: None, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = (
            tmp_path / "file" / "below"
        )  # a file stands where a folder should: even root cannot write there
        (tmp_path / "file").write_bytes(b"")
    else:
        target = tmp_path / "missing" / "below"
    disk = RealDisk()
    with pytest.raises(DurabilityLost):
        disk.write(target, b"x", 0o600)
    with pytest.raises(DurabilityLost):
        disk.write(tmp_path / "fine", b"x", 0o600)
    assert disk.read(tmp_path / "fine") is None
