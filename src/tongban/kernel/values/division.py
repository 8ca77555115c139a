"""Codes of administrative divisions (GB/T 2260, six digits; GB/T 10114, nine and twelve)."""

from dataclasses import dataclass

from tongban.kernel.texts import Text
from tongban.kernel.values.writing import as_code, require_alphabet, require_length

NAME = Text(zh="行政区划代码", en="division code")
LENGTH = Text(zh="6位、9位或12位", en="6, 9 or 12 digits")
DIGITS = Text(zh="数字0-9", en="digits 0-9")
NATION = "000000"


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """A division's shortest code; `level` as in GB/T 39046 A.2: 1 nation … 4 county, 5 town, 6 village."""

    code: str
    level: int

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The codes of what it lies in by its digits, nearest first, up to the province."""
        county, city, province = self.code[:6], f"{self.code[:4]}00", f"{self.code[:2]}0000"
        candidates = (self.code[:9], county, city, province)
        above = [code for code in dict.fromkeys(candidates) if code not in (self.code, NATION)]
        return tuple(above)

    def __str__(self) -> str:
        return self.code


def parse(text: str) -> DivisionCode:
    """Read a division code or say what is wrong; trailing 000 of the longer forms fall away."""
    code = as_code(text)
    require_length(code, {6, 9, 12}, name=NAME, expected=LENGTH, kind="division")
    require_alphabet(code, "0123456789", name=NAME, allowed=DIGITS, kind="division")
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return DivisionCode(code, _level(code))


def _level(code: str) -> int:
    if len(code) > 6:
        return 5 if len(code) == 9 else 6
    if code == NATION:
        return 1
    if code.endswith("0000"):
        return 2
    return 3 if code.endswith("00") else 4
