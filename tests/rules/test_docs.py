"""The page for policy authors says what the code does."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.rules.town import VOCABULARY
from tongban.kernel import declarations
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import ElementType, Kind
from tongban.rules.checking.calls import CALLS

PAGE = (Path(__file__).parents[2] / "docs/rules.md").read_text("utf-8")
TOWN = {
    **VOCABULARY,
    "person.deceased": ElementType(Kind.BOOLEAN, Text("已去世", "deceased")),
    "place.consent": ElementType(Kind.TEXT, Text("同意书编号", "number of the consent")),
    "company.registered_capital_cents": ElementType(Kind.MONEY, Text("注册资本", "registered capital")),
}


def blocks(language: str) -> list[str]:
    """Give the page's code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def refusals() -> Iterator[tuple[str, str]]:
    """Give each row of the table of refusals: what is refused, and what to write."""
    table = PAGE.partition("## 3.")[2].partition("## 4.")[0]
    for row in table.splitlines():
        if row.startswith("| `"):
            refused, _, instead = (cell.strip() for cell in row.strip("|").split(" | "))
            yield refused.strip("` "), instead.strip("` ")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "declared.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def parameters(tmp_path: Path) -> rules.Parameters:
    (text,) = blocks("parameter")
    declared = declarations.load(written(tmp_path, text), rules.ParameterDeclaration)
    return rules.Parameters.of([rules.check_parameter_declaration(declared)])


def test_every_rule_on_the_page_is_a_rule(parameters: rules.Parameters) -> None:
    assert len(blocks("rule")) == 9
    for text in blocks("rule"):
        rules.check(text, TOWN, parameters)


@pytest.mark.parametrize(("refused", "instead"), list(refusals()))
def test_what_the_page_calls_refused_is_refused_and_what_it_offers_is_accepted(
    refused: str, instead: str
) -> None:
    with pytest.raises(InvalidDeclaration):
        rules.check(refused, TOWN)
    rules.check(instead, TOWN)


def test_the_table_of_refusals_was_read() -> None:
    assert len(list(refusals())) == 13


def test_the_declared_rule_on_the_page_passes_its_own_case_table(
    tmp_path: Path, parameters: rules.Parameters
) -> None:
    (text,) = blocks("declaration")
    declared = declarations.load(written(tmp_path, text), rules.RuleDeclaration)
    rule = rules.check_rule_declaration(declared, TOWN, parameters)
    facts = {"person.birth_date": date(1961, 7, 2), "person.deceased": False}
    outcome = rules.evaluate(rule, facts, parameters, {"filing_date": date(2026, 7, 1)})
    assert [outcome.trace.spoken("zh") + "\n"] == blocks("trace")


def test_the_page_names_every_function_date_and_kind() -> None:
    for name in CALLS:
        assert f"`{name}(" in PAGE, name
    for name in rules.DATES:
        assert f"`:{name}`" in PAGE, name
    for name in (*rules.RuleDeclaration.model_fields, *rules.ParameterDeclaration.model_fields):
        assert name in PAGE, name
