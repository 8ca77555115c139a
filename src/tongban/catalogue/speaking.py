"""Values of elements in words, for whoever reads a page. Pure."""

from datetime import date

from tongban.catalogue.rules import Element
from tongban.kernel.texts import Text
from tongban.kernel.values.money import Cents

NOTHING = Text("无", "none")


def in_words(element: Element | None, value: object) -> Text:
    """Say a value as its element means it: codes by their meaning, money in yuan, dates as they are written.

    `value` is as it is stored (JSON) or as rules see it; a value of an element that is no longer in the
    catalogue stands as it was.
    """
    if value is None or value in ("", [], ()):
        return NOTHING
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, list | tuple):
        said = [in_words(element, each) for each in value]
        return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))
    return Text(str(value), str(value)) if element is None else _by_kind(element, value)


def _by_kind(element: Element, value: object) -> Text:
    if isinstance(value, str) and value in element.codes:
        return element.codes[value]
    if element.kind == "money_cents" and isinstance(value, int):
        return _money(value)
    if element.kind == "date":
        return _day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    return Text(str(value), str(value))


def _money(cents: int) -> Text:
    whole, _, part = Cents(cents).yuan.partition(".")
    shown = f"{int(whole):,}.{part}"
    return Text(f"{shown}元", f"CNY {shown}")


def _day(on: date) -> Text:
    return Text(f"{on.year}年{on.month}月{on.day}日", on.isoformat())
