"""How fast a rule decides: one case with its trace in words, and a population of a million in DuckDB."""

import time
from datetime import date

import duckdb

from bench.rows import Measure
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import DatedValue, ElementType, Kind, Parameter, Parameters, Records

PEOPLE = 1_000_000
DECISIONS = 2_000


def _type(kind: Kind, name: str) -> ElementType:
    return ElementType(kind, Text(f"数据元{name}", name))


VOCABULARY = {
    "person.birth_date": _type(Kind.DATE, "birth date"),
    "person.real_name_matched": _type(Kind.BOOLEAN, "real name matched"),
    "person.deceased": _type(Kind.BOOLEAN, "deceased"),
    "person.under_enforcement": _type(Kind.BOOLEAN, "under enforcement"),
    "person.income_cents": _type(Kind.MONEY, "income"),
    "person.household_division": _type(Kind.CODE, "household division"),
    "person.resident_since": _type(Kind.DATE, "resident since"),
    "company.registered_capital_cents": _type(Kind.MONEY, "registered capital"),
    "place.usage": _type(Kind.CODE, "usage"),
    "company.shareholders": ElementType(
        Kind.LIST,
        Text("股东", "shareholders"),
        fields={
            "confirmed": _type(Kind.BOOLEAN, "confirmed"),
            "contribution_cents": _type(Kind.MONEY, "contribution"),
        },
    ),
}
BASIS = Text("测速用，并非法条", "for the benchmark, not a law")
PARAMETERS = Parameters.of(
    [
        Parameter(
            "starting_age",
            Text("起领年龄", "starting age"),
            Kind.INTEGER,
            "filing",
            (DatedValue(date(2020, 1, 1), 65, BASIS, "gap"),),
        )
    ]
)
DATES = {"filing_date": date(2026, 7, 1)}
TEN_CLAUSES = """
    age_on(person.birth_date, :filing_date) >= :starting_age
    AND person.real_name_matched
    AND NOT person.deceased
    AND NOT person.under_enforcement
    AND (person.income_cents <= yuan(2000) OR person.household_division IN ('990121', '990122'))
    AND full_months(person.resident_since, :filing_date) >= 12
    AND divide(company.registered_capital_cents * 30, 100, 'half_up') >= yuan(3000)
    AND CASE WHEN place.usage = 'residential' THEN person.real_name_matched ELSE TRUE END
    AND every(company.shareholders, each.confirmed)
    AND sum_of(company.shareholders, each.contribution_cents) = company.registered_capital_cents
"""
FACTS: dict[str, rules.Fact | None] = {
    "person.birth_date": date(1958, 3, 9),
    "person.real_name_matched": True,
    "person.deceased": False,
    "person.under_enforcement": False,
    "person.income_cents": 150_000,
    "person.household_division": "990121",
    "person.resident_since": date(2001, 1, 31),
    "company.registered_capital_cents": 3_000_000,
    "place.usage": "commercial",
    "company.shareholders": Records(
        (
            {"confirmed": True, "contribution_cents": 2_000_000},
            {"confirmed": True, "contribution_cents": 1_000_000},
        ),
        complete=True,
    ),
}
AGE = "age_on(person.birth_date, :filing_date) >= :starting_age AND NOT person.deceased"
POPULATION = """
    CREATE TEMP TABLE people AS SELECT
        CAST(DATE '1930-01-01' + CAST(number % 30000 AS INTEGER) AS DATE) AS "person.birth_date",
        number % 5 > 0 AS "person.real_name_matched",
        CASE WHEN number % 11 > 0 THEN number % 7 = 0 END AS "person.deceased",
        number % 97 = 0 AS "person.under_enforcement",
        number % 400000 AS "person.income_cents",
        CASE WHEN number % 3 = 0 THEN '990121' ELSE '990199' END AS "person.household_division",
        DATE '2001-01-31' AS "person.resident_since",
        3000000 AS "company.registered_capital_cents",
        CASE WHEN number % 2 = 0 THEN 'commercial' ELSE 'residential' END AS "place.usage",
        [{'confirmed': number % 13 > 0, 'contribution_cents': 2000000},
         {'confirmed': true, 'contribution_cents': 1000000}] AS "company.shareholders",
        TRUE AS "company.shareholders.complete"
    FROM range(1000000) AS numbers(number)
"""
# What a clerk would write: it calls an unknown death no death, and counts ages by the year's boundary.
BARE_AGE = """
    date_diff('year', "person.birth_date", DATE '2026-07-01') >= 65 AND NOT coalesce("person.deceased", false)
"""


def decision_ms() -> float:
    """Milliseconds a decision of ten clauses, with its trace in both languages."""
    rule = rules.check(TEN_CLAUSES, VOCABULARY, PARAMETERS)
    start = time.perf_counter()
    for _ in range(DECISIONS):
        rules.evaluate(rule, FACTS, PARAMETERS, DATES)
    return (time.perf_counter() - start) / DECISIONS * 1000


def decisions() -> float:
    """Decisions a second on one core, traces in words included."""
    return 1000 / decision_ms()


def _population(text: str) -> float:
    """Rows a second of one rule over the population."""
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    with duckdb.connect() as connection:
        connection.execute(POPULATION)
        found = rules.run_population(connection, "people", [rule], PARAMETERS, DATES, keep=[])
        start = time.perf_counter()
        found.aggregate('count("rule"), count(*) FILTER ("rule")').fetchall()
        return PEOPLE / (time.perf_counter() - start)


def population() -> float:
    """Rows a second of the rule of ten clauses, lists of records included."""
    return _population(TEN_CLAUSES)


def age_population() -> float:
    """Rows a second of a rule of age."""
    return _population(AGE)


def bare_age() -> float:
    """Rows a second of the same question as a clerk's SQL, which answers it wrongly."""
    with duckdb.connect() as connection:
        connection.execute(POPULATION)
        start = time.perf_counter()
        connection.execute(f"SELECT count(*) FILTER ({BARE_AGE}) FROM people").fetchall()  # noqa: S608 - above
        return PEOPLE / (time.perf_counter() - start)


MEASURES = (
    Measure(
        "rules.decision",
        "ms",
        decision_ms,
        target=1.0,
        less_is_better=True,
        note="a rule of ten clauses with its trace in Chinese and English",
    ),
    Measure("rules.decisions", "decisions/s", decisions, note="the same, on one core"),
    Measure(
        "rules.population",
        "rows/s",
        population,
        note="the same rule over 1,000,000 people in DuckDB, lists of records included",
    ),
    Measure(
        "rules.population_age",
        "rows/s",
        age_population,
        beside=bare_age,
        note="age and death, unknown kept; peer: bare SQL by year boundaries that swallows nulls",
    ),
)


if __name__ == "__main__":
    for measure in MEASURES:
        print(f"{measure.name}: {measure.run():,.3f} {measure.unit}")
