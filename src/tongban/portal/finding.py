"""Finding a bundle by the words somebody uses. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator

from tongban.items import api as items
from tongban.kernel.texts import Text

MOST_LETTERS = 60


def found(bundles: Iterable[items.Bundle], wanted: str) -> tuple[items.Bundle, ...]:
    """Give the bundles whose words meet what is wanted, the nearest first; none when nothing meets.

    Chinese writes no spaces, so that likeness is counted in pairs of neighbouring characters.
    """
    asked = _pairs(wanted[:MOST_LETTERS])
    scored = [(len(asked & set(_all_pairs(bundle))), bundle) for bundle in bundles]
    met = [(score, bundle) for score, bundle in scored if score > 0]
    return tuple(bundle for _, bundle in sorted(met, key=lambda one: (-one[0], one[1].code)))


def _all_pairs(bundle: items.Bundle) -> Iterator[str]:
    for text in _texts(bundle):
        yield from _pairs(text.zh)
        yield from _pairs(text.en)


def _texts(bundle: items.Bundle) -> Iterator[Text]:
    yield bundle.name
    yield bundle.about
    yield from (item.name for item in bundle.items)
    for question in bundle.questions:
        yield from (choice.label for choice in question.choices)


def _pairs(text: str) -> set[str]:
    """Cut a text into words of letters and pairs of Chinese characters; a lone character is nothing."""
    plain = unicodedata.normalize("NFKC", text).lower()
    pairs: set[str] = set()
    for word in "".join(c if c.isalnum() else " " for c in plain).split():
        if word.isascii():
            pairs |= {word} if len(word) > 2 else set()
        else:
            pairs |= {word[at : at + 2] for at in range(len(word) - 1)}
    return pairs
