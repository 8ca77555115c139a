"""The database is older than the log: write nothing, take back what the log holds, say what is lost."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledger.recording import SIGNER, decide, logs, publish
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import AlreadyDone, Conflict, DurabilityLost, Invalid, NodeReadOnly, NotFound
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.ledger import tree as ledger_tree
from tongban.ledger.disk import RealDisk
from tongban.ledger.models import Entry, Log, RecoveredEntry, RecoveredIdentifier

LATER = NOON + timedelta(hours=1)


def backup() -> Callable[[], None]:
    """Copy the ledger's tables as a backup of the database does; calling the answer restores them."""
    kept = [
        (model, list(model.objects.values())) for model in (Log, Entry, RecoveredEntry, RecoveredIdentifier)
    ]

    def restore() -> None:
        for model, _ in reversed(kept):
            model.objects.all().delete()
        for model, rows in kept:
            model.objects.bulk_create([model(**row) for row in rows])

    return restore


def recover() -> list[ledger.Recovered]:
    return ledger.recover(logs(), SIGNER, now=LATER, chance=SystemChance())


def journal_files() -> list[Path]:
    return sorted(Path(f"{logs()}-private").rglob("*.jsonl"))


def lost_day() -> tuple[list[ledger.EntryRef], list[ledger.EntryRef]]:
    """Two entries are in the backup; three more and a share are published; the backup is restored."""
    kept = decide("one", "two")
    publish()
    restore = backup()
    lost = [
        each
        for at, case in enumerate(("three", "shown-four", "five"))
        for each in decide(case, now=NOON + timedelta(milliseconds=at))  # so that their order is known
    ]
    lost += decide("share", log="shares")
    publish()
    restore()
    return kept, lost


def test_a_node_whose_database_is_older_writes_nothing_and_publishes_nothing(database: None) -> None:
    lost_day()
    assert ledger.is_read_only()
    with pytest.raises(NodeReadOnly, match="recover"):
        decide("six", now=LATER)
    with pytest.raises(NodeReadOnly):
        publish(now=LATER)
    assert ledger.head("decisions").size == 5


def test_a_node_with_a_lost_database_and_a_log_is_read_only_too(database: None) -> None:
    restore = backup()
    decide("one")
    publish()
    restore()
    assert ledger.is_read_only()
    assert [each.identifiers["case_number"] for each in recover()] == ["one"]
    assert not ledger.is_read_only()


def test_what_the_log_holds_comes_back_with_its_contents_and_its_numbers(database: None) -> None:
    _, lost = lost_day()
    found = recover()
    assert [(each.log, each.index, each.entry) for each in found] == [
        ("decisions", 2, lost[0].id),
        ("decisions", 3, lost[1].id),
        ("decisions", 4, lost[2].id),
        ("shares-2026", 0, lost[3].id),
    ]
    assert found[0].identifiers == {"case_number": "three", "filing_number": "F-three"}
    assert {(each.kind, each.hour, each.office, each.contents_missing) for each in found} == {
        ("case.decided", "2026-11-23T04Z", "market.990100", False)
    }
    assert ledger.recovered_identifiers("case_number") == {"three", "shown-four", "five", "share"}
    assert ledger.opening(lost[0].id).value("decision") == "yes"
    assert not ledger.is_read_only()


def test_the_recovery_is_an_entry_itself_and_the_log_goes_on(database: None) -> None:
    lost_day()
    recover()
    decide("six", now=LATER)
    assert publish(now=LATER)[0].size == 5 + 2 + 1  # one entry of recovery for each of the two logs
    told = Entry.objects.filter(kind="ledger.recovered").order_by("seq").values_list("pk", flat=True)
    first = ledger.opening(told[0])
    assert {first.value("count"), first.value("first_index")} in ({3, 2}, {1, 0})
    ledger.check_ledger()
    assert recover() == []


def test_without_the_journal_only_kind_hour_and_a_shown_office_come_back(database: None) -> None:
    lost_day()
    for path in journal_files():
        path.unlink()
    found = recover()
    assert [(each.contents_missing, dict(each.identifiers)) for each in found] == [(True, {})] * 4
    assert [each.office for each in found] == ["", "market.990100", "", ""]
    assert {each.kind for each in found} == {"case.decided"}
    with pytest.raises(NotFound):
        ledger.opening(found[0].entry)
    publish(now=LATER)
    ledger.check_ledger()


@pytest.mark.parametrize("damage", ["torn", "forged", "nonsense"])
def test_a_damaged_journal_is_believed_only_where_it_opens_the_log(database: None, damage: str) -> None:
    lost_day()
    path = journal_files()[1]
    text = path.read_text(encoding="utf-8")
    if damage == "torn":
        path.write_text(text[: len(text) - 100], encoding="utf-8")
    elif damage == "forged":
        first, *_, last = (json.loads(line) for line in text.splitlines())
        forged = json.dumps(last | {"opening": first["opening"]})
        path.write_text("\n".join([*text.splitlines()[:-1], forged]) + "\n", encoding="utf-8")
    else:
        path.write_text(text.replace('{"entry"', '["entry"', 3), encoding="utf-8")
    found = {each.index: each for each in recover() if each.log == "decisions"}
    assert found[4].contents_missing
    assert [found[at].contents_missing for at in (2, 3)] == [damage == "nonsense"] * 2
    assert "five" not in ledger.recovered_identifiers("case_number")


def test_a_journal_of_entries_that_never_came_to_be_hides_none_that_did(database: None) -> None:
    """A run was killed behind its journal, the database was restored, and others took the places."""
    decide("one")
    publish()
    restore = backup()
    decide("never", "nor this", "nor that")
    with pytest.raises(Killed):
        publish(disk=KilledAfterTheJournal())
    restore()
    decide("two", "three")
    publish()
    restore()
    assert sorted(each.identifiers.get("case_number", "") for each in recover()) == ["three", "two"]


class Killed(BaseException):
    """The process was killed."""


class KilledAfterTheJournal(RealDisk):
    """Stops at the first file of the published log."""

    def write(self, path: Path, data: bytes, mode: int) -> None:
        if "logs-private" not in path.parts:
            raise Killed
        super().write(path, data, mode)


def test_an_entry_that_the_backup_holds_without_a_place_is_not_lost(database: None) -> None:
    waiting = decide("waiting")[0]
    restore = backup()
    publish()
    decide("lost")
    publish()
    restore()
    assert [each.identifiers["case_number"] for each in recover()] == ["lost"]
    assert ledger.proof(waiting.id).index == 0
    publish(now=LATER)
    ledger.check_ledger()


def test_what_was_never_published_is_gone_and_its_promise_shows_it(database: None) -> None:
    decide("one")
    publish()
    restore = backup()
    decide("two")
    publish()
    promised = decide("never published")[0]
    promise = ledger.promise([promised.id], SIGNER, NOON)
    restore()
    recover()
    assert not Entry.objects.filter(pk=promised.id).exists()
    assert ledger.read_promise(promise.as_dict(), SIGNER.vkey("decisions")).leaves == (
        promised.leaf_hash.hex(),
    )


def test_a_person_completes_a_recovered_entry_once_and_that_is_an_entry(database: None) -> None:
    lost_day()
    found = recover()[0]
    done = ledger.complete_recovered(
        found.entry, staff_id="staff-1", note="licence printed again", now=LATER, chance=SystemChance()
    )
    assert ledger.opening(done.id).value("recovered") == found.entry
    assert found.entry not in {each.entry for each in ledger.recovered(open_only=True)}
    assert [each.completed_by for each in ledger.recovered() if each.entry == found.entry] == ["staff-1"]
    for entry, refusal in ((found.entry, AlreadyDone), ("nothing", NotFound)):
        with pytest.raises(refusal):
            ledger.complete_recovered(entry, staff_id="staff-2", note="x", now=LATER, chance=SystemChance())
    assert "three" in ledger.recovered_identifiers("case_number")


def test_a_database_that_went_another_way_is_not_recovered_over(database: None) -> None:
    decide("one")
    publish()
    restore = backup()
    decide("two")
    publish()
    restore()
    other = decide("other", now=NOON)  # written by a process that had not compared yet
    log = Log.objects.get(name="decisions")
    after = ledger_tree_with(log, other[0].leaf_hash)
    Entry.objects.filter(pk=other[0].id).update(seq=1)
    Log.objects.update(size=2, root=after[0], hashes=after[1])
    assert ledger.is_read_only()
    with pytest.raises(Conflict) as forked:
        recover()
    assert forked.value.code == "ledger.forked"


def ledger_tree_with(log: Log, leaf: bytes) -> tuple[bytes, bytes]:
    kept = ledger_tree.Range(log.size, (bytes(log.hashes),))
    after = ledger_tree.append(kept, [leaf])
    return after.root(), b"".join(after.hashes)


def test_a_damaged_log_is_not_recovered_from(database: None) -> None:
    lost_day()
    bundle = logs() / "decisions/tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes().replace(b"T04Z", b"T05Z", 1))
    with pytest.raises(DurabilityLost):
        recover()
    assert ledger.is_read_only()


def test_a_log_by_another_key_is_not_recovered_from(database: None) -> None:
    lost_day()
    note = logs() / "decisions/checkpoint"
    note.write_text(note.read_text(encoding="utf-8").replace("\n5\n", "\n6\n"), encoding="utf-8")
    with pytest.raises(Invalid):
        recover()
