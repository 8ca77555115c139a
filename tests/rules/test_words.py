"""A rule explains itself, clause by clause, in both languages."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.hard_rows import shareholders
from tests.rules.town import DATES, PARAMETERS, VOCABULARY, people
from tests.rules.writing import amount_texts, texts
from tongban.rules import api as rules
from tongban.rules.api import NONE_ON_RECORD, Fact, Kind, NotMet, Records

PEOPLE = people(24, seed=11)


def lines(text: str, facts: Mapping[str, Fact | None]) -> list[tuple[str, str]]:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    trace = rules.explain(rule, facts, PARAMETERS, DATES)
    return [(line.text.zh, line.text.en) for line in trace.lines]


@pytest.mark.parametrize(
    ("text", "facts", "zh", "en"),
    [
        (
            "age_on(person.birth_date, :filing_date) >= 65",
            {"person.birth_date": date(1961, 7, 2)},
            "年龄 64 < 65：不满足（出生日期 1961年7月2日，申请日 2026年7月1日）",
            "age 64 < 65: not met (date of birth 1961-07-02, the filing date 2026-07-01)",
        ),
        (
            "age_on(person.birth_date, :filing_date) >= :pension_age",
            {"person.birth_date": date(1961, 7, 1)},
            "年龄 65 ≥ 起领年龄 65：满足（出生日期 1961年7月1日，申请日 2026年7月1日）",
            "age 65 ≥ starting age 65: met (date of birth 1961-07-01, the filing date 2026-07-01)",
        ),
        (
            "age_on(person.birth_date, :filing_date) >= 65",
            {},
            "年龄 ≥ 65：不能确定（缺少：出生日期）",
            "age ≥ 65: cannot be determined (missing: date of birth)",
        ),
        (
            "person.income_cents <= :income_limit",
            {"person.income_cents": 200_050},
            "月收入 2,000.50元 > 收入上限 2,000.00元：不满足",
            "monthly income CNY 2,000.50 > income limit CNY 2,000.00: not met",
        ),
        (
            "divide(person.income_cents * 30, 100, 'half_up') > yuan(10)",
            {"person.income_cents": 3_335},
            "（月收入 33.35元 × 30 = 1,000.50元） ÷ 100（四舍五入） = 10.01元 > 10.00元：满足",
            "(monthly income CNY 33.35 × 30 = CNY 1,000.50) ÷ 100 (rounded half up) = CNY 10.01"
            " > CNY 10.00: met",
        ),
        (
            "place.usage IN ('commercial', 'mixed')",
            {"place.usage": "residential"},
            "房屋用途 “住宅” 不属于“商业”、“商住混合”：不满足",
            'use of the premises "residential" is none of "commercial", "mixed": not met',
        ),
        (
            "place.usage = 'commercial'",
            {"place.usage": "commercial"},
            "房屋用途 “商业” = “商业”：满足",
            'use of the premises "commercial" = "commercial": met',
        ),
        (
            "person.children BETWEEN 1 AND 3",
            {"person.children": 4},
            "子女数 4 不在 1 至 3 之间：不满足",
            "number of children 4 is not between 1 and 3: not met",
        ),
        ("person.real_name_matched", {"person.real_name_matched": True}, "实名核验一致 是：满足",
         "real name matched yes: met"),
        ("known(person.name)", {}, "未掌握姓名：不满足", "name is not known: not met"),
        ("known(person.name)", {"person.name": "甲"}, "已掌握姓名：满足", "name is known: met"),
        (
            "none_on_record(person.office_bar_until)",
            {"person.office_bar_until": NONE_ON_RECORD},
            "任职限制截止日查无记录：满足",
            "nothing is on record as end of the office bar: met",
        ),
        (
            "none_on_record(person.office_bar_until)",
            {"person.office_bar_until": date(2027, 1, 1)},
            "任职限制截止日查有记录：不满足",
            "something is on record as end of the office bar: not met",
        ),
        (
            "person.children * 2 > 0",
            {"person.children": 2**62},
            "子女数 4611686018427387904 × 2 > 0：不能确定（数值超出64位整数范围）",
            "number of children 4611686018427387904 × 2 > 0: cannot be determined "
            "(the number does not fit 64 bits)",
        ),
        (
            "add_months(person.birth_date, 12) < :filing_date",
            {"person.birth_date": date(2026, 1, 31)},
            "12个月后之日 2027年1月31日 ≥ 申请日 2026年7月1日：不满足（出生日期 2026年1月31日）",
            "the day 12 months on 2027-01-31 ≥ the filing date 2026-07-01: not met"
            " (date of birth 2026-01-31)",
        ),
    ],
)  # fmt: skip
def test_a_clause_says_how_it_turned_out(text: str, facts: dict[str, Fact | None], zh: str, en: str) -> None:
    assert lines(text, facts) == [(zh, en)]


def test_clauses_stand_under_what_they_make_up() -> None:
    rule = rules.check("NOT person.deceased AND (person.children > 1 OR person.name = 'a')", VOCABULARY)
    found = rules.evaluate(rule, {"person.deceased": True, "person.children": 0})
    assert found.trace.spoken("en") == (
        "all of the following: not met\n"
        "  the following must not be so: not met\n"
        "    deceased yes: holds\n"
        "  any one of the following: cannot be determined (missing: name)\n"
        "    number of children 0 ≤ 1: not met\n"
        '    name = "a": cannot be determined (missing: name)'
    )
    assert found.trace.spoken("zh").splitlines()[:3] == [
        "以下各项须全部具备：不满足",
        "  不得有以下情形：不满足",
        "    已死亡 是：成立",
    ]
    assert [(line.depth, line.result) for line in found.trace.lines[:3]] == [
        (0, "not_met"),
        (1, "not_met"),
        (2, "met"),
    ]


def test_a_case_shows_the_conditions_that_were_asked_and_what_was_chosen() -> None:
    text = "CASE WHEN person.deceased THEN cents(0) WHEN person.children > 1 THEN yuan(80) ELSE yuan(50) END"
    facts = {"person.deceased": False, "person.children": 2}
    assert [en for _, en in lines(text, facts)] == [
        "value: the value of the case CNY 80.00",
        "deceased no: does not hold",
        "number of children 2 > 1: holds",
        "value: CNY 80.00",
    ]
    assert [en for _, en in lines(text, {})] == [
        "the value of the case: cannot be determined (missing: deceased)",
        "deceased: cannot be determined (missing: deceased)",
    ]


def test_a_collection_speaks_of_each_record() -> None:
    found = lines("every(company.shareholders, each.confirmed)", shareholders(True, False))
    assert found == [
        ("股东（共2条）并非每条都具备：不满足", "not every record of shareholders (2): not met"),
        ("第1条：满足", "record 1: met"),
        ("本人确认 是：满足", "confirmed in person yes: met"),
        ("第2条：不满足", "record 2: not met"),
        ("本人确认 否：不满足", "confirmed in person no: not met"),
    ]


def test_a_sum_is_shown_with_its_parts() -> None:
    found = lines(
        "sum_of(company.shareholders, each.contribution_cents) >= yuan(2)", shareholders(True, True)
    )
    assert [en for _, en in found] == [
        "total over shareholders CNY 2.00 ≥ CNY 2.00: met",
        "record 1: contribution CNY 1.00",
        "record 2: contribution CNY 1.00",
    ]


def test_a_thousand_records_are_not_all_told() -> None:
    facts = {"company.shareholders": Records(({"confirmed": True},) * 1_000, True)}
    found = lines("every(company.shareholders, each.confirmed)", facts)
    assert len(found) == 1 + 2 * 50 + 1
    assert found[-1] == ("其余950条未逐条列出", "and 950 more records")


def test_a_no_without_words_of_its_own_tells_the_clauses_that_failed() -> None:
    rule = rules.check(
        "person.children > 1 AND NOT person.deceased AND (person.name = 'a' OR place.usage = 'mixed')",
        VOCABULARY,
    )
    facts = {"person.children": 1, "person.deceased": True, "person.name": "b", "place.usage": "commercial"}
    found = rules.evaluate(rule, facts)
    assert isinstance(found, NotMet)
    assert found.because.en == (
        'number of children 1 ≤ 1; deceased yes; name "b" ≠ "a"; use of the premises "commercial" ≠ "mixed"'
    )
    assert found.because.zh == "子女数 1 ≤ 1；已死亡 是；姓名 “b” ≠ “a”；房屋用途 “商业” ≠ “商住混合”"


@settings(max_examples=150)
@given(text=st.one_of(texts(), amount_texts()), number=st.integers(0, len(PEOPLE) - 1))
def test_every_rule_can_be_spoken_and_its_first_line_is_its_outcome(text: str, number: int) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS)
    first, *others = rules.explain(rule, PEOPLE[number], PARAMETERS, DATES).lines
    assert first.depth == 0
    assert all(line.depth > 0 for line in others)
    value = rules.compute(rule, PEOPLE[number], PARAMETERS, DATES)
    if isinstance(value, rules.Unknown):
        assert first.result == "unknown"
    elif rule.kind is Kind.BOOLEAN:
        assert first.result == ("met" if value else "not_met")
        if not value:
            no = rules.evaluate(rule, PEOPLE[number], PARAMETERS, DATES)
            assert isinstance(no, NotMet)
            assert no.because.en
    else:
        assert first.result == "value"
