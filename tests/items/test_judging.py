"""Checks say what is met; unknown decides nothing, and nothing here can say no."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.items import city
from tongban.items import api as items
from tongban.rules import api as rules

REGISTRATION = city.bundle().item("registration")
FORM = city.answers()
READ = sorted(
    {key for key in city.facts() if key[1] not in {"place.address_text", "place.division"}}, key=str
)


def outcomes(values: items.Values, given_answers: items.Answers = FORM) -> dict[str, str]:
    judged = items.judge(city.bundle(), REGISTRATION, given_answers.parties, values, city.DATES)
    return {each.check.code: rules.outcome_name(each.outcome) for each in judged}


def test_a_founder_without_blemish_meets_every_check_of_every_item() -> None:
    values = city.known(FORM)
    for item in city.bundle().items:
        for each in items.judge(city.bundle(), item, FORM.parties, values, city.DATES):
            assert isinstance(each.outcome, rules.Met), each.check.code


@pytest.mark.parametrize("missing", READ, ids=lambda key: key[1])
def test_one_missing_fact_leaves_what_reads_it_unknown_and_the_rest_met(
    missing: tuple[items.Ref, str],
) -> None:
    without = {key: value for key, value in city.known(FORM).items() if key != missing}
    found = outcomes(without)
    assert "unknown" in found.values()
    assert "not_met" not in found.values()


def test_with_every_fact_unknown_nothing_is_decided() -> None:
    found = outcomes({})
    counted = {"shareholders.number"}  # how many there are is what the filer says, not a fetched fact
    assert {found[code] for code in found.keys() - counted} == {"unknown"}


@given(st.sets(st.sampled_from(READ)))
def test_losing_facts_never_turns_into_a_refusal(lost: set[tuple[items.Ref, str]]) -> None:
    kept = {key: value for key, value in city.known(FORM).items() if key not in lost}
    assert "not_met" not in outcomes(kept).values()


@pytest.mark.parametrize(
    ("fact", "value", "check", "consequence"),
    [
        ("person.under_enforcement", True, "director.not_under_enforcement", "person"),
        ("person.deceased", True, "persons.alive", "person"),
        ("person.real_name_matched", False, "director.real_name", "person"),
    ],
)
def test_a_blemish_goes_to_a_person(fact: str, value: bool, check: str, consequence: str) -> None:
    values = {**city.known(FORM), (city.ME, fact): value}
    judged = {
        each.check.code: each
        for each in items.judge(city.bundle(), REGISTRATION, FORM.parties, values, city.DATES)
    }
    outcome = judged[check].outcome
    assert isinstance(outcome, rules.NotMet)
    assert outcome.because.zh
    assert "条" in outcome.article.zh
    assert judged[check].check.if_not_met == consequence


def test_a_taken_name_stops_before_submission_and_only_that() -> None:
    values = {**city.known(FORM), (city.COMPANY, "entity.trade_word_holders"): 1}
    only = items.judge(
        city.bundle(), REGISTRATION, FORM.parties, values, city.DATES, only="stop_before_submission"
    )
    assert {each.check.if_not_met for each in only} == {"stop_before_submission"}
    stopped = [each.check.code for each in only if isinstance(each.outcome, rules.NotMet)]
    assert stopped == ["name.trade_word_free"]


def test_an_article_is_applied_from_its_first_day_on() -> None:
    """A case pins its rules at acceptance; until then the filing's day speaks."""
    values = city.known(FORM)

    def codes(dates: items.Dates) -> set[str]:
        judged = items.judge(city.bundle(), REGISTRATION, FORM.parties, values, dates)
        return {each.check.code for each in judged}

    first = date(2024, 7, 1)  # the Company Law's five years
    assert "capital.due" in codes({"filing_date": first})
    assert "capital.due" not in codes({"filing_date": first - timedelta(days=1)})
    assert "capital.due" in codes({"filing_date": first - timedelta(days=1), "acceptance_date": first})


def test_every_shareholder_counts() -> None:
    two = city.answers("two-shareholders")
    other = items.Ref("shareholder", 1)
    theirs = {(other, "person.real_name_matched"): True, (other, "person.deceased"): False}
    values = city.known(two, {**city.facts(), **theirs})
    assert outcomes(values, two)["shareholders.real_name"] == "met"
    assert outcomes({**values, (other, "person.real_name_matched"): False}, two)[
        "shareholders.real_name"
    ] == ("not_met")
    assert outcomes({**values, (other, "person.contribution_cents"): 1}, two)["capital.sum"] == "not_met"


PLEDGED = city.answers("address-unknown", phase=1)


def pledged_values(serious: bool | None) -> items.Values:
    facts = {key: value for key, value in city.facts().items() if not key[1].startswith("place.")}
    values = dict(city.known(PLEDGED, facts))
    if serious is not None:
        values[city.ME, "person.serious_record"] = serious
    return values


def test_a_pledge_stands_for_the_proof_of_the_address_and_is_named() -> None:
    judged = items.judge(city.bundle(), REGISTRATION, PLEDGED.parties, pledged_values(False), city.DATES)
    by_pledge = {each.check.code for each in judged if each.pledge == "address"}
    assert by_pledge == {"place.usable", "place.not_residential"}
    assert all(isinstance(each.outcome, rules.Met) for each in judged)


@pytest.mark.parametrize("serious", [True, None])
def test_no_pledge_for_a_serious_record_nor_while_it_is_not_known(serious: bool | None) -> None:
    found = outcomes(pledged_values(serious), PLEDGED)
    assert found["place.usable"] == found["place.not_residential"] == "unknown"


def test_a_pledge_does_not_heal_what_a_source_says() -> None:
    values = {**pledged_values(False), (city.PLACE, "place.usage"): "residential"}
    assert outcomes(values, PLEDGED)["place.not_residential"] == "not_met"


def test_a_person_in_no_record_hands_in_one_document() -> None:
    missing = {
        (city.ME, "person.real_name_matched"),
        (city.ME, "person.birth_date"),
        (city.ME, "person.deceased"),
    }
    values = {key: value for key, value in city.known(FORM).items() if key not in missing}
    made = city.plan(FORM)
    wanted = items.required_materials(city.bundle(), REGISTRATION, made, FORM.parties, values, city.DATES)
    assert wanted == ("identity_paper",)
    assert items.stand_in(REGISTRATION, "director", "person.real_name_matched") == "identity_paper"
    whole = items.required_materials(
        city.bundle(), REGISTRATION, made, FORM.parties, city.known(FORM), city.DATES
    )
    assert whole == ()


def test_articles_of_ones_own_must_be_handed_in() -> None:
    own = replace(FORM, values={**FORM.values, (city.COMPANY, "articles"): "own"})
    wanted = items.required_materials(
        city.bundle(), REGISTRATION, city.plan(own), own.parties, city.known(own), city.DATES
    )
    assert wanted == ("articles_own",)


def test_a_missing_name_is_traced_to_the_participant_who_lacks_it() -> None:
    two = city.answers("two-shareholders")
    values = city.known(two)
    lacking = items.missing_of(city.bundle(), "shareholder.real_name_matched", two.parties, values)
    assert lacking == ((items.Ref("shareholder", 1), "person.real_name_matched"),)
