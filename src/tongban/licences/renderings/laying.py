"""Laying a licence out on paper: its title, what it says, its code to verify, and what the copy is worth."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import segno

from tongban.kernel.texts import Text
from tongban.licences.queries import Licence
from tongban.licences.renderings.sheet import A4, Box, Leaf, Middle, Sheet, Words
from tongban.licences.renderings.typeface import length
from tongban.licences.wording import FIRST_PAGE, pages_of, written_day

_LEFT, _RIGHT, _TOP, _BOTTOM = 24.0, A4[0] - 24.0, 20.0, A4[1] - 21.0
_FRAME: Final = 16.0  # from the edge of the paper
_LABELS: Final = 46.0  # wide
_TITLE, _PLAIN, _SMALL, _FINE = 9.0, 4.0, 2.9, 2.5  # sizes
_LINE: Final = 1.45  # of a size, from one base line to the next
_APART: Final = 0.9  # between two entries
_CODE: Final = 34.0  # a side of the QR code: a module of the largest is wider than a third of a millimetre
_NOT_FIRST: Final = "，。、；：！？）》」』”’"  # no line of Chinese begins with these

DEMONSTRATION = Text("示范样式", "demonstration form")
ISSUER, ISSUED = Text("发证机关", "Issued by"), Text("发证日期", "Issued on")
VALID, NO_END = Text("有效期", "Valid"), Text("长期", "no end")
STATUS, NUMBER = Text("状态", "Status"), Text("证照标识", "Identifier")
DIGEST, PREVIOUS = Text("内容摘要", "Digest (SHA-256)"), Text("上一版本", "Version before")


class _Laying:
    """Writes downwards and begins a new leaf when one is full."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.y = 0.0
        self.turn()

    @property
    def leaf(self) -> Leaf:
        return self.leaves[-1]

    def turn(self) -> None:
        """Begin a new leaf, with its frame."""
        self.leaves.append(Leaf())
        self.y = _TOP
        across, down = A4[0] - 2 * _FRAME, A4[1] - 2 * _FRAME
        for thickness, inset in ((0.8, 0.0), (0.25, 1.6)):
            x, wide, high = _FRAME + inset, across - 2 * inset, down - 2 * inset
            for left, top, width, height in (
                (x, x, wide, thickness),
                (x, x + high - thickness, wide, thickness),
                (x, x, thickness, high),
                (x + wide - thickness, x, thickness, high),
            ):
                self.leaf.boxes.append(Box(left, top, width, height, red=True))

    def need(self, height: float) -> None:
        if self.y + height > _BOTTOM:
            self.turn()

    def centred(self, text: str, size: float, *, red: bool = False) -> None:
        for line in broken(text, size, _RIGHT - _LEFT):
            self.need(size * _LINE)
            self.y += size * _LINE
            self.leaf.words.append(Words(line, (A4[0] - length(line, size)) / 2, self.y, size, red))

    def paragraph(self, text: str, size: float, *, left: float = _LEFT, right: float = _RIGHT) -> None:
        for line in broken(text, size, right - left):
            self.need(size * _LINE)
            self.y += size * _LINE
            self.leaf.words.append(Words(line, left, self.y, size))

    def entry(self, name: Text, said: str, size: float = _PLAIN) -> None:
        """Write what something is called, in both languages, and what it says beside it."""
        labels = [(name.zh, size), (name.en, _FINE)]
        left = [(line, high) for text, high in labels for line in broken(text, high, _LABELS - 3)]
        right = broken(said, size, _RIGHT - _LEFT - _LABELS)
        self.need(max(sum(high for _, high in left), size * len(right)) * _LINE + _APART)
        top = self.y + _APART
        below = top
        for line, high in left:
            below += high * _LINE
            self.leaf.words.append(Words(line, _LEFT, below, high))
        beside = top
        for line in right:
            if beside + size * _LINE > _BOTTOM:
                self.turn()
                beside = below = self.y
            beside += size * _LINE
            self.leaf.words.append(Words(line, _LEFT + _LABELS, beside, size))
        self.y = max(below, beside)

    def code(self, said: str) -> None:
        """Draw the QR code at the right, from here down, row by row of its modules."""
        rows = [list(row) for row in drawn(said).matrix]
        side = _CODE / len(rows)
        x, y = _RIGHT - _CODE, self.y
        for down, row in enumerate(rows):
            for start, count in _runs(row):
                self.leaf.boxes.append(Box(x + start * side, y + down * side, count * side, side))


def drawn(said: str) -> segno.QRCode:
    """Make the QR code of a licence: its address in bytes, what verifies offline in digits."""
    address, hash_, digits = said.partition("#")
    parts: Any = [f"{address}#", digits] if hash_ else said  # each in the mode that takes the least room
    return segno.make(parts, error="m", micro=False)


def lay_out(found: Licence, *, address: str, code: str, notes: Sequence[str]) -> Sheet:
    """Lay a licence out; `address` is where anybody verifies it, `code` what its QR code says, `notes` what
    this rendering is worth."""
    at = _Laying()
    stamp = Middle(0, 0.0, 0.0)
    for place, page in enumerate(pages_of(found)):
        if place:
            at.turn()
        at.centred(f"{DEMONSTRATION.zh} {DEMONSTRATION.en}", _SMALL, red=True)
        at.y += 2
        at.centred(found.name.zh, _TITLE)
        below = found.name.en if page.title == FIRST_PAGE else f"{page.title.zh} {page.title.en}"
        at.centred(below, _PLAIN)
        at.y += 3
        for name, said in page.lines:
            at.entry(name, said.zh)
        issued = _issued(at, found)
        stamp = stamp if place else issued
        _close(at, address, code, notes)
    return Sheet(found.name.zh, tuple(at.leaves), stamp)


def _issued(at: _Laying, found: Licence) -> Middle:
    """Write who issued it, when, for how long and how it stands; give where a seal goes."""
    at.y += 1
    at.entry(ISSUER, found.issuer_name.zh)
    stamp = Middle(len(at.leaves) - 1, _RIGHT - 24.0, at.y + 4.0)
    at.entry(ISSUED, written_day(found.content["issue_date"]).zh)
    end = found.content["validate_end"]
    ends = NO_END if end is None else written_day(end)
    at.entry(VALID, f"{written_day(found.content['validate_start']).zh} – {ends.zh}")
    at.entry(STATUS, found.status.words.zh)
    at.entry(NUMBER, found.identifier, _SMALL)
    at.entry(DIGEST, found.digest, _SMALL)
    if found.previous:
        at.entry(PREVIOUS, found.previous, _SMALL)
    return stamp


def _close(at: _Laying, address: str, code: str, notes: Sequence[str]) -> None:
    """Write the notes with the code beside them, on one leaf."""
    room = _RIGHT - _LEFT - _CODE - 6
    lines = sum(len(broken(note, _FINE, room)) for note in (*notes, address))
    at.y += 4
    at.need(max(_CODE, lines * _FINE * _LINE + len(notes)))
    at.code(code)
    for note in (*notes, address):
        at.paragraph(note, _FINE, right=_LEFT + room)
        at.y += 0.8


def broken(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines of at most `room`, between Chinese characters or at a space if it can be."""
    lines: list[str] = []
    rest = text
    while length(rest, size) > room:
        fits = next(end for end in range(1, len(rest) + 1) if length(rest[: end + 1], size) > room)
        end = _break_before(rest, fits)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def _break_before(text: str, fits: int) -> int:
    """Give where a line ends that has room for `fits` characters."""
    for end in range(fits, max(0, fits - 24), -1):
        before, after = text[end - 1], text[end]
        if after not in _NOT_FIRST and (" " in (before, after) or not (_joins(before) and _joins(after))):
            return end
    return fits


def _joins(character: str) -> bool:
    """Whether a character belongs to a word with its neighbour, as those of Latin script do."""
    return character.isascii() and not character.isspace()


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give where dark modules begin in a row and how many follow each other."""
    start = None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
