"""Case numbers (办件编号): the item's 31 characters, the day and a sequence; at most 50 (GB/T 39046).

The sequence has four digits and widens when a day overflows, so that no case is ever turned away for
want of a number.
"""

from dataclasses import dataclass
from datetime import date

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.kernel.values import implementation_code
from tongban.kernel.values.implementation_code import ImplementationCode
from tongban.kernel.values.writing import as_code, require_length

NAME = Text(zh="办件编号", en="case number")
LENGTH = Text(zh="43至50位", en="43 to 50 characters")
LENGTHS = range(43, 51)


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case's public number; it says which item at which office, which day and which one of that day."""

    number: str
    item: ImplementationCode
    day: date
    sequence: int

    def __str__(self) -> str:
        return self.number


def parse(text: str) -> CaseNumber:
    """Read a case number or say which part is wrong and why."""
    number = as_code(text)
    require_length(number, LENGTHS, name=NAME, expected=LENGTH, kind="case_number")
    item = implementation_code.parse(number[:31])
    tail = number[31:]
    if not (tail.isascii() and tail.isdigit()):
        raise _wrong_tail(f"“{tail}”含有非数字字符", f"'{tail}' holds characters that are not digits")
    try:
        day = date(int(tail[:4]), int(tail[4:6]), int(tail[6:8]))
    except ValueError as trouble:
        raise _wrong_tail(f"日期{tail[:8]}不存在", f"there is no day {tail[:8]}") from trouble
    sequence = tail[8:]
    if len(sequence) > 4 and sequence[0] == "0":
        raise _wrong_tail(
            f"顺序号{sequence}有多余的前导0", f"the sequence {sequence} has needless leading zeros"
        )
    return CaseNumber(number, item, day, int(sequence))


def compose(item_code31: str, day: date, sequence: int) -> CaseNumber:
    """Make the number of an item, a day and a sequence from 1."""
    if sequence < 1:
        raise ValueError(f"a case's sequence counts from 1, not {sequence}")
    return parse(f"{item_code31}{day:%Y%m%d}{sequence:04}")


def _wrong_tail(zh: str, en: str) -> InvalidValue:
    return InvalidValue(
        "case_number.tail",
        what=Text(
            zh=f"{NAME.zh}第32位起应为8位日期和至少4位顺序号：{zh}。",
            en=f"From character 32 a {NAME.en} has eight digits of day and at least four of sequence: {en}.",
        ),
        todo=Text(zh="请对照受理通知书核对。", en="Compare it with the notice of acceptance."),
    )
