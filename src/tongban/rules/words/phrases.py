"""Values, names and calculations in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from tongban.kernel.texts import Text
from tongban.rules.kinds import Kind, Records, Scalar
from tongban.rules.meaning import Seen
from tongban.rules.tree import (
    AddMonths,
    AgeOn,
    Arithmetic,
    Case,
    Collection,
    Divide,
    Element,
    Field,
    FullMonths,
    Given,
    Literally,
    Rounding,
)

Words = tuple[str, str]  # Chinese, English: cheaper than Text where a thousand are joined
Codes = Mapping[str, Text]

OPERATORS: Final[Mapping[str, str]] = {"+": "+", "-": "−", "*": "×"}
ROUNDINGS: Final[Mapping[Rounding, Words]] = {
    "half_up": ("四舍五入", "rounded half up"),
    "down": ("舍去尾数", "rounded down"),
    "up": ("进位", "rounded up"),
}


def value_words(kind: Kind, value: Scalar, codes: Codes | None = None) -> Words:
    """Say a value: money in yuan, dates as each language writes them, codes by their meaning."""
    if value is True or value is False:
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日", value.isoformat()
    if isinstance(value, str):
        meaning = codes.get(value) if codes else None
        return (f"“{meaning.zh}”", f'"{meaning.en}"') if meaning else (f"“{value}”", f'"{value}"')
    if kind is Kind.MONEY:
        amount = f"{abs(value) // 100:,}.{abs(value) % 100:02}"
        sign = "-" if value < 0 else ""
        return f"{sign}{amount}元", f"CNY {sign}{amount}"
    return str(value), str(value)


def codes_of(*sides: Seen) -> Codes | None:
    """Give the code list by which a written value beside these is to be spoken."""
    for side in sides:
        if isinstance(side.node, Element | Field) and side.node.type.codes:
            return side.node.type.codes
    return None


def phrase(seen: Seen, codes: Codes | None = None) -> Words:
    """Say what was looked at with the value that it had; just its name when it had none."""
    node, value = seen.node, seen.value
    if isinstance(node, Literally):
        return value_words(node.kind, node.value, codes)
    zh, en = _name(seen)
    if value is None or isinstance(value, Records):
        return zh, en
    if isinstance(node, Element | Field):
        codes = node.type.codes
    said = value_words(node.kind, value, codes)
    joint = " = " if isinstance(node, Arithmetic | Divide) else " "
    return f"{zh}{joint}{said[0]}", f"{en}{joint}{said[1]}"


def _name(seen: Seen) -> Words:  # noqa: PLR0911 - one case a form
    match seen.node:
        case Element(type=type) | Field(type=type):
            return type.name.zh, type.name.en
        case Given(title=title):
            return title.zh, title.en
        case Arithmetic(operator=sign):
            left, right = (_operand(part) for part in seen.parts)
            return f"{left[0]} {OPERATORS[sign]} {right[0]}", f"{left[1]} {OPERATORS[sign]} {right[1]}"
        case Divide(rounding=rounding):
            left, right = (_operand(part) for part in seen.parts)
            how = ROUNDINGS[rounding]
            return f"{left[0]} ÷ {right[0]}（{how[0]}）", f"{left[1]} ÷ {right[1]} ({how[1]})"
        case AgeOn():
            return "年龄", "age"
        case FullMonths():
            return "整月数", "full months"
        case AddMonths():
            months = phrase(seen.parts[1])
            return f"{months[0]}个月后之日", f"the day {months[1]} months on"
        case Case():
            return "按情形确定的值", "the value of the case"
        case Collection(verb="count_of", over=over, body=body):
            if body is None:
                return f"{over.type.name.zh}条数", f"number of {over.type.name.en}"
            return f"{over.type.name.zh}中符合条件的条数", f"number of {over.type.name.en} that qualify"
        case Collection(verb="sum_of", over=over):
            return f"{over.type.name.zh}合计", f"total over {over.type.name.en}"
        case _:
            return "所列条件", "the condition below"


def _operand(seen: Seen) -> Words:
    said = phrase(seen)
    if isinstance(seen.node, Arithmetic | Divide):
        return f"（{said[0]}）", f"({said[1]})"
    return said


def inputs(parts: Iterable[Seen]) -> Iterator[Words]:
    """Give what ages and months were counted from, for the brackets behind a clause."""
    for part in parts:
        if isinstance(part.node, AgeOn | FullMonths | AddMonths):
            for operand in part.parts:
                if not isinstance(operand.node, Literally | Element | Field | Given):
                    yield from inputs((operand,))
                elif operand.node.kind is Kind.DATE:
                    yield phrase(operand)
        elif isinstance(part.node, Arithmetic | Divide):
            yield from inputs(part.parts)
