"""Unified social credit codes of legal entities and other organisations (GB 32100-2015)."""

from dataclasses import dataclass

from tongban.kernel.texts import Text
from tongban.kernel.values import check_characters
from tongban.kernel.values.writing import as_code, require_alphabet, require_check, require_length

NAME = Text(zh="统一社会信用代码", en="unified social credit code")
LENGTH = Text(zh="18位", en="18 characters")
ALPHABET = Text(
    zh="数字和大写字母（不含I、O、S、V、Z）", en="digits and capital letters without I, O, S, V, Z"
)
DIGITS = Text(zh="数字0-9", en="digits 0-9")


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A credit code whose check character is right, in its five parts."""

    number: str
    department: str
    category: str
    division: str
    organisation: str
    warnings: tuple[Text, ...] = ()

    def __str__(self) -> str:
        return self.number


def parse(text: str) -> CreditCode:
    """Read a credit code or say which character is wrong and which check character was expected."""
    number = as_code(text)
    require_length(number, {18}, name=NAME, expected=LENGTH, kind="credit_code")
    require_alphabet(
        number, check_characters.CREDIT_ALPHABET, name=NAME, allowed=ALPHABET, kind="credit_code"
    )
    division = number[2:8]
    if not division.isdigit():
        # The place of the first character that is not a digit must be counted from the code's start.
        require_alphabet("00" + division, "0123456789", name=NAME, allowed=DIGITS, kind="credit_code")
    require_check(number, check_characters.of_credit_code(number[:17]), name=NAME, kind="credit_code")
    return CreditCode(number, number[0], number[1], division, number[8:17], _warnings(number))


def compose(department: str, category: str, division: str, organisation8: str) -> CreditCode:
    """Make the code of a registering department, category, division and eight-character body."""
    organisation = organisation8 + check_characters.of_organisation_code(organisation8)
    body = f"{department}{category}{division}{organisation}"
    return parse(body + check_characters.of_credit_code(body))


def _warnings(number: str) -> tuple[Text, ...]:
    expected = check_characters.of_organisation_code(number[8:16])
    if number[16] == expected:
        return ()
    # Recalled, not verified for every issuer: the organisation code inside has its own check character.
    warning = Text(
        zh=f"第17位（组织机构代码校验位）按GB 11714应为“{expected}”，现为“{number[16]}”，请留意。",
        en=f"Character 17, the check of the organisation code inside (GB 11714), would be '{expected}';"
        f" it is '{number[16]}'. Have a look.",
    )
    return (warning,)
