"""Answers are read as people write them, and what is wrong is told on the spot."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.items import city
from tongban.items import api as items
from tongban.kernel.errors import InvalidValue

FORM = city.answers()
ASK = city.bundle().question


@pytest.mark.parametrize(
    ("question", "raw", "read"),
    [
        ("trade_word", "  春燕里 ", "春燕里"),
        ("registered_capital_cents", 10_000_000, 10_000_000),
        ("registered_capital_cents", "100000", 10_000_000),
        ("registered_capital_cents", "100000.5", 10_000_050),
        ("staff_count", "２", 2),
        ("invoice_needed", "on", True),
        ("invoice_needed", "否", False),
        ("account_day", "2026-11-30", date(2026, 11, 30)),
        ("term_years", "10", 10),
        ("scope", ["餐饮服务", "餐饮服务", "软件开发"], ("餐饮服务", "软件开发")),
        ("scope", "餐饮服务,软件开发", ("餐饮服务", "软件开发")),
    ],
)
def test_an_answer_is_read_in_its_questions_type(question: str, raw: object, read: object) -> None:
    parsed = items.parse_answer(ASK(question), raw)
    assert parsed == read
    assert type(parsed) is type(read)


@pytest.mark.parametrize(
    ("question", "raw"),
    [
        ("trade_word", 5),
        ("trade_word", "春\x00燕"),
        ("trade_word", "燕" * 3000),
        ("registered_capital_cents", "一百万"),
        ("registered_capital_cents", "1.234"),
        ("registered_capital_cents", -1.5),
        ("staff_count", "两个"),
        ("staff_count", True),
        ("invoice_needed", "maybe"),
        ("account_day", "2026-02-30"),
        ("articles", "mine"),
        ("scope", ["挖矿"]),
        ("scope", 7),
    ],
)
def test_a_malformed_answer_is_refused_with_words_in_both_languages(question: str, raw: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        items.parse_answer(ASK(question), raw)
    assert refused.value.todo.zh
    assert refused.value.todo.en


@given(
    st.text(max_size=30)
    | st.integers()
    | st.booleans()
    | st.none()
    | st.lists(st.text(max_size=5), max_size=3)
)
def test_no_answer_whatever_breaks_the_reader(raw: object) -> None:
    for question in city.bundle().questions:
        try:
            items.parse_answer(question, raw)
        except InvalidValue:
            continue


def told(given_answers: items.Answers) -> set[tuple[str, str]]:
    found = items.problems(city.bundle(), city.plan(given_answers), given_answers, demonstration=True)
    return {(str(problem.ref), problem.question) for problem in found}


def changed(**values: items.Value) -> items.Answers:
    return replace(
        FORM, values={**FORM.values, **{(city.COMPANY, key): value for key, value in values.items()}}
    )


def test_the_sample_has_no_problems() -> None:
    assert told(FORM) == set()


def test_everything_that_is_missing_is_told_at_once() -> None:
    bare = items.Answers(city.alone())
    asked = {(str(p.ref), p.question.id) for p in city.plan(bare).questions if p.question.default is None}
    assert told(bare) == asked


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("燕", "two to ten"),
        ("Chunyan", "two to ten"),
        ("春燕2店", "two to ten"),
        ("中国燕", "may not contain 中国"),
        ("云东县燕", "may not contain 云东县"),
        ("国家级燕", "may not contain 国家"),
    ],
)
def test_a_trade_word_has_two_characters_and_none_that_is_forbidden(word: str, why: str) -> None:
    bad = changed(trade_word=word)
    found = items.problems(city.bundle(), city.plan(bad), bad, demonstration=True)
    assert [(problem.question, why in problem.todo.en) for problem in found] == [("trade_word", True)]


def test_limits_hold_for_numbers_amounts_and_numbers_of_choices() -> None:
    assert told(changed(staff_count=0)) == {("company", "staff_count")}
    assert told(changed(registered_capital_cents=99)) == {("company", "registered_capital_cents")}
    assert told(changed(scope=())) == {("company", "scope")}
    too_little = changed(registered_capital_cents=99)
    problem = items.problems(city.bundle(), city.plan(too_little), too_little, demonstration=True)[0]
    assert "1.00" in problem.todo.zh


def test_a_director_must_be_said_with_a_number_that_can_be_one() -> None:
    nobody = replace(FORM, parties=FORM.parties[:1])
    assert {("director", ""), ("shareholder", "")} <= told(nobody)
    wrong = replace(
        FORM,
        parties=(
            *FORM.parties[:2],
            items.Party(items.Ref("shareholder"), None, "990122197907059015", "王建国"),
        ),
    )
    assert ("shareholder", "") in told(wrong)


def test_statements_are_confirmed_one_by_one() -> None:
    made = city.plan(FORM)
    assert len(items.unconfirmed(made, FORM)) == made.totals.confirmations
    ticked = {(ref, confirmation.id): True for ref, confirmation in made.confirmations}
    assert items.unconfirmed(made, replace(FORM, values={**FORM.values, **ticked})) == ()
    almost = {**ticked, (city.ME, "truthful"): False}
    left = items.unconfirmed(made, replace(FORM, values={**FORM.values, **almost}))
    assert [problem.question for problem in left] == ["truthful"]


def test_telephones_and_people_of_nobody_will_do_in_a_demonstration_only() -> None:
    """The sample's people are invented; who answers for a real city is told so of each of them."""
    bundle, question = city.bundle(), ASK("mobile")
    form = city.answers("two-shareholders")
    plan = city.plan(form)
    asked = replace(plan.questions[0], ref=city.ME, question=question)
    plan = replace(plan, questions=(*plan.questions, asked))
    with_it = replace(form, values={**form.values, (city.ME, "mobile"): "100 0000 0108"})

    def found(*, demonstration: bool) -> set[tuple[str, str]]:
        told = items.problems(bundle, plan, with_it, demonstration=demonstration)
        return {(problem.ref.role, problem.question) for problem in told}

    assert found(demonstration=True) == set()
    named = {(naming.ref.role, "") for naming in plan.namings if not naming.chosen}
    assert named
    assert found(demonstration=False) == {(city.ME.role, "mobile"), *named}
    real = replace(with_it, values={**with_it.values, (city.ME, "mobile"): "13912345678"})
    told = items.problems(bundle, plan, real, demonstration=False)
    assert "mobile" not in {problem.question for problem in told}


@pytest.mark.parametrize("written", ["1391234567", "23912345678", "手机"])
def test_what_is_no_mobile_number_is_refused_as_it_is_typed(written: str) -> None:
    with pytest.raises(InvalidValue, match="mobile"):
        items.parse_answer(ASK("mobile"), written)
