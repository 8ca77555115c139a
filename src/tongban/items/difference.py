"""What changed for people between two versions of a pack: questions, amounts, limits, rules, results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from tongban.items.bundle import Bundle, DatedParameter, Item, Period, Question
from tongban.kernel.texts import Text

Thing = TypeVar("Thing")
How = Literal["added", "removed", "changed"]
UNITS = {
    "working_day": Text("个工作日", "working days"),
    "day": Text("日", "days"),
    "month": Text("个月", "months"),
    "hour": Text("小时", "hours"),
    "year": Text("年", "years"),
}
ON_THE_SPOT = Text("当场", "on the spot")
NONE = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words; `about` is the area it belongs to: question, check, limit, parameter, …"""

    about: str
    how: How
    key: str
    words: Text


def diff(old: Bundle, new: Bundle) -> tuple[Change, ...]:
    """Give what changed, in the order of the form and of the items."""
    return tuple(_changes(old, new))


def _changes(old: Bundle, new: Bundle) -> Iterator[Change]:
    yield from _listed("question", old.questions, new.questions, lambda q: q.id, lambda q: q.label, _question)
    yield from _listed(
        "confirmation",
        old.confirmations,
        new.confirmations,
        lambda c: c.id,
        lambda c: c.text,
        _plainly("text"),
    )
    yield from _listed(
        "participant", old.participants, new.participants, lambda p: p.role, lambda p: p.name,
        _plainly("min", "max", "confirms"),
    )  # fmt: skip
    yield from _listed(
        "parameter", old.parameters, new.parameters, lambda p: p.name, lambda p: p.label, _parameter
    )
    yield from _listed("item", old.items, new.items, lambda i: i.key, lambda i: i.name, _nothing)
    before = {item.key: item for item in old.items}
    for item in new.items:
        if item.key in before:
            yield from _item(before[item.key], item)
    if old.notice.paragraphs != new.notice.paragraphs:
        yield Change(
            "notice",
            "changed",
            "notice",
            Text("个人信息处理告知有变化。", "The notice on personal data changed."),
        )


def _item(old: Item, new: Item) -> Iterator[Change]:
    yield from _listed("check", old.checks, new.checks, lambda c: c.code, lambda c: c.title, _check)
    yield from _listed(
        "material", old.materials, new.materials, lambda m: f"{new.key}.{m.id}", lambda m: m.name,
        _plainly("necessity", "obtained"),
    )  # fmt: skip
    for name, zh, en in (
        ("acceptance", "受理期限", "time to accept"),
        ("statutory", "法定时限", "legal time"),
        ("promised", "承诺时限", "promised time"),
        ("extension", "延长期限", "extension"),
    ):
        was, now = _period(getattr(old.limits, name)), _period(getattr(new.limits, name))
        if was != now:
            words = Text(
                f"{new.name.zh}：{zh}由{was.zh}改为{now.zh}。",
                f"{new.name.en}: {en} was {was.en}, now {now.en}.",
            )
            yield Change("limit", "changed", f"{new.key}.{name}", words)
    if old.decision != new.decision:
        words = Text(f"{new.name.zh}：决定方式有变化。", f"{new.name.en}: who may decide changed.")
        yield Change("decision", "changed", new.key, words)
    if dict(old.licence.content) != dict(new.licence.content) or old.licence.type != new.licence.type:
        words = Text(f"{new.name.zh}：结果证照有变化。", f"{new.name.en}: the result changed.")
        yield Change("licence", "changed", new.key, words)
    yield from _listed(
        "act",
        old.acts,
        new.acts,
        lambda a: f"{new.key}.{a.name}",
        lambda a: a.label,
        _plainly("fields", "body"),
    )


Detail = Callable[[Any, Any], "Text | None"]


def _listed(
    about: str,
    old: Sequence[Thing],
    new: Sequence[Thing],
    key: Callable[[Thing], str],
    name: Callable[[Thing], Text],
    detail: Detail,
) -> Iterator[Change]:
    was: Mapping[str, Thing] = {key(thing): thing for thing in old}
    now: Mapping[str, Thing] = {key(thing): thing for thing in new}
    for word, thing in now.items():
        spoken = name(thing)
        if word not in was:
            yield Change(about, "added", word, Text(f"新增：{spoken.zh}", f"Added: {spoken.en}"))
        elif was[word] != thing and (said := detail(was[word], thing)) is not None:
            words = Text(f"{spoken.zh}：{said.zh}", f"{spoken.en}: {said.en}")
            yield Change(about, "changed", word, words)
    for word, thing in was.items():
        if word not in now:
            spoken = name(thing)
            yield Change(about, "removed", word, Text(f"取消：{spoken.zh}", f"Removed: {spoken.en}"))


def _nothing(_old: object, _new: object) -> Text | None:
    return None


def _plainly(*fields: str) -> Detail:
    def detail(old: object, new: object) -> Text | None:
        changed = [field for field in fields if getattr(old, field) != getattr(new, field)]
        if not changed:
            return None
        return Text(f"{'、'.join(changed)}有变化。", f"{', '.join(changed)} changed.")

    return detail


def _question(old: Question, new: Question) -> Text | None:
    was = [str(choice.value) for choice in old.choices]
    now = [str(choice.value) for choice in new.choices]
    if was != now:
        added = [value for value in now if value not in was]
        removed = [value for value in was if value not in now]
        return Text(
            f"选项增加{'、'.join(added) or '无'}，取消{'、'.join(removed) or '无'}。",
            f"choices added: {', '.join(added) or 'none'}; removed: {', '.join(removed) or 'none'}.",
        )
    if old.default != new.default:
        return Text(
            f"默认值由{old.default}改为{new.default}。", f"the default was {old.default}, now {new.default}."
        )
    return _plainly("label", "why", "type", "only_if", "minimum", "maximum", "pattern", "fallback_for")(
        old, new
    )


def _check(old: Any, new: Any) -> Text | None:
    if old.when != new.when:
        return Text(f"规则由“{old.when}”改为“{new.when}”。", f"the rule was `{old.when}`, now `{new.when}`.")
    return _plainly("because", "if_not_met", "if_missing", "article")(old, new)


def _parameter(old: DatedParameter, new: DatedParameter) -> Text | None:
    was = {value.starts: value.value for value in old.values}
    now = {value.starts: value.value for value in new.values}
    changed = [day for day in sorted(was | now) if was.get(day) != now.get(day)]
    if not changed:
        return None
    zh = "；".join(f"自{day}起{was.get(day, '无')}→{now.get(day, '无')}" for day in changed)
    en = "; ".join(f"from {day}: {was.get(day, 'none')} → {now.get(day, 'none')}" for day in changed)
    return Text(f"{zh}（{new.unit}）。", f"{en} ({new.unit}).")


def _period(period: Period | None) -> Text:
    if period is None:
        return NONE
    if period.amount == 0:
        return ON_THE_SPOT
    unit = UNITS[period.unit]
    return Text(f"{period.amount}{unit.zh}", f"{period.amount} {unit.en}")
