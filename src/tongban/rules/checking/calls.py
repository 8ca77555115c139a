"""The functions of the language: each with its arguments' kinds, and nothing else callable."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, cast

from sqlglot import exp

from tongban.kernel.texts import Text
from tongban.rules.checking.reader import Reader
from tongban.rules.checking.refusals import refuse_call
from tongban.rules.kinds import NUMERIC, Kind, fits
from tongban.rules.tree import (
    AddMonths,
    AgeOn,
    Collection,
    Divide,
    Element,
    Field,
    FullMonths,
    Given,
    Known,
    ListVerb,
    Literally,
    Node,
    NothingOnRecord,
    Rounding,
)

Call = Callable[[Reader, exp.Anonymous], Node]
ROUNDINGS: Final = ("half_up", "down", "up")
SIGNATURES: Final[Mapping[str, str]] = {
    "divide": "divide(a, b, 'half_up')",
    "known": "known(person.birth_date)",
    "none_on_record": "none_on_record(person.office_bar_until)",
    "age_on": "age_on(person.birth_date, :filing_date)",
    "full_months": "full_months(company.established_on, :filing_date)",
    "add_months": "add_months(:filing_date, 6)",
    "yuan": "yuan(3000)",
    "cents": "cents(300000)",
    "every": "every(company.shareholders, each.real_name_matched)",
    "some": "some(company.shareholders, each.under_enforcement)",
    "count_of": "count_of(company.shareholders, each.age < 18)",
    "sum_of": "sum_of(company.shareholders, each.contribution_cents)",
}


def read_call(reader: Reader, written: exp.Expr) -> Node:
    """Read a call of one of the language's functions."""
    call = cast(exp.Anonymous, written)
    name = str(call.this).lower()
    known = CALLS.get(name)
    if known is None:
        refuse_call(reader, call, name, CALLS)
    return known(reader, call)


def _arguments(reader: Reader, call: exp.Anonymous, *counts: int) -> list[exp.Expr]:
    given: list[exp.Expr] = call.expressions
    if len(given) not in counts:
        form = SIGNATURES[str(call.this).lower()]
        reader.refuse(
            call,
            "arguments",
            Text(
                f"参数个数不对（现有{len(given)}个）。", f"the number of arguments ({len(given)}) is wrong."
            ),
            Text(f"请写：{form}。", f"Write: {form}."),
        )
    return given


def _divide(reader: Reader, call: exp.Anonymous) -> Node:
    left, right, rounding = _arguments(reader, call, 3)
    if not (isinstance(rounding, exp.Literal) and rounding.is_string and rounding.this in ROUNDINGS):
        reader.refuse(
            rounding,
            "rounding",
            Text("第三个参数应为进舍方式。", "the third argument says how to round."),
            Text(
                "请写'half_up'（四舍五入）、'down'（舍去）或'up'（进位）。",
                "Write 'half_up', 'down' (toward zero) or 'up' (away from zero).",
            ),
        )
    above = reader.read_as(left, *sorted(NUMERIC))
    below = reader.read_as(right, *((Kind.INTEGER,) if above.kind is Kind.INTEGER else sorted(NUMERIC)))
    if isinstance(below, Literally) and below.value == 0:
        reader.refuse(
            right,
            "division_by_zero",
            Text("除数为零。", "this divides by zero."),
            Text("请写不为零的除数。", "Write a divisor that is not zero."),
        )
    kind = Kind.INTEGER if above.kind is below.kind else Kind.MONEY
    return Divide(above, below, cast(Rounding, rounding.this), kind)


def _known(reader: Reader, call: exp.Anonymous) -> Node:
    (written,) = _arguments(reader, call, 1)
    target = reader.read(written)
    if not isinstance(target, Element | Field | Given):
        reader.refuse(
            written,
            "known_of_what",
            Text(
                "known只问一个数据元、each字段或参数。", "known asks about one element, field or parameter."
            ),
            Text(
                "请分别写known(a) AND known(b)。",
                "Ask about each by itself: known(a) AND known(b).",
            ),
        )
    return Known(target)


def _none_on_record(reader: Reader, call: exp.Anonymous) -> Node:
    (written,) = _arguments(reader, call, 1)
    target = reader.read(written)
    if not isinstance(target, Element) or target.kind is Kind.BOOLEAN:
        reader.refuse(
            written,
            "none_on_record_of_what",
            Text(
                "none_on_record只问一个非是否型的数据元；是否型查无记录即为FALSE。",
                "none_on_record asks about one element; a yes-or-no with nothing on record is FALSE already.",
            ),
            Text(
                "请写none_on_record(person.office_bar_until)，或x = FALSE。",
                "Write none_on_record(person.office_bar_until), or x = FALSE.",
            ),
        )
    return NothingOnRecord(target)


def _age_on(reader: Reader, call: exp.Anonymous) -> Node:
    birth, day = _arguments(reader, call, 2)
    return AgeOn(reader.read_as(birth, Kind.DATE), reader.read_as(day, Kind.DATE))


def _full_months(reader: Reader, call: exp.Anonymous) -> Node:
    start, end = _arguments(reader, call, 2)
    return FullMonths(reader.read_as(start, Kind.DATE), reader.read_as(end, Kind.DATE))


def _add_months(reader: Reader, call: exp.Anonymous) -> Node:
    day, months = _arguments(reader, call, 2)
    return AddMonths(reader.read_as(day, Kind.DATE), reader.read_as(months, Kind.INTEGER))


def _money(reader: Reader, call: exp.Anonymous) -> Node:
    (written,) = _arguments(reader, call, 1)
    number = written.this if isinstance(written, exp.Neg) else written
    name = str(call.this).lower()
    try:
        if not isinstance(number, exp.Literal) or number.is_string:
            raise InvalidOperation
        sign = -1 if isinstance(written, exp.Neg) else 1
        amount = sign * Decimal(str(number.this)) * (100 if name == "yuan" else 1)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value() or not fits(Kind.MONEY, int(amount)):
        reader.refuse(
            written,
            "money",
            Text("这里应是写明的金额，精确到分。", "this place takes a written amount, whole in cents."),
            Text(
                "请写yuan(3000)、yuan(12.50)或cents(1250)。", "Write yuan(3000), yuan(12.50) or cents(1250)."
            ),
        )
    return Literally(Kind.MONEY, int(amount))


def _over(reader: Reader, written: exp.Expr, verb: str) -> Element:
    if reader.record is not None:
        reader.refuse(
            written,
            "collection_in_collection",
            Text("列表条件里不能再嵌列表。", "a collection cannot stand inside another one."),
            Text("请拆成两条规则。", "Split this into two rules."),
        )
    over = reader.read_as(written, Kind.LIST)
    if not isinstance(over, Element):
        form = SIGNATURES[verb]
        reader.refuse(
            written,
            "collection_of_what",
            Text("第一个参数应是列表数据元。", "the first argument is a list element."),
            Text(f"请写：{form}。", f"Write: {form}."),
        )
    return over


def _collection(reader: Reader, call: exp.Anonymous) -> Node:
    verb = cast(ListVerb, str(call.this).lower())
    arguments = _arguments(reader, call, *((1, 2) if verb == "count_of" else (2,)))
    over = _over(reader, arguments[0], verb)
    if len(arguments) == 1:
        return Collection(verb, over, None, Kind.INTEGER)
    inside = reader.inside(over.code, over.type)
    if verb == "sum_of":
        body = inside.read_as(arguments[1], *sorted(NUMERIC))
        return Collection(verb, over, body, body.kind)
    body = inside.read_as(arguments[1], Kind.BOOLEAN)
    return Collection(verb, over, body, Kind.INTEGER if verb == "count_of" else Kind.BOOLEAN)


CALLS: Final[Mapping[str, Call]] = {
    "divide": _divide,
    "known": _known,
    "none_on_record": _none_on_record,
    "age_on": _age_on,
    "full_months": _full_months,
    "add_months": _add_months,
    "yuan": _money,
    "cents": _money,
    "every": _collection,
    "some": _collection,
    "count_of": _collection,
    "sum_of": _collection,
}
