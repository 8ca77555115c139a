"""Finding entries by any part of a word, Chinese or English: bigrams, each with the entries that have it.

Chinese has no blanks between words, so what people search is any run of characters. Each character and
each pair of neighbours is a gram; a gram's posting is a bitmap over the entries, compressed: few bytes for
a rare one, one bit an entry for a common one, and of several the AND takes microseconds. Entries that have
all grams of a term are then looked at themselves, for grams may stand apart. Both databases keep bytes
alike, which their own full-text indexes do not (docs/decisions/0021). Pure.
"""

import re
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_TERMS = 5
MOST_LETTERS = 40  # of one term; the rest of it is not looked for
BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
LEVEL = 1  # of compression: bitmaps are mostly zeros, which any level packs


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry is found by: its own names first, then all else, office and elements."""

    names: str
    all: str


@dataclass(frozen=True, slots=True)
class Posting:
    """The entries that have one gram, as bitmaps over their places: in their names, and anywhere."""

    names: int = 0
    entries: int = 0


def words_of(names: Iterable[str], others: Iterable[str]) -> Words:
    """Give an entry's words as they are searched: one form of each letter, fields parted by blanks."""
    own = [plain(each) for each in names]
    return Words(" ".join(own), " ".join([*own, *(plain(each) for each in others)]))


def plain(written: str) -> str:
    """Give a text in the one form in which it is searched: no width, no case, single blanks."""
    return BLANKS.sub(" ", unicodedata.normalize("NFKC", written).casefold()).strip()


def terms_of(searched: str) -> tuple[str, ...]:
    """Give the terms of what somebody typed: an entry must have every one."""
    terms = dict.fromkeys(term[:MOST_LETTERS] for term in plain(searched).split())
    return tuple(terms)[:MOST_TERMS]


def grams_of(words: str) -> set[str]:
    """Give every character and every pair of neighbours; a blank parts neighbours."""
    runs = words.split()
    return {sign for run in runs for sign in run} | {
        run[at : at + 2] for run in runs for at in range(len(run) - 1)
    }


def wanted(terms: Iterable[str]) -> set[str]:
    """Give the grams whose postings decide a search: the pairs of a term, or its only character."""
    return {gram for term in terms for gram in _deciding(term)}


def found(terms: Sequence[str], postings: Mapping[str, Posting]) -> Posting:
    """Give the entries that have every gram of every term, in their names and anywhere."""
    have = [postings.get(gram, Posting()) for gram in wanted(terms)]
    names, entries = have[0].names, have[0].entries
    for posting in have[1:]:
        names, entries = names & posting.names, entries & posting.entries
    return Posting(names, entries)


def postings_of(entries: Iterable[Words]) -> Iterator[tuple[str, bytes, bytes]]:
    """Give each gram with its two packed bitmaps; entries have the places 0, 1, 2 … in their order."""
    named: dict[str, array[int]] = {}
    anywhere: dict[str, array[int]] = {}
    for place, words in enumerate(entries):
        for gram in grams_of(words.names):
            named.setdefault(gram, array("L")).append(place)
        for gram in grams_of(words.all):
            anywhere.setdefault(gram, array("L")).append(place)
    for gram, places in anywhere.items():
        yield gram, _packed(named.get(gram, array("L"))), _packed(places)


def unpacked(packed: bytes) -> int:
    """Give a bitmap as the number whose bits are its entries."""
    return int.from_bytes(zlib.decompress(packed), "little")


def places_in(bitmap: int, *, behind: int = -1) -> Iterator[int]:
    """Give the places of a bitmap behind one, in order."""
    content = (bitmap >> (behind + 1)).to_bytes(bitmap.bit_length() // 8 + 1, "little")
    for at, byte in enumerate(content):
        if byte:
            yield from (behind + 1 + at * 8 + bit for bit in range(8) if byte >> bit & 1)


def _deciding(term: str) -> set[str]:
    return {term[at : at + 2] for at in range(len(term) - 1)} if len(term) > 1 else {term}


def _packed(places: Sequence[int]) -> bytes:
    content = bytearray(places[-1] // 8 + 1 if places else 0)
    for place in places:
        content[place // 8] |= 1 << place % 8
    return zlib.compress(bytes(content), LEVEL)
