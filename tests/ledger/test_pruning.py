"""A pruned log says what is gone, over its own signature, and proves all the rest."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tests.ledger.recording import CHANCE, SIGNER, decide, logs, publish
from tests.ledger.test_forgetting import DAYS, KEPT
from tests.ledger.test_sm2_line import BOTH
from tests.ledger.worked_example import NOON
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.ledger import api as ledger
from tongban.ledger import queries, tree
from tongban.ledger.disk import DISK, RealDisk
from tongban.ledger.jobs import sequence
from tongban.ledger.models import Entry, Log
from tongban.ledger.notes import Checkpoint, sign_checkpoint
from tongban.ledger.pruned import PRUNED, Pruned, known_edge, prunable, read_pruned, sign_pruned
from tongban.ledger.tiles import WIDTH, bundle_path, grow, hashes_of, tile_path

SHARES = "shares-2026"
KEY = SIGNER.vkey(SHARES)
WITH_SM2 = BOTH.vkey(SHARES)
IN_TIME = datetime(2029, 12, 31, 4, tzinfo=UTC)  # three years after the last of 2026
DUE = datetime(2030, 1, 1, 4, tzinfo=UTC)


def shares(count: int, start: int = 0) -> list[ledger.EntryRef]:
    made = []
    for at in range(start, start + count, 100):
        made += decide(*(f"share-{each}" for each in range(at, min(at + 100, start + count))), log="shares")
    publish()
    return made


def prune(
    now: datetime = DUE, *, disk: RealDisk = DISK, signer: ledger.LogSigner = SIGNER
) -> list[tuple[str, int]]:
    queries._writable_since.clear()
    done = ledger.prune_due(logs(), signer, KEPT, now, DAYS, chance=CHANCE, disk=disk)
    publish(now=now)
    return [(each.log, each.minimum) for each in done]


def files() -> set[str]:
    top = logs() / SHARES
    return {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}


def test_a_year_of_shares_is_pruned_when_its_retention_is_over_and_the_rest_is_sound(database: None) -> None:
    made = shares(600)
    decide("a case")
    publish()
    before = files()
    assert prune(IN_TIME) == []
    assert prune() == [(SHARES, 512)]
    gone = {tile_path(0, 0), tile_path(0, 1), bundle_path(0), bundle_path(1)}
    assert before - files() == gone
    assert files() - before == {PRUNED}
    report = ledger.verify(logs() / SHARES, KEY)
    assert report.sound
    assert report.pruned == Pruned(SIGNER.origin(SHARES), 512, "2029-12-31")
    assert report.as_dict()["minimum"] == 512
    ledger.check_ledger()
    assert Entry.objects.filter(log=SHARES).count() == 88
    assert Entry.objects.filter(log="decisions", kind="case.decided").exists(), "decisions are never pruned"
    told = ledger.opening(Entry.objects.get(kind="ledger.pruned").id)
    assert (told.value("log"), told.value("minimum")) == (SHARES, 512)
    rows = dict(Entry.objects.filter(log=SHARES).values_list("seq", "id"))
    assert ledger.read_proof(ledger.proof(rows[599]).as_dict(), KEY).index == 599
    lost = next(each.id for each in made if each.id not in rows.values())
    with pytest.raises(NotFound):
        ledger.proof(lost)
    journal = sorted(path.name for path in Path(f"{logs()}-private/{SHARES}").glob("*.jsonl"))
    assert journal == ["000000000000-600.jsonl"], "a journal file that reaches beyond the index stays, sealed"


def test_pruning_twice_changes_nothing(database: None) -> None:
    shares(600)
    prune()
    before = files()
    assert prune() == []
    assert files() == before
    assert Entry.objects.filter(kind="ledger.pruned").count() == 1


class Stopped(BaseException):
    """The process was killed."""


class Killed(RealDisk):
    """Stops at its so-many-th operation."""

    left: int

    def _one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped

    def rename(self, old: Path, new: Path) -> None:
        self._one()
        super().rename(old, new)

    def fsync_folder(self, path: Path) -> None:
        self._one()
        super().fsync_folder(path)

    def remove(self, path: Path) -> None:
        self._one()
        super().remove(path)


@pytest.mark.parametrize("left", range(6))
def test_a_killed_run_leaves_a_sound_log_and_the_next_one_finishes(database: None, left: int) -> None:
    shares(600)
    disk = Killed()
    disk.left = left
    with pytest.raises(Stopped):
        prune(disk=disk)
    queries._writable_since.clear()
    publish(now=DUE)
    ledger.check_ledger()
    prune()
    ledger.check_ledger()
    assert tile_path(0, 0) not in files()
    assert bundle_path(1) not in files()
    assert Entry.objects.filter(kind="ledger.pruned").count() == 1


def test_a_log_that_lost_its_beginning_without_saying_so_does_not_verify(database: None) -> None:
    shares(600)
    prune()
    (logs() / SHARES / PRUNED).unlink()
    assert not ledger.verify(logs() / SHARES, KEY).sound


def test_what_is_left_cannot_be_changed_and_the_word_on_pruning_cannot_be_forged(database: None) -> None:
    shares(600)
    prune()
    note = (logs() / SHARES / PRUNED).read_text("utf-8")
    (logs() / SHARES / PRUNED).write_text(note.replace("\n512\n", "\n256\n"), "utf-8")
    assert not ledger.verify(logs() / SHARES, KEY).sound
    (logs() / SHARES / PRUNED).write_text(note, "utf-8")
    path = logs() / SHARES / "tile/1/000.p/2"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    assert not ledger.verify(logs() / SHARES, KEY).sound, "a hash over what was pruned is bound by the root"


@pytest.mark.parametrize(
    "text",
    [
        Pruned(SIGNER.origin("decisions"), 256, "2029-12-31").text(),
        Pruned(KEY.name, 257, "2029-12-31").text(),
        Pruned(KEY.name, 256, "2029-12-31").text() + "more\n",
        Pruned(KEY.name, 256, "2029-12-31").text().replace("pruned 1", "pruned 2"),
        Checkpoint(KEY.name, 256, tree.EMPTY_ROOT).text(),
        f"{KEY.name}\n",
    ],
)
def test_nothing_else_that_the_log_signed_passes_for_its_word_on_pruning(text: str) -> None:
    from_note = sign_pruned(Pruned(KEY.name, 256, "2029-12-31"), SIGNER)
    assert read_pruned(lambda _: from_note.encode(), KEY) is not None
    signed = f"{text}\n" + from_note.rpartition("\n\n")[2]
    with pytest.raises(Invalid):
        read_pruned(lambda _: signed.encode(), KEY)


def test_in_the_guomi_profile_sm2_signs_what_was_pruned_too_and_its_signature_is_wanted(
    database: None, tmp_path: Path
) -> None:
    shares(600)
    prune()  # before the node is of the profile
    note = logs() / SHARES / PRUNED
    sequence(logs(), BOTH, DUE, holder="one", again=True)
    refused = ledger.verify(logs() / SHARES, WITH_SM2)
    assert [each.en for each in refused.problems] == ["What the log says it pruned lacks its SM2 signature."]
    with pytest.raises(Invalid, match="lacks its SM2"):
        ledger.Monitor(tmp_path, WITH_SM2, ledger.reader(logs() / SHARES)).follow()
    assert prune(signer=BOTH) == []
    assert ledger.verify(logs() / SHARES, WITH_SM2).sound
    assert ledger.verify(logs() / SHARES, KEY).sound, "who knows Ed25519 alone passes over the line"
    assert ledger.Monitor(tmp_path, WITH_SM2, ledger.reader(logs() / SHARES)).follow().minimum == 512
    signed = note.read_bytes()
    prune(signer=BOTH)
    assert note.read_bytes() == signed, "signed once"
    note.write_bytes(signed.replace(b"\n512\n", b"\n256\n"))
    assert not ledger.verify(logs() / SHARES, WITH_SM2).sound


def test_a_log_that_is_pruned_in_the_guomi_profile_is_signed_by_sm2_at_once(database: None) -> None:
    shares(600)
    sequence(logs(), BOTH, DUE, holder="one", again=True)
    assert prune(signer=BOTH) == [(SHARES, 512)]
    assert ledger.verify(logs() / SHARES, WITH_SM2).sound


def test_a_monitor_that_begins_late_says_so_and_still_checks_the_root(database: None, tmp_path: Path) -> None:
    shares(600)
    early = ledger.Monitor(tmp_path / "early", KEY, ledger.reader(logs() / SHARES))
    early.folder.mkdir()
    assert early.follow().minimum == 0
    prune()
    assert early.follow().added == 0, "who followed before keeps everything"
    late = ledger.Monitor(tmp_path / "late", KEY, ledger.reader(logs() / SHARES))
    late.folder.mkdir()
    seen = late.follow()
    assert (seen.size, seen.added, seen.minimum) == (600, 88, 512)
    assert late.follow().added == 0
    assert sum(sum(kinds.values()) for kinds in ledger.what_was_done(late.folder).values()) == 88
    assert ledger.verify(late.folder, KEY).sound
    (logs() / SHARES / "tile/1/000.p/2").write_bytes(bytes(64))
    third = ledger.Monitor(tmp_path / "third", KEY, ledger.reader(logs() / SHARES))
    third.folder.mkdir()
    with pytest.raises(Invalid) as tampered:
        third.follow()
    assert tampered.value.code == "ledger.tampered"


def test_a_monitor_that_stopped_in_what_was_pruned_begins_anew(database: None, tmp_path: Path) -> None:
    shares(100)
    monitor = ledger.Monitor(tmp_path, KEY, ledger.reader(logs() / SHARES))
    monitor.follow()
    shares(500, 100)
    prune()
    with pytest.raises(Invalid) as unseen:
        monitor.follow()
    assert unseen.value.code == "ledger.pruned_unseen"


def test_an_older_database_does_not_make_the_log_say_it_twice(database: None) -> None:
    shares(600)
    rows, heads = list(Entry.objects.values()), list(Log.objects.values())
    prune()
    Entry.objects.all().delete()
    Log.objects.all().delete()
    Entry.objects.bulk_create(Entry(**row) for row in rows)
    Log.objects.bulk_create(Log(**row) for row in heads)
    queries._writable_since.clear()
    ledger.recover(logs(), SIGNER, now=DUE, chance=CHANCE)
    queries._writable_since.clear()
    prune()
    assert Entry.objects.filter(kind="ledger.pruned").count() == 1
    assert Entry.objects.filter(log=SHARES).count() == 88
    ledger.check_ledger()


def test_outgrown_partial_files_are_compared_and_then_cleared_away(database: None) -> None:
    decide(*(f"case-{at}" for at in range(100)))
    publish()
    top = logs() / "decisions"
    old = {path: (top / path).read_bytes() for path in (tile_path(0, 0, 100), bundle_path(0, 100))}
    decide(*(f"case-{at}" for at in range(100, 300)))
    publish()
    for path, data in old.items():  # as if a run had been killed between publishing and clearing away
        (top / path).parent.mkdir(exist_ok=True)
        (top / path).write_bytes(data)
    ledger.check_ledger()
    for path, data in old.items():
        (top / path).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(Conflict, match=path):
            ledger.check_ledger()
        (top / path).write_bytes(data)
    prune(NOON)
    assert not any((top / path).exists() for path in old)
    ledger.check_ledger()


LEAF = {"version": 1, "kind": "share.released", "hour": "2026-11-23T04Z"}
LARGE = 66_000  # beyond one full tile of the second level


@cache
def large() -> dict[str, bytes]:
    leaves = [canonical(LEAF | {"commitment": at.to_bytes(32).hex()}) for at in range(LARGE)]
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    made = dict(grow(0, leaves, hashes, lambda _: None))
    root = tree.append(tree.Range(), hashes).root()
    made["checkpoint"] = sign_checkpoint(Checkpoint(KEY.name, LARGE, root), SIGNER).encode()
    return made


@pytest.mark.parametrize("minimum", [0, 256, 512, 65_280, 65_536, 65_792])
def test_whatever_was_pruned_later_entries_are_proven_and_later_checkpoints_compared(minimum: int) -> None:
    kept = dict(large())
    for path in prunable(minimum):
        del kept[path]
    assert len(large()) - len(kept) == 2 * (minimum // WIDTH) + minimum // WIDTH**2
    hash_at = hashes_of(LARGE, kept.get)
    whole = hashes_of(LARGE, large().get)
    root = tree.range_at(LARGE, whole).root()
    assert tree.range_at(LARGE, hash_at).root() == root
    for index in {minimum, minimum + 1, minimum + 200, LARGE - 1}:
        assert tree.inclusion_proof(index, LARGE, hash_at) == tree.inclusion_proof(index, LARGE, whole)
        assert tree.consistency_proof(index, LARGE, hash_at) == tree.consistency_proof(index, LARGE, whole)
    if minimum:
        assert known_edge(LARGE, minimum, kept.get)[0] == tree.range_at(minimum, whole)


def test_the_large_log_verifies_pruned(tmp_path: Path) -> None:
    gone = prunable(65_536)
    for path, data in large().items():
        if path not in gone:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
    assert not ledger.verify(tmp_path, KEY).sound
    (tmp_path / PRUNED).write_text(sign_pruned(Pruned(KEY.name, 65_536, "2029-12-31"), SIGNER), "utf-8")
    assert ledger.verify(tmp_path, KEY).problems == ()


def test_only_what_lies_wholly_before_the_index_goes() -> None:
    assert prunable(255) == []
    assert prunable(512, 256) == [tile_path(0, 1), bundle_path(1)]
    assert tile_path(1, 0) in prunable(65_536)
    assert tile_path(1, 0) not in prunable(65_280)
