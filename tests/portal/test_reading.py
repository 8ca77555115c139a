"""Reading a form as a browser, or anybody who writes one by hand, may send it."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.items import city
from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.errors import Invalid, TongbanError
from tongban.portal.forms import names, reading
from tongban.registry import api as registry

BUNDLE = city.bundle()
OWNER = registry.Subject(1, "person", "111", "990121198803129020", "李春燕", 3)
Ref = items.Ref


def read(**lists: list[str]) -> reading.Given:
    return reading.read(reading.Sent(lists), BUNDLE, OWNER)


def sent(fields: dict[str, list[str]]) -> reading.Given:
    return reading.read(reading.Sent(fields), BUNDLE, OWNER)


WORDS = some.text(alphabet=string.ascii_lowercase + ":._-0123456789", max_size=30)
LIKELY = some.sampled_from(
    [
        "asked",
        "parties",
        "answer:company:scope",
        "answer:company:trade_word",
        "answer:shareholder.1:contribution_cents",
        "party:director:who",
        "party:shareholder.1:number",
        "tick:applicant:truthful",
        "tick:director:accepts_post",
    ]
)
VALUES = some.lists(some.one_of(some.text(max_size=20), LIKELY, some.just("same:applicant")), max_size=4)


@given(some.dictionaries(some.one_of(WORDS, LIKELY), VALUES, max_size=8))
def test_whatever_is_sent_is_read_or_said_to_be_wrong(fields: dict[str, list[str]]) -> None:
    try:
        read_form = sent(fields)
    except TongbanError:
        return
    known = {question.id for question in BUNDLE.questions} | {each.id for each in BUNDLE.confirmations}
    assert {question for _, question in read_form.answers} <= known
    assert all(
        each.same_as is None or each.same_as.role in BUNDLE.participant(each.ref.role).may_be
        for each in read_form.parties
    )


@given(some.lists(some.booleans(), min_size=1, max_size=6), some.data())
def test_removing_a_participant_keeps_what_was_said_of_each_other_one(
    others: list[bool], data: some.DataObject
) -> None:
    parties = tuple(
        cases.Named(Ref("shareholder", place), None, "111", str(place), f"股东{place}")
        for place in range(len(others))
    )
    answers: reading.Answers = {(each.ref, "contribution_cents"): each.ref.position for each in parties}
    whole = reading.Given(parties, answers)
    gone = data.draw(some.sampled_from(parties)).ref
    left = reading.without(whole, gone)
    if len(parties) == 1:
        assert left == whole
        return
    assert [each.ref.position for each in left.parties] == list(range(len(parties) - 1))
    assert {each.number for each in left.parties} == {each.number for each in parties} - {str(gone.position)}
    for each in left.parties:
        assert left.answers[each.ref, "contribution_cents"] == int(each.number)


def test_a_box_that_is_not_ticked_takes_the_answer_back_only_where_it_stood_on_the_page() -> None:
    asked = {"asked": ["answer:company:scope", "tick:applicant:truthful"]}
    assert sent(asked).answers == {(Ref("company"), "scope"): None, (Ref("applicant"), "truthful"): None}
    assert sent({}).answers == {}


def test_the_chosen_first_one_comes_first() -> None:
    read_form = sent(
        {
            "asked": ["answer:company:scope"],
            "answer:company:scope": ["餐饮服务", "餐饮管理"],
            "answer:company:scope:first": ["餐饮管理"],
        }
    )
    assert read_form.answers == {(Ref("company"), "scope"): ("餐饮管理", "餐饮服务")}


def test_a_tick_for_a_role_that_somebody_else_fills_is_not_read() -> None:
    fields = {
        "parties": ["director"],
        "party:director:who": ["other"],
        "party:director:number": ["990122197907059014"],
        "asked": ["tick:director:accepts_post", "tick:applicant:truthful"],
        "tick:director:accepts_post": ["yes"],
        "tick:applicant:truthful": ["yes"],
    }
    assert sent(fields).answers == {(Ref("applicant"), "truthful"): True}
    mine = sent({**fields, "party:director:who": ["same:applicant"]})
    assert mine.answers[Ref("applicant"), "accepts_post"] is True


def test_a_number_is_read_as_people_write_it() -> None:
    fields = {
        "parties": ["director"],
        "party:director:who": ["other"],
        "party:director:number": ["９９０１２２ 19790705 901４"],
        "party:director:name": [" 王建国 "],
    }
    named = next(each for each in sent(fields).parties if each.ref.role == "director")
    assert (named.number, named.name) == ("990122197907059014", "王建国")


def test_an_assumed_role_is_filled_without_being_asked() -> None:
    assert cases.Named(Ref("liaison"), same_as=Ref("applicant")) in sent({}).parties


def test_no_more_are_added_than_the_law_admits() -> None:
    full = reading.Given(tuple(cases.Named(Ref("shareholder", place)) for place in range(50)))
    with pytest.raises(Invalid):
        reading.with_one_more(full, BUNDLE, "shareholder")
    assert (
        len(reading.with_one_more(replace(full, parties=full.parties[1:]), BUNDLE, "shareholder").parties)
        == 50
    )


@pytest.mark.parametrize("ref", [Ref("director"), Ref("shareholder", 12)])
def test_a_fields_name_says_whom_it_is_about(ref: items.Ref) -> None:
    assert names.read_field(names.answer(ref, "trade_word"), "answer") == (ref, "trade_word")
    assert names.read_field(names.answer(ref, "trade_word"), "tick") is None
    assert names.read_ref("Shareholder.1; DROP") is None
