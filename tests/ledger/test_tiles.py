"""The files of a log: their names, their bytes, and that growing is a function of the order alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.kernel.errors import DurabilityLost, Invalid
from tongban.ledger import tiles, tree

LEAVES = [b"leaf %d" % at for at in range(70_000)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]


def grown(steps: list[int], *, tidy: bool = False) -> dict[str, bytes]:
    """Grow a log through these sizes, all files kept, or without the partial ones that were outgrown."""
    files: dict[str, bytes] = {}
    size = 0
    for step in steps:
        files.update(tiles.grow(size, LEAVES[size:step], HASHES[size:step], files.get))
        if tidy:
            gone = tuple(f"{folder}/" for folder in tiles.outgrown(size, step))
            files = {
                path: data for path, data in files.items() if not path.startswith(gone or ("no folder",))
            }
        size = step
    return files


def test_paths_are_those_of_the_standard() -> None:
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(3, 7, 12) == "tile/3/007.p/12"
    assert tiles.bundle_path(1000, 1) == "tile/entries/x001/000.p/1"


def test_seventy_thousand_leaves_lie_in_the_files_that_the_standard_counts() -> None:
    files = grown([70_000])
    counted = {
        level: sum(path.startswith(f"tile/{level}/") for path in files)
        for level in ("0", "1", "2", "3", "entries")
    }
    assert counted == {"0": 274, "1": 2, "2": 1, "3": 0, "entries": 274}
    assert len(files["tile/0/273.p/112"]) == 112 * 32
    assert len(files["tile/1/001.p/17"]) == 17 * 32
    assert len(files["tile/2/000.p/1"]) == 32


@settings(max_examples=60)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6, unique=True), st.booleans())
def test_growing_in_any_steps_ends_in_the_same_bytes(steps: list[int], tidy: bool) -> None:
    sizes = sorted(steps)
    files, once = grown(sizes, tidy=tidy), grown(sizes[-1:])
    assert {path: files[path] for path in once} == once


@settings(max_examples=60)
@given(st.data())
def test_the_tiles_give_every_hash_that_a_proof_asks_for(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 1500))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    files = grown([size])
    hash_at = tiles.hashes_of(size, files.get)
    whole = tree.append(tree.Range(), HASHES[:size])
    assert tree.range_at(size, hash_at) == whole
    tree.check_inclusion(index, size, HASHES[index], tree.inclusion_proof(index, size, hash_at), whole.root())
    before = tree.append(tree.Range(), HASHES[:old]).root()
    tree.check_consistency(old, size, before, whole.root(), tree.consistency_proof(old, size, hash_at))


def test_a_partial_tile_that_was_deleted_is_read_from_the_full_one() -> None:
    files = grown([200, 300], tidy=True)
    assert "tile/0/000.p/200" not in files
    old = tiles.Tiles(200, files.get)
    assert old.leaves(0) == LEAVES[:200]
    assert tree.range_at(200, old.hash_at) == tree.append(tree.Range(), HASHES[:200])


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/000.p/3"])
def test_a_missing_or_short_file_is_never_read_as_a_shorter_log(path: str) -> None:
    size = 256 if path == "tile/0/000" else 3
    files = grown([size])
    for damaged in (
        {**files, path: files[path][: len(files[path]) // 2]},
        {k: v for k, v in files.items() if k != path},
    ):
        log = tiles.Tiles(size, damaged.get)
        with pytest.raises((DurabilityLost, Invalid)):
            log.leaves(0) if "entries" in path else log.hash_at(7, 1)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_comes_apart_as_it_was_joined(leaves: list[bytes]) -> None:
    assert tiles.decode_bundle(tiles.encode_bundle(leaves)) == leaves


def test_a_bundle_that_ends_within_a_leaf_is_refused() -> None:
    for torn in (b"\x00", b"\x00\x05abc"):
        with pytest.raises(Invalid):
            tiles.decode_bundle(torn)
