"""A log under witnesses: published with a quorum, promised without, found out when it changes its story."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.disk.model import ModelDisk
from tests.ledger.recording import SIGNER, decide, logs
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import Conflict, NodeReadOnly, SourceDown, TongbanError
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.ledger import queries
from tongban.ledger.asking import KnownWitness, Reply, WitnessPolicy
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.jobs import Sequenced, sequence
from tongban.ledger.keys import LogSigner, make_log_key
from tongban.ledger.models import Entry, Log
from tongban.ledger.notes import COSIGNATURE, VerifierKey, signers_of
from tongban.ledger.places import pending_file
from tongban.ledger.verification import published
from tongban.ledger.witness import Witness
from tongban.ledger.witnessing import SIZE_TYPE

NAMES = ("court", "notary", "archive")
KEYS = [SIGNER.vkey("decisions"), SIGNER.vkey("shares-2026")]
DOWN = SourceDown("t", what=Text("不通", "unreachable"), todo=Text("等", "wait"))


@dataclass
class Offices:
    """Three offices, each with a witness of its own, reached without a wire; some may be down or lie."""

    folder: Path
    down: set[str] = field(default_factory=set)
    lies: dict[str, Reply] = field(default_factory=dict)
    signers: dict[str, LogSigner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in NAMES:
            self.signers[name] = make_log_key(self.folder / name / "key", name)
            (self.folder / name / "state").mkdir()

    def witness(self, name: str) -> Witness:
        return Witness(f"witness/{name}", self.signers[name], KEYS, self.folder / name / "state")

    def policy(self, quorum: int = 2) -> WitnessPolicy:
        known = (
            KnownWitness(
                VerifierKey(f"witness/{name}", self.signers[name].public_key, COSIGNATURE), name, name
            )
            for name in NAMES
        )
        return WitnessPolicy(tuple(known), quorum, self.post)

    def post(self, url: str, body: bytes) -> Reply:
        name = url.partition("/")[0]
        if name in self.down:
            raise DOWN
        if name in self.lies:
            return self.lies[name]
        answer = self.witness(name).add_checkpoint(body, now=NOON)
        return Reply(answer.status, answer.media_type, answer.body.encode())


@pytest.fixture
def offices(database: None, tmp_path: Path) -> Offices:
    return Offices(tmp_path / "offices")


def publish(offices: Offices, *, quorum: int = 2, disk: Disk = DISK, again: bool = False) -> Sequenced:
    done = sequence(
        logs(),
        SIGNER,
        NOON,
        holder="one",
        disk=disk,
        witnesses=offices.policy(quorum),
        again=again,
    )
    return next(each for each in done if each.log == "decisions")


def cosigners() -> set[str]:
    found = published(logs() / "decisions", SIGNER.vkey("decisions"))
    assert found is not None
    keys = [witness.key for witness in POLICY_KEYS]
    return set(signers_of(found[1], keys))


POLICY_KEYS: list[KnownWitness] = []


@pytest.fixture(autouse=True)
def known(offices: Offices) -> None:
    POLICY_KEYS[:] = offices.policy().witnesses
    queries._writable_since.clear()


def test_a_checkpoint_is_published_with_everybodys_cosignature(offices: Offices) -> None:
    decide("1", "2", "3")
    done = publish(offices)
    assert (done.size, done.published, dict(done.missing)) == (3, 3, {})
    assert cosigners() == {"witness/court", "witness/notary", "witness/archive"}
    decide("4")
    assert publish(offices).published == 4
    assert ledger.verify(logs() / "decisions", SIGNER.vkey("decisions")).sound


def test_one_witness_down_is_no_hindrance_and_it_catches_up(offices: Offices) -> None:
    decide("1")
    publish(offices)
    offices.down = {"archive"}
    decide("2", "3")
    assert publish(offices).published == 3
    assert cosigners() == {"witness/court", "witness/notary"}
    offices.down = set()
    decide("4")
    publish(offices)
    assert "witness/archive" in cosigners()


def test_without_a_quorum_work_goes_on_and_the_gap_is_seen(offices: Offices) -> None:
    decide("1")
    publish(offices)
    offices.down = {"archive", "court"}
    [entry] = decide("2")
    done = publish(offices)
    assert (done.size, done.published) == (2, 1)
    assert set(done.missing) == {"witness/archive", "witness/court"}
    head = ledger.head("decisions")
    assert (head.size, head.placed, head.pending) == (1, 2, 2)
    assert ledger.promise([entry.id], SIGNER, NOON).leaves == (entry.leaf_hash.hex(),)
    with pytest.raises(Conflict):
        ledger.proof(entry.id)
    decide("3")  # and on
    publish(offices)
    offices.down = {"archive"}
    assert publish(offices).published == 3
    assert ledger.proof(entry.id).index == 1
    assert ledger.head("decisions").pending == 0
    assert not ledger.is_read_only()


def test_partial_tiles_of_what_was_never_published_are_cleared_away(offices: Offices) -> None:
    offices.down = set(NAMES)
    for at in range(4):
        decide(*(f"{at}-{each}" for each in range(90)))
        publish(offices)
    offices.down = set()
    publish(offices)
    assert ledger.verify(logs() / "decisions", SIGNER.vkey("decisions")).sound
    assert not list((logs() / "decisions" / "tile" / "0").glob("000.p"))


def test_a_node_restored_from_old_copies_is_found_out_by_name(offices: Offices, tmp_path: Path) -> None:
    """Database and log folder both old: nothing on the machine can tell, the witnesses can."""
    decide("1", "2")
    publish(offices)
    restore = backup(tmp_path)
    decide("3", "4", "5")
    publish(offices)
    restore()
    decide("another 3")
    with pytest.raises(NodeReadOnly) as found:
        publish(offices)
    assert found.value.code == "ledger.contradicted"
    for name in NAMES:
        assert f"witness/{name} has cosigned 5 entries, this log has 3" in str(found.value)
    queries._writable_since.clear()
    with pytest.raises(NodeReadOnly) as refused:
        decide("4")
    assert "witness/court" in str(refused.value)
    assert all(offices.witness(name).accusations() == [] for name in NAMES)


def test_a_node_that_goes_on_after_a_rollback_is_a_fork_with_its_own_signature(
    offices: Offices, tmp_path: Path
) -> None:
    decide("1", "2")
    publish(offices)
    restore = backup(tmp_path)
    decide("3")
    publish(offices)
    restore()
    decide("another 3", "another 4")
    with pytest.raises(NodeReadOnly) as found:
        publish(offices)
    assert "witness/notary has cosigned another history" in str(found.value)
    [accusation] = offices.witness("court").accusations()
    assert signers_of(accusation, [SIGNER.vkey("decisions")])


def test_a_node_that_starts_from_old_copies_asks_before_it_writes_and_the_newest_copy_helps(
    offices: Offices, tmp_path: Path
) -> None:
    decide("1", "2")
    publish(offices)
    restore = backup(tmp_path)
    decide("3", "4", "5")
    publish(offices)
    mirrors = {each: shutil.copytree(each, tmp_path / f"mirror-{each.name}") for each in folders()}
    restore()
    with pytest.raises(NodeReadOnly):
        publish(offices, again=True)
    queries._writable_since.clear()
    with pytest.raises(NodeReadOnly):
        decide("another 3")
    for place, mirror in mirrors.items():
        shutil.rmtree(place)
        shutil.copytree(mirror, place)
    assert ledger.is_read_only()  # the log is ahead of the database now, which recovery mends
    recovered = ledger.recover(logs(), SIGNER, now=NOON, chance=SystemChance())
    assert {each.identifiers["case_number"] for each in recovered} == {"3", "4", "5"}
    queries._writable_since.clear()
    decide("6")
    assert publish(offices).published == 7  # and the recovery's own entry


@pytest.mark.parametrize(
    "lie",
    [
        Reply(409, SIZE_TYPE, b"1000000\n"),
        Reply(422, "text/plain", b""),
        Reply(409, "text/plain", b""),
        Reply(200, "text/plain", "— witness/court AAAAAAAAAAAAAAAA\n".encode()),
        Reply(200, "text/plain", b"\xff\xff"),
        Reply(500, "text/plain", b"oops"),
        Reply(409, SIZE_TYPE, b"-1\n"),
        Reply(409, SIZE_TYPE, b"1" * 5000 + b"\n"),
        Reply(409, SIZE_TYPE, b"0\n"),
    ],
)
def test_one_liar_neither_stops_the_log_nor_counts(offices: Offices, lie: Reply) -> None:
    decide("1", "2")
    publish(offices)
    offices.lies = {"court": lie}
    decide("3")
    assert publish(offices).published == 3
    assert cosigners() == {"witness/notary", "witness/archive"}
    assert not ledger.is_read_only()


def test_a_cosignature_over_another_checkpoint_does_not_count(offices: Offices) -> None:
    decide("1")
    publish(offices)
    found = published(logs() / "decisions", SIGNER.vkey("decisions"))
    assert found is not None
    old = signers_of(found[1], [POLICY_KEYS[0].key])["witness/court"]
    offices.lies = {"court": Reply(200, "text/plain", old.encode())}
    decide("2")
    publish(offices)
    assert "witness/court" not in cosigners()


def test_a_tampered_entry_is_found_before_anybody_cosigns_it(offices: Offices) -> None:
    decide("1", "2")
    publish(offices)
    Entry.objects.filter(seq=0).update(leaf=b"{}")
    path = next((logs() / "decisions" / "tile" / "entries").rglob("2"))
    path.write_bytes(path.read_bytes().replace(b"case.decided", b"case.refused"))
    report = ledger.verify(logs() / "decisions", SIGNER.vkey("decisions"))
    assert not report.sound
    assert any("tile/0" in each.en or "root" in each.en for each in report.problems)


def folders() -> tuple[Path, Path]:
    """Give the folders of the log: the published one and the private journal."""
    return logs(), logs().with_name("logs-private")


def backup(folder: Path) -> Callable[[], None]:
    """Copy the database and every folder of the log; give what puts the copies back."""
    entries = list(Entry.objects.values())
    heads = list(Log.objects.values())
    copies = {each: shutil.copytree(each, folder / f"backup-{each.name}") for each in folders()}

    def restore() -> None:
        Entry.objects.all().delete()
        Log.objects.all().delete()
        Entry.objects.bulk_create(Entry(**row) for row in entries)
        Log.objects.bulk_create(Log(**row) for row in heads)
        for place, kept in copies.items():
            shutil.rmtree(place)
            shutil.copytree(kept, place)

    return restore


class WithoutFsync(ModelDisk):
    """Lets the bytes of the signed checkpoint lie."""

    def _sync(self, path: Path) -> None:
        if not path.name.endswith(".pending.tmp"):
            super()._sync(path)


class WithoutFolderFsync(ModelDisk):
    """Lets the name of the signed checkpoint lie."""

    def _sync_folder(self, path: Path) -> None:
        waiting = any(name.endswith(".pending") for change in self._folder(path).changes for name in change)
        if not waiting:
            super()._sync_folder(path)


def restored_after_a_power_cut(offices: Offices, disk_class: type[ModelDisk], seed: int) -> bool:
    """Sign a checkpoint that no quorum cosigns, cut the power, restore an old database: is it noticed?"""
    Entry.objects.all().delete()
    Log.objects.all().delete()
    disk = disk_class(logs().parent)
    decide("1")
    offices.down = set(NAMES)
    publish(offices, disk=disk)
    entries, heads = list(Entry.objects.values()), list(Log.objects.values())
    decide("2")
    publish(offices, disk=disk)
    disk = disk.after_power_cut(Random(seed))
    Entry.objects.all().delete()
    Log.objects.all().delete()
    Entry.objects.bulk_create(Entry(**row) for row in entries)
    Log.objects.bulk_create(Log(**row) for row in heads)
    try:
        return ledger.is_read_only(logs=logs(), disk=disk) and bool(
            disk.read(pending_file(logs(), "decisions"))
        )
    except TongbanError:
        return False


def test_what_was_signed_is_known_after_a_power_cut_though_nobody_has_cosigned_it(offices: Offices) -> None:
    assert all(restored_after_a_power_cut(offices, ModelDisk, seed) for seed in range(20))


@pytest.mark.parametrize("disk_class", [WithoutFsync, WithoutFolderFsync])
def test_no_fsync_of_what_was_signed_can_be_left_out(offices: Offices, disk_class: type[ModelDisk]) -> None:
    assert not all(restored_after_a_power_cut(offices, disk_class, seed) for seed in range(40))
