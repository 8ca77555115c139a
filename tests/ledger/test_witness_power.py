"""Whatever the moment at which a witness's power goes: what it vouched for is one story, and it goes on.

Hypothesis lets a log tell several stories, kills the witness and cuts its power at any operation of its
disk. Then each fsync is taken away in turn, and the same search must find a witness that vouched twice.
"""

from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.disk import searching
from tests.disk.model import ModelDisk, Stopped
from tests.ledger.branches import KEY, ORIGIN, Branch, ask
from tests.ledger.recording import SIGNER
from tongban.kernel.errors import TongbanError
from tongban.ledger.notes import Checkpoint
from tongban.ledger.witness import Witness

TOP = Path("/witness")
LENGTH = 24
STORIES = [Branch("true", LENGTH, LENGTH), *(Branch(f"lie {at}", at, LENGTH) for at in (0, 3, 8, 15))]


class VouchedTwiceError(AssertionError):
    """The witness cosigned two stories, or forgot what it cosigned."""


class WitnessUnderPowerCuts(RuleBasedStateMachine):
    """A log that tries every story on a witness whose machine fails."""

    disk_class = ModelDisk

    @initialize(seed=st.integers(0, 2**32))
    def start(self, seed: int) -> None:
        self.disk, self.cuts = self.disk_class(TOP), Random(seed)
        self.vouched: list[Checkpoint] = []

    @property
    def witness(self) -> Witness:
        return Witness("w", SIGNER, [KEY], TOP, disk=self.disk)

    def _ask(self, story: Branch, size: int) -> None:
        try:
            last = self.witness.last(ORIGIN)
            answer = ask(self.witness, last.size if last else 0, size, story)
        except TongbanError as trouble:
            raise VouchedTwiceError(f"its own record is broken: {trouble}") from trouble
        if answer.status == 200:
            self.vouched.append(story.checkpoint(size))
            self._check()

    def _check(self) -> None:
        """Everything it ever vouched for must be the beginning of one story."""
        for story in STORIES:
            if all(story.checkpoint(each.size) == each for each in self.vouched):
                return
        raise VouchedTwiceError(f"two stories: {[each.size for each in self.vouched]}")

    @rule(story=st.sampled_from(STORIES), size=st.integers(1, LENGTH))
    def ask_for_a_cosignature(self, story: Branch, size: int) -> None:
        self._ask(story, size)

    @rule(
        story=st.sampled_from(STORIES),
        size=st.integers(1, LENGTH),
        operations=st.integers(0, 12),
        power=st.booleans(),
    )
    def ask_and_be_stopped(self, story: Branch, size: int, operations: int, power: bool) -> None:
        self.disk.stop_after = operations
        try:
            self._ask(story, size)
        except Stopped:
            self.disk.locked.clear()
            if power:
                self.cut_the_power()
        self.disk.stop_after = None

    @rule()
    def cut_the_power(self) -> None:
        self.disk = self.disk.after_power_cut(self.cuts)

    def teardown(self) -> None:
        """At last it still knows its newest checkpoint, and cosigns what continues it."""
        if not hasattr(self, "disk"):
            return
        self.disk.stop_after = None
        self.disk = self.disk.after_power_cut(self.cuts)
        try:
            last = self.witness.last(ORIGIN)
        except TongbanError as trouble:
            raise VouchedTwiceError(f"its own record is broken: {trouble}") from trouble
        newest = max((each.size for each in self.vouched), default=0)
        if newest > (last.size if last else 0):
            raise VouchedTwiceError(f"it vouched for {newest} and remembers {last}")


def search(disk_class: type[ModelDisk], examples: int) -> None:
    """Let Hypothesis look for a witness that vouches twice on such a disk; the same search at every run."""
    searching.search(WitnessUnderPowerCuts, examples=examples, steps=10, disk_class=disk_class)


def test_no_power_cut_makes_a_witness_vouch_twice() -> None:
    search(ModelDisk, 100)


@pytest.mark.soak
def test_no_power_cut_makes_a_witness_vouch_twice_in_a_long_search() -> None:
    search(ModelDisk, 3000)


class WithoutFsync(ModelDisk):
    """Lets the bytes of the new checkpoint lie."""

    def _sync(self, path: Path) -> None:
        if path.parent != TOP:
            super()._sync(path)


class WithoutFolderFsync(ModelDisk):
    """Lets the name of the new checkpoint lie."""

    def _sync_folder(self, path: Path) -> None:
        if path != TOP:
            super()._sync_folder(path)


class InPlace(ModelDisk):
    """Writes over the last checkpoint instead of beside it."""

    def write(self, path: Path, data: bytes, mode: int) -> None:
        super().write(path.with_name(path.name.removesuffix(".tmp")), data, mode)

    def fsync(self, path: Path) -> None:
        super().fsync(path.with_name(path.name.removesuffix(".tmp")))

    def rename(self, old: Path, new: Path) -> None:
        pass


@pytest.mark.parametrize("disk_class", [WithoutFsync, WithoutFolderFsync, InPlace])
def test_no_step_can_be_left_out_or_changed(disk_class: type[ModelDisk]) -> None:
    with pytest.raises(VouchedTwiceError):
        search(disk_class, 400)
