"""Amounts of money as whole cents (分): no sum of the state is ever a float."""

import re
from dataclasses import dataclass

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values.writing import as_code

SHAPE = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
MOST_CENTS = 2**53 - 1  # beyond it canonical JSON could not carry the number unchanged (RFC 8785)


@dataclass(frozen=True, slots=True, order=True)
class Cents:
    """An amount in cents, never negative; what is owed the other way has its own name."""

    amount: int

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= MOST_CENTS:
            raise ValueError(f"an amount lies between 0 and {MOST_CENTS} cents, not {self.amount}")

    @property
    def yuan(self) -> str:
        """The amount in yuan with two decimals, as it is printed."""
        return f"{self.amount // 100}.{self.amount % 100:02}"

    def __str__(self) -> str:
        return self.yuan


def parse(text: str) -> Cents:
    """Read an amount written in yuan with at most two decimals, or say what is wrong."""
    written = as_code(text)
    shape = SHAPE.fullmatch(written)
    if shape is None:
        raise _refusal(
            "money.shape",
            Text(zh=f"“{text}”不是以元为单位的数字金额。", en=f"'{text}' is not an amount in yuan."),
        )
    whole, decimals = shape[1], shape[2] or ""
    if len(decimals) > 2:
        raise _refusal(
            "money.decimals",
            Text(
                zh=f"金额最多保留两位小数（分），现有{len(decimals)}位。",
                en=f"An amount has at most two decimals, cents; this has {len(decimals)}.",
            ),
        )
    if len(whole) > 16 or int(whole) * 100 + 99 > MOST_CENTS:
        raise _refusal(
            "money.too_much",
            Text(zh="金额超出可登记的范围。", en="The amount is beyond what can be recorded."),
        )
    return Cents(int(whole) * 100 + int(decimals.ljust(2, "0")))


def _refusal(code: str, what: Text) -> InvalidValue:
    return InvalidValue(
        code,
        what=what,
        todo=Text(
            zh="请以元为单位只填数字和小数点，如100000或100000.00；“10万元”请填100000。",
            en="Write digits and a point, in yuan: 100000 or 100000.00; for '10万元' write 100000.",
        ),
    )
