"""A node that records and publishes on a disk whose power may be cut, and disks that leave a step out."""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.disk.model import ModelDisk, Stopped
from tests.ledger.recording import SIGNER, decide
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import TongbanError
from tongban.kernel.ids import SeededChance
from tongban.ledger.asking import NO_WITNESSES, WitnessPolicy
from tongban.ledger.audit import verify_against_store
from tongban.ledger.jobs import sequence
from tongban.ledger.models import Entry, Log, RecoveredEntry, RecoveredIdentifier
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
            must(leaves[index % WIDTH] in kept[index], f"another leaf at {index}")
    except TongbanError as trouble:
        raise EvidenceLostError(str(trouble)) from trouble
    return size


def empty_the_ledger() -> None:
    """Take every row of the ledger away."""
    for table in (RecoveredIdentifier, RecoveredEntry, Entry, Log):
        table.objects.all().delete()


class LogUnderPowerCuts(RuleBasedStateMachine):
    """A node that records and publishes while its machine fails; the database is durable by commit."""

    disk_class = ModelDisk
    tries = 1.0  # how often an operation is tried as the last one before a cut

    @initialize(seed=SEEDS, before=st.sampled_from((0, 0, 0, 254)))
    def start(self, seed: int, before: int) -> None:
        empty_the_ledger()
        self.disk = self.disk_class(TOP)
        self.chance = SeededChance(str(seed).encode())
        self.cuts = Random(seed)
        self.least = {DECISIONS: 0, "shares-2026": 0}
        self.recorded = 0
        self._begin(seed)
        if before:  # a tile is about to become full
            self.record(before, "decisions")
            self._publish()
        self._watch()

    def _begin(self, seed: int) -> None:
        """Make what else there is beside the node; nothing."""

    def _witnesses(self) -> WitnessPolicy:
        return NO_WITNESSES

    def _watch(self) -> None:
        """Have every operation tried as the last one before a power cut."""
        self.disk.watch = self._try_a_cut

    def _try_a_cut(self, disk: ModelDisk) -> None:
        # Verifying a long log at each step takes long.
        if self.cuts.random() < (self.tries if self.recorded < LONG else self.tries / 5):
            self._survives(disk.after_power_cut(self.cuts))

    def _survives(self, disk: ModelDisk) -> None:
        for log, least in self.least.items():
            check_published(disk, log, least)

    def _publish(self) -> None:
        try:
            done = sequence(
                LOGS,
                SIGNER,
                NOON,
                holder="one",
                disk=self.disk,
                batch=300,
                witnesses=self._witnesses(),
            )
        except TongbanError as trouble:
            raise EvidenceLostError(f"the sequencer found it out itself: {trouble}") from trouble
        for each in done:
            self.least[each.log] = each.published

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
        self._mend()
        while Entry.objects.filter(seq=None).exists():
            self._publish()
        self._publish()
        self.disk = self.disk.after_power_cut(self.cuts)
        sizes = [check_published(self.disk, log, least) for log, least in self.least.items()]
        must(sum(sizes) == self.recorded, f"{self.recorded} were recorded, {sizes} are in the logs")
        for log in self.least:
            problems = verify_against_store(log, logs=LOGS, disk=self.disk)
            must(not problems, f"{log} and the database differ: {problems}")

    def _mend(self) -> None:
        """Let everything that failed work again; nothing."""


@dataclass(frozen=True)
class Step:
    """One kind of fsync or rename that the sequencer makes."""

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


class LeavingOut(ModelDisk):
    """Remembers which kinds of fsync and rename it was asked for, and may leave one of them out."""

    left_out: Step | None = None
    asked: set[Step]

    def _kind(self, verb: str, path: Path) -> str:
        """Say what kind of place it is that is written through or renamed."""
        raise NotImplementedError

    def _is_left_out(self, verb: str, path: Path) -> bool:
        step = Step(verb, self._kind(verb, path))
        vars(type(self)).get("asked", set()).add(step)
        return step == self.left_out

    def _sync(self, path: Path) -> None:
        if not self._is_left_out("fsync", path):
            super()._sync(path)

    def _sync_folder(self, path: Path) -> None:
        if not self._is_left_out("fsync_folder", path):
            super()._sync_folder(path)

    def rename(self, old: Path, new: Path) -> None:
        if self._is_left_out("rename", new):
            self._done()
        else:
            super().rename(old, new)


class Recording(LeavingOut):
    """The disk of a log."""

    def _kind(self, verb: str, path: Path) -> str:
        kind = kind_of(path)
        if verb == "fsync_folder" and kind in ("logs/<log>", "logs-private"):
            names = {name for change in self._folder(path).changes for name in change}
            if kind == "logs/<log>":
                kind += " after the checkpoint" if "checkpoint" in names else " before the checkpoint"
            elif any(name.endswith(".pending") for name in names):
                kind += " after the signature"
        return kind
