"""One bit, anywhere: in a file of a log, in a proof, in an opening, in a promise. Nothing of it passes."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.test_rules import sealed
from tests.ledger.worked_example import NOON, example_signer
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import SystemChance
from tongban.kernel.seals import AES_BYTES, SM4_BYTES
from tongban.ledger import api as ledger
from tongban.ledger import tree
from tongban.ledger.notes import Checkpoint, sign_checkpoint
from tongban.ledger.openings import open_stored
from tongban.ledger.rules import Proof, make_promise, read_opening, read_promise, read_proof
from tongban.ledger.sealing import OpeningKeys, period_of
from tongban.ledger.tiles import grow
from tongban.ledger.verification import well_formed

SIGNER = example_signer()
LOG = "decisions"
KEY = SIGNER.vkey(LOG)
ENTRIES = [sealed(show_office=at % 2 == 0) for at in range(300)]
LEAVES, HASHES = [each.leaf for each in ENTRIES], [each.leaf_hash for each in ENTRIES]
NOTE = sign_checkpoint(Checkpoint(SIGNER.origin(LOG), 300, tree.append(tree.Range(), HASHES).root()), SIGNER)
FILES = {**dict(grow(0, LEAVES, HASHES, lambda _: None)), "checkpoint": NOTE.encode()}
TRAPS = [b'"', b"\\", b"\\u0061", b"\n", b"\xff", b"0", b"A", b",", b" ", "乙".encode()]
places, bits = st.floats(0, 1, exclude_max=True), st.integers(0, 7)


def flip(data: bytes, place: float, bit: int) -> bytes:
    changed = bytearray(data)
    changed[int(place * len(changed))] ^= 1 << bit
    return bytes(changed)


def refused(check: Callable[[], object]) -> None:
    with pytest.raises((Invalid, ValueError)):
        check()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole log of 300 entries on the disk."""
    made = tmp_path_factory.mktemp("log")
    for path, data in FILES.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(data)
    assert ledger.verify(made, KEY).sound
    return made


@settings(max_examples=200)
@given(st.sampled_from(sorted(FILES)), places, bits)
def test_no_flipped_bit_in_any_file_leaves_a_log_sound(
    folder: Path, path: str, place: float, bit: int
) -> None:
    try:
        (folder / path).write_bytes(flip(FILES[path], place, bit))
        assert not ledger.verify(folder, KEY).sound
    finally:
        (folder / path).write_bytes(FILES[path])


@given(st.integers(0, 299), places, bits)
def test_no_flipped_bit_leaves_a_proof_one(index: int, place: float, bit: int) -> None:
    path = tree.inclusion_proof(index, 300, lambda level, at: _root(at << level, at + 1 << level))
    proof = Proof(SIGNER.origin(LOG), index, json.loads(LEAVES[index]), tuple(path), NOTE)
    whole = canonical(proof.as_dict())
    assert read_proof(json.loads(whole), KEY) == proof
    refused(lambda: read_proof(json.loads(flip(whole, place, bit)), KEY))


def _root(start: int, end: int) -> bytes:
    return tree.append(tree.Range(), HASHES[start:end]).root()


@given(places, bits)
def test_no_flipped_bit_leaves_a_promise_one(place: float, bit: int) -> None:
    whole = canonical(make_promise(SIGNER.origin(LOG), HASHES[:2], SIGNER, NOON, 30).as_dict())
    read_promise(json.loads(whole), KEY)
    refused(lambda: read_promise(json.loads(flip(whole, place, bit)), KEY))


@pytest.fixture(scope="module", params=[AES_BYTES, SM4_BYTES])
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpeningKeys:
    """The keys of a node's openings, of either cipher."""
    return OpeningKeys(tmp_path_factory.mktemp("node") / "keys", new_key_bytes=lambda: request.param)


@given(places, bits)
def test_no_flipped_bit_in_a_sealed_opening_opens_an_entry(keys: OpeningKeys, place: float, bit: int) -> None:
    entry, period = ENTRIES[0], period_of(json.loads(LEAVES[0]))
    stored = keys.seal(entry.opening, entry.leaf, period, SystemChance())
    assert open_stored(stored, entry.leaf, keys) == read_opening(json.loads(entry.opening))
    spoilt = flip(stored.encode(), place, bit).decode("utf-8", "replace")
    with suppress(Invalid):
        assert open_stored(spoilt, entry.leaf, keys) is None  # it names another key, and there is none


@given(st.sampled_from(LEAVES[:2]), st.data())
def test_a_leaf_is_well_formed_only_if_it_is_canonical_and_holds_what_a_leaf_may(
    leaf: bytes, data: st.DataObject
) -> None:
    """The pattern takes nothing that a reader of JSON would take otherwise."""
    assert well_formed(leaf)
    at = data.draw(st.integers(0, len(leaf)))
    put = data.draw(st.sampled_from(TRAPS))
    changed = leaf[:at] + put + leaf[at + data.draw(st.integers(0, 2)) :]
    if well_formed(changed):
        shape = json.loads(changed)
        assert canonical(shape) == changed
        assert (
            {"version", "kind", "hour", "commitment"}
            <= set(shape)
            <= {"version", "kind", "hour", "commitment", "office"}
        )
        assert shape["version"] == 1
        assert len(bytes.fromhex(shape["commitment"])) == tree.HASH_BYTES
