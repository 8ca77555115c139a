"""Reading what a form sent: each field in its own type, or an Invalid that says what to write."""

from collections.abc import Mapping
from datetime import date

from tongban.catalogue import api as catalogue
from tongban.kernel.errors import Invalid, InvalidValue
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.values import money

MOST_TEXT = 2000


def text(sent: Mapping[str, str], name: str, label: Text, *, most: int = MOST_TEXT) -> str:
    """Give a text that must be there, and that can be read."""
    written = sent.get(name, "").strip()
    if not is_readable(written):
        raise Invalid(
            "workbench.missing",
            what=Text(f"没有填写“{label.zh}”。", f"{label.en}: nothing was written."),
            todo=Text("请填写后再提交。", "Fill it in and send it again."),
        )
    if len(written) > most:
        raise Invalid(
            "workbench.too_long",
            what=Text(f"“{label.zh}”超过{most}字。", f"{label.en} is longer than {most} characters."),
            todo=Text("请精简后再提交。", "Shorten it and send it again."),
        )
    return written


def number(sent: Mapping[str, str], name: str, label: Text, *, least: int, most: int) -> int:
    """Give a whole number within its bounds."""
    written = text(sent, name, label, most=12)
    if not written.isascii() or not written.isdigit() or not least <= int(written) <= most:
        raise Invalid(
            "workbench.not_a_number",
            what=Text(
                f"“{label.zh}”应为{least}至{most}的整数。",
                f"{label.en} is a whole number from {least} to {most}.",
            ),
            todo=Text("请改正后再提交。", "Correct it and send it again."),
        )
    return int(written)


def day(sent: Mapping[str, str], name: str, label: Text) -> date:
    """Give a day."""
    written = text(sent, name, label, most=12)
    try:
        return date.fromisoformat(written)
    except ValueError as trouble:
        raise Invalid(
            "workbench.not_a_day",
            what=Text(f"“{label.zh}”不是日期。", f"{label.en} is no day."),
            todo=Text("请填写日期，如2026-01-31。", "Write a day such as 2026-01-31."),
        ) from trouble


def one_of(sent: Mapping[str, str], name: str, label: Text, among: Mapping[str, Text]) -> str:
    """Give one of the values that were offered."""
    chosen = sent.get(name, "")
    if chosen not in among:
        raise Invalid(
            "workbench.not_offered",
            what=Text(f"没有选择“{label.zh}”。", f"{label.en}: none of those on offer was chosen."),
            todo=Text("请选择一项后再提交。", "Choose one and send it again."),
        )
    return chosen


def value_of(element: catalogue.Element | None, written: str) -> catalogue.Value | None:
    """Read a corrected value as its element's type; an empty one means that there is no record."""
    written = written.strip()
    if not written:
        return None
    if element is None:
        return written
    if element.codes and written not in element.codes:
        raise _wrong(element, Text("请从代码表中选择。", "choose one of its codes."))
    try:
        return _typed(element, written)
    except (ValueError, InvalidValue) as trouble:
        raise _wrong(element, SHAPES[element.kind]) from trouble


def _typed(element: catalogue.Element, written: str) -> catalogue.Value:
    if element.kind == "boolean":
        return {"yes": True, "no": False}[written] if written in {"yes", "no"} else _not_a_boolean()
    if element.kind == "integer":
        return int(written)
    if element.kind == "money_cents":
        return money.parse(written).amount
    if element.kind == "date":
        return date.fromisoformat(written)
    if element.kind == "list":
        return tuple(part.strip() for part in written.replace("，", ",").split(",") if part.strip())
    return written


def _not_a_boolean() -> bool:
    raise ValueError("neither yes nor no")


SHAPES = {
    "boolean": Text("请选择是或否。", "choose yes or no."),
    "integer": Text("请填写整数。", "write a whole number."),
    "money_cents": Text("请填写以元为单位的金额，最多两位小数。", "write an amount in yuan."),
    "date": Text("请填写日期，如2026-01-31。", "write a date such as 2026-01-31."),
    "list": Text("请用逗号分隔各项。", "separate its parts by commas."),
    "text": Text("请填写文字。", "write a text."),
    "code": Text("请从代码表中选择。", "choose one of its codes."),
}


def _wrong(element: catalogue.Element, todo: Text) -> InvalidValue:
    return InvalidValue(
        "workbench.value",
        what=Text(f"“{element.name.zh}”的更正值不符合要求。", f"{element.name.en}: this value will not do."),
        todo=todo,
    )
