"""Whatever the moment at which the power goes: the published log is whole, and nothing promised is lost.

Hypothesis records, publishes, kills and cuts in any order over a model of a disk; besides, every
single disk operation is tried as the last one before a cut. Then each fsync and each rename is taken away in
turn, and the same search must find what breaks: one whose absence no test notices would be superstition.
"""

from pathlib import Path

import pytest

from tests.disk import searching
from tests.disk.model import ModelDisk
from tests.ledger.cutting import (
    JOURNAL,
    LOGS,
    TOP,
    EvidenceLostError,
    LogUnderPowerCuts,
    Recording,
    Step,
    kind_of,
)


def search(disk_class: type[ModelDisk], examples: int) -> None:
    """Let Hypothesis look for a way to lose evidence on such a disk; the same search at every run."""
    searching.search(LogUnderPowerCuts, examples=examples, steps=8, disk_class=disk_class)


def test_no_power_cut_and_no_kill_loses_evidence(database: None) -> None:
    search(ModelDisk, 40)


@pytest.mark.soak
def test_no_power_cut_and_no_kill_loses_evidence_in_a_long_search(database: None) -> None:
    search(ModelDisk, 2000)


FILES = [
    "logs-private/<log>/<batch>",
    "logs/<log>/tile/entries/<partial>/<width>",
    "logs/<log>/tile/0/<partial>/<width>",
    "logs/<log>/checkpoint",
    "logs/<log>/tile/entries/<full>",
    "logs/<log>/tile/0/<full>",
    "logs/<log>/tile/1/<partial>/<width>",
]
STEPS = [
    *(Step(verb, of) for of in FILES for verb in ("fsync", "rename")),
    Step("fsync_folder", "."),
    Step("fsync_folder", "logs-private"),
    Step("fsync_folder", "logs-private/<log>"),
    Step("fsync_folder", "logs"),
    Step("fsync_folder", "logs/<log> before the checkpoint"),
    Step("fsync_folder", "logs/<log> after the checkpoint"),
    Step("fsync_folder", "logs/<log>/tile"),
    Step("fsync_folder", "logs/<log>/tile/entries"),
    Step("fsync_folder", "logs/<log>/tile/entries/<partial>"),
    Step("fsync_folder", "logs/<log>/tile/0"),
    Step("fsync_folder", "logs/<log>/tile/0/<partial>"),
    Step("fsync_folder", "logs/<log>/tile/1"),
    Step("fsync_folder", "logs/<log>/tile/1/<partial>"),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.verb} {step.of}")
def test_no_fsync_and_no_rename_can_be_left_out(database: None, step: Step) -> None:
    with pytest.raises(EvidenceLostError):
        search(type("Forgetful", (Recording,), {"left_out": step, "asked": set()}), 100)


def test_every_kind_of_step_that_is_made_is_one_that_was_left_out_in_turn(database: None) -> None:
    asked: set[Step] = set()
    search(type("Asked", (Recording,), {"asked": asked}), 10)
    assert asked == set(STEPS)


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
