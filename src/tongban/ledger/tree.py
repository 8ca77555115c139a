"""The Merkle tree of RFC 6962 section 2.1 with SHA-256: bytes in, bytes out, storage handed in.

A tree is an ordered list of leaves. Its perfect subtrees are addressed by (level, index): the one
that spans the leaves index × 2**level up to (index + 1) × 2**level. Whoever wants a proof hands in
`hash_at`, which gives the hash of any perfect subtree that lies wholly inside the tree.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

HashAt = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf; the prefix 0x00 keeps a leaf from passing for a node (RFC 6962 §2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into their parent (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """The compact form of a tree: its leaf count and its perfect subtrees' hashes, largest first.

    There is one hash for each binary one of `size`; that is all one needs to append and to know
    the root.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def is_whole(self) -> bool:
        """Say whether there is a hash for each of its perfect subtrees."""
        return len(self.hashes) == self.size.bit_count()

    def root(self) -> bytes:
        """Give the tree's root: the subtrees folded from the smallest to the largest."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def append(start: Range, leaf_hashes: Iterable[bytes]) -> Range:
    """Give the tree with these leaves added behind its last one."""
    size, hashes = start.size, list(start.hashes)
    for added in leaf_hashes:
        subtree, filled = added, size
        while filled & 1:  # two perfect subtrees of one height stand side by side: join them
            subtree = node_hash(hashes.pop(), subtree)
            filled >>= 1
        hashes.append(subtree)
        size += 1
    return Range(size, tuple(hashes))


def range_at(size: int, hash_at: HashAt) -> Range:
    """Read the compact form of the tree of the first `size` leaves."""
    levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
    return Range(size, tuple(hash_at(level, (size >> level) - 1) for level in levels))


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Give the audit path of leaf `index` in the tree of `size` leaves, lowest first (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise _wrong(
            f"第 {index} 项不在 {size} 项的树中。", f"Leaf {index} is not in a tree of {size} leaves."
        )
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, hash_at))
            end = middle
        else:
            path.append(_subtree(start, middle, hash_at))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Prove that the tree of `new` leaves begins with the tree of `old` leaves (RFC 6962 §2.1.2).

    The proof is empty where there is nothing to prove: from nothing, or to the same size.
    """
    if not 0 <= old <= new:
        raise _wrong(
            f"{new} 项的树不能延续 {old} 项的树。", f"A tree of {new} leaves cannot continue one of {old}."
        )
    if old in (0, new):
        return []
    start, end, whole, path = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_subtree(middle, end, hash_at))
            end = middle
        else:
            path.append(_subtree(start, middle, hash_at))
            start, whole = middle, False
    if not whole:  # the verifier holds the old root only when the old tree is one of the new tree's subtrees
        path.append(_subtree(start, end, hash_at))
    return path[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash `leaf` is leaf `index` of the tree with this root (RFC 9162 §2.1.3.2).

    Raises Invalid unless it is.
    """
    if not 0 <= index < size:
        raise _wrong(
            f"第 {index} 项不在 {size} 项的树中。", f"Leaf {index} is not in a tree of {size} leaves."
        )
    inside, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise _wrong("包含证明过长。", "The inclusion proof is too long.")
        if inside & 1 or inside == last:
            found = node_hash(beside, found)
            while not inside & 1 and inside:
                inside, last = inside >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        inside, last = inside >> 1, last >> 1
    if last or found != root:
        raise _wrong("包含证明与树根不符。", "The inclusion proof does not lead to the root.")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new` leaves continues the tree of `old` leaves (RFC 9162 §2.1.4.2).

    Raises Invalid unless it does.
    """
    if not 0 <= old <= new:
        raise _wrong(
            f"{new} 项的树不能延续 {old} 项的树。", f"A tree of {new} leaves cannot continue one of {old}."
        )
    if old in (0, new):
        if proof or old_root != (new_root if old == new else EMPTY_ROOT):
            raise _wrong("一致性证明与树根不符。", "The consistency proof does not fit the roots.")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise _wrong("缺少一致性证明。", "The consistency proof is empty.")
    inside, last = old - 1, new - 1
    while inside & 1:
        inside, last = inside >> 1, last >> 1
    old_found = new_found = path[0]
    for beside in path[1:]:
        if last == 0:
            raise _wrong("一致性证明过长。", "The consistency proof is too long.")
        if inside & 1 or inside == last:
            old_found, new_found = node_hash(beside, old_found), node_hash(beside, new_found)
            while not inside & 1 and inside:
                inside, last = inside >> 1, last >> 1
        else:
            new_found = node_hash(new_found, beside)
        inside, last = inside >> 1, last >> 1
    if last or old_found != old_root or new_found != new_root:
        raise _wrong("一致性证明与树根不符。", "The consistency proof does not fit the roots.")


def _split(width: int) -> int:
    """Give the largest power of two smaller than `width` (RFC 6962 §2.1)."""
    return 1 << (width - 1).bit_length() - 1


def _subtree(start: int, end: int, hash_at: HashAt) -> bytes:
    """Give the Merkle tree hash of the leaves from `start` up to `end`."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return hash_at(level, start >> level)
    middle = start + _split(width)
    return node_hash(_subtree(start, middle, hash_at), _subtree(middle, end, hash_at))


def _wrong(zh: str, en: str) -> Invalid:
    todo = Text(
        "请重新取得证明；仍不符的，该记录不可采信。",
        "Fetch the proof again; if it still fails, do not rely on it.",
    )
    return Invalid("ledger.proof_wrong", what=Text(zh, en), todo=todo)
