"""What changed between two versions of a pack, in words: every declared field of every part is compared.

What has a sentence of its own is said by it; every other field is found by walking the declarations, so
that a field added to them tomorrow is compared without a word here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Final, Literal

from tongban.items.bundle import (
    Basis,
    Bundle,
    Check,
    DatedParameter,
    Item,
    Period,
    Question,
    name_of,
)
from tongban.kernel.texts import Text

How = Literal["added", "removed", "changed"]
UNITS = {
    "working_day": Text("个工作日", "working days"),
    "day": Text("日", "days"),
    "month": Text("个月", "months"),
    "hour": Text("小时", "hours"),
    "year": Text("年", "years"),
}
LIMITS = {
    "acceptance": Text("受理期限", "time to accept"),
    "statutory": Text("法定时限", "legal time"),
    "promised": Text("承诺时限", "promised time"),
    "extension": Text("延长期限", "extension"),
}
AREAS = {
    "decision": Text("决定方式有变化：", "who may decide changed: "),
    "licence": Text("结果证照有变化：", "the result changed: "),
    "notice": Text("个人信息处理告知有变化：", "the notice on personal data changed: "),
}
ON_THE_SPOT = Text("当场", "on the spot")
NONE = Text("无", "none")
YES, NO = Text("是", "yes"), Text("否", "no")
# Every change of the rest raises the version and changes the digest: they name what is compared.
NOT_COMPARED: Final = frozenset({"version", "digest"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words; `about` is the area it belongs to: question, check, limit, parameter, …"""

    about: str
    how: How
    key: str
    words: Text


@dataclass(frozen=True, slots=True)
class _Listed:
    """How the things of a list are told apart and spoken of."""

    about: str
    key: Callable[[Any], str]
    name: Callable[[Any], Text]
    own_words: bool = False  # its words are unique in the pack, so its item need not be named


def _value_of(thing: Any) -> str:
    return name_of(thing.of, thing.element)


def _named_value(thing: Any) -> Text:
    return _word(_value_of(thing))


def _word(word: str) -> Text:
    return Text(word, word)


IN_BUNDLE: Final[Mapping[str, _Listed]] = {
    "laws": _Listed("law", lambda law: law.name.zh, lambda law: law.name),
    "participants": _Listed("participant", lambda each: each.role, lambda each: each.name),
    "questions": _Listed("question", lambda each: each.id, lambda each: each.label),
    "confirmations": _Listed("confirmation", lambda each: each.id, lambda each: each.text),
    "derived": _Listed("derived", _value_of, _named_value),
    "items": _Listed("item", lambda each: each.key, lambda each: each.name),
    "parameters": _Listed("parameter", lambda each: each.name, lambda each: each.label),
    "elements": _Listed("element", lambda each: each.code, lambda each: each.name),
}
IN_ITEM: Final[Mapping[str, _Listed]] = {
    "needs": _Listed("need", _value_of, _named_value),
    "materials": _Listed("material", lambda each: each.id, lambda each: each.name),
    "checks": _Listed("check", lambda each: each.code, lambda each: each.title, own_words=True),
    "pledges": _Listed("pledge", lambda each: each.id, lambda each: _word(each.id), own_words=True),
    "claims": _Listed("claim", lambda each: each.kind, lambda each: _word(each.kind)),
    "produces": _Listed("produced", _value_of, _named_value),
    "acts": _Listed("act", lambda each: each.name, lambda each: each.label),
    "remedies": _Listed("remedy", lambda each: each.text.zh, lambda each: each.text),
    "separate_form": _Listed("separate_form", lambda each: each.label.zh, lambda each: each.label),
}


def diff(old: Bundle, new: Bundle) -> tuple[Change, ...]:
    """Give what changed, part by part as a bundle and its items declare them."""
    return tuple(_changes(old, new))


def _changes(old: Bundle, new: Bundle) -> Iterator[Change]:
    for name in _differing(old, new, but=NOT_COMPARED):
        was, now = getattr(old, name), getattr(new, name)
        if name == "items":
            yield from _list(IN_BUNDLE[name], was, now, deep=False)
            before = {item.key: item for item in was}
            for item in now:
                if item.key in before:
                    yield from _item(before[item.key], item)
        elif name in IN_BUNDLE:
            yield from _list(IN_BUNDLE[name], was, now)
        else:
            yield _single("notice" if name == "notice" else "bundle", name, new.name, name, was, now)


def _item(old: Item, new: Item) -> Iterator[Change]:
    for name in _differing(old, new):
        was, now = getattr(old, name), getattr(new, name)
        if name in IN_ITEM:
            yield from _list(IN_ITEM[name], was, now, within=new.key)
        elif name == "limits":
            for limit in _differing(was, now):
                label = LIMITS.get(limit, _word(limit))
                words = _changed(label, getattr(was, limit), getattr(now, limit))
                yield Change("limit", "changed", f"{new.key}.{limit}", _of(new.name, words))
        else:
            key = new.key if name in AREAS else f"{new.key}.{name}"
            yield _single(name if name in AREAS else "item", key, new.name, name, was, now)


def _single(about: str, key: str, whose: Text, name: str, was: object, now: object) -> Change:
    area = AREAS.get(name)
    if area is None:
        return Change(about, "changed", key, _of(whose, _changed(_word(name), was, now)))
    said = _said(was, now)
    return Change(about, "changed", key, _of(whose, Text(area.zh + said.zh, area.en + said.en)))


def _of(whose: Text, words: Text) -> Text:
    return Text(f"{whose.zh}：{words.zh}", f"{whose.en}: {words.en}")


def _list(
    listed: _Listed, old: Iterable[Any], new: Iterable[Any], *, within: str = "", deep: bool = True
) -> Iterator[Change]:
    """Give what was added, changed, removed or put in another order; `deep` looks into what stayed."""
    was, now = _keyed(old, listed.key), _keyed(new, listed.key)
    head = "" if listed.own_words or not within else f"{within}."
    for word, thing in now.items():
        name = listed.name(thing)
        if word not in was:
            added = Text(f"新增：{name.zh}", f"Added: {name.en}")
            yield Change(listed.about, "added", head + word, added)
        elif deep and was[word] != thing:
            yield Change(listed.about, "changed", head + word, _of(name, _said(was[word], thing)))
    for word, thing in was.items():
        if word not in now:
            name = listed.name(thing)
            removed = Text(f"取消：{name.zh}", f"Removed: {name.en}")
            yield Change(listed.about, "removed", head + word, removed)
    if [word for word in was if word in now] != [word for word in now if word in was]:
        order = Text("排列次序有变化。", "their order changed.")
        yield Change(listed.about, "changed", within or listed.about, order)


def _keyed(things: Iterable[Any], key: Callable[[Any], str]) -> dict[str, Any]:
    """Give things by their words; a second of the same word is told apart by its number."""
    if isinstance(things, Mapping):
        return {word: things[word] for word in sorted(things)}
    found: dict[str, Any] = {}
    for thing in things:
        word, number = key(thing), 2
        while word in found:
            word, number = f"{key(thing)}#{number}", number + 1
        found[word] = thing
    return found


def _differing(old: Any, new: Any, *, but: Iterable[str] = ()) -> list[str]:
    """Name the fields in which two of one kind differ."""
    names = [field.name for field in fields(old) if field.name not in but]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _said(old: Any, new: Any) -> Text:
    """Say every field in which two of one kind differ, each in its own sentence where it has one."""
    told = [
        OWN_SENTENCES[type(new), name](old, new)
        if (type(new), name) in OWN_SENTENCES
        else _changed(_word(name), getattr(old, name), getattr(new, name))
        for name in _differing(old, new)
    ]
    return Text("".join(each.zh for each in told), " ".join(each.en for each in told))


def _changed(label: Text, was: Any, now: Any) -> Text:
    """Say what a field was and is now, as far as that can be said; otherwise that it changed."""
    before, after = _in_words(was), _in_words(now)
    if before is not None and after is not None and before != after:
        return Text(
            f"{label.zh}由{before.zh}改为{after.zh}。", f"{label.en} was {before.en}, now {after.en}."
        )
    if type(was) is type(now) and is_dataclass(now):
        said = _said(was, now)
        return Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}")
    keys = ""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        keys = ", ".join(sorted(key for key in {*was, *now} if was.get(key) != now.get(key)))
    zh, en = (f"（{keys}）", f" ({keys})") if keys else ("", "")
    return Text(f"{label.zh}{zh}有变化。", f"{label.en}{en} changed.")


def _in_words(value: object) -> Text | None:
    """Say a value, or None where it is too much for a sentence."""
    if value is None or value in ("", ()):
        return NONE
    words: Text | None = None
    match value:
        case bool():
            words = YES if value else NO
        case Text():
            words = Text(f"“{value.zh}”", f"“{value.en}”")
        case Period():
            words = _period(value)
        case Basis():
            words = _word(f"{value.law} {value.article} ({value.mark})".replace("  ", " "))
        case tuple():
            said = [told for each in value if (told := _in_words(each)) is not None]
            words = _joined(said) if len(said) == len(value) else None
        case str() | int() | date():
            words = _word(str(value))
    return words


def _joined(texts: Iterable[Text]) -> Text:
    told = list(texts)
    return Text("、".join(each.zh for each in told), ", ".join(each.en for each in told))


def _period(period: Period) -> Text:
    if period.amount == 0:
        return ON_THE_SPOT
    unit = UNITS[period.unit]
    return Text(f"{period.amount}{unit.zh}", f"{period.amount} {unit.en}")


def _choices(old: Question, new: Question) -> Text:
    was = {str(choice.value): choice for choice in old.choices}
    now = {str(choice.value): choice for choice in new.choices}
    added, removed = ([v for v in now if v not in was], [v for v in was if v not in now])
    if added or removed:
        return Text(
            f"选项增加{'、'.join(added) or '无'}，取消{'、'.join(removed) or '无'}。",
            f"choices added: {', '.join(added) or 'none'}; removed: {', '.join(removed) or 'none'}.",
        )
    told = [_of(_word(v), _said(was[v], now[v])) for v in now if was[v] != now[v]]
    if not told:
        return Text("选项次序有变化。", "the order of the choices changed.")
    return Text("".join(each.zh for each in told), " ".join(each.en for each in told))


def _default(old: Question, new: Question) -> Text:
    zh, en = f"默认值由{old.default}改为{new.default}。", f"the default was {old.default}, now {new.default}."
    return Text(zh, en)


def _rule(old: Check, new: Check) -> Text:
    return Text(f"规则由“{old.when}”改为“{new.when}”。", f"the rule was `{old.when}`, now `{new.when}`.")


def _values(old: DatedParameter, new: DatedParameter) -> Text:
    was = {value.starts: value for value in old.values}
    now = {value.starts: value for value in new.values}
    zh, en = [], []
    for day in sorted(was | now):
        before, after = was.get(day), now.get(day)
        if before is not None and after is not None and before.value == after.value:
            full = _said(before, after) if before != after else None
            said = None if full is None else Text(full.zh.removesuffix("。"), full.en.removesuffix("."))
        else:
            zh_was, zh_now = (("无" if each is None else str(each.value)) for each in (before, after))
            en_was, en_now = (("none" if each is None else str(each.value)) for each in (before, after))
            said = Text(f"{zh_was}→{zh_now}（{new.unit}）", f"{en_was} → {en_now} ({new.unit})")
        if said is not None:
            zh.append(f"自{day}起{said.zh}")
            en.append(f"from {day}: {said.en}")
    if not zh:
        return Text("数值次序有变化。", "the order of the values changed.")
    return Text(f"{'；'.join(zh)}。", f"{'; '.join(en)}.")


OWN_SENTENCES: Final[Mapping[tuple[type, str], Callable[[Any, Any], Text]]] = {
    (Question, "choices"): _choices,
    (Question, "default"): _default,
    (Check, "when"): _rule,
    (DatedParameter, "values"): _values,
}
