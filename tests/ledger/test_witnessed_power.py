"""A node and its witnesses, each on a machine of its own whose power may go at any operation of its disk.

The log is sequenced under three witnesses with their own state; offices fail, the node is killed, cut and
restored from a backup of its database in any order. However it goes, no two checkpoints of one size are
ever shown to a witness or vouched for, what is published bears a quorum, and nothing published goes back.
Then each fsync and each rename is taken away in turn, the node's and a witness's; the search must find it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.disk import searching
from tests.disk.model import ModelDisk, Stopped
from tests.ledger.cutting import (
    LOGS,
    EvidenceLostError,
    LeavingOut,
    LogUnderPowerCuts,
    Recording,
    Step,
    empty_the_ledger,
    must,
)
from tests.ledger.recording import SIGNER
from tests.ledger.test_power_cut import STEPS as UNWITNESSED
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import SourceDown, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger.asking import KnownWitness, Reply, WitnessPolicy
from tongban.ledger.models import Entry, Log
from tongban.ledger.notes import COSIGNATURE, VerifierKey, parse_checkpoint, signers_of, split_note
from tongban.ledger.recovery import recover
from tongban.ledger.verification import published
from tongban.ledger.witness import Witness
from tongban.ledger.witnessing import SIZE_TYPE, read_request

PLACE = Path("/witness")
NAMES = ("court", "notary", "archive")
LOG_KEYS = [SIGNER.vkey("decisions"), SIGNER.vkey("shares-2026")]
COSIGNERS = [VerifierKey(name, SIGNER.public_key, COSIGNATURE) for name in NAMES]
QUORUM = 2
DOWN = SourceDown("t", what=Text("不通", "unreachable"), todo=Text("等", "wait"))
Rows = list[dict[str, Any]]


class Office:
    """One office's witness, its machine, and all that it has ever vouched for: root by log and size."""

    def __init__(self, name: str, disk: ModelDisk, seed: int) -> None:
        self.name, self.disk, self.cuts = name, disk, Random(seed)
        self.vouched: dict[tuple[str, int], bytes] = {}
        self.is_down = False
        self.loses_power = False  # when it is stopped next
        self._watch()

    def answer(self, body: bytes) -> Reply:
        """Answer the log; a machine that stops midway has not answered."""
        if self.is_down:
            raise DOWN
        try:
            answer = self._witness(self.disk).add_checkpoint(body, now=NOON)
        except Stopped:
            self.disk.locked.clear()
            if self.loses_power:
                self.cut_the_power()
            raise DOWN from None
        except TongbanError as trouble:
            raise EvidenceLostError(f"{self.name}'s own record is broken: {trouble}") from trouble
        if answer.status == 200:
            shown = parse_checkpoint(split_note(read_request(body).note)[0])
            self.vouched[shown.origin, shown.size] = shown.root
            self.remembers(self.disk.after_power_cut(self.cuts))
        return Reply(answer.status, answer.media_type, answer.body.encode())

    def cut_the_power(self) -> None:
        self.disk = self.disk.after_power_cut(self.cuts)
        self._watch()
        self.remembers(self.disk)

    def remembers(self, disk: ModelDisk) -> None:
        """Check that a disk still holds, of each log, the furthest checkpoint that was vouched for."""
        for origin, size in self.vouched:
            try:
                last = self._witness(disk).last(origin)
            except TongbanError as trouble:
                raise EvidenceLostError(f"{self.name}'s own record is broken: {trouble}") from trouble
            must(last is not None and last.size >= size, f"{self.name} vouched for {size}, and forgot it")

    def _witness(self, disk: ModelDisk) -> Witness:
        return Witness(self.name, SIGNER, LOG_KEYS, PLACE, disk=disk)

    def _watch(self) -> None:
        """Have every operation of its disk tried as the last one before a power cut."""
        self.disk.watch = lambda disk: self.remembers(disk.after_power_cut(self.cuts))


class WitnessedLog(LogUnderPowerCuts):
    """A node under witnesses; its database is durable by commit, and sometimes restored from a backup."""

    office_disk_class = ModelDisk
    tries = 0.2  # the node alone is tried at every operation in test_power_cut.py

    def _begin(self, seed: int) -> None:
        self.offices = {
            name: Office(name, self.office_disk_class(PLACE), seed + at) for at, name in enumerate(NAMES)
        }
        self.shown: dict[tuple[str, int], bytes] = {}
        self._back_up()

    def _witnesses(self) -> WitnessPolicy:
        known = (KnownWitness(key, key.name, key.name) for key in COSIGNERS)
        return WitnessPolicy(tuple(known), QUORUM, self._post)

    def _post(self, url: str, body: bytes) -> Reply:
        shown = parse_checkpoint(split_note(read_request(body).note)[0])
        root = self.shown.setdefault((shown.origin, shown.size), shown.root)
        must(root == shown.root, f"two checkpoints of {shown.size} were signed and shown")
        furthest = max(size for origin, size in list(self.shown) if origin == shown.origin)
        must(shown.size >= furthest, f"{furthest} were signed and shown, and now only {shown.size}")
        reply = self.offices[url.partition("/")[0]].answer(body)
        must(reply.status in (200, 409), f"a witness answers {reply.status}")
        must(reply.status == 200 or reply.media_type == SIZE_TYPE, f"a witness contradicts: {reply.body!r}")
        return reply

    def _survives(self, disk: ModelDisk) -> None:
        super()._survives(disk)
        for log in self.least:
            found = published(LOGS / log, None, disk)
            names: Mapping[str, str] = signers_of(found[1], COSIGNERS) if found else {}
            must(not found or len(names) >= QUORUM, f"{log} was published with {sorted(names)} alone")
        vouched: dict[tuple[str, int], bytes] = {}
        for office in self.offices.values():
            for what, root in office.vouched.items():
                must(vouched.setdefault(what, root) == root, f"two checkpoints of {what} were witnessed")

    @rule(names=st.sets(st.sampled_from(NAMES)))
    def go_down(self, names: set[str]) -> None:
        for office in self.offices.values():
            office.is_down = office.name in names

    @rule(name=st.sampled_from(NAMES), operations=st.integers(0, 4), power=st.booleans())
    def stop_a_witness_at_its_next_request(self, name: str, operations: int, power: bool) -> None:
        office = self.offices[name]
        office.disk.stop_after, office.loses_power = operations, power

    @rule(name=st.sampled_from(NAMES))
    def cut_the_power_of_a_witness(self, name: str) -> None:
        self.offices[name].cut_the_power()

    @rule()
    def back_up(self) -> None:
        self._back_up()

    @precondition(lambda self: hasattr(self, "kept"))
    @rule(power=st.booleans())
    def restore_the_database(self, power: bool) -> None:
        """Lose the database: its backup is older than the log, so the node is brought forward first."""
        if power:
            self.cut_the_power()
        entries, heads = self.kept
        empty_the_ledger()
        Entry.objects.bulk_create(Entry(**row) for row in entries)
        Log.objects.bulk_create(Log(**row) for row in heads)
        try:
            recover(LOGS, SIGNER, now=NOON, chance=self.chance, disk=self.disk)
        except TongbanError as trouble:
            raise EvidenceLostError(f"the log does not bring the database forward: {trouble}") from trouble
        self.recorded = Entry.objects.count()

    @precondition(lambda self: hasattr(self, "kept"))
    @rule(count=st.sampled_from((1, 2)), power=st.booleans())
    def sign_what_nobody_cosigns_and_lose_the_database(self, count: int, power: bool) -> None:
        """The hardest case, so that it comes often: only the node's own folder knows what was signed."""
        self.go_down(set(NAMES))
        self.record(count, "decisions")
        self._publish()
        self.restore_the_database(power)
        self.go_down(set())
        self.record(count, "decisions")
        self._publish()

    def _back_up(self) -> None:
        self.kept: tuple[Rows, Rows] = (list(Entry.objects.values()), list(Log.objects.values()))

    def _mend(self) -> None:
        for office in self.offices.values():
            office.is_down, office.disk.stop_after = False, None
            office.cut_the_power()


def search(examples: int, **changed: type[ModelDisk]) -> None:
    """Let Hypothesis look for two stories, or a lost one; the same search at every run."""
    searching.search(WitnessedLog, examples=examples, steps=10, **changed)


def test_no_power_cut_of_a_node_or_a_witness_makes_two_stories(database: None) -> None:
    search(40)


@pytest.mark.soak
def test_no_power_cut_of_a_node_or_a_witness_makes_two_stories_in_a_long_search(database: None) -> None:
    search(2000)


SIGNED = [
    Step("fsync", "logs-private/<log>.pending"),
    Step("rename", "logs-private/<log>.pending"),
    Step("fsync_folder", "logs-private after the signature"),
]
PUBLISHED = [
    Step("fsync", "logs/<log>/checkpoint"),
    Step("rename", "logs/<log>/checkpoint"),
    Step("fsync_folder", "logs/<log> after the checkpoint"),
]
OF_A_WITNESS = [Step("fsync", "<log>"), Step("rename", "<log>"), Step("fsync_folder", ".")]


class RecordingWitness(LeavingOut):
    """The disk of a witness."""

    def _kind(self, _verb: str, path: Path) -> str:
        return re.sub(r"[0-9a-f]{64}(\.tmp)?$", "<log>", path.relative_to(PLACE).as_posix())


def forgetful(disk_class: type[ModelDisk], step: Step) -> type[ModelDisk]:
    return type("Forgetful", (disk_class,), {"left_out": step, "asked": set()})


@pytest.mark.parametrize("step", [*SIGNED, *PUBLISHED], ids=lambda step: f"{step.verb} {step.of}")
def test_no_step_of_the_node_can_be_left_out(database: None, step: Step) -> None:
    with pytest.raises(EvidenceLostError):
        search(400, disk_class=forgetful(Recording, step))


@pytest.mark.parametrize("step", OF_A_WITNESS, ids=lambda step: f"{step.verb} {step.of}")
def test_no_step_of_a_witness_can_be_left_out(database: None, step: Step) -> None:
    with pytest.raises(EvidenceLostError):
        search(100, office_disk_class=forgetful(RecordingWitness, step))


def test_every_kind_of_step_that_is_made_is_one_that_was_left_out_in_turn(database: None) -> None:
    node: set[Step] = set()
    witness: set[Step] = set()
    search(
        20,
        disk_class=type("Asked", (Recording,), {"asked": node}),
        office_disk_class=type("AskedToo", (RecordingWitness,), {"asked": witness}),
    )
    assert node == {*UNWITNESSED, *SIGNED}
    assert witness == set(OF_A_WITNESS)
