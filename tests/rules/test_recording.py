"""What a decision keeps of a rule can be run again from nothing but itself."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.town import DATES, PARAMETERS, VOCABULARY, people
from tests.rules.writing import amount_texts, texts
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import NONE_ON_RECORD, Met, NotMet, Records

PEOPLE = people(24, seed=3)
LAW = rules.Law(
    article=Text("《测试办法》第三条", "Test Measures, art. 3"),
    mark="recalled",
    title=Text("年龄", "Age"),
    effective_from=date(2026, 1, 1),
    because=Text("未满起领年龄。", "Not yet of the starting age."),
    remedy=Text("到龄当月自动发放。", "It is paid from that month."),
)


def through_json(record: object) -> dict[str, object]:
    """Give what is left of a record that was hashed, stored and read back."""
    stored: dict[str, object] = json.loads(canonical(record))
    return stored


@settings(max_examples=150)
@given(
    text=st.one_of(texts(), amount_texts()),
    number=st.integers(0, len(PEOPLE) - 1),
    dates=st.sampled_from((DATES, {})),
)
def test_a_record_replays_to_the_same_outcome_word_for_word(
    text: str, number: int, dates: dict[str, date]
) -> None:
    rule = rules.check(text, VOCABULARY, PARAMETERS, law=LAW, id="r")
    facts = PEOPLE[number]
    run = rules.evaluate if rule.kind is rules.Kind.BOOLEAN else rules.compute
    outcome = run(rule, facts, PARAMETERS, dates)
    record = through_json(rules.record(rule, facts, PARAMETERS, dates, outcome=outcome))
    assert rules.replay(record) == outcome
    rules.confirm(record)


def age_record(born: date) -> dict[str, object]:
    rule = rules.check(
        "age_on(person.birth_date, :filing_date) >= :pension_age", VOCABULARY, PARAMETERS, law=LAW, id="age"
    )
    return through_json(rules.record(rule, {"person.birth_date": born}, PARAMETERS, DATES))


def test_a_replay_carries_article_reason_and_remedy() -> None:
    again = rules.replay(age_record(date(1961, 7, 2)))
    assert isinstance(again, NotMet)
    assert (again.article, again.because, again.remedy) == (LAW.article, LAW.because, LAW.remedy)
    assert isinstance(rules.replay(age_record(date(1961, 7, 1))), Met)


def test_a_replay_uses_the_amounts_of_then() -> None:
    record = age_record(date(1961, 7, 1))
    assert record["parameters"]["pension_age"]["value"] == "65"  # type: ignore[index]


def test_a_record_holds_only_what_the_rule_looked_at() -> None:
    rule = rules.check("every(company.shareholders, each.confirmed) AND person.children > 0", VOCABULARY)
    facts = {
        "company.shareholders": Records(({"confirmed": True, "name": "张三", "shares": 1},), True),
        "person.children": 1,
        "person.income_cents": 500_000,
    }
    record = rules.record(rule, facts)
    assert record["facts"] == {
        "company.shareholders": {"complete": True, "rows": [{"confirmed": True}]},
        "person.children": "1",
    }
    assert "张三" not in json.dumps(record, ensure_ascii=False)


def test_numbers_that_json_cannot_carry_come_back_whole() -> None:
    rule = rules.check("person.children = 9223372036854775807", VOCABULARY)
    record = through_json(rules.record(rule, {"person.children": 2**63 - 1}))
    assert isinstance(rules.replay(record), Met)


def test_nothing_on_record_comes_back_as_such() -> None:
    rule = rules.check("none_on_record(person.office_bar_until)", VOCABULARY)
    record = through_json(rules.record(rule, {"person.office_bar_until": NONE_ON_RECORD}))
    assert isinstance(rules.replay(record), Met)


def test_a_record_that_was_changed_is_not_confirmed() -> None:
    record = age_record(date(1961, 7, 2))
    record["facts"] = {"person.birth_date": "1961-07-01"}
    with pytest.raises(Conflict) as refused:
        rules.confirm(record)
    assert refused.value.code == "rules.replay_differs"


def test_a_record_of_another_version_of_the_language_is_not_run_by_this_one() -> None:
    record = age_record(date(1961, 7, 2)) | {"engine": "tongban-rules 0; sqlglot 1.0.0"}
    with pytest.raises(Invalid) as refused:
        rules.replay(record)
    assert refused.value.code == "rules.other_engine"


def test_the_version_names_the_language_and_its_parser() -> None:
    assert rules.engine_version().startswith(f"tongban-rules {rules.ENGINE_VERSION}; sqlglot ")
