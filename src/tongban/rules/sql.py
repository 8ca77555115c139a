"""The same tree as DuckDB SQL: one expression, giving what the evaluator gives, NULL for unknown.

Every operation here is total: nothing raises on any row, so nothing depends on the order in which an
engine evaluates or folds. Numbers go through HUGEINT and come back by TRY_CAST, divisors through
NULLIF, dates through the bounds of the calendar. Texts are compared under the binary collation whatever
the column or the connection says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any as Anything
from typing import Final

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules.days import MOST_MONTHS
from tongban.rules.kinds import Kind, Scalar
from tongban.rules.parameters import NO_DATES, NO_PARAMETERS, Dates, Parameters
from tongban.rules.rule import Rule, given_of
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

MOST_SQL: Final = 200_000  # characters; nested CASE conditions and divisions are written out twice
RECORD: Final = '"each record"'  # no column of ours has a space in its name
SQL_TYPES: Final[Mapping[Kind, str]] = {
    Kind.INTEGER: "BIGINT",
    Kind.MONEY: "BIGINT",
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.BOOLEAN: "BOOLEAN",
}
CALENDAR: Final = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one rule for one table: its columns, and the values of what stands after colons."""

    columns: Mapping[str, str]
    given: Mapping[str, Scalar | None]

    def write(self, node: Node) -> str:
        """Give a node's SQL, closed: it needs no brackets around it."""
        sql = WRITE[type(node)](node, self)
        if len(sql) > MOST_SQL:
            raise _too_long()
        return sql

    def column(self, name: str) -> str:
        """Give the quoted column of an element (or of what is known about it), which must be mapped."""
        if name not in self.columns:
            raise Invalid(
                "rules.no_column",
                what=Text(
                    zh=f"表中没有给出“{name}”对应的列。", en=f"No column of the table is given for `{name}`."
                ),
                todo=Text(
                    zh="请在columns中给出该列；列表需另给“.complete”列，查无记录需另给“.none_on_record”列。",
                    en="Map it in columns; a list needs `.complete` too, none_on_record `.none_on_record`.",
                ),
            )
        return quoted(self.columns[name])


def to_duckdb(
    rule: Rule,
    columns: Mapping[str, str],
    parameters: Parameters = NO_PARAMETERS,
    dates: Dates = NO_DATES,
) -> str:
    """Give one DuckDB expression that is TRUE, FALSE or NULL (or a value or NULL) as the evaluator says.

    `columns` maps element codes to columns; a list element (LIST of STRUCT) needs also the BOOLEAN column
    of `<element>.complete`, and an element asked for by none_on_record that of `<element>.none_on_record`.
    Parameters and dates are one for the whole table. Raises Invalid when a column is not mapped.
    """
    given = {name: value for name, (value, _) in given_of(rule, parameters, dates).items()}
    return Writer(columns, given).write(rule.tree)


def _too_long() -> Invalid:
    return Invalid(
        "rules.too_large_for_sql",
        what=Text(
            zh="规则嵌套过多，写成SQL过长。", en="The rule is nested so much that its SQL is too long."
        ),
        todo=Text(zh="请拆成几条规则。", en="Split it into several rules."),
    )


def quoted(name: str) -> str:
    """Give a name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(kind: Kind, value: Scalar | None) -> str:
    """Give a value (or the unknown) of a kind as a typed SQL constant."""
    kind_name = SQL_TYPES[kind]
    if value is None:
        return f"CAST(NULL AS {kind_name})"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        escaped = value.replace("'", "''")
        return f"""('{escaped}' COLLATE "binary")"""
    return f"CAST({value} AS {kind_name})"


def _read(kind: Kind, reference: str) -> str:
    """Give a column or field as the evaluator would see it."""
    if kind in (Kind.TEXT, Kind.CODE):
        return f'(CAST({reference} AS VARCHAR) COLLATE "binary")'
    if kind is Kind.DATE:
        return f"(CASE WHEN {reference} {CALENDAR} THEN {reference} END)"
    return f"CAST({reference} AS {SQL_TYPES[kind]})"


def _literally(node: Literally, _writer: Writer) -> str:
    return literal(node.kind, node.value)


def _element(node: Element, writer: Writer) -> str:
    column = writer.column(node.code)
    if node.kind is Kind.LIST:
        return f"(CASE WHEN {writer.column(f'{node.code}.complete')} THEN {column} END)"
    none = f"{node.code}.none_on_record"
    if node.kind is Kind.BOOLEAN and none in writer.columns:
        return f"(CASE WHEN {column} IS NULL AND {writer.column(none)} THEN FALSE ELSE {column} END)"
    return _read(node.kind, column)


def _field(node: Field, _writer: Writer) -> str:
    return _read(node.kind, f"struct_extract({RECORD}, '{node.name}')")


def _given(node: Given, writer: Writer) -> str:
    return literal(node.kind, writer.given[node.name])


def _compare(node: Compare, writer: Writer) -> str:
    return f"({writer.write(node.left)} {node.operator} {writer.write(node.right)})"


def _all(node: All, writer: Writer) -> str:
    return f"({' AND '.join(writer.write(part) for part in node.parts)})"


def _any(node: Any, writer: Writer) -> str:
    return f"({' OR '.join(writer.write(part) for part in node.parts)})"


def _not(node: Not, writer: Writer) -> str:
    return f"(NOT {writer.write(node.part)})"


def _in(node: In, writer: Writer) -> str:
    options = ", ".join(literal(option.kind, option.value) for option in node.options)
    return f"({writer.write(node.value)} IN ({options}))"


def _between(node: Between, writer: Writer) -> str:
    return f"({writer.write(node.value)} BETWEEN {writer.write(node.low)} AND {writer.write(node.high)})"


def _known(node: Known, writer: Writer) -> str:
    there = f"({writer.write(node.target)} IS NOT NULL)"
    none = f"{node.target.code}.none_on_record" if isinstance(node.target, Element) else ""
    if none not in writer.columns:
        return there
    return f"({there} OR ({writer.column(none)} IS NOT DISTINCT FROM TRUE))"


def _nothing_on_record(node: NothingOnRecord, writer: Writer) -> str:
    none = writer.column(f"{node.target.code}.none_on_record")
    there = f"{writer.column(node.target.code)} IS NOT NULL"
    return f"(CASE WHEN {there} THEN FALSE WHEN {none} THEN TRUE END)"


def _number(sql: str) -> str:
    return f"TRY_CAST({sql} AS BIGINT)"


def _arithmetic(node: Arithmetic, writer: Writer) -> str:
    left, right = writer.write(node.left), writer.write(node.right)
    return _number(f"CAST({left} AS HUGEINT) {node.operator} CAST({right} AS HUGEINT)")


def _divide(node: Divide, writer: Writer) -> str:
    """HUGEINT division drops the rest toward zero; rounding moves the dividend before it does."""
    above = f"CAST({writer.write(node.left)} AS HUGEINT)"
    below = f"NULLIF(CAST({writer.write(node.right)} AS HUGEINT), 0)"
    if node.rounding == "half_up":
        moved = f"(2 * {above} + sign({above}) * abs({below})) // (2 * {below})"
    elif node.rounding == "up":
        moved = f"({above} + sign({above}) * (abs({below}) - 1)) // {below}"
    else:
        moved = f"{above} // {below}"
    return _number(moved)


def _case(node: Case, writer: Writer) -> str:
    """An unknown condition ends the case as unknown: SQL's own CASE would take it for a no."""
    whens = []
    for condition, value in node.branches:
        asked = writer.write(condition)
        whens.append(f"WHEN {asked} IS NULL THEN NULL WHEN {asked} THEN {writer.write(value)}")
    return f"(CASE {' '.join(whens)} ELSE {writer.write(node.otherwise)} END)"


def _months(start: str, end: str) -> str:
    """datesub counts complete months as the Civil Code does (tested day by day), but also backwards."""
    return f"(CASE WHEN {start} <= {end} THEN datesub('month', {start}, {end}) END)"


def _age_on(node: AgeOn, writer: Writer) -> str:
    return f"({_months(writer.write(node.birth), writer.write(node.day))} // 12)"


def _full_months(node: FullMonths, writer: Writer) -> str:
    return _months(writer.write(node.start), writer.write(node.end))


def _add_months(node: AddMonths, writer: Writer) -> str:
    months = writer.write(node.months)
    bounded = f"(CASE WHEN {months} BETWEEN {-MOST_MONTHS} AND {MOST_MONTHS} THEN {months} END)"
    moved = f"CAST({writer.write(node.day)} + to_months(CAST({bounded} AS INTEGER)) AS DATE)"
    return f"(CASE WHEN {moved} {CALENDAR} THEN {moved} END)"


def _collection(node: Collection, writer: Writer) -> str:
    """Folding with AND, OR and + keeps Kleene's values; DuckDB's list aggregates would skip nulls."""
    over = writer.write(node.over)
    if node.body is None:
        return f"len({over})"
    body = writer.write(node.body)
    if node.verb in ("every", "some"):
        joint, empty = ("AND", "TRUE") if node.verb == "every" else ("OR", "FALSE")
        return _folded(over, body, joint, empty)
    return _number(_folded(over, f"CAST({body} AS HUGEINT)", "+", "CAST(0 AS HUGEINT)"))


def _folded(over: str, body: str, joint: str, empty: str) -> str:
    each = f"list_transform({over}, lambda {RECORD}: {body})"
    return f'list_reduce({each}, lambda "one", "other": "one" {joint} "other", {empty})'


WRITE: Final[Mapping[type, Callable[[Anything, Writer], str]]] = {
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
