"""Values as people read them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from tongban.items import api as items
from tongban.kernel.texts import Text
from tongban.kernel.values.money import MOST_CENTS, Cents
from tongban.rules import api as rules

YES, NO = Text("是", "yes"), Text("否", "no")
NOTHING = Text("无记录", "nothing on record")

STATUS = {
    "known": Text("已取得", "fetched"),
    "none_on_record": Text("来源部门查无记录", "its source has no record"),
    "not_applicable": Text("不适用", "does not apply"),
    "late": Text("来源部门暂未应答，稍后自动再查", "its source has not answered; asked again by itself"),
    "withheld": Text("未获共享授权，由工作人员办理", "no grant for it; an officer takes over"),
    "contested": Text("已提出异议，正在校核", "disputed; being verified"),
    "unknown": Text("来源部门查无此记录", "its source does not have it"),
}


def name_of(bundle: items.Bundle, element: str) -> Text:
    """Give how an element is spoken of."""
    card = bundle.elements.get(element)
    return Text(element, element) if card is None else card.name


def readable(bundle: items.Bundle, element: str, value: object) -> Text | None:
    """Give a value of an element in words; None where there is none."""
    if isinstance(value, rules.NoneOnRecord):
        return NOTHING
    if value is None or value in ("", (), []):
        return None
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list | tuple):
        return _listed([_one(bundle, element, each) for each in value])
    return _by_kind(bundle, element, value)


def _by_kind(bundle: items.Bundle, element: str, value: object) -> Text:
    card = bundle.elements.get(element)
    kind = "" if card is None else card.kind
    if isinstance(value, date):
        return written_day(value)
    if kind == "date":
        return written_day(date.fromisoformat(str(value)))
    if kind == "money_cents" and isinstance(value, int):
        return money(value)
    return _one(bundle, element, value)


def _one(bundle: items.Bundle, element: str, value: object) -> Text:
    """Give one value: by the label of the choice that it is, or of the code, or as it stands."""
    for question in bundle.questions:
        if question.element == element:
            for choice in question.choices:
                if choice.value == value:
                    return choice.label
    card = bundle.elements.get(element)
    codes: Mapping[str, Text] = (card.codes if card is not None else None) or {}
    return codes.get(str(value)) or Text(str(value), str(value))


def _listed(texts: Iterable[Text]) -> Text:
    kept = list(texts)
    return Text("、".join(text.zh for text in kept), ", ".join(text.en for text in kept))


def written_day(on: date) -> Text:
    """Write a day in words."""
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on.day} {on:%B %Y}")


def money(cents: int) -> Text:
    """Write an amount of cents in yuan."""
    if not 0 <= cents <= MOST_CENTS:
        return Text(str(cents), str(cents))
    whole, _, part = Cents(cents).yuan.partition(".")
    shown = f"{int(whole):,}.{part}"
    return Text(f"{shown}元", f"CNY {shown}")
