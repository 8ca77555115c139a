"""The Merkle mathematics against RFC 6962's own definition, and against everybody who would cheat."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.errors import Invalid
from tongban.ledger import tree

LEAVES = [bytes([at]) * (at % 5) for at in range(130)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 word by word: slow, and with no line shared with the code under test."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def hash_at(level: int, index: int) -> bytes:
    return defined_root(LEAVES[index << level : (index + 1) << level])


def test_the_example_trees_of_certificate_transparency_have_their_known_roots() -> None:
    known = [  # the test vectors of the certificate-transparency reference implementation
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    hashes = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    assert [tree.append(tree.Range(), hashes[: n + 1]).root().hex() for n in range(8)] == known


@given(st.integers(0, 130), st.integers(0, 130))
def test_appending_in_any_portions_gives_the_defined_root(size: int, cut: int) -> None:
    first = tree.append(tree.Range(), HASHES[: min(cut, size)])
    whole = tree.append(first, HASHES[min(cut, size) : size])
    assert whole.root() == defined_root(LEAVES[:size])
    assert tree.range_at(size, hash_at) == whole


@given(st.data())
def test_every_leaf_of_every_tree_is_proven_by_its_path_and_by_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    root = defined_root(LEAVES[:size])
    path = tree.inclusion_proof(index, size, hash_at)
    tree.check_inclusion(index, size, HASHES[index], path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index)) if size > 1 else None
    if other is not None:
        with pytest.raises(Invalid):
            tree.check_inclusion(other, size, HASHES[index], path, root)
    for wrong in (path[:-1], [*path, root], [*path[1:], root]):
        if wrong != path:
            with pytest.raises(Invalid):
                tree.check_inclusion(index, size, HASHES[index], wrong, root)
    with pytest.raises(Invalid):
        tree.check_inclusion(index, size, sha256(b"another").digest(), path, root)


@given(st.data())
def test_a_longer_tree_is_proven_to_continue_a_shorter_one_and_no_other_tree_is(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 130))
    old = data.draw(st.integers(0, new))
    roots = defined_root(LEAVES[:old]), defined_root(LEAVES[:new])
    path = tree.consistency_proof(old, new, hash_at)
    tree.check_consistency(old, new, *roots, path)
    false = sha256(b"rewritten history").digest()
    wrong = [(false, roots[1], path), (roots[0], roots[1], [*path, false])]
    if old:
        wrong.append((roots[0], false, path))
    if path:
        wrong += [(roots[0], roots[1], path[:-1]), (roots[0], roots[1], [*path[:-1], false])]
    for old_root, new_root, proof in wrong:
        with pytest.raises(Invalid):
            tree.check_consistency(old, new, old_root, new_root, proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_path_is_given_or_taken_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(Invalid):
        tree.inclusion_proof(index, size, hash_at)
    with pytest.raises(Invalid):
        tree.check_inclusion(index, size, HASHES[0], [], HASHES[0])


def test_a_tree_cannot_shrink() -> None:
    with pytest.raises(Invalid):
        tree.consistency_proof(5, 4, hash_at)
    with pytest.raises(Invalid):
        tree.check_consistency(5, 4, b"", b"", [])
