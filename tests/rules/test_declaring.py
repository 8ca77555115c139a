"""Rules and parameters as a pack writes them: checked on load, with their case tables."""

import json
from pathlib import Path

import pytest

from tests.rules.town import PARAMETERS, VOCABULARY
from tongban.kernel import declarations
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration
from tongban.rules import api as rules
from tongban.rules.api import Kind

ALLOWANCE = """\
id: allowance.age
title: {zh: 高龄津贴年龄, en: Age for the old-age allowance}
article: {zh: 《测试办法》第三条, en: 'Test Measures, art. 3'}
mark: recalled
effective: {from: 2026-01-01, to: 2026-12-31}
because: {zh: 未满起领年龄。, en: Not yet of the starting age.}
remedy: {zh: 到龄当月自动发放，无需再来。, en: It is paid from that month; there is no need to come again.}
expression: |
  age_on(person.birth_date, :filing_date) >= :pension_age
  AND NOT person.deceased
tests:
  - name: on the 65th birthday
    facts: {person.birth_date: 1961-07-01, person.deceased: {status: none_on_record}}
    dates: {filing_date: 2026-07-01}
    expect: met
  - name: a day too young
    facts: {person.birth_date: 1961-07-02, person.deceased: false}
    dates: {filing_date: 2026-07-01}
    expect: not_met
  - name: birth date missing
    facts: {person.deceased: false}
    dates: {filing_date: 2026-07-01}
    expect: unknown
    missing: [person.birth_date]
  - name: nobody knows whether deceased
    facts: {person.birth_date: 1961-07-01}
    dates: {filing_date: 2026-07-01}
    expect: unknown
"""
AMOUNT = """\
id: allowance.amount
title: {zh: 津贴金额, en: Amount of the allowance}
article: {zh: 《测试办法》第四条, en: 'Test Measures, art. 4'}
mark: recalled
expression: divide(person.income_cents * count_of(company.shareholders, each.confirmed), 3, 'half_up')
tests:
  - facts:
      person.income_cents: 200
      company.shareholders: {complete: true, rows: [{confirmed: true}, {confirmed: false, shares: 3}]}
    value: 67
  - facts: {person.income_cents: 200, company.shareholders: {complete: false, rows: []}}
    expect: unknown
    missing: [company.shareholders]
  - facts: {company.shareholders: {complete: true, rows: []}}
    expect: unknown
"""
PARAMETER = """\
name: pension_age
title: {zh: 起领年龄, en: starting age}
type: integer
unit: {zh: 周岁, en: years}
taken_at: filing
values:
  - {from: 2020-01-01, value: 60, basis: {zh: 甲, en: a}, mark: found}
  - {from: 2026-01-01, value: 65, basis: {zh: 乙, en: b}, mark: found}
  - {from: 2030-01-01, basis: {zh: 待查, en: not found}, mark: gap}
"""


def read(tmp_path: Path, text: str) -> rules.Rule:
    """Load a rule's file as a pack would."""
    path = tmp_path / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    declared = declarations.read(path, rules.RuleDeclaration)
    return rules.check_rule_declaration(
        declared.value, VOCABULARY, PARAMETERS, rules.Where("rule.yaml", declared.line)
    )


def read_parameter(tmp_path: Path, text: str) -> rules.Parameter:
    path = tmp_path / "parameter.yaml"
    path.write_text(text, encoding="utf-8")
    declared = declarations.read(path, rules.ParameterDeclaration)
    return rules.check_parameter_declaration(declared.value, rules.Where("parameter.yaml", declared.line))


def line_of(text: str, written: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if written in line)


def test_a_declared_rule_is_loaded_with_its_law(tmp_path: Path) -> None:
    rule = read(tmp_path, ALLOWANCE)
    assert (rule.id, rule.law.mark, rule.kind) == ("allowance.age", "recalled", Kind.BOOLEAN)
    assert (str(rule.law.effective_from), str(rule.law.effective_to)) == ("2026-01-01", "2026-12-31")
    assert rule.law.because is not None
    assert rule.law.because.zh == "未满起领年龄。"


def test_a_declared_amount_is_tested_by_its_values(tmp_path: Path) -> None:
    assert read(tmp_path, AMOUNT).kind is Kind.MONEY


def test_its_schema_can_be_published() -> None:
    schema = declarations.schema(rules.RuleDeclaration)
    assert {"id", "expression", "tests"} <= set(json.loads(json.dumps(schema))["properties"])


BROKEN = [
    # (what is written, what stands there instead, code of the refusal, where it points)
    ("expect: met", "expect: not_met", "test_failed", "name: on the 65th"),
    ("value: 67", "value: 66", "test_failed", "facts:"),
    ("missing: [person.birth_date]", "missing: [person.deceased]", "test_missing", "missing: ["),
    ("NOT person.deceased", "NOT person.deseased", "unknown_element", "AND NOT"),
    ("{person.birth_date: 1961-07-02,", "{person.birth_day: 1961-07-02,", "test_element", "birth_day"),
    ("{person.birth_date: 1961-07-02,", "{person.birth_date: 2026-02-30,", "test_value", "a day too young"),
    ("1961-07-02, person.deceased: false", "1961-07-02, person.deceased: 0", "test_value", "a day too young"),
    ("expect: not_met\n", "expect: not_met\n    value: true\n", "test_expectation", "a day too young"),
    ("    expect: not_met\n", "", "test_expectation", "a day too young"),
]  # fmt: skip
NAMES = [row[1].strip()[:30] for row in BROKEN]


@pytest.mark.parametrize(("written", "instead", "code", "place"), BROKEN, ids=NAMES)
def test_a_wrong_row_is_pointed_at(tmp_path: Path, written: str, instead: str, code: str, place: str) -> None:
    whole = ALLOWANCE if written in ALLOWANCE else AMOUNT
    assert written in whole
    text = whole.replace(written, instead, 1)
    with pytest.raises(InvalidDeclaration) as refused:
        read(tmp_path, text)
    assert refused.value.code == f"rules.{code}"
    assert refused.value.line == line_of(text, place)


def test_a_row_that_fails_tells_how_it_went(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration) as refused:
        read(tmp_path, AMOUNT.replace("value: 67", "value: 66"))
    assert "expects 66; the rule says 67" in refused.value.what.en
    assert "CNY 0.67" in refused.value.todo.en


def without_row(text: str, first: str, last: str) -> str:
    """Take a row out of a case table, from its first line to its last."""
    start = text.index(first)
    end = text.index(last, start) + len(last)
    return text[:start] + text[end:]


def test_a_rule_without_a_row_for_a_missing_fact_is_not_loaded(tmp_path: Path) -> None:
    text = without_row(ALLOWANCE, "  - name: birth date missing", "missing: [person.birth_date]\n")
    with pytest.raises(InvalidDeclaration) as refused:
        read(tmp_path, text)
    assert refused.value.code == "rules.test_of_missing"
    assert "no row leaves out person.birth_date alone" in refused.value.what.en
    assert refused.value.line == line_of(text, "tests:")


def test_one_row_with_everything_missing_is_not_a_row_for_each(tmp_path: Path) -> None:
    text = without_row(ALLOWANCE, "  - name: birth date missing", "missing: [person.birth_date]\n")
    text = text.replace("    facts: {person.birth_date: 1961-07-01}\n", "")
    with pytest.raises(DeclarationErrors) as refused:
        read(tmp_path, text)
    assert [error.code for error in refused.value.errors] == ["rules.test_of_missing"] * 2


def test_a_rule_without_a_no_among_its_rows_is_not_loaded(tmp_path: Path) -> None:
    text = without_row(ALLOWANCE, "  - name: a day too young", "expect: not_met\n")
    with pytest.raises(InvalidDeclaration, match="no row expects not_met"):
        read(tmp_path, text)


def test_all_wrong_rows_are_told_at_once(tmp_path: Path) -> None:
    text = ALLOWANCE.replace("expect: met", "expect: unknown").replace("expect: not_met", "expect: met")
    with pytest.raises(DeclarationErrors) as refused:
        read(tmp_path, text)
    assert [error.code for error in refused.value.errors] == ["rules.test_failed"] * 2


def test_a_declared_parameter_is_loaded(tmp_path: Path) -> None:
    parameter = read_parameter(tmp_path, PARAMETER)
    assert [(str(d.since), d.value, d.mark) for d in parameter.values] == [
        ("2020-01-01", 60, "found"),
        ("2026-01-01", 65, "found"),
        ("2030-01-01", None, "gap"),
    ]


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        ("value: 65", "value: 65.5", "parameter_value"),
        ("value: 65", "value: true", "parameter_value"),
        ("from: 2026-01-01", "from: 2019-01-01", "parameter_order"),
        ("from: 2026-01-01,", "from: 2020-01-01 ,", "parameter_order"),
        ("from: 2030-01-01,", "from: 2030-01-01, value: 70,", "parameter_gap"),
        ("name: pension_age", "name: event_date", "parameter_name"),
    ],
)
def test_a_wrong_parameter_is_pointed_at(tmp_path: Path, written: str, instead: str, code: str) -> None:
    text = PARAMETER.replace(written, instead)
    with pytest.raises(InvalidDeclaration) as refused:
        read_parameter(tmp_path, text)
    assert refused.value.code == f"rules.{code}"
    assert refused.value.line == line_of(text, instead)
