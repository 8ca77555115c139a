"""The forms of the language: operators, literals, names, CASE; and the one way in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, cast

from sqlglot import exp

from tongban.kernel.texts import Text
from tongban.rules.checking.calls import read_call
from tongban.rules.checking.reader import GivenType, Handler, Reader
from tongban.rules.checking.refusals import CONVERSION, IN_WHAT, refuse_form
from tongban.rules.kinds import LEAST_INTEGER, MOST_INTEGER, NUMERIC, ORDERED, Kind, Vocabulary
from tongban.rules.parsing import Source, parse
from tongban.rules.tree import (
    All,
    Any,
    Arithmetic,
    Between,
    Case,
    Compare,
    Comparison,
    Element,
    Field,
    Given,
    In,
    Literally,
    Node,
    Not,
    Operation,
)

COMPARISONS: Final[Mapping[type[exp.Expr], Comparison]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
OPERATIONS: Final[Mapping[type[exp.Expr], Operation]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
WHOLE_NUMBER_DIGITS: Final = 19

# What each accepted form may carry; anything more (SYMMETRIC, a subquery, DISTINCT) is another form.
PARTS: Final[Mapping[type[exp.Expr], frozenset[str]]] = {
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Column: frozenset({"this", "table", "db", "catalog"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.Placeholder: frozenset({"this"}),
}


def check_tree(source: Source, vocabulary: Vocabulary, given: Mapping[str, GivenType]) -> Node:
    """Parse a rule's text and give its checked tree, or refuse with the place and what to write."""
    reader = Reader(source, vocabulary, given, HANDLERS, refuse_form)
    return reader.read(parse(source))


def _whole(handler: Handler) -> Handler:
    """Let a handler see only forms that carry nothing beyond their known parts."""

    def read(reader: Reader, written: exp.Expr) -> Node:
        allowed = PARTS[type(written)]
        for name, value in written.args.items():
            if value and name not in allowed:
                refuse_form(reader, written, name)
        return handler(reader, written)

    return read


def _paren(reader: Reader, written: exp.Expr) -> Node:
    return reader.read(cast(exp.Paren, written).this)


def _joined(kind: type[exp.Expr], make: Callable[[tuple[Node, ...]], Node]) -> Handler:
    """Read a chain of one operator as one node; what stands in brackets keeps its own."""

    def read(reader: Reader, written: exp.Expr) -> Node:
        parts: list[exp.Expr] = []
        rest = written
        while isinstance(rest, kind):
            parts.append(rest.args["expression"])
            rest = rest.args["this"]
        parts.append(rest)
        return make(tuple(reader.read_as(part, Kind.BOOLEAN) for part in reversed(parts)))

    return read


def _not(reader: Reader, written: exp.Expr) -> Node:
    return Not(reader.read_as(written.this, Kind.BOOLEAN))


def _compare(reader: Reader, written: exp.Expr) -> Node:
    operator = COMPARISONS[type(written)]
    for side in (written.this, written.expression):
        if type(side) in COMPARISONS:
            reader.refuse(
                written,
                "chained",
                Text("比较不能连写。", "comparisons do not chain."),
                Text(
                    "请写a < b AND b < c，或x BETWEEN a AND c。",
                    "Write a < b AND b < c, or x BETWEEN a AND c.",
                ),
            )
    left, right = reader.read(written.this), reader.read(written.expression)
    kind = reader.same_kind(written, (left, right))
    if kind is Kind.LIST or (operator not in ("=", "<>") and kind not in ORDERED):
        reader.refuse(
            written,
            "no_order",
            Text(f"{kind.spoken.zh}不能这样比较。", f"{kind.spoken.en} does not compare like this."),
            Text(
                "只有整数、金额和日期分大小；文本、代码和是否只能写 = 与 <> ；列表写every、some等。",
                "Only integers, money and dates have an order; the rest is = or <>; lists take every, some.",
            ),
        )
    _check_codes(reader, written.expression, left, (right,))
    _check_codes(reader, written.this, right, (left,))
    return Compare(operator, left, right)


def _check_codes(reader: Reader, at: exp.Expr, coded: Node, options: tuple[Node, ...]) -> None:
    """Refuse a code that its element's closed list does not hold: it could never be equal."""
    codes = coded.type.codes if isinstance(coded, Element | Field) else None
    for option in options:
        if codes is not None and isinstance(option, Literally) and option.value not in codes:
            reader.refuse(
                at,
                "unknown_code",
                Text(f"代码表中没有“{option.value}”。", f"the code list has no `{option.value}`."),
                reader.nearest(str(option.value), codes),
            )


def _arithmetic(reader: Reader, written: exp.Expr) -> Node:
    operator = OPERATIONS[type(written)]
    for side in (written.this, written.expression):
        if isinstance(side, exp.Interval):
            refuse_form(reader, side)
    left = reader.read_as(written.this, *sorted(NUMERIC))
    right = reader.read_as(written.expression, *sorted(NUMERIC))
    if operator != "*":
        return Arithmetic(operator, left, right, reader.same_kind(written, (left, right)))
    if left.kind is Kind.MONEY and right.kind is Kind.MONEY:
        reader.refuse(
            written,
            "money_times_money",
            Text("金额不能乘以金额。", "money does not multiply money."),
            Text(
                "请乘以整数；比率写divide(x * 30, 100, 'half_up')。",
                "Multiply by an integer; for a rate write divide(x * 30, 100, 'half_up').",
            ),
        )
    kind = Kind.MONEY if Kind.MONEY in (left.kind, right.kind) else Kind.INTEGER
    return Arithmetic(operator, left, right, kind)


def _in(reader: Reader, written: exp.Expr) -> Node:
    value = reader.read(written.this)
    options = tuple(reader.read(option) for option in written.expressions)
    literals = tuple(option for option in options if isinstance(option, Literally))
    if not options or len(literals) != len(options):
        code, why, todo = IN_WHAT
        reader.refuse(written, code, why, todo)
    if reader.same_kind(written, (value, *options)) is Kind.LIST:
        refuse_form(reader, written)
    _check_codes(reader, written, value, options)
    return In(value, literals)


def _between(reader: Reader, written: exp.Expr) -> Node:
    value, low, high = (
        reader.read_as(written.args[part], *sorted(ORDERED)) for part in ("this", "low", "high")
    )
    reader.same_kind(written, (value, low, high))
    return Between(value, low, high)


def _case(reader: Reader, written: exp.Expr) -> Node:
    default = written.args.get("default")
    if default is None:
        reader.refuse(
            written,
            "case_without_else",
            Text(
                "CASE缺少ELSE：其余情形会变成空值。", "this CASE has no ELSE: every other case would be null."
            ),
            Text("请写明ELSE的值。", "Say the value of every other case after ELSE."),
        )
    branches = tuple(
        (reader.read_as(branch.this, Kind.BOOLEAN), reader.read(branch.args["true"]))
        for branch in written.args["ifs"]
    )
    otherwise = reader.read(default)
    kind = reader.same_kind(written, (*(value for _, value in branches), otherwise))
    if kind is Kind.LIST:
        refuse_form(reader, written)
    return Case(branches, otherwise, kind)


def _literal(reader: Reader, written: exp.Expr) -> Node:
    literal = cast(exp.Literal, written)
    text = str(literal.this)
    if literal.is_string:
        if any(not character.isprintable() for character in text):
            reader.refuse(
                written,
                "unprintable",
                Text("文本里有不可见字符。", "this text holds characters that cannot be seen."),
                Text("请重新输入该文本。", "Type the text again."),
            )
        return Literally(Kind.TEXT, text)
    return _integer(reader, written, text, 1)


def _negative(reader: Reader, written: exp.Expr) -> Node:
    number = written.this
    if not isinstance(number, exp.Literal) or number.is_string:
        reader.refuse(
            written,
            "minus",
            Text("负号只能写在数字前。", "a minus sign stands before a number only."),
            Text("请写0 - x；金额写cents(0) - x。", "Write 0 - x, or cents(0) - x for money."),
        )
    return _integer(reader, written, str(number.this), -1)


def _integer(reader: Reader, written: exp.Expr, text: str, sign: int) -> Node:
    plain = text.isascii() and text.isdigit() and len(text) <= WHOLE_NUMBER_DIGITS
    value = sign * int(text) if plain else None
    if value is None or not LEAST_INTEGER <= value <= MOST_INTEGER:
        reader.refuse(
            written,
            "number",
            Text("这里只能是64位以内的整数。", "this place takes whole numbers of at most 64 bits."),
            Text(
                "比率请写成分数：divide(x * 55, 1000, 'half_up')；金额写yuan(12.50)。",
                "Write a rate as a fraction, divide(x * 55, 1000, 'half_up'); money as yuan(12.50).",
            ),
        )
    return Literally(Kind.INTEGER, value)


def _boolean(_reader: Reader, written: exp.Expr) -> Node:
    return Literally(Kind.BOOLEAN, bool(cast(exp.Boolean, written).this))


def _date(reader: Reader, written: exp.Expr) -> Node:
    text, kind = written.this, written.args["to"]
    if not (isinstance(text, exp.Literal) and text.is_string and kind.is_type(exp.DType.DATE)):
        code, why, todo = CONVERSION
        reader.refuse(written, code, why, todo)
    try:
        if len(text.this) != len("2026-01-01"):
            raise ValueError
        return Literally(Kind.DATE, date.fromisoformat(text.this))
    except ValueError:
        reader.refuse(
            written,
            "date",
            Text("历法上没有这一天。", "the calendar has no such day."),
            Text("请写DATE '2026-01-31'这样的日期。", "Write a date such as DATE '2026-01-31'."),
        )


def _column(reader: Reader, written: exp.Expr) -> Node:
    parts = cast(exp.Column, written).parts
    if any(not isinstance(part, exp.Identifier) for part in parts):
        refuse_form(reader, written)
    if any(part.args.get("quoted") for part in parts):
        reader.refuse(
            written,
            "double_quotes",
            Text("双引号在SQL里表示名称，不是文本。", "double quotes mean a name in SQL, not a text."),
            Text("文本请用单引号：'…'。", "Put texts between single quotes: '…'."),
        )
    names = [str(part.this) for part in parts]
    if names[0] == "each":
        return _field(reader, written, names)
    code = ".".join(names)
    element = reader.vocabulary.get(code)
    if element is None:
        why = Text(f"数据目录里没有“{code}”。", f"the vocabulary has no `{code}`.")
        reader.refuse(written, "unknown_element", why, reader.nearest(code, reader.vocabulary))
    return Element(code, element)


def _field(reader: Reader, written: exp.Expr, names: list[str]) -> Node:
    if reader.record is None or len(names) != 2:
        reader.refuse(
            written,
            "each_of_what",
            Text("each只在列表条件里有意义。", "each means one record, inside a collection only."),
            Text(
                "请写every(company.shareholders, each.real_name_matched)。",
                "Write every(company.shareholders, each.real_name_matched).",
            ),
        )
    code, element = reader.record
    fields = element.fields or {}
    if names[1] not in fields:
        why = Text(f"“{code}”的记录没有字段“{names[1]}”。", f"records of `{code}` have no `{names[1]}`.")
        reader.refuse(written, "unknown_field", why, reader.nearest(names[1], fields))
    return Field(code, names[1], fields[names[1]])


def _given(reader: Reader, written: exp.Expr) -> Node:
    name = str(written.this or "")
    if name not in reader.given:
        why = Text(f"没有声明参数“:{name}”。", f"no parameter `:{name}` is declared.")
        reader.refuse(written, "unknown_parameter", why, reader.nearest(name, reader.given))
    given = reader.given[name]
    return Given(name, given.kind, given.title)


HANDLERS: Final[Mapping[type[exp.Expr], Handler]] = {
    exp.Paren: _paren,
    exp.And: _joined(exp.And, All),
    exp.Or: _joined(exp.Or, Any),
    exp.Not: _not,
    **dict.fromkeys(COMPARISONS, _compare),
    **dict.fromkeys(OPERATIONS, _arithmetic),
    exp.In: _whole(_in),
    exp.Between: _whole(_between),
    exp.Case: _whole(_case),
    exp.Literal: _literal,
    exp.Neg: _negative,
    exp.Boolean: _boolean,
    exp.Cast: _whole(_date),
    exp.Column: _whole(_column),
    exp.Placeholder: _whole(_given),
    exp.Anonymous: _whole(read_call),
}
