"""Mobile telephone numbers of the mainland: eleven digits, 13 to 19 at the front."""

from dataclasses import dataclass

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values.writing import as_code, require_alphabet, require_length

NAME = Text(zh="手机号码", en="mobile number")
LENGTH = Text(zh="11位", en="11 digits")
DIGITS = Text(zh="数字0-9", en="digits 0-9")
DEMONSTRATION_PREFIX = "100"  # given to nobody: a message to it can reach no real person


@dataclass(frozen=True, slots=True)
class Mobile:
    """A well-formed mobile number."""

    number: str

    def masked(self) -> str:
        """Give the number with its middle hidden."""
        return f"{self.number[:3]}****{self.number[-4:]}"

    def __str__(self) -> str:
        return self.number


def parse(text: str, *, demonstration: bool) -> Mobile:
    """Read a mobile number or say what is wrong; 100… is admitted in a demonstration only."""
    number = as_code(text).removeprefix("+86").replace("-", "")
    require_length(number, {11}, name=NAME, expected=LENGTH, kind="mobile")
    require_alphabet(number, "0123456789", name=NAME, allowed=DIGITS, kind="mobile")
    if demonstration and number.startswith(DEMONSTRATION_PREFIX):
        return Mobile(number)
    if number[0] != "1" or number[1] not in "3456789":
        raise InvalidValue(
            "mobile.prefix",
            what=Text(
                zh=f"手机号码应以13至19开头，现以“{number[:2]}”开头。",
                en=f"A mobile number begins with 13 to 19; this begins with {number[:2]}.",
            ),
            todo=Text(
                zh="请填写本人正在使用的手机号码。", en="Give the number of a mobile telephone that you use."
            ),
        )
    return Mobile(number)
