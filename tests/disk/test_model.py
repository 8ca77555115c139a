"""The model forgets what POSIX lets a disk forget, and nothing that was fsynced."""

from pathlib import Path
from random import Random

import pytest

from tests.disk.model import ModelDisk, Stopped

TOP = Path("/node")
A, B = TOP / "a", TOP / "b"


def outcomes(disk: ModelDisk, path: Path) -> set[bytes | None]:
    """Give everything that 200 power cuts leave of a file."""
    return {disk.after_power_cut(Random(seed)).read(path) for seed in range(200)}


def disk_with(*, data: bool, name: bool) -> ModelDisk:
    disk = ModelDisk(TOP)
    disk.write(A, b"x" * 200, 0o600)
    if data:
        disk.fsync(A)
    if name:
        disk.fsync_folder(TOP)
    return disk


def test_what_was_fsynced_with_its_folder_stays() -> None:
    assert outcomes(disk_with(data=True, name=True), A) == {b"x" * 200}


def test_a_name_that_was_not_fsynced_may_be_gone() -> None:
    assert outcomes(disk_with(data=True, name=False), A) == {None, b"x" * 200}


def test_bytes_that_were_not_fsynced_may_be_torn_or_gone() -> None:
    found = outcomes(disk_with(data=False, name=True), A)
    assert {b"", b"x" * 200} < found
    assert len(found) > 10
    assert any(data and b"\0" in data for data in found)


def test_a_rename_happens_whole_or_not_at_all() -> None:
    disk = disk_with(data=True, name=True)
    disk.rename(A, B)
    after = [disk.after_power_cut(Random(seed)) for seed in range(100)]
    assert {(each.read(A) is None, each.read(B) is None) for each in after} == {(True, False), (False, True)}


def test_a_file_replaced_in_place_may_lose_both_its_old_and_its_new_bytes() -> None:
    disk = disk_with(data=True, name=True)
    disk.write(A, b"y" * 200, 0o600)
    found = outcomes(disk, A)
    assert {b"", b"x" * 200, b"y" * 200} < found


def test_changes_of_a_folder_may_happen_in_another_order() -> None:
    disk = disk_with(data=True, name=True)
    disk.write(B, b"", 0o600)
    disk.remove_folder(A)
    seen = {tuple(disk.after_power_cut(Random(seed)).names(TOP)) for seed in range(200)}
    assert seen == {("a",), ("a", "b"), ("b",), ()}


def test_a_folder_whose_name_is_lost_loses_what_was_fsynced_in_it() -> None:
    disk = ModelDisk(TOP)
    disk.make_folder(TOP / "sub", 0o700)
    disk.write(TOP / "sub" / "file", b"x", 0o600)
    disk.fsync(TOP / "sub" / "file")
    disk.fsync_folder(TOP / "sub")
    assert None in outcomes(disk, TOP / "sub" / "file")
    disk.fsync_folder(TOP)
    assert outcomes(disk, TOP / "sub" / "file") == {b"x"}


def test_it_stops_where_it_is_told_to() -> None:
    disk = ModelDisk(TOP, stop_after=1)
    disk.write(A, b"x", 0o600)
    with pytest.raises(Stopped):
        disk.write(B, b"x", 0o600)
    disk.write(B, b"y", 0o600)
    assert disk.read(B) == b"y"


def test_a_lock_is_held_by_one_and_ends_with_its_holder() -> None:
    disk = ModelDisk(TOP)
    with disk.lock(A) as first, disk.lock(A) as second:
        assert (first, second) == (True, False)
    with disk.lock(A) as third:
        assert third
