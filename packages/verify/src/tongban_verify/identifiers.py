"""Licence identifiers (电子证照标识) and their check character, ISO/IEC 7064 MOD 37,36."""

import re
from dataclasses import dataclass
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE: Final = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6})\.([0-9A-Z]{1,20})\.([0-9]{3})\.([0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """The parts of an identifier whose check character is right."""

    type_code: str
    issuer: str
    serial: str
    version: str


def read_identifier(text: object) -> Identifier:
    """Take an identifier apart; raises ValueError when its shape or check character is wrong."""
    found = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("not a licence identifier")
    if check_character("".join(found.groups()[:4])) != found[5]:
        raise ValueError("the check character of the identifier is wrong")
    return Identifier(*found.groups()[:4])


def check_character(body: str) -> str:
    """Give the MOD 37,36 check character of a text of digits and capital letters."""
    product = 36
    for character in body:
        total = (product + _ALPHABET.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]
