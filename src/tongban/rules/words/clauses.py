"""Clauses in lines: each says what was compared with what, and whether it was met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tongban.kernel.texts import Text
from tongban.rules.kinds import Kind
from tongban.rules.meaning import Seen
from tongban.rules.outcomes import Line, LineResult, Trace
from tongban.rules.tree import (
    All,
    Any,
    Between,
    Case,
    Collection,
    Compare,
    Given,
    In,
    Known,
    Literally,
    Not,
    NothingOnRecord,
)
from tongban.rules.words.phrases import Words, codes_of, inputs, phrase, value_words

MOST_ROWS: Final = 50  # a trace is read by people; a company of a thousand shareholders says "and 950 more"

SIGNS: Final[Mapping[str, str]] = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
OPPOSITE: Final[Mapping[str, str]] = {"=": "≠", "<>": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}
# What must be so is met or not; what is merely asked (under NOT, in CASE) holds or not.
RESULTS: Final[Mapping[bool, Mapping[LineResult, Words]]] = {
    True: {
        "met": ("满足", "met"),
        "not_met": ("不满足", "not met"),
        "unknown": ("不能确定", "cannot be determined"),
    },
    False: {
        "met": ("成立", "holds"),
        "not_met": ("不成立", "does not hold"),
        "unknown": ("不能确定", "cannot be determined"),
    },
}


GROUPS: Final[Mapping[type, Words]] = {
    All: ("以下各项须全部具备", "all of the following"),
    Any: ("以下各项具备其一即可", "any one of the following"),
    Not: ("不得有以下情形", "the following must not be so"),
    Case: ("按以下情形判断", "as the case may be"),
    Literally: ("固定结论", "always the same"),
}


def trace_of(seen: Seen, names: Mapping[str, Text]) -> Trace:
    """Give the whole rule as lines, from the outermost clause inwards; `names` speak of what is missing."""
    speaker = Speaker(names)
    if seen.node.kind is Kind.BOOLEAN:
        return Trace(tuple(speaker.clause(seen, 0, True)))
    return Trace((speaker.value_line(seen, 0), *speaker.below(seen, 1)))


def failures(seen: Seen) -> Text:
    """Say which clauses kept a rule from being met, for whoever does not meet it."""
    said = list(_failed(seen))
    return Text("；".join(zh for zh, _ in said), "; ".join(en for _, en in said))


def _failed(seen: Seen) -> Iterator[Words]:
    if isinstance(seen.node, All | Any):
        for part in seen.parts:
            if part.value is False:
                yield from _failed(part)
    elif isinstance(seen.node, Case):
        yield from _failed(seen.parts[-1])
    elif isinstance(seen.node, Not) and not isinstance(seen.node.part, All | Any | Not | Case):
        yield _said(seen.parts[0], True)
    else:
        yield _said(seen, True)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts what was seen into lines."""

    names: Mapping[str, Text]

    def clause(self, seen: Seen, depth: int, required: bool) -> Iterator[Line]:
        """Give a clause's line and those of what it is made of."""
        result = _result(seen)
        zh, en = _said(seen, required)
        verdict = RESULTS[required][result]
        behind = self.behind(seen)
        yield Line(depth, Text(f"{zh}：{verdict[0]}{behind[0]}", f"{en}: {verdict[1]}{behind[1]}"), result)
        if isinstance(seen.node, All | Any):
            for part in seen.parts:
                yield from self.clause(part, depth + 1, required)
        elif isinstance(seen.node, Not):
            yield from self.clause(seen.parts[0], depth + 1, False)
        elif isinstance(seen.node, Case):
            yield from self.case(seen, seen.node, depth + 1, required)
        elif isinstance(seen.node, Collection):
            yield from self.rows(seen, depth + 1, required)
        else:
            yield from self.below(seen, depth + 1)

    def below(self, seen: Seen, depth: int) -> Iterator[Line]:
        """Give the lines of conditions that a calculation stands on: its CASEs and collections."""
        if isinstance(seen.node, Case):
            yield from self.case(seen, seen.node, depth, False)
        elif isinstance(seen.node, Collection):
            yield from self.rows(seen, depth, False)
        else:
            for part in seen.parts:
                if part.node.kind is Kind.BOOLEAN and part.parts:
                    yield from self.clause(part, depth, False)
                else:
                    yield from self.below(part, depth)

    def case(self, seen: Seen, node: Case, depth: int, required: bool) -> Iterator[Line]:
        """Give the conditions as far as they were asked, then what the case chose."""
        parts = seen.parts
        chosen = len(parts) > len(node.branches) or (len(parts) > 1 and parts[-2].value is True)
        for condition in parts[:-1] if chosen else parts:
            yield from self.clause(condition, depth, False)
        if not chosen:
            return
        if node.kind is Kind.BOOLEAN:
            yield from self.clause(parts[-1], depth, required)
        else:
            yield self.value_line(parts[-1], depth)
            yield from self.below(parts[-1], depth + 1)

    def rows(self, seen: Seen, depth: int, required: bool) -> Iterator[Line]:
        """Give each record's lines, as many as people read."""
        for number, row in enumerate(seen.parts[:MOST_ROWS], start=1):
            if row.node.kind is Kind.BOOLEAN:
                result = _result(row)
                verdict = RESULTS[required][result]
                yield Line(
                    depth, Text(f"第{number}条：{verdict[0]}", f"record {number}: {verdict[1]}"), result
                )
                yield from self.clause(row, depth + 1, required)
            else:
                said = phrase(row)
                yield Line(depth, Text(f"第{number}条：{said[0]}", f"record {number}: {said[1]}"), "value")
                yield from self.below(row, depth + 1)
        more = len(seen.parts) - MOST_ROWS
        if more > 0:
            yield Line(depth, Text(f"其余{more}条未逐条列出", f"and {more} more records"), _result(seen))

    def value_line(self, seen: Seen, depth: int) -> Line:
        """Give the line that says what a calculation came to."""
        (zh, en), behind = phrase(seen), self.behind(seen)
        if seen.value is None:
            text = Text(f"{zh}：不能确定{behind[0]}", f"{en}: cannot be determined{behind[1]}")
            return Line(depth, text, "unknown")
        return Line(depth, Text(f"取值：{zh}{behind[0]}", f"value: {en}{behind[1]}"), "value")

    def behind(self, seen: Seen) -> Words:
        """Give the brackets behind a clause: what is missing or undefined, or what ages were counted from."""
        if seen.value is None:
            return self.lacking(seen)
        if isinstance(seen.node, All | Any | Not | Case | Collection):
            return "", ""
        counted = list(inputs((seen,) if seen.node.kind is not Kind.BOOLEAN else seen.parts))
        if not counted:
            return "", ""
        return f"（{'，'.join(zh for zh, _ in counted)}）", f" ({', '.join(en for _, en in counted)})"

    def lacking(self, seen: Seen) -> Words:
        """Say what was missing, and what was there and had no value."""
        zh = [reason.zh for reason in seen.undefined]
        en = [reason.en for reason in seen.undefined]
        if seen.missing:
            zh.insert(0, f"缺少：{'、'.join(self.names[name].zh for name in seen.missing)}")
            en.insert(0, f"missing: {', '.join(self.names[name].en for name in seen.missing)}")
        return f"（{'；'.join(zh)}）", f" ({'; '.join(en)})"


def _result(seen: Seen) -> LineResult:
    if seen.value is None:
        return "unknown"
    return "met" if seen.value else "not_met"


def _said(seen: Seen, required: bool) -> Words:  # noqa: PLR0911 - one case a form
    """Say a clause without its verdict: what was required in the way it turned out, 64 < 65 for >= 65."""
    node, no = seen.node, required and seen.value is False
    match node:
        case Compare(operator=operator):
            left, right = seen.parts
            sign = OPPOSITE[operator] if no else SIGNS[operator]
            one, other = phrase(left, codes_of(right)), phrase(right, codes_of(left))
            return f"{one[0]} {sign} {other[0]}", f"{one[1]} {sign} {other[1]}"
        case In(options=options):
            one, codes = phrase(seen.parts[0]), codes_of(seen.parts[0])
            listed = [value_words(option.kind, option.value, codes) for option in options]
            verb = ("不属于", "is none of") if no else ("属于", "is one of")
            return (
                f"{one[0]} {verb[0]}{'、'.join(zh for zh, _ in listed)}",
                f"{one[1]} {verb[1]} {', '.join(en for _, en in listed)}",
            )
        case Between():
            one, low, high = (phrase(part) for part in seen.parts)
            verb = ("不在", "is not between") if no else ("在", "is between")
            return (
                f"{one[0]} {verb[0]} {low[0]} 至 {high[0]} 之间",
                f"{one[1]} {verb[1]} {low[1]} and {high[1]}",
            )
        case Known(target=target):
            name = target.title if isinstance(target, Given) else target.type.name
            return (
                (f"未掌握{name.zh}", f"{name.en} is not known")
                if no
                else (f"已掌握{name.zh}", f"{name.en} is known")
            )
        case NothingOnRecord(target=target):
            return _on_record(target.type.name, no)
        case Collection(verb="every" | "some"):
            return _collection(seen, node, no)
        case _:
            return GROUPS.get(type(node)) or phrase(seen)


def _on_record(name: Text, found: bool) -> Words:
    if found:
        return f"{name.zh}查有记录", f"something is on record as {name.en}"
    return f"{name.zh}查无记录", f"nothing is on record as {name.en}"


def _collection(seen: Seen, node: Collection, no: bool) -> Words:
    name, count = node.over.type.name, len(seen.parts)
    zh, en = (
        (name.zh, name.en)
        if seen.value is None and not count
        else (f"{name.zh}（共{count}条）", f"{name.en} ({count})")
    )
    if node.verb == "every":
        return (
            (f"{zh}并非每条都具备", f"not every record of {en}")
            if no
            else (f"{zh}每条均须具备", f"every record of {en}")
        )
    return (
        (f"{zh}没有一条具备", f"no record of {en}")
        if no
        else (f"{zh}至少一条具备", f"at least one record of {en}")
    )
