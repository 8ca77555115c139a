"""DuckDB says what the evaluator says, on every row."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.hard_rows import HARD_ROWS
from tests.rules.town import DATES, PARAMETERS, VOCABULARY, people
from tests.rules.writing import amount_texts, texts
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import NONE_ON_RECORD, ElementType, Fact, Kind, Records
from tongban.rules.days import full_months

HARD_NAMES = [row[0] for row in HARD_ROWS]
PEOPLE = people(160, seed=20260701)
TYPES = {
    Kind.INTEGER: "BIGINT",
    Kind.MONEY: "BIGINT",
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.BOOLEAN: "BOOLEAN",
}
DAY_SETS = (
    DATES,
    {},
    {"filing_date": date(2019, 12, 31), "month_of_payment": date(2027, 1, 1)},
    {"filing_date": date(2026, 1, 1), "event_date": date.min, "decision_date": date.max},
)


def sql_type(element: ElementType) -> str:
    if element.fields is None:
        return TYPES[element.kind]
    fields = ", ".join(f'"{name}" {sql_type(field)}' for name, field in element.fields.items())
    return f"STRUCT({fields})[]"


def columns_of(vocabulary: Mapping[str, ElementType]) -> dict[str, str]:
    """Give each column of a table of facts with its SQL type."""
    columns = {}
    for code, element in vocabulary.items():
        columns[code] = sql_type(element)
        columns[f"{code}.none_on_record"] = "BOOLEAN"
        if element.kind is Kind.LIST:
            columns[f"{code}.complete"] = "BOOLEAN"
    return columns


def row_of(vocabulary: Mapping[str, ElementType], facts: Mapping[str, Fact | None]) -> list[object]:
    """Give a row of facts in the order of the columns."""
    row: list[object] = []
    for code, element in vocabulary.items():
        fact = facts.get(code)
        if isinstance(fact, Records):
            names = element.fields or {}
            row.append([{name: record.get(name) for name in names} for record in fact.rows])
        else:
            row.append(None if fact is NONE_ON_RECORD else fact)
        row.append(fact is NONE_ON_RECORD)
        if element.kind is Kind.LIST:
            row.append(fact.complete if isinstance(fact, Records) else None)
    return row


def fill(
    connection: duckdb.DuckDBPyConnection,
    vocabulary: Mapping[str, ElementType],
    rows: list[dict[str, Fact | None]],
) -> None:
    columns = columns_of(vocabulary)
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"CREATE TABLE people (number INTEGER, {declared})")
    marks = ", ".join(f"?::{kind}" for kind in columns.values())
    for number, facts in enumerate(rows):
        connection.execute(
            f"INSERT INTO people VALUES (?, {marks})",  # noqa: S608 - names of this file's own vocabulary
            [number, *row_of(vocabulary, facts)],
        )


@pytest.fixture(scope="module")
def town() -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of people whose facts are known, unknown, absent from records, and extreme."""
    with duckdb.connect(config={"threads": 1}) as connection:
        fill(connection, VOCABULARY, PEOPLE)
        yield connection


def populated(
    connection: duckdb.DuckDBPyConnection, rule: rules.Rule, dates: Mapping[str, date]
) -> list[object]:
    found = rules.run_population(connection, "people", [rule], PARAMETERS, dates, keep=["number"])
    return [value for _, value in found.order("number").fetchall()]


def evaluated(rule: rules.Rule, facts: Mapping[str, Fact | None], dates: Mapping[str, date]) -> object:
    value = rules.compute(rule, facts, PARAMETERS, dates)
    return None if isinstance(value, rules.Unknown) else value


def differences(
    connection: duckdb.DuckDBPyConnection,
    rule: rules.Rule,
    dates: Mapping[str, date],
    rows: list[dict[str, Fact | None]],
) -> list[tuple[object, object, object]]:
    populous = populated(connection, rule, dates)
    single = [evaluated(rule, facts, dates) for facts in rows]
    return [
        (facts, one, many)
        for facts, one, many in zip(rows, single, populous, strict=True)
        if one != many or type(one) is not type(many)
    ]


# Every rule runs over all 160 people: the 300 rules here and the 100 below make 64,000 comparisons.
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts(), dates=st.sampled_from(DAY_SETS))
def test_a_condition_over_a_population_says_what_it_says_of_each_person(
    town: duckdb.DuckDBPyConnection, text: str, dates: Mapping[str, date]
) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    assert differences(town, rule, dates, PEOPLE) == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(text=amount_texts(), dates=st.sampled_from(DAY_SETS))
def test_an_amount_over_a_population_is_what_it_is_for_each_person(
    town: duckdb.DuckDBPyConnection, text: str, dates: Mapping[str, date]
) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    assert differences(town, rule, dates, PEOPLE) == []


@pytest.mark.parametrize(("expression", "facts", "expected"), [row[1:] for row in HARD_ROWS], ids=HARD_NAMES)
def test_the_hard_rows_come_out_the_same_in_duckdb(
    expression: str, facts: dict[str, Fact | None], expected: object
) -> None:
    rule = rules.check(expression, VOCABULARY)
    with duckdb.connect(config={"threads": 1}) as connection:
        fill(connection, VOCABULARY, [facts])
        assert populated(connection, rule, {}) == [expected]


def one_person(connection: duckdb.DuckDBPyConnection, selected: str) -> duckdb.DuckDBPyRelation:
    return connection.sql(f"SELECT {selected}")


def test_counting_months_in_duckdb_agrees_on_every_pair_of_days_in_three_years() -> None:
    first = date(2023, 1, 1)
    days = [first + timedelta(days=number) for number in range(0, 1096)]
    vocabulary = {name: ElementType(Kind.DATE, Text(name, name)) for name in ("甲a", "乙b")}
    rule = rules.check("full_months(甲a, 乙b)", vocabulary)
    with duckdb.connect(config={"threads": 1}) as connection:
        pairs = connection.sql(
            "SELECT (DATE '2023-01-01' + x::INTEGER) AS \"甲a\", (DATE '2023-01-01' + y::INTEGER) AS \"乙b\" "
            "FROM range(0, 1096) AS s(x), range(0, 1096) AS e(y) WHERE x % 7 = 0"
        )
        found = rules.run_population(connection, pairs, [rule]).fetchall()
    assert len(found) == 157 * 1096
    assert {start for start, _, _ in found} <= set(days)
    assert [row for row in found if row[2] != full_months(row[0], row[1])] == []


def test_a_column_that_ignores_case_does_not_make_texts_equal() -> None:
    rule = rules.check("person.name = 'A' OR person.name IN ('B') OR person.name = person.alias", VOCABULARY)
    with duckdb.connect() as connection:
        connection.execute("SET default_collation = 'nocase'")
        connection.execute(
            'CREATE TABLE people ("person.name" VARCHAR COLLATE nocase, "person.alias" VARCHAR)'
        )
        connection.execute("INSERT INTO people VALUES ('a', 'A'), ('b', 'x'), ('A', 'x')")
        found = rules.run_population(connection, "people", [rule], keep=["person.name"])
        assert found.fetchall() == [("a", False), ("b", False), ("A", True)]


def test_an_infinite_date_is_unknown_rather_than_late() -> None:
    rule = rules.check("person.office_bar_until > DATE '2026-07-01'", VOCABULARY)
    with duckdb.connect() as connection:
        people = one_person(connection, "DATE 'infinity' AS \"person.office_bar_until\"")
        assert rules.run_population(connection, people, [rule], keep=[]).fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("person.income_cents", "1.5::DOUBLE"),
        ("person.income_cents", "150::DECIMAL(10, 2)"),
        ("person.income_cents", "150::HUGEINT"),
        ("person.birth_date", "TIMESTAMP '2026-07-01 23:00:00'"),
        ("person.birth_date", "'2026-07-01'"),
        ("person.deceased", "1"),
        ("person.name", "1"),
        ("company.shareholders", "[{'name': 'x'}]"),
        ("company.shareholders", "['x']"),
    ],
)
def test_a_column_that_does_not_hold_its_element_exactly_is_refused(code: str, value: str) -> None:
    rule = rules.check(f"known({code})", VOCABULARY)
    with duckdb.connect() as connection:
        people = one_person(connection, f'{value} AS "{code}", TRUE AS "{code}.complete"')
        with pytest.raises(Invalid, match=r"needs") as refusal:
            rules.run_population(connection, people, [rule])
    assert refusal.value.code == "rules.column_type"


def test_a_list_without_its_mark_of_completeness_is_refused() -> None:
    rule = rules.check("count_of(company.shareholders) > 0", VOCABULARY)
    with pytest.raises(Invalid) as refusal:
        rules.to_duckdb(rule, {"company.shareholders": "company.shareholders"})
    assert refusal.value.code == "rules.no_column"


def test_an_element_without_a_column_is_refused() -> None:
    rule = rules.check("person.deceased", VOCABULARY)
    with pytest.raises(Invalid) as refusal:
        rules.to_duckdb(rule, {})
    assert refusal.value.code == "rules.no_column"


def test_columns_may_be_named_otherwise_and_smaller_integers_hold_numbers() -> None:
    rule = rules.check("person.children * 2 >= 4", VOCABULARY, id="two children")
    with duckdb.connect() as connection:
        people = one_person(connection, '2::UTINYINT AS "odd ""name"""')
        found = rules.run_population(connection, people, [rule], columns={"person.children": 'odd "name"'})
        assert found.columns == ['odd "name"', "two children"]
        assert found.fetchall() == [(2, True)]


def test_two_rules_of_one_name_are_refused() -> None:
    rule = rules.check("person.deceased", VOCABULARY)
    with duckdb.connect() as connection:
        people = one_person(connection, 'TRUE AS "person.deceased"')
        with pytest.raises(Invalid) as refusal:
            rules.run_population(connection, people, [rule, rule])
    assert refusal.value.code == "rules.column_twice"


def test_a_rule_that_would_be_written_out_endlessly_is_refused_not_run() -> None:
    text = "person.children"
    for _ in range(18):
        text = f"CASE WHEN {text} > 1 THEN 1 ELSE 2 END"
    with pytest.raises(Invalid) as refusal:
        rules.to_duckdb(rules.check(text, VOCABULARY), {"person.children": "children"})
    assert refusal.value.code == "rules.too_large_for_sql"
