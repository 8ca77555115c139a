"""What a rule may say, and what each thing that it may not say is answered with."""

from datetime import date

import pytest

from tests.rules.town import PARAMETERS, VOCABULARY
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import ElementType, Kind

EVERY_FORM = """
    person.children >= 2 AND person.income_cents <= :income_limit AND person.name <> 'x'
    AND (NOT person.deceased OR person.real_name_matched = TRUE)
    AND person.children + 1 - 2 * 3 IN (1, -2)
    AND person.birth_date BETWEEN DATE '1950-01-01' AND :filing_date
    AND divide(person.income_cents * 30, 100, 'half_up') > yuan(12.50) AND person.savings_cents <> cents(-5)
    AND CASE WHEN place.usage = 'commercial' THEN TRUE WHEN known(place.division) THEN FALSE ELSE TRUE END
    AND age_on(person.birth_date, :decision_date) >= :pension_age
    AND full_months(:scheme_start, :event_date) < 12 AND add_months(:filing_date, -6) < :acceptance_date
    AND (none_on_record(person.office_bar_until) OR person.office_bar_until < :month_of_payment)
    AND every(company.shareholders, each.confirmed AND each.name <> person.name)
    AND some(company.shareholders, each.contribution_cents > cents(0)) AND count_of(company.shareholders) < 51
    AND count_of(company.shareholders, each.shares = 1) = sum_of(company.shareholders, each.shares)
    AND divide(person.savings_cents, person.income_cents, 'down') < 3 AND place.usage NOT IN ('mixed')
"""


def refusal(text: str) -> InvalidDeclaration:
    with pytest.raises(InvalidDeclaration) as refused:
        rules.check(text, VOCABULARY, PARAMETERS)
    return refused.value


def test_the_whole_language_is_accepted() -> None:
    rule = rules.check(EVERY_FORM, VOCABULARY, PARAMETERS)
    assert rule.kind is Kind.BOOLEAN
    assert set(rule.given) == {*PARAMETERS.by_name, *rules.DATES}
    assert set(rule.elements) == {*VOCABULARY} - {"person.alias", "person.age_claimed"}


# What SQL would have taken: (expression, code of the refusal, what the answer says to write instead).
REFUSED = [
    ("person.name IS NULL", "is_null", "known(x)"),
    ("person.name IS NOT NULL", "is_null", "known(x)"),
    ("person.deceased IS TRUE", "is_null", "x = TRUE"),
    ("person.name IS NOT DISTINCT FROM person.alias", "is_null", "known(x)"),
    ("person.name = NULL", "null", "known(x)"),
    ("COALESCE(person.income_cents, 0) = 0", "swallows_nulls", "CASE WHEN known(x)"),
    ("ifnull(person.children, 0) = 0", "swallows_nulls", "CASE WHEN known(x)"),
    ("greatest(person.children, 2) = 2", "swallows_nulls", "CASE WHEN a > b"),
    ("date_diff('year', person.birth_date, :filing_date) >= 65", "counts_boundaries", "age_on"),
    ("datediff('month', person.birth_date, :filing_date) > 1", "counts_boundaries", "full_months"),
    ("age(person.birth_date) > 65", "counts_boundaries", "age_on"),
    ("year(person.birth_date) < 1961", "counts_boundaries", "age_on"),
    ("person.name LIKE '张%'", "text_pattern", "IN ("),
    ("person.name ILIKE 'x'", "text_pattern", "IN ("),
    ("person.name SIMILAR TO 'x'", "text_pattern", "IN ("),
    ("person.name || 'x' = 'ax'", "text_pattern", "IN ("),
    ("lower(person.name) = 'a'", "text_pattern", "IN ("),
    ("length(person.name) > 2", "text_pattern", "IN ("),
    ("person.name COLLATE nocase = 'a'", "text_pattern", "IN ("),
    ("person.income_cents / 2 > cents(1)", "silent_rounding", "divide(a, b, 'half_up')"),
    ("person.children % 2 = 0", "silent_rounding", "divide"),
    ("person.children DIV 2 = 0", "silent_rounding", "divide"),
    ("round(person.children) = 1", "silent_rounding", "divide"),
    ("person.birth_date + INTERVAL 65 YEAR <= :filing_date", "interval", "add_months"),
    ("person.birth_date < INTERVAL '65' YEAR", "interval", "add_months"),
    ("date_add(person.birth_date, 1) < :filing_date", "interval", "add_months"),
    ("person.birth_date < current_date", "reads_the_clock", ":filing_date"),
    ("person.birth_date < now()", "reads_the_clock", ":filing_date"),
    ("if(person.deceased, 1, 2) = 1", "if", "CASE WHEN"),
    ("iif(person.deceased, 1, 2) = 1", "if", "CASE WHEN"),
    ("CAST(person.name AS INT) = 1", "conversion", "catalogue"),
    ("person.name::DATE = :filing_date", "conversion", "DATE '2026-01-01'"),
    ("TIMESTAMP '2026-01-01' = :filing_date", "conversion", "DATE '2026-01-01'"),
    (":filing_date - person.birth_date > 365", "kind", "full_months"),
    ("person.children IN (SELECT 1)", "query", "every"),
    ("EXISTS (SELECT 1)", "query", "every"),
    ("SELECT 1", "query", "every"),
    ("count(*) > 1", "query", "count_of"),
    ("sum(person.children) > 1", "query", "sum_of"),
    ("sum_of(company.shareholders, each.shares) OVER () > 1", "query", "sum_of"),
    ("person.children = ANY (SELECT 1)", "query", "every"),
    ("person.children BETWEEN SYMMETRIC 3 AND 1", "symmetric", "low AND high"),
    ("CASE person.children WHEN 1 THEN TRUE ELSE FALSE END", "case_of", "WHEN x = 1"),
    ("CASE WHEN person.deceased THEN 1 END = 1", "case_without_else", "ELSE"),
    ("person.children > 1 > 0", "chained", "BETWEEN"),
    ("1 < person.children < 3", "chained", "AND"),
    ("person.income_cents > 3000", "kinds_differ", "yuan(3000)"),
    ("person.income_cents + 1 > cents(0)", "kinds_differ", "yuan(3000)"),
    ("person.income_cents * person.savings_cents > cents(0)", "money_times_money", "integer"),
    ("divide(3, person.income_cents, 'up') = 1", "kind", "element"),
    ("person.name > 'a'", "no_order", "= or <>"),
    ("place.usage < 'mixed'", "no_order", "= or <>"),
    ("person.deceased > FALSE", "no_order", "= or <>"),
    ("company.shareholders = company.shareholders", "no_order", "every"),
    ("person.birth_date = '1961-07-01'", "kinds_differ", "DATE '2026-01-01'"),
    ("person.name = place.division", "kinds_differ", "one kind"),
    ("person.children = '1'", "kinds_differ", "one kind"),
    ("person.children AND TRUE", "kind", "comparing"),
    ("NOT person.name", "kind", "comparing"),
    ("person.children + person.name = 1", "kind", "kind"),
    ("CASE WHEN TRUE THEN 1 ELSE cents(1) END = 1", "kinds_differ", "yuan(3000)"),
    ("person.chidren > 2", "unknown_element", "person.children"),
    ("children > 2", "unknown_element", "person.children"),
    ("person.children.of.whom.then > 2", "not_in_the_language", "docs/rules.md"),
    ("place.usage = 'comercial'", "unknown_code", "commercial"),
    ("'comercial' = place.usage", "unknown_code", "commercial"),
    ("place.usage IN ('mixed', 'resident')", "unknown_code", "residential"),
    ("person.children > :pension_ag", "unknown_parameter", "pension_age"),
    ("person.children > ?", "unknown_parameter", "pension_age"),
    ("person.children IN (person.age_claimed)", "in_what", "="),
    ("person.children IN ()", "in_what", "IN ("),
    ("person.children IN person.age_claimed", "in_what", "="),
    ('person.name = "a"', "double_quotes", "single quotes"),
    ("person.children > 1.5", "number", "divide"),
    ("person.children > 1e3", "number", "fraction"),
    ("person.children > 9223372036854775808", "number", "fraction"),
    ("-person.children < 0", "minus", "0 - x"),
    ("yuan(12.345) > cents(0)", "money", "yuan(12.50)"),
    ("yuan(person.children) > cents(0)", "money", "yuan(3000)"),
    ("cents(1.5) > cents(0)", "money", "cents(1250)"),
    ("cents(9223372036854775808) > cents(0)", "money", "cents(1250)"),
    ("person.birth_date < DATE '2026-02-30'", "date", "2026-01-31"),
    ("person.birth_date < DATE '20260201'", "date", "2026-01-31"),
    ("person.name = 'a\u200bb'", "unprintable", "again"),
    ("divide(person.children, 2) = 1", "arguments", "divide(a, b, 'half_up')"),
    ("divide(person.children, 2, 'bankers') = 1", "rounding", "'down'"),
    ("divide(person.children, 0, 'up') = 1", "division_by_zero", "not zero"),
    ("age_on(person.birth_date) > 1", "arguments", "age_on(person.birth_date, :filing_date)"),
    ("age_on(person.children, :filing_date) > 1", "kind", "kind"),
    ("age_on('1961-07-01', :filing_date) > 1", "kind", "DATE '2026-01-01'"),
    ("add_months(:filing_date, person.income_cents) > :filing_date", "kind", "kind"),
    ("known(person.children + 1)", "known_of_what", "known(a) AND known(b)"),
    ("none_on_record(person.deceased)", "none_on_record_of_what", "x = FALSE"),
    ("none_on_record(:filing_date)", "none_on_record_of_what", "none_on_record("),
    ("known(person.children, 1)", "arguments", "known("),
    ("every(person.children, TRUE)", "kind", "list"),
    ("every(company.shareholders)", "arguments", "every("),
    ("every(company.shareholders, each.shares)", "kind", "comparing"),
    ("every(company.shareholders, each.sharess > 1)", "unknown_field", "shares"),
    ("some(company.shareholders, some(company.shareholders, TRUE))", "collection_in_collection", "two"),
    ("sum_of(company.shareholders, each.name) = 1", "kind", "kind"),
    ("every(company.shareholders, s -> s.shares > 1)", "not_in_the_language", "docs/rules.md"),
    ("each.shares > 1", "each_of_what", "every("),
    ("count_of(DISTINCT company.shareholders) = 1", "not_in_the_language", "docs/rules.md"),
    ("countof(company.shareholders) = 1", "unknown_function", "count_of"),
    ("company.shareholders", "a_list", "every"),
    ("person.children = 1; person.children = 2", "stray_mark", "Remove"),
    ("{fn known(person.children)}", "stray_mark", "Remove"),
    ("person.children > 1 -- adults only\nAND person.deceased", "comment", "YAML comment"),
    ("person.children > 1 /* adults */", "comment", "YAML comment"),
    ("person.children ≥ 2", "wide_mark", ">="),
    ("age_on（person.birth_date, :filing_date) > 1", "wide_mark", "("),
    ("person.name = ‘a’", "wide_mark", "'"),
    ("person.children > ２", "wide_mark", "2"),
    ("person.name = 'a", "unreadable", "single quotes"),
    ("person.children > 1 AND", "unreadable", "AND/OR"),
    ("(person.children > 1", "unreadable", "brackets"),
    ("person.children > 1)", "unreadable", "brackets"),
    ("EXTRACT(YEAR FROM person.birth_date) = 1961", "unreadable", "docs/rules.md"),
    ("", "not_one", "one condition"),
    ("   \n", "not_one", "one condition"),
    ("person.children adults", "not_in_the_language", "docs/rules.md"),
    ("DROP TABLE people", "not_in_the_language", "docs/rules.md"),
    ("(person.children, 1) = (1, 2)", "not_in_the_language", "docs/rules.md"),
    ("person.*", "not_in_the_language", "docs/rules.md"),
    ("(" * 60 + "person.deceased" + ")" * 60, "too_large", "Split"),
    ("NOT " * 100 + "person.deceased", "too_large", "Split"),
    ("NOT " * 1_900 + "person.deceased", "too_large", "Split"),
    ("1 + " * 100 + "1 = 1", "too_large", "Split"),
    ("person.deceased OR " * 700 + "TRUE", "too_large", "Split"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "instead"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_what_is_not_in_the_language_is_refused_with_what_to_write_instead(
    text: str, code: str, instead: str
) -> None:
    refused = refusal(text)
    assert refused.code == f"rules.{code}"
    assert instead in refused.todo.en
    assert refused.what.zh
    assert refused.what.en


def test_a_long_chain_of_conditions_is_no_deep_one() -> None:
    text = " OR ".join(f"person.children = {number}" for number in range(150))
    assert rules.compute(rules.check(text, VOCABULARY), {"person.children": 149}) is True


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("person.deceased\n  AND person.chidren > 2", ("line 2, column 7", "`person.chidren`", 12)),
        ("person.deceased AND coalesce(person.children, 0) > 2", ("line 1, column 21", "`coalesce(", 11)),
        ("person.children > :pension_ag", ("line 1, column 19", "`:pension_ag`", 11)),
        ("person.deceased\nAND person.children ≥ 2", ("line 2, column 21", "`≥`", 12)),
        ("person.deceased\nAND AND TRUE", ("line 2, column 5", "`AND`", 12)),
        ("person.children >\n 'x'", ("line 1, column 1", "`person.children > 'x`", 11)),
    ],
)
def test_a_refusal_points_at_its_place_in_the_rule_and_in_the_file(
    text: str, place: tuple[str, str, int]
) -> None:
    with pytest.raises(InvalidDeclaration) as refused:
        rules.check(text, VOCABULARY, PARAMETERS, file="packs/x/pack.yaml", line=11)
    where, shown, line = place
    assert where in refused.value.what.en
    assert shown.rstrip("`") in refused.value.what.en
    assert (refused.value.file, refused.value.line) == ("packs/x/pack.yaml", line)


def test_precedence_is_sqls() -> None:
    rule = rules.check("TRUE OR TRUE AND FALSE", VOCABULARY)
    assert rules.compute(rule, {}) is True
    rule = rules.check("NOT person.children = 1", VOCABULARY)
    assert rules.compute(rule, {"person.children": 1}) is False
    rule = rules.check("2 + 3 * 4 - 1", VOCABULARY)
    assert rules.compute(rule, {}) == 13


def test_a_rule_may_give_an_amount_a_date_or_a_code() -> None:
    assert rules.check("divide(person.income_cents * 30, 100, 'down')", VOCABULARY).kind is Kind.MONEY
    assert rules.check("add_months(person.birth_date, 12 * 65)", VOCABULARY).kind is Kind.DATE
    assert rules.check("CASE WHEN TRUE THEN place.usage ELSE 'mixed' END", VOCABULARY).kind is Kind.CODE


def test_lists_do_not_stand_in_lists() -> None:
    name = Text("名", "name")
    inner = ElementType(Kind.LIST, name, fields={})
    with pytest.raises(ValueError, match="inside a list"):
        ElementType(Kind.LIST, name, fields={"x": inner})
    with pytest.raises(ValueError, match="fields belong"):
        ElementType(Kind.LIST, name)


def test_a_rule_is_in_force_on_both_its_end_days() -> None:
    article = Text("第一条", "art. 1")
    law = rules.Law(article, "found", effective_from=date(2026, 1, 1), effective_to=date(2026, 12, 31))
    bounded = rules.check("TRUE", VOCABULARY, law=law, id="bounded")
    always = rules.check("TRUE", VOCABULARY, id="always")
    both = (bounded, always)
    assert rules.in_force(both, date(2025, 12, 31)) == (always,)
    assert rules.in_force(both, date(2026, 1, 1)) == both
    assert rules.in_force(both, date(2026, 12, 31)) == both
    assert rules.in_force(both, date(2027, 1, 1)) == (always,)
