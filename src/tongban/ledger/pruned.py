"""What a log says of its own beginning that it no longer serves (C2SP tlog-tiles, Pruning). Pure.

The *minimum index* is the first entry whose leaf is still served. Tiles and bundles that lie wholly
below it are gone; those that reach beyond it stay, so that every later entry can be proven and any
two later checkpoints compared. The log signs what it pruned: otherwise pruning and loss would look alike.
In the 国密 profile SM2 signs it too, as it signs a checkpoint, which this note cannot be taken for.
"""

from dataclasses import dataclass

from tongban.kernel import sm2
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.ledger import tree
from tongban.ledger.notes import (
    Signer,
    VerifierKey,
    lacks_sm2,
    open_note,
    read_size,
    sign_by_sm2,
    sign_note,
    split_note,
)
from tongban.ledger.tiles import HEIGHT, WIDTH, Read, Tiles, bundle_path, hashes_of, split_hashes, tile_path

PRUNED = "pruned"
HEADING = "tongban ledger pruned 1"  # can begin no checkpoint: an origin begins with `tongban/`


@dataclass(frozen=True, slots=True)
class Pruned:
    """A log's minimum index, and the last day on which what lay before it was kept."""

    origin: str
    minimum: int
    kept_until: str

    def text(self) -> str:
        """Give the lines that are signed."""
        return f"{HEADING}\n{self.origin}\n{self.minimum}\n{self.kept_until}\n"


def sign_pruned(pruned: Pruned, signer: Signer, sm2_key: sm2.Key | None = None) -> str:
    """Give the note signed under the log's origin, in the 国密 profile by SM2 too."""
    note = sign_note(pruned.text(), pruned.origin, signer)
    return note if sm2_key is None else sign_by_sm2(note, pruned.origin, sm2_key)


def read_pruned(read: Read, key: VerifierKey | None) -> Pruned | None:
    """Read what a log says it pruned, None when nothing; raises Invalid unless the log's key signed it.

    So must its SM2 key have, where it has one. Without a key the note is taken at its word, as a checkpoint
    is.
    """
    note = read(PRUNED)
    if note is None:
        return None
    said = note.decode(errors="replace")
    text = open_note(said, [key]) if key else split_note(said)[0]
    heading, origin, minimum, kept_until = [*text.split("\n"), "", "", ""][:4]
    found = Pruned(origin, read_size(minimum), kept_until)
    named = key is None or origin == key.name
    if key and lacks_sm2(said, key):
        raise Invalid(
            "ledger.sm2_missing",
            what=Text(
                "日志的清理声明缺少 SM2 签名。", "What the log says it pruned lacks its SM2 signature."
            ),
            todo=Text("请向签发日志的机构核实。", "Ask whoever runs the log."),
        )
    if heading != HEADING or text != found.text() or not named or found.minimum % WIDTH:
        raise Invalid(
            "ledger.pruned_wrong",
            what=Text("日志的清理声明格式不正确。", "What the log says it pruned is malformed."),
            todo=Text("请向签发日志的机构核实。", "Ask whoever runs the log."),
        )
    return found


def prunable(minimum: int, below: int = 0) -> list[str]:
    """Give the paths of every full tile and bundle that lies wholly before an index, from another one on."""
    paths, level = [], 0
    while minimum >> HEIGHT * (level + 1):
        first, last = below >> HEIGHT * (level + 1), minimum >> HEIGHT * (level + 1)
        for index in range(first, last):
            paths.append(tile_path(level, index))
            if level == 0:
                paths.append(bundle_path(index))
        level += 1
    return paths


def known_edge(size: int, minimum: int, read: Read) -> tuple[tree.Range, list[list[bytes]]]:
    """Give the tree over what was pruned, and level by level the hashes that stand in tiles which remain.

    They come from the log's own tiles; that they are true shows when the tree over them and the
    remaining leaves has the signed root.
    """
    tiles, rows, level = Tiles(size, read), [], 0
    while minimum >> HEIGHT * level:
        index, width = divmod(minimum >> HEIGHT * level, WIDTH)
        rows.append(split_hashes(tiles.tile(level, index))[:width] if width else [])
        level += 1
    return tree.range_at(minimum, hashes_of(size, read)), rows or [[]]
