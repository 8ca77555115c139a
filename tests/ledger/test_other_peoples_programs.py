"""The log's files, checkpoints and cosignatures as programs that were not written here read them.

tlog-scales reads a log whole, in Python; metamorphic-log checks notes and proofs, in Rust.
"""

from pathlib import Path

import metamorphic_log
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import backend, reader, signing, tiles
from tlog_scales.tlog import Checkpoint

from tests.ledger.recording import SIGNER, decide, logs, publish
from tests.ledger.test_witnessed_log import Offices, offices
from tests.ledger.test_witnessed_log import publish as publish_witnessed
from tests.ledger.worked_example import SEED
from tongban.kernel.errors import Invalid
from tongban.ledger import api as ledger
from tongban.ledger import tree
from tongban.ledger.models import Entry
from tongban.ledger.notes import open_checkpoint

__all__ = ["offices"]
DECISIONS = "decisions"
HASHES = [tree.leaf_hash(b"leaf %d" % at) for at in range(300)]
ROOTS = [tree.append(tree.Range(), HASHES[:size]).root() for size in range(len(HASHES) + 1)]


def hash_at(level: int, index: int) -> bytes:
    return tree.append(tree.Range(), HASHES[index << level : (index + 1) << level]).root()


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


@given(st.integers(1, 300), st.integers(0, 299), st.integers(0, 10**6), st.integers(0, 7))
def test_another_program_takes_our_audit_paths_and_refuses_any_flipped_bit(
    size: int, index: int, at: int, bit: int
) -> None:
    index %= size
    path = tree.inclusion_proof(index, size, hash_at)
    metamorphic_log.verify_inclusion(index, size, HASHES[index], path, ROOTS[size])
    proof = bytearray(b"".join([HASHES[index], ROOTS[size], *path]))
    proof[at % len(proof)] ^= 1 << bit
    leaf, root, *spoilt = (bytes(proof[start : start + 32]) for start in range(0, len(proof), 32))
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.verify_inclusion(index, size, leaf, spoilt, root)
    with pytest.raises(Invalid):
        tree.check_inclusion(index, size, leaf, spoilt, root)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 10**6), st.integers(0, 7))
def test_another_program_takes_our_consistency_proofs_and_refuses_any_flipped_bit(
    one: int, other: int, at: int, bit: int
) -> None:
    old, new = sorted((one, other))
    path = tree.consistency_proof(old, new, hash_at)
    metamorphic_log.verify_consistency(old, new, path, ROOTS[old], ROOTS[new])
    proof = bytearray(b"".join([ROOTS[old], ROOTS[new], *path]))
    proof[at % len(proof)] ^= 1 << bit
    old_root, new_root, *spoilt = (bytes(proof[start : start + 32]) for start in range(0, len(proof), 32))
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.verify_consistency(old, new, spoilt, old_root, new_root)
    with pytest.raises(Invalid):
        tree.check_consistency(old, new, old_root, new_root, spoilt)


def test_a_published_note_and_a_proof_under_it_hold_in_another_program(database: None) -> None:
    entries = decide(*(str(at) for at in range(30)))
    publish()
    note = (logs() / DECISIONS / "checkpoint").read_text("utf-8")
    vkey, proof = str(SIGNER.vkey(DECISIONS)), ledger.proof(entries[7].id)
    assert metamorphic_log.checkpoint_verify(note, [vkey]).size == 30
    metamorphic_log.checkpoint_verify_inclusion(
        note, [vkey], proof.index, entries[7].leaf_hash, list(proof.hashes)
    )
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.checkpoint_verify(note.replace("\n30\n", "\n31\n"), [vkey])


def test_a_note_that_another_program_signed_is_read_here() -> None:
    origin = SIGNER.origin(DECISIONS)
    signer = signing.PlainEd25519Signer(origin, Ed25519PrivateKey.from_private_bytes(SEED))
    said = Checkpoint.make_signed(origin, 3, ROOTS[3], [signer])
    found = open_checkpoint(said.serialize(), SIGNER.vkey(DECISIONS))
    assert (found.origin, found.size, found.root) == (origin, 3, ROOTS[3])
