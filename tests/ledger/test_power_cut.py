"""Whatever the moment at which the power goes: the published log is whole, and nothing promised is lost.

Hypothesis records, publishes, kills and cuts in any order over a model of a disk; besides, every
single disk operation is tried as the last one before a cut. Then each fsync is taken away in turn, and
the same search must find what breaks: an fsync whose absence no test notices would be superstition.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.disk import searching
from tests.disk.model import ModelDisk, Stopped
from tests.ledger.recording import SIGNER, decide
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import SeededChance
from tongban.ledger.audit import verify_against_store
from tongban.ledger.jobs import sequence
from tongban.ledger.models import Entry, Log
from tongban.ledger.recovery import read_journal
from tongban.ledger.tiles import WIDTH, Tiles
from tongban.ledger.verification import published, reader, verify

TOP = Path("/node")
LOGS, JOURNAL = TOP / "logs", TOP / "logs-private"
DECISIONS = "decisions"
LONG = 200
SEEDS = st.integers(0, 2**32)


class EvidenceLostError(AssertionError):
    """What was published is not whole, or what was promised is not in the log."""


def must(holds: bool, what: str) -> None:
    if not holds:
        raise EvidenceLostError(what)


def check_published(disk: ModelDisk, log: str, least: int) -> int:
    """Check from the files alone that a log has its least size and is whole; gives its size."""
    try:
        found = published(LOGS / log, SIGNER.vkey(log), disk)
        size = found[0].size if found else 0
        must(size >= least, f"{log} shrank from {least} to {size}")
        if found:
            report = verify(LOGS / log, SIGNER.vkey(log), disk)
            must(report.sound, f"{log} does not verify: {report.problems}")
        leaves: list[bytes] = []
        tiles = Tiles(size, reader(LOGS / log, disk))
        kept = read_journal(JOURNAL / log, 0, disk)
        for index in range(size):
            must(index in kept, f"the journal of {log} has no entry {index}")
            if index % WIDTH == 0:
                leaves = tiles.leaves(index // WIDTH)
            must(json.loads(leaves[index % WIDTH]) == kept[index]["leaf"], f"another leaf at {index}")
    except TongbanError as trouble:
        raise EvidenceLostError(str(trouble)) from trouble
    return size


class LogUnderPowerCuts(RuleBasedStateMachine):
    """A node that records and publishes while its machine fails; the database is durable by commit."""

    disk_class = ModelDisk

    @initialize(seed=SEEDS, before=st.sampled_from((0, 0, 0, 254)))
    def start(self, seed: int, before: int) -> None:
        Entry.objects.all().delete()
        Log.objects.all().delete()
        self.disk = self.disk_class(TOP)
        self.chance = SeededChance(str(seed).encode())
        self.cuts = Random(seed)
        self.least = {DECISIONS: 0, "shares-2026": 0}
        self.recorded = 0
        if before:  # a tile is about to become full
            self.record(before, "decisions")
            self._publish()
        self._watch()

    def _watch(self) -> None:
        """Have every operation tried as the last one before a power cut."""
        self.disk.watch = self._try_a_cut

    def _try_a_cut(self, disk: ModelDisk) -> None:
        if self.recorded < LONG or self.cuts.random() < 0.2:  # verifying a long log at each step takes long
            self._survives(disk.after_power_cut(self.cuts))

    def _survives(self, disk: ModelDisk) -> None:
        for log, least in self.least.items():
            check_published(disk, log, least)

    def _publish(self) -> None:
        try:
            done = sequence(LOGS, SIGNER, NOON, holder="one", disk=self.disk, batch=300)
        except TongbanError as trouble:
            raise EvidenceLostError(f"the sequencer found it out itself: {trouble}") from trouble
        for each in done:
            self.least[each.log] = each.size

    @rule(count=st.sampled_from((1, 2, 5, 40)), log=st.sampled_from(("decisions", "shares")))
    def record(self, count: int, log: str) -> None:
        decide(*(f"case-{self.recorded + at}" for at in range(count)), log=log, chance=self.chance)
        self.recorded += count

    @rule()
    def publish(self) -> None:
        self._publish()

    @rule(operations=st.integers(0, 60), power=st.booleans())
    def publish_and_be_stopped(self, operations: int, power: bool) -> None:
        self.disk.stop_after = operations
        try:
            self._publish()
        except Stopped:
            if power:
                self.cut_the_power()
        self.disk.stop_after = None

    @rule()
    def cut_the_power(self) -> None:
        self.disk = self.disk.after_power_cut(self.cuts)
        self._watch()

    @invariant()
    def what_is_published_is_whole(self) -> None:
        if hasattr(self, "disk"):
            self._survives(self.disk)
            self._survives(self.disk.after_power_cut(self.cuts))

    def teardown(self) -> None:
        """At last everything that was recorded is in the log, and the log is the database's."""
        if not hasattr(self, "disk"):
            return
        self.disk.stop_after = None
        while Entry.objects.filter(seq=None).exists():
            self._publish()
        self._publish()
        self.disk = self.disk.after_power_cut(self.cuts)
        sizes = [check_published(self.disk, log, least) for log, least in self.least.items()]
        must(sum(sizes) == self.recorded, f"{self.recorded} were recorded, {sizes} are in the logs")
        for log in self.least:
            problems = verify_against_store(log, logs=LOGS, disk=self.disk)
            must(not problems, f"{log} and the database differ: {problems}")


def search(disk_class: type[ModelDisk], examples: int) -> None:
    """Let Hypothesis look for a way to lose evidence on such a disk; the same search at every run."""
    searching.search(LogUnderPowerCuts, examples=examples, steps=8, disk_class=disk_class)


def test_no_power_cut_and_no_kill_loses_evidence(database: None) -> None:
    search(ModelDisk, 40)


@pytest.mark.soak
def test_no_power_cut_and_no_kill_loses_evidence_in_a_long_search(database: None) -> None:
    search(ModelDisk, 2000)


@dataclass(frozen=True)
class Fsync:
    """One kind of fsync that the sequencer makes."""

    verb: str
    of: str


def kind_of(path: Path) -> str:
    """Name what a path is to the log, whatever its number or which log it is of."""
    name = path.relative_to(TOP).as_posix().removesuffix(".tmp")
    for shape, kind in (
        (r"(?<=/)(decisions|shares-\d+)", "<log>"),
        (r"\d+-\d+\.jsonl$", "<batch>"),
        (r"\d{3}\.p/\d+$", "<partial>/<width>"),
        (r"\d{3}\.p$", "<partial>"),
        (r"/\d{3}$", "/<full>"),
    ):
        name = re.sub(shape, kind, name)
    return name


FSYNCS = [
    Fsync("fsync", "logs-private/<log>/<batch>"),
    Fsync("fsync", "logs/<log>/tile/entries/<partial>/<width>"),
    Fsync("fsync", "logs/<log>/tile/0/<partial>/<width>"),
    Fsync("fsync", "logs/<log>/checkpoint"),
    Fsync("fsync", "logs/<log>/tile/entries/<full>"),
    Fsync("fsync", "logs/<log>/tile/0/<full>"),
    Fsync("fsync", "logs/<log>/tile/1/<partial>/<width>"),
    Fsync("fsync_folder", "."),
    Fsync("fsync_folder", "logs-private"),
    Fsync("fsync_folder", "logs-private/<log>"),
    Fsync("fsync_folder", "logs"),
    Fsync("fsync_folder", "logs/<log> before the checkpoint"),
    Fsync("fsync_folder", "logs/<log> after the checkpoint"),
    Fsync("fsync_folder", "logs/<log>/tile"),
    Fsync("fsync_folder", "logs/<log>/tile/entries"),
    Fsync("fsync_folder", "logs/<log>/tile/entries/<partial>"),
    Fsync("fsync_folder", "logs/<log>/tile/0"),
    Fsync("fsync_folder", "logs/<log>/tile/0/<partial>"),
    Fsync("fsync_folder", "logs/<log>/tile/1"),
    Fsync("fsync_folder", "logs/<log>/tile/1/<partial>"),
]


class Recording(ModelDisk):
    """Remembers which kinds of fsync it was asked for, and may leave one of them out."""

    left_out: Fsync | None = None
    asked: set[Fsync]

    def _is_left_out(self, verb: str, path: Path) -> bool:
        kind = kind_of(path)
        if kind == "logs/<log>":
            moved = any("checkpoint" in change for change in self._folder(path).changes)
            kind += " after the checkpoint" if moved else " before the checkpoint"
        vars(type(self)).get("asked", set()).add(Fsync(verb, kind))
        return Fsync(verb, kind) == self.left_out

    def _sync(self, path: Path) -> None:
        if not self._is_left_out("fsync", path):
            super()._sync(path)

    def _sync_folder(self, path: Path) -> None:
        if not self._is_left_out("fsync_folder", path):
            super()._sync_folder(path)


@pytest.mark.parametrize("fsync", FSYNCS, ids=lambda fsync: f"{fsync.verb} {fsync.of}")
def test_no_fsync_can_be_left_out(database: None, fsync: Fsync) -> None:
    with pytest.raises(EvidenceLostError):
        search(type("Forgetful", (Recording,), {"left_out": fsync, "asked": set()}), 100)


def test_every_kind_of_fsync_that_is_made_is_one_that_was_left_out_in_turn(database: None) -> None:
    asked: set[Fsync] = set()
    search(type("Asked", (Recording,), {"asked": asked}), 10)
    assert asked == set(FSYNCS)


class EagerRename(ModelDisk):
    """Gives the checkpoint its name before its bytes are on the disk."""

    def fsync(self, path: Path) -> None:
        if path.name == "checkpoint.tmp":
            super().rename(path, path.with_name("checkpoint"))
        else:
            super().fsync(path)

    def rename(self, old: Path, new: Path) -> None:
        if new.name == "checkpoint":
            super().fsync(new)
        else:
            super().rename(old, new)


class EagerCheckpoint(ModelDisk):
    """Fsyncs the folders of the tiles only after the checkpoint has its name."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.put_off: list[Path] = []

    def fsync_folder(self, path: Path) -> None:
        moved = path.parent == LOGS and any("checkpoint" in change for change in self._folder(path).changes)
        if not moved:
            self.put_off.append(path)
            self._done()
            return
        super().fsync_folder(path)
        for late in self.put_off:
            super().fsync_folder(late)
        self.put_off.clear()


class InPlace(ModelDisk):
    """Writes the checkpoint over the old one instead of beside it."""

    def write(self, path: Path, data: bytes, mode: int) -> None:
        super().write(_in_place(path), data, mode)

    def fsync(self, path: Path) -> None:
        super().fsync(_in_place(path))

    def rename(self, old: Path, new: Path) -> None:
        if new.name != "checkpoint":
            super().rename(old, new)


def _in_place(path: Path) -> Path:
    return path.with_name("checkpoint") if path.name == "checkpoint.tmp" else path


@pytest.mark.parametrize("disk_class", [EagerRename, EagerCheckpoint, InPlace])
def test_no_step_can_change_its_place(database: None, disk_class: type[ModelDisk]) -> None:
    with pytest.raises(EvidenceLostError):
        search(disk_class, 100)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (TOP, "."),
        (LOGS, "logs"),
        (LOGS / "decisions/checkpoint.tmp", "logs/<log>/checkpoint"),
        (LOGS / "decisions/tile/0", "logs/<log>/tile/0"),
        (LOGS / "shares-2026/tile/0/000.p/7.tmp", "logs/<log>/tile/0/<partial>/<width>"),
        (LOGS / "decisions/tile/entries/012.p", "logs/<log>/tile/entries/<partial>"),
        (LOGS / "decisions/tile/1/000.tmp", "logs/<log>/tile/1/<full>"),
        (JOURNAL / "decisions/000000000000-40.jsonl.tmp", "logs-private/<log>/<batch>"),
    ],
)
def test_kinds_of_paths_are_told_apart(path: Path, kind: str) -> None:
    assert kind_of(path) == kind
