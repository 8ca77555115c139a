"""How sure we are of a ground of law, and the one way of saying so wherever that ground is spoken."""

from collections.abc import Mapping
from typing import Final, Literal

from tongban.kernel.texts import Text

Mark = Literal["found", "recalled", "gap"]
"""Read in its source; remembered, to be verified; not established, so a local setting."""

# What was read needs no word. Any other ground is said with its mark: nobody takes a memory for law.
WORDS: Final[Mapping[Mark, Text]] = {
    "recalled": Text("（待核对）", " (to be verified)"),
    "gap": Text("（本地设定）", " (local setting)"),
}


def marked(text: Text, mark: Mark) -> Text:
    """Give a text with its mark in words; they stand before the full stop of a sentence."""
    words = WORDS.get(mark)
    if words is None:
        return text
    return Text(_inside(text.zh, words.zh, "。"), _inside(text.en, words.en, "."))


def _inside(said: str, words: str, stop: str) -> str:
    return f"{said.removesuffix(stop)}{words}{stop}" if said.endswith(stop) else f"{said}{words}"
