"""The log's files, checkpoints and cosignatures as a program that was not written here reads them."""

from pathlib import Path

import pytest
from tlog_scales import backend, reader, signing, tiles

from tests.ledger.recording import SIGNER, decide, logs, publish
from tests.ledger.test_witnessed_log import Offices, offices
from tests.ledger.test_witnessed_log import publish as publish_witnessed
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry

__all__ = ["offices"]
DECISIONS = "decisions"


def read() -> tuple[reader.TilesReader, object]:
    found = reader.TilesReader(backend.make_backend(str(logs() / DECISIONS)))
    return found, found.get_checkpoint()


@pytest.mark.parametrize("portions", [(1,), (3,), (255, 1), (256, 1), (200, 56, 300)])
def test_every_entry_is_found_and_proven_by_a_foreign_reader(
    database: None, portions: tuple[int, ...]
) -> None:
    for turn, count in enumerate(portions):
        decide(*(f"{turn}-{at}" for at in range(count)))
        publish()
    found, checkpoint = read()
    size = sum(portions)
    checkpoint.verify(signing.Vkey.from_string(str(SIGNER.vkey(DECISIONS))))  # type: ignore[attr-defined]
    assert checkpoint.size == size  # type: ignore[attr-defined]
    assert found.calculate_root_hash() == checkpoint.root_hash  # type: ignore[attr-defined]
    stored = dict(Entry.objects.filter(log=DECISIONS).values_list("seq", "leaf"))
    for index in sorted({0, size // 2, size - 1}):
        leaf = found.get_entry(index)
        assert leaf == bytes(stored[index])
        found.get_inclusion_proof(index, size).check(tiles.leaf_hash(leaf), checkpoint.root_hash)  # type: ignore[attr-defined]


def test_one_tree_continues_another_by_a_foreign_proof(database: None) -> None:
    roots = {}
    for turn in range(6):
        decide(*(f"{turn}-{at}" for at in range(60)))
        publish()
        found, checkpoint = read()
        roots[checkpoint.size] = checkpoint.root_hash  # type: ignore[attr-defined]
    for old, old_root in roots.items():
        for new, new_root in roots.items():
            if old <= new:
                found.get_consistency_proof(old, new).check(old_root, new_root)


def test_cosignatures_of_our_witnesses_verify_elsewhere(offices: Offices) -> None:
    decide("1", "2", "3")
    publish_witnessed(offices)
    _, checkpoint = read()
    keys = [signing.Vkey.from_string(str(each.key)) for each in offices.policy().witnesses]
    valid = signing.VkeySet(*keys).verify(checkpoint.signatures, checkpoint)  # type: ignore[attr-defined]
    assert {key.name for key, _ in valid} == {"witness/court", "witness/notary", "witness/archive"}


def test_a_flipped_byte_is_refused_elsewhere_too(database: None) -> None:
    decide(*(str(at) for at in range(20)))
    publish()
    path = next(Path(logs() / DECISIONS / "tile" / "0").rglob("20"))
    data = bytearray(path.read_bytes())
    data[7] ^= 1
    path.write_bytes(bytes(data))
    found, checkpoint = read()
    assert found.calculate_root_hash() != checkpoint.root_hash  # type: ignore[attr-defined]
    key = ledger.parse_vkey(str(SIGNER.vkey(DECISIONS)))
    assert not ledger.verify(logs() / DECISIONS, key).sound
