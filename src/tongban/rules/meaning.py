"""The meaning of a rule: a pure evaluator over the checked tree.

Three values, Kleene's: unknown stays unknown unless the rest decides without it. Nothing raises on
facts of the right kinds: what has no value (a division by zero, a sum beyond 64 bits, dates out of
order) is unknown too and says why, so that one strange record never stops a population. Every part is
looked at, also behind a decided AND, so that the trace is whole.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any as Anything
from typing import Final, NamedTuple

from tongban.kernel.texts import Text
from tongban.rules.days import add_months, age_on, full_months
from tongban.rules.kinds import (
    LEAST_INTEGER,
    MOST_INTEGER,
    NONE_ON_RECORD,
    Fact,
    Records,
    Row,
    Scalar,
)
from tongban.rules.tree import (
    AddMonths,
    AgeOn,
    All,
    Any,
    Arithmetic,
    Between,
    Case,
    Collection,
    Compare,
    Divide,
    Element,
    Field,
    FullMonths,
    Given,
    In,
    Known,
    Literally,
    Node,
    Not,
    NothingOnRecord,
    Rounding,
)

OUT_OF_RANGE: Final = Text("数值超出64位整数范围", "the number does not fit 64 bits")
DIVIDED_BY_ZERO: Final = Text("除数为零", "the divisor is zero")
OUT_OF_ORDER: Final = Text("起始日期晚于截止日期", "the first date lies after the second")
OFF_THE_CALENDAR: Final = Text("日期超出历法范围", "the date lies off the calendar")


class Seen(NamedTuple):
    """What a node came to: its value, or what was missing or undefined; `parts` as they were seen."""

    node: Node
    value: Scalar | Records | None
    missing: tuple[str, ...] = ()
    undefined: tuple[Text, ...] = ()
    parts: "tuple[Seen, ...]" = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen: facts, what stands after colons (value and the name to miss), one record."""

    facts: Mapping[str, Fact | None]
    given: Mapping[str, tuple[Scalar | None, str]]
    row: Row | None = None


def see(node: Node, sight: Sight) -> Seen:
    """Give what a node comes to."""
    return SEE[type(node)](node, sight)


def _unknown(node: Node, parts: tuple[Seen, ...], because: Iterable[Seen]) -> Seen:
    """Carry up what is missing from exactly those parts whose being unknown made this unknown."""
    lacking = [part for part in because if part.value is None]
    if len(lacking) == 1:
        return Seen(node, None, lacking[0].missing, lacking[0].undefined, parts)
    missing = dict.fromkeys(name for part in lacking for name in part.missing)
    undefined = dict.fromkeys(reason for part in lacking for reason in part.undefined)
    return Seen(node, None, tuple(missing), tuple(undefined), parts)


def _literally(node: Literally, _sight: Sight) -> Seen:
    return Seen(node, node.value)


def _element(node: Element, sight: Sight) -> Seen:
    fact = sight.facts.get(node.code)
    if fact is None:
        return Seen(node, None, (node.code,))
    if fact is NONE_ON_RECORD:
        name = node.type.name
        return Seen(node, None, (), (Text(f"“{name.zh}”查无记录", f"nothing is on record as {name.en}"),))
    if isinstance(fact, Records) and not fact.complete:
        return Seen(node, None, (node.code,))
    return Seen(node, fact)


def _field(node: Field, sight: Sight) -> Seen:
    value = sight.row.get(node.name) if sight.row is not None else None
    return Seen(node, None, (node.code,)) if value is None else Seen(node, value)


def _given(node: Given, sight: Sight) -> Seen:
    value, name = sight.given[node.name]
    return Seen(node, None, (name,)) if value is None else Seen(node, value)


RELATIONS: Final[Mapping[str, Callable[[Anything, Anything], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(node: Compare, sight: Sight) -> Seen:
    parts = (see(node.left, sight), see(node.right, sight))
    left, right = parts[0].value, parts[1].value
    if left is None or right is None:
        return _unknown(node, parts, parts)
    return Seen(node, RELATIONS[node.operator](left, right), parts=parts)


def _joined(node: Node, parts: tuple[Seen, ...], decided_by: bool) -> Seen:
    """Kleene's AND (decided by a False) and OR (decided by a True)."""
    undetermined = False
    for part in parts:
        if part.value is decided_by:
            return Seen(node, decided_by, parts=parts)
        undetermined = undetermined or part.value is None
    return _unknown(node, parts, parts) if undetermined else Seen(node, not decided_by, parts=parts)


def _all(node: All, sight: Sight) -> Seen:
    return _joined(node, tuple(see(part, sight) for part in node.parts), False)


def _any(node: Any, sight: Sight) -> Seen:
    return _joined(node, tuple(see(part, sight) for part in node.parts), True)


def _not(node: Not, sight: Sight) -> Seen:
    parts = (see(node.part, sight),)
    value = parts[0].value
    return _unknown(node, parts, parts) if value is None else Seen(node, not value, parts=parts)


def _in(node: In, sight: Sight) -> Seen:
    parts = (see(node.value, sight),)
    value = parts[0].value
    if value is None:
        return _unknown(node, parts, parts)
    return Seen(node, any(option.value == value for option in node.options), parts=parts)


def _between(node: Between, sight: Sight) -> Seen:
    """As `value >= low AND value <= high`: one bound that fails decides without the other."""
    parts = (see(node.value, sight), see(node.low, sight), see(node.high, sight))
    value, low, high = (part.value for part in parts)
    above = None if value is None or low is None else RELATIONS[">="](value, low)
    below = None if value is None or high is None else RELATIONS["<="](value, high)
    if above is False or below is False:
        return Seen(node, False, parts=parts)
    return _unknown(node, parts, parts) if above is None or below is None else Seen(node, True, parts=parts)


def _known(node: Known, sight: Sight) -> Seen:
    part = see(node.target, sight)
    return Seen(node, not part.missing, parts=(part,))


def _nothing_on_record(node: NothingOnRecord, sight: Sight) -> Seen:
    fact = sight.facts.get(node.target.code)
    if fact is None:
        return Seen(node, None, (node.target.code,))
    return Seen(node, fact is NONE_ON_RECORD)


def _bounded(node: Node, number: int, parts: tuple[Seen, ...]) -> Seen:
    if LEAST_INTEGER <= number <= MOST_INTEGER:
        return Seen(node, number, parts=parts)
    return Seen(node, None, (), (OUT_OF_RANGE,), parts)


OPERATIONS: Final[Mapping[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _arithmetic(node: Arithmetic, sight: Sight) -> Seen:
    parts = (see(node.left, sight), see(node.right, sight))
    left, right = parts[0].value, parts[1].value
    if not isinstance(left, int) or not isinstance(right, int):
        return _unknown(node, parts, parts)
    return _bounded(node, OPERATIONS[node.operator](left, right), parts)


def divide(above: int, below: int, rounding: Rounding) -> int:
    """Divide as offices do: the amount is rounded without its sign, then gets it back.

    half_up 四舍五入 takes a half away from zero, down 舍去 drops the rest, up 进位 adds one for any rest.
    """
    quotient, rest = divmod(abs(above), abs(below))
    if rest and (rounding == "up" or (rounding == "half_up" and 2 * rest >= abs(below))):
        quotient += 1
    return quotient if (above < 0) == (below < 0) else -quotient


def _divide(node: Divide, sight: Sight) -> Seen:
    parts = (see(node.left, sight), see(node.right, sight))
    left, right = parts[0].value, parts[1].value
    if not isinstance(left, int) or not isinstance(right, int):
        return _unknown(node, parts, parts)
    if right == 0:
        return Seen(node, None, (), (DIVIDED_BY_ZERO,), parts)
    return _bounded(node, divide(left, right, node.rounding), parts)


def _case(node: Case, sight: Sight) -> Seen:
    """Strict: a condition that is unknown is not a no, so nothing after it may be chosen."""
    parts: list[Seen] = []
    chosen = node.otherwise
    for condition, value in node.branches:
        parts.append(see(condition, sight))
        if parts[-1].value is None:
            return _unknown(node, tuple(parts), parts[-1:])
        if parts[-1].value:
            chosen = value
            break
    parts.append(see(chosen, sight))
    last = parts[-1]
    return Seen(node, last.value, last.missing, last.undefined, tuple(parts))


def _days(
    node: AgeOn | FullMonths, parts: tuple[Seen, ...], count: Callable[[date, date], int | None]
) -> Seen:
    start, end = parts[0].value, parts[1].value
    if not isinstance(start, date) or not isinstance(end, date):
        return _unknown(node, parts, parts)
    counted = count(start, end)
    return (
        Seen(node, None, (), (OUT_OF_ORDER,), parts) if counted is None else Seen(node, counted, parts=parts)
    )


def _age_on(node: AgeOn, sight: Sight) -> Seen:
    return _days(node, (see(node.birth, sight), see(node.day, sight)), age_on)


def _full_months(node: FullMonths, sight: Sight) -> Seen:
    return _days(node, (see(node.start, sight), see(node.end, sight)), full_months)


def _add_months(node: AddMonths, sight: Sight) -> Seen:
    parts = (see(node.day, sight), see(node.months, sight))
    day, months = parts[0].value, parts[1].value
    if not isinstance(day, date) or not isinstance(months, int):
        return _unknown(node, parts, parts)
    moved = add_months(day, months)
    return (
        Seen(node, None, (), (OFF_THE_CALENDAR,), parts) if moved is None else Seen(node, moved, parts=parts)
    )


def _collection(node: Collection, sight: Sight) -> Seen:
    over = see(node.over, sight)
    records = over.value
    if not isinstance(records, Records):
        return Seen(node, None, over.missing, over.undefined)
    body = node.body
    if body is None:
        return Seen(node, len(records.rows))
    parts = tuple(see(body, Sight(sight.facts, sight.given, row)) for row in records.rows)
    if node.verb == "every":
        return _joined(node, parts, False)
    if node.verb == "some":
        return _joined(node, parts, True)
    if any(part.value is None for part in parts):
        return _unknown(node, parts, parts)
    numbers = [part.value for part in parts if isinstance(part.value, int)]
    return _bounded(node, sum(numbers), parts)


SEE: Final[Mapping[type, Callable[[Anything, Sight], Seen]]] = {
    Literally: _literally,
    Element: _element,
    Field: _field,
    Given: _given,
    Compare: _compare,
    All: _all,
    Any: _any,
    Not: _not,
    In: _in,
    Between: _between,
    Known: _known,
    NothingOnRecord: _nothing_on_record,
    Arithmetic: _arithmetic,
    Divide: _divide,
    Case: _case,
    AgeOn: _age_on,
    FullMonths: _full_months,
    AddMonths: _add_months,
    Collection: _collection,
}
