"""How a kind is written down: its name, its two sentences, its fields as one line of words."""

from collections.abc import MutableMapping

from tongban.kernel.texts import Text
from tongban.ledger.fields import Kind


def declare(
    kinds: MutableMapping[str, Kind],
    name: str,
    zh: str,
    en: str,
    required: str,
    optional: str = "",
    version: int = 1,
) -> None:
    """Put a kind among the others."""
    kinds[name] = Kind(name, Text(zh, en), tuple(required.split()), tuple(optional.split()), version)
