"""The typeface of the renderings: how wide its characters are, and a font of those that a sheet uses.

Noto Serif SC (SIL Open Font License 1.1) comes with the locked packages, so that a rendering looks the same
and has the same bytes on every machine. A character that it lacks is drawn as an empty box; what the licence
says stands whole in the attached file.
"""

import io
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn
import uharfbuzz
from fontTools.ttLib import TTFont

FAMILY: Final = "Noto Serif SC"
PER_EM: Final = 1000  # units of the design
_UNUSED: Final = ("BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx")  # for writing upright or with ligatures


@dataclass(frozen=True, slots=True)
class Subset:
    """A font of a few characters: an OpenType file, and what a PDF says about it.

    `cids` gives for each character its number in the font (CID) and its width in thousandths of its size.
    """

    file: bytes
    outlines: bytes  # its CFF table alone
    cids: dict[str, tuple[int, int]]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int


@cache
def _face() -> uharfbuzz.Face:
    """Give the whole font, mapped and not read: opened once, it costs memory only where it is used."""
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(pylopdf_fonts_zh_cn.serif_path()))


@cache
def width(character: str) -> int:
    """Give how wide a character is, in thousandths of its size."""
    font = uharfbuzz.Font(_face())
    return int(font.get_glyph_h_advance(font.get_nominal_glyph(ord(character)) or 0))


def length(text: str, size: float) -> float:
    """Give how long a text is, in the unit of its size."""
    return sum(width(each) for each in text) * size / PER_EM


def subset(characters: Collection[str]) -> Subset:
    """Give a font of these characters alone; the same ones give the same bytes."""
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).set({ord(each) for each in characters})
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(
        {int.from_bytes(tag.encode()) for tag in _UNUSED}
    )
    file = uharfbuzz.subset(_face(), wanted).blob.data
    font = TTFont(io.BytesIO(file), lazy=True)
    names = font.getBestCmap()
    head, metrics, across = font["head"], font["hhea"], font["hmtx"]
    absent = (0, across[".notdef"][0])
    return Subset(
        file=file,
        outlines=font.reader["CFF "],
        cids={
            each: (int(names[ord(each)].removeprefix("cid")), across[names[ord(each)]][0])
            if ord(each) in names
            else absent
            for each in sorted(characters)
        },
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
        ascent=metrics.ascent,
        descent=metrics.descent,
    )
