"""Basic codes of service items (基本编码), twelve characters.

Two of province (00 is national), two of item type (GB/T 39046-2020 table A.1), eight more whose split
the published texts do not settle: they are carried whole.
"""

from dataclasses import dataclass

from tongban.kernel.texts import Text
from tongban.kernel.values.check_characters import ALPHANUMERIC
from tongban.kernel.values.writing import as_code, require_alphabet, require_length

NAME = Text(zh="事项基本编码", en="basic item code")
LENGTH = Text(zh="12位", en="12 characters")
DIGITS = Text(zh="数字0-9", en="digits 0-9")
LETTERS = Text(zh="数字和大写字母", en="digits and capital letters")

TYPES = {
    "00": Text(zh="行政权力", en="administrative power"),
    "01": Text(zh="行政许可", en="administrative licence"),
    "02": Text(zh="行政处罚", en="administrative penalty"),
    "03": Text(zh="行政强制", en="administrative coercion"),
    "04": Text(zh="行政征收", en="administrative levy"),
    "05": Text(zh="行政给付", en="administrative payment"),
    "06": Text(zh="行政检查", en="administrative inspection"),
    "07": Text(zh="行政确认", en="administrative confirmation"),
    "08": Text(zh="行政奖励", en="administrative award"),
    "09": Text(zh="行政裁决", en="administrative ruling"),
    "10": Text(zh="其他行政权力", en="other administrative power"),
    "20": Text(zh="公共服务", en="public service"),
}


@dataclass(frozen=True, slots=True)
class BasicCode:
    """A basic code; `warnings` name a type outside table A.1, which published codes do carry."""

    code: str
    province: str
    type_code: str
    rest: str
    warnings: tuple[Text, ...] = ()

    @property
    def is_licence(self) -> bool:
        """Say whether the Administrative Licensing Law's periods apply (type 01)."""
        return self.type_code == "01"

    def __str__(self) -> str:
        return self.code


def parse(text: str) -> BasicCode:
    """Read a basic code or say which character is wrong."""
    code = as_code(text)
    require_length(code, {12}, name=NAME, expected=LENGTH, kind="basic_code")
    require_alphabet(code[:4], "0123456789", name=NAME, allowed=DIGITS, kind="basic_code")
    require_alphabet(code, ALPHANUMERIC, name=NAME, allowed=LETTERS, kind="basic_code")
    return BasicCode(code, code[:2], code[2:4], code[4:], _warnings(code[2:4]))


def _warnings(type_code: str) -> tuple[Text, ...]:
    if type_code in TYPES:
        return ()
    warning = Text(
        zh=f"第3至4位“{type_code}”不在事项类型代码表（GB/T 39046 表A.1）中，请留意。",
        en=f"Characters 3 and 4, {type_code}, are no item type of GB/T 39046 A.1. Have a look.",
    )
    return (warning,)
