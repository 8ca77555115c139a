"""Hypothesis strategies for well-typed rules: trees of every form in the language, printed as text."""

from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st

from tests.rules.town import DAYS, INTEGERS, MONEYS, PARAMETERS, TEXTS, VOCABULARY
from tongban.rules.canonical import print_tree
from tongban.rules.kinds import Kind
from tongban.rules.parameters import DATES
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
)

Draw = Callable[[st.SearchStrategy[Node]], Node]
LIST = "company.shareholders"
FIELDS = VOCABULARY[LIST].fields or {}
SMALL = (*INTEGERS[:10], 12, 100)
WRITTEN: dict[Kind, st.SearchStrategy[Node]] = {
    Kind.INTEGER: st.sampled_from(SMALL + INTEGERS).map(lambda v: Literally(Kind.INTEGER, v)),
    Kind.MONEY: st.sampled_from(MONEYS).map(lambda v: Literally(Kind.MONEY, v)),
    Kind.DATE: st.one_of(st.sampled_from(DAYS), st.dates(date(1999, 1, 1), date(2027, 1, 1))).map(
        lambda v: Literally(Kind.DATE, v)
    ),
    Kind.TEXT: st.sampled_from([t for t in TEXTS if t.isprintable()]).map(lambda v: Literally(Kind.TEXT, v)),
    Kind.BOOLEAN: st.booleans().map(lambda v: Literally(Kind.BOOLEAN, v)),
}


def atoms(kind: Kind, inside: bool) -> st.SearchStrategy[Node]:
    """Give elements, parameters and dates of a kind; inside a collection also the record's fields."""
    found: list[Node] = [Element(code, e) for code, e in VOCABULARY.items() if e.kind is kind]
    found += [Given(name, p.kind, p.title) for name, p in PARAMETERS.by_name.items() if p.kind is kind]
    if kind is Kind.DATE:
        found += [Given(name, kind, title) for name, title in DATES.items()]
    fields: list[Node] = [Field(LIST, name, f) for name, f in FIELDS.items() if f.kind is kind]
    return st.sampled_from(found + fields * 3 if inside else found)


@st.composite
def values(draw: Draw, kind: Kind, depth: int, inside: bool) -> Node:
    """Give an expression of a kind other than boolean."""
    if kind in (Kind.TEXT, Kind.CODE):
        if depth > 0 and draw(st.integers(0, 5)) == 0:
            branch = (draw(conditions(depth - 1, inside)), draw(values(kind, depth - 1, inside)))
            return Case((branch,), draw(atoms(kind, inside)), kind)
        return draw(atoms(kind, inside))
    if depth <= 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.one_of(atoms(kind, inside), atoms(kind, inside), WRITTEN[kind]))
    makers = {Kind.INTEGER: integer, Kind.MONEY: money, Kind.DATE: day}
    if draw(st.integers(0, 4)) == 0:
        branches = tuple(
            (draw(conditions(depth - 1, inside)), draw(values(kind, depth - 1, inside)))
            for _ in range(draw(st.integers(1, 2)))
        )
        return Case(branches, draw(values(kind, depth - 1, inside)), kind)
    return draw(makers[kind](depth - 1, inside))


def _divisor(node: Node) -> Node:
    return Literally(node.kind, 7) if isinstance(node, Literally) and node.value == 0 else node


@st.composite
def integer(draw: Draw, depth: int, inside: bool) -> Node:
    """Give a calculation of an integer."""
    form = draw(st.integers(0, 4 if inside else 6))
    part = values(Kind.INTEGER, depth, inside)
    if form == 0:
        return Arithmetic(draw(st.sampled_from(("+", "-", "*"))), draw(part), draw(part), Kind.INTEGER)
    rounding = st.sampled_from(("half_up", "down", "up"))
    if form == 1:
        return Divide(draw(part), _divisor(draw(part)), draw(rounding), Kind.INTEGER)
    if form == 2:
        amount = values(Kind.MONEY, depth, inside)
        return Divide(draw(amount), _divisor(draw(amount)), draw(rounding), Kind.INTEGER)
    days = values(Kind.DATE, depth, inside)
    if form in (3, 4):
        return (AgeOn if form == 3 else FullMonths)(draw(days), draw(days))
    over = Element(LIST, VOCABULARY[LIST])
    if form == 5:
        body = draw(st.one_of(st.none(), conditions(depth, True)))
        return Collection("count_of", over, body, Kind.INTEGER)
    return Collection("sum_of", over, draw(values(Kind.INTEGER, depth, True)), Kind.INTEGER)


@st.composite
def money(draw: Draw, depth: int, inside: bool) -> Node:
    """Give a calculation of an amount of money."""
    form = draw(st.integers(0, 2 if inside else 3))
    amount, number = values(Kind.MONEY, depth, inside), values(Kind.INTEGER, depth, inside)
    if form == 0:
        return Arithmetic(draw(st.sampled_from(("+", "-"))), draw(amount), draw(amount), Kind.MONEY)
    if form == 1:
        pair = draw(amount), draw(number)
        left, right = pair if draw(st.booleans()) else pair[::-1]
        return Arithmetic("*", left, right, Kind.MONEY)
    if form == 2:
        rounding = draw(st.sampled_from(("half_up", "down", "up")))
        return Divide(draw(amount), _divisor(draw(number)), rounding, Kind.MONEY)
    return Collection(
        "sum_of", Element(LIST, VOCABULARY[LIST]), draw(values(Kind.MONEY, depth, True)), Kind.MONEY
    )


@st.composite
def day(draw: Draw, depth: int, inside: bool) -> Node:
    """Give a calculation of a date."""
    return AddMonths(draw(values(Kind.DATE, depth, inside)), draw(values(Kind.INTEGER, depth, inside)))


@st.composite
def conditions(draw: Draw, depth: int, inside: bool = False) -> Node:
    """Give an expression that is true, false or unknown."""
    if depth <= 0:
        return draw(st.one_of(atoms(Kind.BOOLEAN, inside), WRITTEN[Kind.BOOLEAN], compared(0, inside)))
    form = draw(st.integers(0, 8 if inside else 10))
    part = conditions(depth - 1, inside)
    if form <= 2:
        return (All if form else Any)(tuple(draw(part) for _ in range(draw(st.integers(2, 3)))))
    if form in (3, 4):
        return Not(draw(part)) if form == 3 else draw(asked(inside))
    if form == 5:
        branches = tuple((draw(part), draw(part)) for _ in range(draw(st.integers(1, 2))))
        return Case(branches, draw(part), Kind.BOOLEAN)
    if form >= 9:
        verb = draw(st.sampled_from(("every", "some")))
        return Collection(
            verb, Element(LIST, VOCABULARY[LIST]), draw(conditions(depth - 1, True)), Kind.BOOLEAN
        )
    return draw(compared(depth - 1, inside))


@st.composite
def asked(draw: Draw, inside: bool) -> Node:
    """Give known(…) or none_on_record(…)."""
    kinds = list(Kind) if not inside else [k for k in Kind if k is not Kind.LIST]
    if draw(st.booleans()):
        return Known(draw(atoms(draw(st.sampled_from(kinds)), inside)))
    codes = [code for code, element in VOCABULARY.items() if element.kind is not Kind.BOOLEAN]
    code = draw(st.sampled_from(codes))
    return NothingOnRecord(Element(code, VOCABULARY[code]))


@st.composite
def compared(draw: Draw, depth: int, inside: bool) -> Node:
    """Give a comparison, IN or BETWEEN of any kind that has one."""
    kind = draw(st.sampled_from((Kind.INTEGER, Kind.MONEY, Kind.DATE, Kind.TEXT, Kind.CODE, Kind.BOOLEAN)))
    if kind is Kind.BOOLEAN:
        part = conditions(min(depth, 1), inside)
        return Compare(draw(st.sampled_from(("=", "<>"))), draw(part), draw(part))
    left = draw(values(kind, depth, inside))
    if kind in (Kind.TEXT, Kind.CODE):
        return draw(text_compared(left, kind, depth, inside))
    form = draw(st.integers(0, 3))
    if form == 0:
        return In(left, tuple(draw(st.lists(WRITTEN[kind], min_size=1, max_size=3))))
    if form == 1:
        return Between(left, draw(values(kind, depth, inside)), draw(values(kind, depth, inside)))
    operator = draw(st.sampled_from(("=", "<>", "<", "<=", ">", ">=")))
    return Compare(operator, left, draw(values(kind, depth, inside)))


@st.composite
def text_compared(draw: Draw, left: Node, kind: Kind, depth: int, inside: bool) -> Node:
    """Give an equality of texts or codes; a written code must be one of its element's list."""
    closed = left.type.codes if isinstance(left, Element | Field) else None
    words = st.sampled_from(sorted(closed)) if closed else st.sampled_from((*TEXTS, "990121", "mixed"))
    written = words.filter(str.isprintable).map(lambda word: Literally(Kind.TEXT, word))
    form = draw(st.integers(0, 2))
    if form == 0:
        return In(left, tuple(draw(st.lists(written, min_size=1, max_size=3))))
    operator = draw(st.sampled_from(("=", "<>")))
    right = draw(written if form == 1 else values(kind, depth, inside))
    return Compare(operator, left, right)


def texts(depth: int = 3) -> st.SearchStrategy[str]:
    """Give the texts of conditions."""
    return conditions(depth).map(print_tree)


def amount_texts(depth: int = 3) -> st.SearchStrategy[str]:
    """Give the texts of rules that come to a value of any kind."""
    kinds = st.sampled_from((Kind.INTEGER, Kind.MONEY, Kind.DATE, Kind.TEXT, Kind.CODE))
    return kinds.flatmap(lambda kind: values(kind, depth, False)).map(print_tree)
