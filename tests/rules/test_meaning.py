"""What a rule means for one set of facts."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.rules.hard_rows import HARD_ROWS, shareholders
from tests.rules.town import DATES, PARAMETERS, VALUES, VOCABULARY, people
from tests.rules.writing import conditions, texts
from tongban.kernel.errors import Invalid, InvalidValue
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import NONE_ON_RECORD, Fact, Kind, Met, NotMet, Records, Unknown
from tongban.rules.canonical import print_tree
from tongban.rules.days import add_months, age_on, full_months
from tongban.rules.tree import Known, Node, walk

PEOPLE = people(60, seed=7)
LOGICAL = {None: "person.deceased", True: "TRUE", False: "FALSE"}


def value(expression: str, facts: Mapping[str, Fact | None], dates: Mapping[str, date] = DATES) -> object:
    found = rules.compute(rules.check(expression, VOCABULARY, PARAMETERS), facts, PARAMETERS, dates)
    return None if isinstance(found, Unknown) else found


def outcome(
    expression: str, facts: Mapping[str, Fact | None], dates: Mapping[str, date] = DATES
) -> rules.Outcome:
    return rules.evaluate(rules.check(expression, VOCABULARY, PARAMETERS), facts, PARAMETERS, dates)


def missing(
    expression: str, facts: Mapping[str, Fact | None], dates: Mapping[str, date] = DATES
) -> tuple[str, ...]:
    found = outcome(expression, facts, dates)
    assert isinstance(found, Unknown)
    return found.missing


@pytest.mark.parametrize(
    ("expression", "facts", "expected"), [row[1:] for row in HARD_ROWS], ids=[row[0] for row in HARD_ROWS]
)
def test_the_hard_rows(expression: str, facts: Mapping[str, Fact | None], expected: object) -> None:
    assert value(expression, facts, {}) == expected


@pytest.mark.parametrize(("one", "other"), list(product((True, False, None), repeat=2)))
def test_and_and_or_are_kleenes(one: bool | None, other: bool | None) -> None:
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False
    assert value(f"{LOGICAL[one]} AND {LOGICAL[other]}", {}) is both
    assert value(f"{LOGICAL[one]} OR {LOGICAL[other]}", {}) is either


@pytest.mark.parametrize(
    ("expression", "facts", "expected"),
    [
        ("person.deceased AND person.name = 'a'", {}, ("person.deceased", "person.name")),
        ("person.deceased AND person.name = 'a'", {"person.deceased": True}, ("person.name",)),
        ("(person.deceased OR TRUE) AND person.name = 'a'", {}, ("person.name",)),
        ("NOT (person.deceased AND FALSE) AND person.children = 1", {}, ("person.children",)),
        ("person.deceased OR person.deceased", {}, ("person.deceased",)),
        ("person.children BETWEEN 1 AND person.age_claimed", {"person.children": 2}, ("person.age_claimed",)),
        ("CASE WHEN person.deceased THEN person.name = 'a' ELSE TRUE END", {}, ("person.deceased",)),
        (
            "CASE WHEN person.deceased THEN person.name = 'a' ELSE TRUE END",
            {"person.deceased": True},
            ("person.name",),
        ),
        ("known(person.name) OR person.deceased", {}, ("person.deceased",)),
        ("every(company.shareholders, each.confirmed)", {}, ("company.shareholders",)),
        (
            "every(company.shareholders, each.confirmed)",
            shareholders(True, complete=False),
            ("company.shareholders",),
        ),
        (
            "every(company.shareholders, each.confirmed)",
            shareholders(True, None, None),
            ("company.shareholders.confirmed",),
        ),
        (
            "every(company.shareholders, each.confirmed OR person.deceased)",
            shareholders(True, True),
            None,
        ),
        ("none_on_record(person.office_bar_until)", {}, ("person.office_bar_until",)),
        ("person.children >= :pension_age", {}, ("person.children",)),
    ],
)
def test_missing_names_exactly_what_made_it_unknown(
    expression: str, facts: Mapping[str, Fact | None], expected: tuple[str, ...] | None
) -> None:
    if expected is None:
        assert isinstance(outcome(expression, facts), Met)
    else:
        assert missing(expression, facts) == expected


def test_a_parameter_before_its_first_day_is_missing_and_never_the_nearest() -> None:
    early = {"filing_date": date(2019, 12, 31)}
    assert missing("person.children >= :pension_age", {"person.children": 70}, early) == (":pension_age",)
    assert value(
        "person.children >= :pension_age", {"person.children": 60}, {"filing_date": date(2025, 12, 31)}
    )
    assert value("person.children >= :pension_age", {"person.children": 60}, DATES) is False


def test_a_parameter_whose_date_is_not_there_yet_misses_the_date() -> None:
    expression = "person.income_cents <= :income_limit"
    assert missing(expression, {"person.income_cents": 1}, {}) == (":month_of_payment",)
    assert missing(":filing_date > DATE '2026-01-01'", {}, {}) == (":filing_date",)


def test_a_parameter_that_has_ended_is_missing() -> None:
    ended = {"month_of_payment": date(2027, 1, 1)}
    assert missing("person.income_cents <= :income_limit", {"person.income_cents": 1}, ended) == (
        ":income_limit",
    )


@pytest.mark.parametrize(
    ("expression", "facts", "words"),
    [
        ("divide(1, person.children, 'up') > 0", {"person.children": 0}, "the divisor is zero"),
        ("person.children * 2 > 0", {"person.children": 2**62}, "the number does not fit 64 bits"),
        ("age_on(person.birth_date, :filing_date) > 0", {"person.birth_date": date(2026, 7, 2)},
         "the first date lies after the second"),
        ("add_months(person.birth_date, 12) > :filing_date", {"person.birth_date": date.max},
         "the date lies off the calendar"),
        ("person.office_bar_until > :filing_date", {"person.office_bar_until": NONE_ON_RECORD},
         "nothing is on record as end of the office bar"),
    ],
)  # fmt: skip
def test_what_is_there_and_has_no_value_says_why(
    expression: str, facts: Mapping[str, Fact | None], words: str
) -> None:
    found = outcome(expression, facts)
    assert isinstance(found, Unknown)
    assert (found.missing, [reason.en for reason in found.undefined]) == ((), [words])


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("person.children", True),
        ("person.children", "1"),
        ("person.children", 1.0),
        ("person.children", 2**63),
        ("person.income_cents", -(2**63) - 1),
        ("person.deceased", 1),
        ("person.birth_date", datetime(2026, 7, 1, 12)),  # noqa: DTZ001 - any moment is refused
        ("person.birth_date", "2026-07-01"),
        ("person.name", 1),
        ("company.shareholders", ()),
        ("company.shareholders", Records(({"confirmed": "yes"},), True)),
    ],
)
def test_a_fact_of_another_kind_is_refused_and_never_converted(code: str, fact: object) -> None:
    rule = rules.check(f"known({code})", VOCABULARY)
    with pytest.raises(InvalidValue) as refusal:
        rules.evaluate(rule, {code: fact})
    assert refusal.value.code == "rules.fact_of_another_kind"


def test_a_date_by_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match="filing"):
        outcome("person.deceased", {}, {"filing": date(2026, 7, 1)})


def test_a_rule_that_gives_an_amount_is_no_condition() -> None:
    with pytest.raises(Invalid) as refusal:
        outcome("person.income_cents * 2", {})
    assert refusal.value.code == "rules.no_condition"


def test_a_rule_without_its_parameters_does_not_run() -> None:
    rule = rules.check("person.children >= :pension_age", VOCABULARY, PARAMETERS)
    with pytest.raises(Invalid) as refusal:
        rules.evaluate(rule, {}, dates=DATES)
    assert refusal.value.code == "rules.parameter_not_given"


def test_every_fact_unknown_is_never_a_yes_or_a_no_unless_nothing_is_asked() -> None:
    nobody: dict[str, Fact | None] = {}
    for expression in (
        "person.income_cents < :income_limit",
        "NOT person.deceased",
        "age_on(person.birth_date, :filing_date) >= 65 OR person.children > 2",
        "every(company.shareholders, each.confirmed)",
        "count_of(company.shareholders) < 50",
    ):
        assert isinstance(outcome(expression, nobody), Unknown), expression


@settings(max_examples=150)
@given(text=texts(), number=st.integers(0, len(PEOPLE) - 1), chance=st.randoms(use_true_random=False))
def test_learning_a_fact_never_turns_a_yes_into_a_no(text: str, number: int, chance: random.Random) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    assume(not any(isinstance(node, Known) for node in walk(rule.tree)))  # known() asks about knowing
    facts = PEOPLE[number]
    before = rules.evaluate(rule, facts, PARAMETERS, DATES)
    assume(not isinstance(before, Unknown))
    after = rules.evaluate(rule, filled(facts, rule.elements, chance), PARAMETERS, DATES)
    assert type(after) is type(before)


@settings(max_examples=150)
@given(text=texts(), number=st.integers(0, len(PEOPLE) - 1), chance=st.randoms(use_true_random=False))
def test_what_is_not_called_missing_changes_nothing(text: str, number: int, chance: random.Random) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    assume(not any(isinstance(node, Known) for node in walk(rule.tree)))
    facts = PEOPLE[number]
    before = rules.evaluate(rule, facts, PARAMETERS, DATES)
    assume(isinstance(before, Unknown))
    assert isinstance(before, Unknown)
    assert before.missing or before.undefined
    others = [code for code in rule.elements if code not in before.missing]
    after = rules.evaluate(rule, filled(facts, others, chance), PARAMETERS, DATES)
    assert isinstance(after, Unknown)
    assert (after.missing, after.undefined) == (before.missing, before.undefined)


@settings(max_examples=150)
@given(text=texts(), number=st.integers(0, len(PEOPLE) - 1), chance=st.randoms(use_true_random=False))
def test_what_was_missing_and_is_given_is_not_called_missing_again(
    text: str, number: int, chance: random.Random
) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    facts = PEOPLE[number]
    before = rules.evaluate(rule, facts, PARAMETERS, DATES)
    assume(isinstance(before, Unknown) and before.missing)
    assert isinstance(before, Unknown)
    given_now = [code for code in rule.elements if code in before.missing]
    after = rules.evaluate(rule, filled(facts, given_now, chance), PARAMETERS, DATES)
    if isinstance(after, Unknown):
        assert not set(given_now) & set(after.missing)


def filled(
    facts: Mapping[str, Fact | None], codes: Iterable[str], chance: random.Random
) -> dict[str, Fact | None]:
    """Give the facts with those of these codes that were unknown filled in somehow."""
    found = dict(facts)
    for code in codes:
        element = VOCABULARY[code]
        fact = found.get(code)
        if fact is not None and not (isinstance(fact, Records) and not fact.complete):
            continue
        if element.kind is Kind.LIST:
            row = {name: chance.choice(VALUES[field.kind]) for name, field in (element.fields or {}).items()}
            found[code] = Records((row,) * chance.choice((0, 1, 2)), True)
        else:
            found[code] = chance.choice(VALUES[element.kind])
    return found


@settings(max_examples=200)
@given(tree=conditions(4))
def test_a_rule_printed_and_read_again_is_the_same_rule(tree: Node) -> None:
    text = print_tree(tree)
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    assert rule.tree == tree
    assert rules.canonical_text(rule) == text


def test_one_rule_has_one_canonical_text_however_it_was_typed() -> None:
    typed = "person.children>=2 and\n   not(person.deceased)   AND ((person.income_cents) <= YUAN(2000.5))"
    assert rules.canonical_text(rules.check(typed, VOCABULARY)) == (
        "person.children >= 2 AND NOT person.deceased AND person.income_cents <= cents(200050)"
    )


@given(start=st.dates(date(1900, 1, 1), date(2100, 1, 1)), days=st.integers(0, 40_000))
def test_full_months_is_the_most_months_that_fit(start: date, days: int) -> None:
    end = date.fromordinal(min(start.toordinal() + days, date.max.toordinal()))
    months = full_months(start, end)
    assert months is not None
    reached, beyond = add_months(start, months), add_months(start, months + 1)
    assert reached is not None
    assert beyond is not None
    assert reached <= end < beyond
    assert age_on(start, end) == months // 12


def test_outcomes_carry_the_law_they_come_from() -> None:
    law = rules.Law(
        Text("《测试办法》第二条", "Test Measures, art. 2"),
        "found",
        remedy=Text("可以申请人工处理。", "Ask for a person."),
    )
    rule = rules.check("person.children > 2", VOCABULARY, law=law)
    found = rules.evaluate(rule, {"person.children": 1})
    assert isinstance(found, NotMet)
    assert (found.article, found.remedy) == (law.article, law.remedy)
    assert found.because.en == "number of children 1 ≤ 2"
