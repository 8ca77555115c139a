"""The files of a log as C2SP tlog-tiles lays them out: which bytes stand at which path.

Pure: reading is handed in as `read(path) -> bytes | None`. A tile holds up to 256 hashes of one
level; a partial one carries its width in its name, so that no published file ever changes.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tongban.kernel.errors import DurabilityLost, Invalid
from tongban.kernel.texts import Text
from tongban.ledger.tree import HASH_BYTES, HashAt

WIDTH = 256
HEIGHT = 8  # 2**8 hashes: one tile is a subtree of eight levels
MAX_LEAF_BYTES = 65535  # entry bundles give a leaf's length in two bytes
CACHED_TILES = 64

Read = Callable[[str], bytes | None]


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Give the path of a tile of hashes: tile/<level>/<index>[.p/<width>]."""
    return f"tile/{level}/{_numbered(index, width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Give the path of a bundle of leaves: tile/entries/<index>[.p/<width>]."""
    return f"tile/entries/{_numbered(index, width)}"


def _numbered(index: int, width: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return "/".join(parts) + partial


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Join leaves, each behind its length in two bytes, the greater first."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def decode_bundle(data: bytes) -> list[bytes]:
    """Take a bundle apart; raises Invalid when it ends within a leaf."""
    leaves, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise Invalid(
                "ledger.bundle_wrong",
                what=Text("存证条目文件不完整。", "An entry bundle ends within a leaf."),
                todo=Text("请用备份恢复该文件。", "Restore the file from a copy of the log."),
            )
        leaves.append(data[at + 2 : end])
        at = end
    return leaves


@dataclass(slots=True)
class Tiles:
    """The hashes of a log of `size` leaves, read tile by tile.

    A missing or short tile raises DurabilityLost: a checkpoint promised that it is there.
    """

    size: int
    read: Read
    _kept: OrderedDict[tuple[int, int], bytes] = field(default_factory=OrderedDict)

    def hash_at(self, level: int, index: int) -> bytes:
        """Give the hash of a perfect subtree, folding the tile that holds its parts."""
        tile_level, folds = divmod(level, HEIGHT)
        first = index << folds
        tile = self.tile(tile_level, first // WIDTH)
        at = first % WIDTH * HASH_BYTES
        hashes = tile[at : at + (HASH_BYTES << folds)]
        if len(hashes) != HASH_BYTES << folds:
            raise lost(tile_path(tile_level, first // WIDTH))
        return fold(hashes)

    def tile(self, level: int, index: int) -> bytes:
        """Give the hashes of one tile that belong to this size, joined."""
        kept = self._kept.get((level, index))
        if kept is None:
            width = width_at(self.size, level, index)
            kept = read_prefix(self.read, lambda wide: tile_path(level, index, wide), width)[
                : width * HASH_BYTES
            ]
            if len(kept) != width * HASH_BYTES:
                raise lost(tile_path(level, index, width))
            self._kept[level, index] = kept
            if len(self._kept) > CACHED_TILES:
                self._kept.popitem(last=False)
        return kept

    def leaves(self, index: int) -> list[bytes]:
        """Give the leaves of one bundle that belong to this size."""
        width = width_at(self.size, 0, index)
        found = decode_bundle(read_prefix(self.read, lambda wide: bundle_path(index, wide), width))[:width]
        if len(found) != width:
            raise lost(bundle_path(index, width))
        return found


def width_at(size: int, level: int, index: int) -> int:
    """Give how many hashes tile `index` of a level has in a log of `size` leaves; 0 to 256."""
    return min(WIDTH, max(0, (size >> HEIGHT * level) - index * WIDTH))


def read_prefix(read: Read, path: Callable[[int], str], width: int) -> bytes:
    """Read a partial file, or the full one that took its place (tlog-tiles, Partial Tiles)."""
    data = read(path(width))
    if data is None and width < WIDTH:
        data = read(path(WIDTH))
    if data is None:
        raise lost(path(width))
    return data


def split_hashes(data: bytes) -> list[bytes]:
    """Take the hashes of a tile apart."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def fold(hashes: bytes) -> bytes:
    """Give the root of a perfect subtree from the joined hashes at its foot (their count a power of two).

    What `tree.node_hash` says of two hashes is written out here: most of a proof's time is spent in it.
    """
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
    return hashes


def grow(
    size: int, leaves: Sequence[bytes], leaf_hashes: Sequence[bytes], read: Read
) -> Iterator[tuple[str, bytes]]:
    """Give every file that must be written when these leaves follow a log of `size` leaves.

    The files are a function of the stored order alone: growing again from the same size gives the
    same bytes, and growing in one step or in many ends in the same files for the same size.
    """
    yield from _grow_bundles(size, leaves, read)
    old, level = Tiles(size, read), 0
    added = list(leaf_hashes)
    while added:
        count = size >> HEIGHT * level
        index, width = divmod(count, WIDTH)
        if width:
            added = split_hashes(old.tile(level, index)) + added
        above = []
        for at in range(0, len(added), WIDTH):
            part = added[at : at + WIDTH]
            joined = b"".join(part)
            yield tile_path(level, index, len(part)), joined
            index += 1
            if len(part) == WIDTH:
                above.append(fold(joined))
        added, level = above, level + 1


def _grow_bundles(size: int, leaves: Sequence[bytes], read: Read) -> Iterator[tuple[str, bytes]]:
    index, width = divmod(size, WIDTH)
    waiting = (Tiles(size, read).leaves(index) if width else []) + list(leaves)
    for at in range(0, len(waiting), WIDTH):
        part = waiting[at : at + WIDTH]
        yield bundle_path(index, len(part)), encode_bundle(part)
        index += 1


def outgrown(size: int, new_size: int) -> list[str]:
    """Give the folders of partial files that became whole between two sizes and may be deleted."""
    folders, level = [], 0
    while new_size >> HEIGHT * level:
        first, last = (size >> HEIGHT * level) // WIDTH, (new_size >> HEIGHT * level) // WIDTH
        for index in range(first, last):
            folders.append(tile_path(level, index) + ".p")
            if level == 0:
                folders.append(bundle_path(index) + ".p")
        level += 1
    return folders


def hashes_of(size: int, read: Read) -> HashAt:
    """Give the storage that tree.py asks for, over the tiles of a log of `size` leaves."""
    return Tiles(size, read).hash_at


def lost(path: str) -> DurabilityLost:
    """Say that a file which a checkpoint vouches for is missing or short."""
    return DurabilityLost(
        "ledger.file_lost",
        what=Text(f"存证日志文件缺失或不完整：{path}。", f"A file of the log is missing or short: {path}."),
        todo=Text("停止写入，用备份或见证方的副本恢复。", "Stop writing; restore it from a copy of the log."),
    )
