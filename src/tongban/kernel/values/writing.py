"""How a code is read from what somebody wrote, and how a wrong character is named."""

import re
import unicodedata
from collections.abc import Container

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text

SPACES = re.compile(r"\s+")


def as_code(text: str) -> str:
    """Give the characters meant by a writer: half-width, upper-case, without spaces."""
    return SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def require_length(code: str, lengths: Container[int], *, name: Text, expected: Text, kind: str) -> None:
    """Refuse a code whose length is not one of the expected."""
    if len(code) in lengths:
        return
    raise InvalidValue(
        f"{kind}.length",
        what=Text(
            zh=f"{name.zh}应为{expected.zh}，现为{len(code)}位。",
            en=f"A {name.en} has {expected.en}; this has {len(code)}.",
        ),
        todo=Text(zh="请核对是否漏填或多填。", en="Check for missing or extra characters."),
    )


def require_alphabet(code: str, alphabet: Container[str], *, name: Text, allowed: Text, kind: str) -> None:
    """Refuse a code with a character outside its alphabet, naming the first one and its place."""
    for place, character in enumerate(code, start=1):
        if character not in alphabet:
            raise InvalidValue(
                f"{kind}.character",
                what=Text(
                    zh=f"{name.zh}第{place}位是“{character}”，此处只能使用{allowed.zh}。",
                    en=f"Character {place} of the {name.en} is '{character}'; it takes only {allowed.en}.",
                ),
                todo=Text(
                    zh="请对照证件逐位核对。", en="Compare it with the document, character by character."
                ),
            )


def require_check(code: str, expected: str, *, name: Text, kind: str) -> None:
    """Refuse a code whose last character is not the one that the others call for."""
    if code[-1] == expected:
        return
    raise InvalidValue(
        f"{kind}.check",
        what=Text(
            zh=f"{name.zh}校验不符：按前{len(code) - 1}位计算，最后一位应为“{expected}”，现为“{code[-1]}”。",
            en=f"The {name.en} does not check: its first {len(code) - 1} characters call for '{expected}'"
            f" at the end, this ends in '{code[-1]}'.",
        ),
        todo=Text(
            zh="至少有一位填写有误，请对照证件逐位核对。",
            en="At least one character is wrong; compare it with the document, character by character.",
        ),
    )
