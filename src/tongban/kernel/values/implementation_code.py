"""Implementation codes of items (实施编码, 31) and of their handling entries (业务办理项编码, 33).

18 of the office's credit code, 1 of its level (GB/T 39046 A.2), 12 of the basic code, and for a
handling entry 2 of sequence.
"""

from dataclasses import dataclass

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import basic_code, credit_code
from tongban.kernel.values.basic_code import BasicCode
from tongban.kernel.values.credit_code import CreditCode
from tongban.kernel.values.writing import as_code, require_alphabet, require_length

NAME = Text(zh="事项实施编码", en="implementation code")
LENGTH = Text(zh="31位（业务办理项为33位）", en="31 characters (33 for a handling entry)")
LEVELS = "1234567"


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """Who does which item at which level; `sequence` is there for a handling entry only."""

    code: str
    office: CreditCode
    level: int
    basic: BasicCode
    sequence: str | None

    @property
    def item(self) -> str:
        """The 31 characters without the handling entry."""
        return self.code[:31]

    def __str__(self) -> str:
        return self.code


def parse(text: str) -> ImplementationCode:
    """Read an implementation code or say which part is wrong and why."""
    code = as_code(text)
    require_length(code, {31, 33}, name=NAME, expected=LENGTH, kind="implementation_code")
    office = credit_code.parse(code[:18])
    if code[18] not in LEVELS:
        raise InvalidValue(
            "implementation_code.level",
            what=Text(
                zh=f"{NAME.zh}第19位是行使层级，应为1至7，现为“{code[18]}”。",
                en=f"Character 19 of the {NAME.en} is the level, 1 to 7; this is '{code[18]}'.",
            ),
            todo=Text(
                zh="请核对行使层级代码（GB/T 39046 表A.2）。", en="Check the level (GB/T 39046 table A.2)."
            ),
        )
    basic = basic_code.parse(code[19:31])
    sequence = code[31:] or None
    if sequence is not None:
        digits = Text(zh="数字0-9", en="digits 0-9")
        require_alphabet(
            "0" * 31 + sequence, "0123456789", name=NAME, allowed=digits, kind="implementation_code"
        )
    return ImplementationCode(code, office, int(code[18]), basic, sequence)


def compose(office: str, level: int, basic: str, sequence: int | None = None) -> ImplementationCode:
    """Make the code of an office's credit code, a level, a basic code and perhaps a handling entry 0–99."""
    tail = "" if sequence is None else f"{sequence:02}"
    return parse(f"{office}{level}{basic}{tail}")
