"""Running rules over a whole population at once, in DuckDB."""

from collections.abc import Mapping, Sequence
from typing import Final

from duckdb import DuckDBPyConnection, DuckDBPyRelation
from duckdb.sqltypes import DuckDBPyType

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules.kinds import ElementType, Kind
from tongban.rules.parameters import NO_DATES, NO_PARAMETERS, Dates, Parameters
from tongban.rules.rule import Rule
from tongban.rules.sql import quoted, to_duckdb

# Column types that hold a kind exactly; a DOUBLE for money or a TIMESTAMP for a date is refused.
INTEGERS: Final = frozenset({"tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger"})
HOLDS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.INTEGER: INTEGERS,
    Kind.MONEY: INTEGERS,
    Kind.TEXT: frozenset({"varchar", "enum"}),
    Kind.CODE: frozenset({"varchar", "enum"}),
    Kind.DATE: frozenset({"date"}),
    Kind.BOOLEAN: frozenset({"boolean"}),
}


def run_population(
    connection: DuckDBPyConnection,
    relation: DuckDBPyRelation | str,
    rules: Sequence[Rule],
    parameters: Parameters = NO_PARAMETERS,
    dates: Dates = NO_DATES,
    *,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] | None = None,
) -> DuckDBPyRelation:
    """Give the relation with one more column for each rule: TRUE, FALSE, NULL for unknown, or a value.

    A row is a person or a case; a population of one gives what `evaluate` gives. `columns` maps element
    codes to columns (by default each is named by its code), `keep` names the columns to carry along (by
    default all). Nothing runs until the result is fetched or written. Raises Invalid when a column is
    absent or of a type that does not hold its element exactly.
    """
    table = connection.table(relation) if isinstance(relation, str) else relation
    types = dict(zip(table.columns, table.types, strict=True))
    mapped = columns if columns is not None else {name: name for name in table.columns}
    for rule in rules:
        _require_columns(rule, mapped, types)
    kept = list(table.columns if keep is None else keep)
    _require_different([*kept, *(rule.id for rule in rules)])
    selected = [quoted(name) for name in kept]
    for rule in rules:
        selected.append(f"{to_duckdb(rule, mapped, parameters, dates)} AS {quoted(rule.id)}")
    return table.project(", ".join(selected))


def _require_columns(rule: Rule, columns: Mapping[str, str], types: Mapping[str, DuckDBPyType]) -> None:
    for code, element in rule.elements.items():
        for name in (code, f"{code}.complete", f"{code}.none_on_record"):
            if name not in columns:
                continue  # an absent one is refused by to_duckdb, if the rule needs it
            type_of = types.get(columns[name])
            told = element if name == code else FLAG
            if type_of is None or not _holds(told, type_of):
                raise _wrong_column(rule, name, columns[name], type_of, told)


FLAG: Final = ElementType(Kind.BOOLEAN, Text("标记", "a flag"))


def _holds(element: ElementType, type_of: DuckDBPyType) -> bool:
    if element.kind is not Kind.LIST:
        return type_of.id in HOLDS[element.kind]
    if type_of.id != "list":
        return False
    record = dict(type_of.children)["child"]
    if not isinstance(record, DuckDBPyType) or record.id != "struct":
        return False
    fields = dict(record.children)
    return all(
        isinstance(there := fields.get(name), DuckDBPyType) and _holds(field, there)
        for name, field in (element.fields or {}).items()
    )


def _wrong_column(
    rule: Rule, name: str, column: str, type_of: DuckDBPyType | None, element: ElementType
) -> Invalid:
    found = "—" if type_of is None else str(type_of)
    return Invalid(
        "rules.column_type",
        what=Text(
            zh=f"规则“{rule.id}”需要“{name}”（{element.kind.spoken.zh}），列“{column}”的类型是{found}。",
            en=f"The rule `{rule.id}` needs `{name}`, {element.kind.spoken.en}; `{column}` is {found}.",
        ),
        todo=Text(
            zh="请先把该列转换为BIGINT、VARCHAR、DATE、BOOLEAN或STRUCT列表，再运行规则。",
            en="Make it BIGINT, VARCHAR, DATE, BOOLEAN or a LIST of STRUCT with every field, then run again.",
        ),
    )


def _require_different(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid(
            "rules.column_twice",
            what=Text(
                zh=f"结果中会出现重名的列：{'、'.join(twice)}。",
                en=f"The result would have columns of one name: {', '.join(twice)}.",
            ),
            todo=Text(
                zh="请为每条规则使用不同的编号，并只保留需要的列。",
                en="Give each rule its own id, and keep only the columns that are needed.",
            ),
        )
