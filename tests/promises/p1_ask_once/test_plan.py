"""Plans over random registers, grants and casts: what is asked is what nobody may read, and once."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.items import city
from tests.promises.p1_ask_once.offering import OFFERED, SAMPLES, Right, asked, book
from tongban.catalogue import api as catalogue
from tongban.items import api as items

ITEMS = tuple(item.key for item in city.bundle().items)
GRANTS = tuple(sorted(grant.code for grant in city.around().book.grants))
RIGHTS = tuple((element, item) for element in OFFERED for item in ITEMS)
PEOPLE = [
    ("990122197907059014", "王建国"),
    ("990121196804179098", "刘春生"),
    ("990121198601049073", "周文斌"),
]


def plan_of(
    sample: str, held: catalogue.Book, none: frozenset[tuple[items.Ref, str]] = frozenset()
) -> items.Plan:
    division = city.sample(sample).file.division
    return items.plan(
        city.bundle(),
        held,
        division,
        city.answers(sample),
        city.TODAY,
        offices=city.offices(division),
        policies=city.around().policies,
        none=none,
    )


def offices_of(sample: str) -> dict[str, str]:
    return city.offices(city.sample(sample).file.division)


@settings(max_examples=120)
@given(
    st.sampled_from(SAMPLES),
    st.sets(st.sampled_from(OFFERED)),
    st.sets(st.sampled_from(RIGHTS)),
    st.sets(st.sampled_from(GRANTS)),
)
def test_exactly_what_no_grant_covers_is_asked(
    sample: str, offered: set[str], rights: set[Right], withdrawn: set[str]
) -> None:
    """Whatever registers there are and whatever grants have ended: a granted source, or the person."""
    offices = offices_of(sample)
    bare = plan_of(sample, book((), (), offices=offices))
    held = book(offered, rights, withdrawn=withdrawn, offices=offices)
    made = plan_of(sample, held)

    def without_right(planned: items.PlannedQuestion) -> set[str]:
        """Name the items that want the value and whose office may read it for none of them."""
        element = planned.question.element
        able = {offices[item] for item in planned.items if element in offered and (element, item) in rights}
        return {item for item in planned.items if offices[item] not in able}

    wanted = {(planned.ref, planned.question.id): without_right(planned) for planned in bare.questions}
    told = {(planned.ref, planned.question.id): set(planned.items) for planned in made.questions}
    last_resort = {(planned.ref, planned.question.id) for planned in bare.questions if not planned.items}
    assert told.keys() == {key for key, lacking in wanted.items() if lacking or key in last_resort}
    for planned in made.questions:  # an address code may be wanted by more: registers are asked by it
        if planned.question.element in offered:
            assert set(planned.items) == wanted[planned.ref, planned.question.id]
    census = [fetch for fetch in made.fetches if fetch.resource.startswith("census.")]
    for fetch in census:
        assert held.grant_for(fetch.consumer, fetch.resource, fetch.elements, fetch.purpose)
    assert made.totals.here.all <= bare.totals.here.all


@settings(max_examples=60)
@given(st.sampled_from(SAMPLES), st.sets(st.sampled_from(GRANTS)))
def test_a_withdrawn_grant_never_becomes_a_question(sample: str, withdrawn: set[str]) -> None:
    """The office has lost its right; the person is not made to type what it may no longer read."""
    offices = offices_of(sample)
    whole = plan_of(sample, book((), (), offices=offices))
    less = plan_of(sample, book((), (), withdrawn=withdrawn, offices=offices))
    assert asked(less) == asked(whole)
    assert less.totals.here == whole.totals.here


def with_registers_of_addresses(*changed: catalogue.Resource) -> catalogue.Book:
    """Give the city's book with these registers new or changed, and the registry's right to all of each."""
    old = city.around().book
    like = next(
        grant for grant in old.grants if grant.code.startswith("registration-addresses-990121/market.990121")
    )
    grants = [
        replace(
            like,
            code=f"changed/{resource.code}",
            resource=resource.code,
            elements=resource.elements,
            purpose=city.bundle().item("registration").basic_code,
        )
        for resource in changed
    ]
    return catalogue.make_book(
        epoch=old.epoch,
        on=old.on,
        elements=old.elements.values(),
        resources={**old.resources, **{resource.code: resource for resource in changed}}.values(),
        grants=[*old.grants, *grants],
    )


def test_nobody_waits_for_a_register_that_is_asked_by_what_it_would_tell() -> None:
    """A record repeats the code it is found by; or one register goes from words to code, another back."""
    land = city.around().book.resources["land.addresses_990121"]
    echoing = replace(land, elements=("place.address_code", *land.elements))
    finding = replace(land, code="land.codes", keys=("place.address_text",), elements=("place.address_code",))
    plain = plan_of("sole-owner", city.around().book)
    for held in (with_registers_of_addresses(echoing), with_registers_of_addresses(finding)):
        made = plan_of("sole-owner", held)
        assert asked(made) == asked(plain)
        assert (city.PLACE, "address_code") in asked(made)


def people_choosing() -> st.SearchStrategy[tuple[items.Party, ...]]:
    """Give casts: everybody may be somebody already here, or one of a few people."""

    def cast(director: int, shareholders: list[int]) -> tuple[items.Party, ...]:
        me, post = items.Ref("applicant"), items.Ref("director")
        parties = [items.Party(me, None, "990121198803129020", "李春燕")]
        parties.append(
            items.Party(post, me) if director == 0 else items.Party(post, None, *PEOPLE[director - 1])
        )
        for position, who in enumerate(shareholders):
            ref = items.Ref("shareholder", position)
            same = {0: me, director: post if director else me}.get(who)
            parties.append(items.Party(ref, same) if same else items.Party(ref, None, *PEOPLE[who - 1]))
        return tuple(parties)

    people = st.integers(0, len(PEOPLE))
    return st.builds(cast, people, st.lists(people, min_size=1, max_size=4, unique=True))


@settings(max_examples=80)
@given(people_choosing(), st.lists(st.sampled_from(("market.990121", "hall.990121")), min_size=6, max_size=6))
def test_one_person_is_asked_once_and_each_office_fetches_once_for_each_purpose(
    parties: tuple[items.Party, ...], deciding: list[str]
) -> None:
    """Whoever fills several roles, and however many items one office decides."""
    given_now = replace(city.answers(), parties=parties)
    offices = dict(zip(ITEMS, deciding, strict=True))
    made = items.plan(city.bundle(), city.around().book, city.EAST, given_now, city.TODAY, offices=offices)
    persons = {ref: items.canonical(ref, parties) for ref in {p.ref for p in parties}}
    questions = Counter((persons.get(q.ref, q.ref), q.question.id) for q in made.questions)
    needs = Counter((need.ref, need.element) for need in made.needs)
    fetches = Counter(
        (fetch.consumer, fetch.purpose, fetch.ref, element)
        for fetch in made.fetches
        for element in fetch.elements
    )
    for counted in (questions, needs, fetches):
        assert set(counted.values()) == {1}, counted.most_common(1)
    assert all(persons.get(ref, ref) == ref for ref, _ in needs)
    asked_elements = Counter((q.ref, q.question.element) for q in made.questions)
    assert set(asked_elements.values()) == {1}


def with_mobiles_of_shareholders() -> items.Bundle:
    """Give the pack as if every shareholder's mobile were needed, and asked where no register has it."""
    bundle = city.bundle()
    about = replace(bundle.question("mobile"), of="shareholder", fallback_for="shareholder.mobile")
    registration = bundle.item("registration")
    applicants = next(n for n in registration.needs if n.element == "person.mobile")
    need = replace(applicants, of="shareholder")
    changed = replace(registration, needs=(*registration.needs, need))
    return replace(
        bundle,
        digest="shareholders' mobiles",
        questions=tuple(about if q.id == "mobile" else q for q in bundle.questions),
        items=tuple(changed if each.key == "registration" else each for each in bundle.items),
    )


@settings(max_examples=30)
@given(st.sets(st.integers(1, 3)))
def test_what_one_persons_register_lacks_is_asked_of_nobody_else(lacking: set[int]) -> None:
    others = [items.Party(items.Ref("shareholder", n), None, *PEOPLE[n - 1]) for n in (1, 2, 3)]
    given_now = replace(city.answers(), parties=(*city.alone(), *others))
    none = {(items.Ref("shareholder", n), "person.mobile") for n in lacking}
    made = items.plan(
        with_mobiles_of_shareholders(),
        city.around().book,
        city.EAST,
        given_now,
        city.TODAY,
        offices=city.offices(city.EAST),
        none=none,
    )
    assert {ref for ref, id in asked(made) if id == "mobile"} == {ref for ref, _ in none}
    hows = {need.ref: need.how for need in made.needs if need.element == "person.mobile"}
    assert all(hows[p.ref] == ("asked" if p.ref.position in lacking else "fetched") for p in others)


@pytest.mark.parametrize("sample", SAMPLES)
def test_everything_that_is_asked_says_why_and_on_what_ground_in_both_languages(sample: str) -> None:
    made = plan_of(sample, city.around().book)
    laws = city.bundle().laws
    for planned in (*made.questions, *made.fallbacks):
        question = planned.question
        ground = items.spoken_basis(laws, question.basis)
        for text in (question.label, question.why, planned.reason, ground):
            assert text.zh.strip(), question.id
            assert text.en.strip(), question.id
        assert question.basis.mark in {"found", "recalled"} or question.basis.note, question.id
    for naming in made.namings:
        assert naming.basis is not None
        assert naming.reason.zh.strip()
        assert naming.reason.en.strip()
    for _, confirmation in made.confirmations:
        assert confirmation.text.zh.strip()
        assert confirmation.text.en.strip()
        assert items.spoken_basis(laws, confirmation.basis).zh


@settings(max_examples=60)
@given(
    st.sets(st.sampled_from(sorted(city.answers().values, key=str))),
    st.sampled_from(["sole-owner", "sole-owner-west"]),
)
def test_a_sole_owner_types_at_most_eighteen_values_however_far_the_form_is_filled(
    kept: set[tuple[items.Ref, str]], sample: str
) -> None:
    division = city.sample(sample).file.division
    whole = city.answers(sample)
    partly = replace(whole, values={key: value for key, value in whole.values.items() if key in kept})
    made = city.plan(partly, division)
    assert made.totals.here.all <= 18
    assert made.totals.here.all == len(made.questions) + sum(naming.values for naming in made.namings)
