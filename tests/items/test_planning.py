"""Promise 1: nothing that a granted source can supply is asked of a person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.items import city
from tongban.catalogue import api as catalogue
from tongban.items import api as items

WHOLE_FORM = city.answers()


def hows(made: items.Plan) -> dict[tuple[str, str], str]:
    return {(str(need.ref), need.element): need.how for need in made.needs}


def test_every_need_has_one_way_a_reason_and_a_basis() -> None:
    made = city.plan(WHOLE_FORM)
    keys = [(need.ref, need.element) for need in made.needs]
    assert len(keys) == len(set(keys))
    assert all(need.reason.zh and need.reason.en and need.basis and need.items for need in made.needs)


def test_a_person_types_at_most_eighteen_values() -> None:
    made = city.plan(WHOLE_FORM)
    assert made.totals.here.all <= 18
    assert made.totals.here.all == len(made.questions) + sum(naming.values for naming in made.namings)


def test_separate_filings_would_ask_far_more_and_say_how_sure_that_is() -> None:
    totals = city.plan(WHOLE_FORM).totals
    assert totals.separately.all == sum(count.all for count in totals.separately_by_item.values())
    assert totals.separately.all > 4 * totals.here.all
    assert totals.separately.found > 0
    assert totals.separately.recalled > 0
    assert set(totals.separately_by_item) == {item.key for item in city.bundle().items}


def test_confirmations_are_counted_apart() -> None:
    made = city.plan(WHOLE_FORM)
    assert made.totals.confirmations == len(made.confirmations) == 7
    ids = {confirmation.id for _, confirmation in made.confirmations}
    assert ids.isdisjoint(planned.question.id for planned in made.questions)


@pytest.mark.parametrize("division", [city.EAST, city.WEST])
def test_the_unchanged_pack_plans_in_both_counties(division: str) -> None:
    given = city.answers("sole-owner" if division == city.EAST else "sole-owner-west")
    made = city.plan(given, division)
    assert made.totals.here.all <= 18
    assert f"land.addresses_{division}" in {fetch.resource for fetch in made.fetches}
    assert all(
        city.around().book.grant_for(
            fetch.consumer, fetch.resource, fetch.elements, fetch.purpose, city.TODAY
        )
        for fetch in made.fetches
    )


def test_nothing_is_asked_that_a_granted_source_has() -> None:
    made = city.plan(WHOLE_FORM)
    book = city.around().book
    for planned in made.questions:
        source = book.source_of(planned.question.element, city.EAST, city.TODAY)
        # The register of companies cannot be asked about a company that does not exist yet.
        assert source is None or "company.credit_code" in source.keys


STAFF = "company.staff_count"  # insurance and the housing fund want it; tax does not


def plan_with_register_of_staff(*granted: str) -> items.Plan:
    """Plan where a register holds the number of staff, and the offices of these items may read it."""
    book = city.around().book
    like = book.resource("police.population")
    assert like is not None
    register = replace(like, code="tax.staff", elements=(STAFF,), keys=("place.address_code",))
    offices, codes = city.offices(city.EAST), {item.key: item.basic_code for item in city.bundle().items}
    grants = [
        replace(
            book.grants[0],
            code=f"staff/{item}",
            consumer=offices[item],
            resource="tax.staff",
            elements=(STAFF,),
            purpose=codes[item],
        )
        for item in granted
    ]
    richer = catalogue.make_book(
        epoch=book.epoch,
        on=book.on,
        elements=book.elements.values(),
        resources=[*book.resources.values(), register],
        grants=[*book.grants, *grants],
    )
    return items.plan(city.bundle(), richer, city.EAST, WHOLE_FORM, city.TODAY, offices=offices)


def staff(made: items.Plan) -> tuple[str, list[str], set[str]]:
    """Give how the number of staff is obtained, which offices read it, and for which items it is asked."""
    [need] = [each for each in made.needs if each.element == STAFF]
    read_by = [fetch.consumer for fetch in made.fetches if STAFF in fetch.elements]
    asked_for = {item for each in made.questions if each.question.element == STAFF for item in each.items}
    return need.how, read_by, asked_for


def test_a_new_source_with_a_grant_to_all_who_want_it_takes_its_question_away() -> None:
    without, with_right = plan_with_register_of_staff(), plan_with_register_of_staff("insurance", "fund")
    assert staff(without) == ("asked", [], {"insurance", "fund"})
    assert staff(with_right) == ("fetched", ["social.990121", "fund.990100"], set())
    assert with_right.totals.here.all == without.totals.here.all - 1


def test_a_grant_to_one_office_reads_nothing_for_another_that_wants_the_value_too() -> None:
    made = plan_with_register_of_staff("insurance")
    assert staff(made) == ("fetched", ["social.990121"], {"fund"})
    [question] = [each for each in made.questions if each.question.element == STAFF]
    assert "未授权" in question.reason.zh, "a source has it, only not for that office"


def test_a_grant_to_an_office_that_does_not_want_the_value_fetches_nothing() -> None:
    assert staff(plan_with_register_of_staff("tax")) == ("asked", [], {"insurance", "fund"})


def test_a_withdrawn_grant_does_not_turn_into_a_question() -> None:
    """The fact will be withheld and a person decides; the applicant is not made to type it instead."""
    book = city.around().book
    bare = catalogue.make_book(
        epoch=book.epoch,
        on=book.on,
        elements=book.elements.values(),
        resources=book.resources.values(),
        grants=[grant for grant in book.grants if grant.resource != "court.enforcement"],
    )
    made = items.plan(city.bundle(), bare, city.EAST, WHOLE_FORM, city.TODAY, offices=city.offices(city.EAST))
    assert hows(made)["applicant", "person.under_enforcement"] == "fetched"
    assert made.totals.here.all == city.plan(WHOLE_FORM).totals.here.all


def test_one_person_in_three_roles_is_asked_about_once() -> None:
    made = city.plan(WHOLE_FORM)
    assert {str(need.ref) for need in made.needs} == {"applicant", "company", "place"}
    lookups = [(fetch.consumer, fetch.resource, fetch.ref) for fetch in made.fetches]
    assert len(lookups) == len(set(lookups))


def test_each_office_asks_for_itself_under_its_own_purpose() -> None:
    made = city.plan(WHOLE_FORM)
    codes = {item.key: item.basic_code for item in city.bundle().items}
    for fetch in made.fetches:
        assert fetch.consumer == city.offices(city.EAST)[fetch.item]
        assert fetch.purpose == codes[fetch.item]


def test_lookups_wait_for_the_lookups_that_bring_their_keys() -> None:
    made = city.plan(WHOLE_FORM)
    stages = {fetch.resource: fetch.stage for fetch in made.fetches}
    assert stages["land.addresses_990121"] == 0
    assert stages["market.trade_words"] == 1  # by the division that the address lies in
    values = items.values_of(city.bundle(), WHOLE_FORM)
    then = {**values, (city.PLACE, "place.division"): city.EAST}
    waits = {fetch.resource for fetch in made.fetches if not items.is_ready(fetch, values)}
    assert "market.trade_words" in waits
    assert "land.addresses_990121" not in waits
    assert "market.trade_words" not in {
        each.resource for each in made.fetches if not items.is_ready(each, then)
    }


def test_two_shareholders_are_named_and_each_is_looked_up() -> None:
    given = city.answers("two-shareholders")
    made = city.plan(given)
    other = items.Ref("shareholder", 1)
    assert [naming.values for naming in made.namings] == [1, 1, 2]
    assert hows(made)["shareholder.1", "person.contribution_cents"] == "asked"
    assert hows(made)["applicant", "person.contribution_cents"] == "asked"
    assert "police.real_name" in {fetch.resource for fetch in made.fetches if fetch.ref == other}
    assert (other, "signs_articles") in {(ref, c.id) for ref, c in made.confirmations}


def test_the_liaison_is_the_applicant_without_a_choice() -> None:
    assert "liaison" not in {naming.ref.role for naming in city.plan(WHOLE_FORM).namings}
    named = replace(
        WHOLE_FORM,
        parties=(
            *WHOLE_FORM.parties,
            items.Party(items.Ref("liaison"), None, "990122197907059014", "王建国"),
        ),
    )
    made = city.plan(named)
    assert {naming.ref.role: naming.values for naming in made.namings}["liaison"] == 2


def test_an_unknown_address_is_asked_for_only_after_the_register_said_so() -> None:
    unknown = city.answers("address-unknown")
    before = city.plan(unknown)
    assert "address_text" not in {planned.question.id for planned in before.questions}
    assert {"address_text", "address_pledged"} <= {planned.question.id for planned in before.fallbacks}
    after = city.plan(unknown, none={(city.PLACE, "place.address_text")})
    assert {"address_text", "address_pledged"} <= {planned.question.id for planned in after.questions}


def test_a_chosen_pledge_stands_for_the_proof_and_brings_the_check_of_the_record() -> None:
    made = city.plan(city.answers("address-unknown", phase=1))
    ways = hows(made)
    assert ways["place", "place.usage"] == ways["place", "place.premises_status"] == "pledged"
    assert ways["place", "place.division"] == "derived"
    assert ways["applicant", "person.serious_record"] == "fetched"
    assert not any(fetch.resource.startswith("land.") for fetch in made.fetches)


def test_a_county_that_allows_no_pledge_offers_none() -> None:
    given = city.answers("address-unknown-no-pledge", phase=1)
    made = city.plan(given, city.WEST)
    assert made.pledges == ()
    asked = {planned.question.id for planned in (*made.questions, *made.fallbacks)}
    assert "address_text" in asked
    assert "address_pledged" not in asked
    assert hows(made)["place", "place.division"] == "derived"  # so that the name can be looked up
    chosen = replace(given, values={**given.values, (city.COMPANY, "address_pledged"): True})
    assert "pledged" not in hows(city.plan(chosen, city.WEST)).values()


def test_articles_of_ones_own_bring_their_question_back() -> None:
    own = replace(WHOLE_FORM, values={**WHOLE_FORM.values, (city.COMPANY, "articles"): "own"})
    made = city.plan(own)
    assert "contribution_due_on" in {planned.question.id for planned in made.questions}
    assert made.totals.here.all == city.plan(WHOLE_FORM).totals.here.all + 1


@given(st.sets(st.sampled_from(sorted(WHOLE_FORM.values, key=str))))
def test_whatever_is_answered_so_far_the_same_values_are_needed(kept: set[tuple[items.Ref, str]]) -> None:
    """The form does not grow while it is filled in, except by what an answer itself brings."""
    partly = replace(WHOLE_FORM, values={key: WHOLE_FORM.values[key] for key in kept})
    whole, part = city.plan(WHOLE_FORM), city.plan(partly)
    assert hows(part).keys() == hows(whole).keys()
    assert {(q.ref, q.question.id) for q in part.questions} == {
        (q.ref, q.question.id) for q in whole.questions
    }


@given(st.integers(min_value=2, max_value=50))
def test_the_more_shareholders_the_more_values_and_each_once(number: int) -> None:
    others = tuple(
        items.Party(items.Ref("shareholder", position), None, f"99012219790705{position:04}", "某人")
        for position in range(1, number)
    )
    given_now = replace(WHOLE_FORM, parties=(*WHOLE_FORM.parties, *others))
    made = city.plan(given_now)
    questions = [(planned.ref, planned.question.id) for planned in made.questions]
    assert len(questions) == len(set(questions))
    # Each of them: who they are (two values), what they bring and how; and the first says his share too.
    assert made.totals.here.all == city.plan(WHOLE_FORM).totals.here.all + 4 * (number - 1) + 1
