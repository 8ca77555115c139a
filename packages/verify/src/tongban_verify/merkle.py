"""Merkle trees and audit paths, straight from the recursive definition in RFC 6962, section 2.1.

Written from the definition and not from the usual loop, so that a mistake in the loop that made a
proof is not repeated by the program that checks it.
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\x00" + leaf).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over these hashes, of leaves or of subtrees that are all of one size but the last."""
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << ((len(hashes) - 1).bit_length() - 1)  # the largest power of two below their number
    return sha256(b"\x01" + root_of(hashes[:left]) + root_of(hashes[left:])).digest()


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Give the root that a leaf hash and its audit path lead to; raises ValueError if they fit no tree.

    The last hash of the path is the sibling just below the root: that half of the tree which does
    not hold the leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    if not path:
        raise ValueError("the path is too short")
    left_size = 1 << ((size - 1).bit_length() - 1)  # the largest power of two below the size
    if index < left_size:
        left = root_from_path(leaf, index, left_size, path[:-1])
        return sha256(b"\x01" + left + path[-1]).digest()
    right = root_from_path(leaf, index - left_size, size - left_size, path[:-1])
    return sha256(b"\x01" + path[-1] + right).digest()
