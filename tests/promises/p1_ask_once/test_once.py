"""A second filing, a second office, a second role: the same thing is neither asked nor fetched twice."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bench.filing import COMPANY, answers_for, draft, ticks
from bench.town import CHARACTERS, Town
from tests.cases.acting import carry_on, states, submit
from tests.promises.effects import evidence
from tongban.cases import api as cases
from tongban.cases.models import Fact, Filing
from tongban.items import api as items
from tongban.kernel.errors import Invalid

Ref = items.Ref
ME, DIRECTOR, SHAREHOLDER, PARTNER = (
    Ref("applicant"),
    Ref("director"),
    Ref("shareholder"),
    Ref("shareholder", 1),
)


def plan_of(town: Town, number: str) -> items.Plan:
    return cases.see(cases.snapshot(number), at=town.workplace).plan


def asked(town: Town, number: str) -> list[tuple[Ref, str]]:
    return [(planned.ref, planned.question.id) for planned in plan_of(town, number).questions]


def shares_twice(number: str) -> Iterator[tuple[str, ...]]:
    """Give each element that one office was given twice about one participant of a filing."""
    given: Counter[tuple[str, ...]] = Counter(
        (fields["consumer"], fields["resource"], fields["subject"], element)
        for fields in evidence().by_kind["share.released"]
        if fields["filing_number"] == number
        for element in fields["elements"]
    )
    assert given, "nothing was shared at all"
    return (share for share, times in given.items() if times > 1)


def named(role: Ref, person: str) -> cases.Named:
    """Name one of the fixed characters by name and number."""
    who = CHARACTERS["persons"][person]
    return cases.Named(role, None, "111", who["resident_id"], who["name"])


def open_with(town: Town, *parties: cases.Named) -> str:
    """Open a draft and say who takes part, and all else that a founder answers."""
    owner = town.subject("li_chunyan")
    opened = cases.open_draft(
        town.bundle,
        owner=owner,
        division="990121",
        filer=cases.Filer("rest"),
        language="zh",
        request=None,
        at=town.workplace,
    )
    answers = answers_for(town, trade_word="燕归来", address="east_shop")
    if any(party.ref == PARTNER for party in parties):
        answers |= {
            (SHAREHOLDER, "contribution_cents"): 6_000_000,
            (PARTNER, "contribution_cents"): 4_000_000,
        }
        answers[PARTNER, "contribution_method"] = "money"
    cases.put_answers(opened.number, town.bundle, parties=parties, answers=answers, at=town.workplace)
    cases.gather(opened.number, at=town.workplace, again=True)
    return opened.number


def test_a_second_filing_asks_no_more_than_the_first(town: Town) -> None:
    owner = town.subject("li_chunyan")
    first = draft(town, owner)
    assert len(asked(town, first)) <= plan_of(town, first).totals.here.all <= 18
    submit(town, first)
    assert set(states(first).values()) == {"granted"}
    second = draft(town, owner, trade_word="燕双飞")
    assert asked(town, second) == asked(town, first)
    assert plan_of(town, second).totals == plan_of(town, first).totals
    submit(town, second)
    assert set(states(second).values()) == {"granted"}


def test_six_items_fetch_each_fact_once_for_each_office(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"), partner=CHARACTERS["persons"]["wang_jianguo"])
    submit(town, number)
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert set(states(number).values()) == {"granted"}
    facts = Counter(
        (f.participant_id, f.element, f.consumer) for f in Fact.objects.filter(filing__number=number)
    )
    assert len(facts) > 15
    assert set(facts.values()) == {1}
    assert list(shares_twice(number)) == []


def test_looking_again_and_again_fetches_nothing_again(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    questions, facts = asked(town, number), Fact.objects.count()
    counted = {name: register.asked for name, register in town.registers.items()}
    for _ in range(3):
        cases.check(number, at=town.workplace)
        cases.form_page(number, town.subject("li_chunyan"), at=town.workplace)
    assert asked(town, number) == questions
    assert Fact.objects.count() == facts
    assert {name: register.asked for name, register in town.registers.items()} == counted


def test_a_founder_who_is_named_by_number_in_every_role_is_one_person(town: Town) -> None:
    """A program need not know that one person may fill two roles; the person is asked once all the same."""
    roles = (DIRECTOR, SHAREHOLDER, Ref("liaison"))
    number = open_with(town, *(named(role, "li_chunyan") for role in roles))
    people = [question for question in asked(town, number) if question[0].role not in {"company", "place"}]
    assert {ref for ref, _ in people} == {ME}
    assert len(people) == len(set(people))
    about = Counter(
        Fact.objects.filter(participant__kind="person").values_list("consumer", "resource", "element")
    )
    assert about
    assert set(about.values()) == {1}
    ticks(town, number, town.subject("li_chunyan"))
    submit(town, number)
    assert set(states(number).values()) == {"granted"}
    assert list(shares_twice(number)) == []


def test_a_partner_in_two_roles_is_one_person_who_confirms_once(town: Town) -> None:
    parties = [named(role, "wang_jianguo") for role in (DIRECTOR, PARTNER)]
    number = open_with(town, *parties, cases.Named(SHAREHOLDER, same_as=ME))
    ticks(town, number, town.subject("li_chunyan"))
    assert [party.ref for party in cases.snapshot(number).awaited] == [DIRECTOR]
    assert {ref for ref, _ in asked(town, number)} == {COMPANY, Ref("place"), ME, DIRECTOR}
    submit(town, number)
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert set(states(number).values()) == {"granted"}
    assert list(shares_twice(number)) == []


def test_one_person_is_not_named_twice_in_one_role(town: Town) -> None:
    twice = [named(ref, "wang_jianguo") for ref in (SHAREHOLDER, PARTNER)]
    with pytest.raises(Invalid) as refused:
        open_with(town, cases.Named(DIRECTOR, same_as=ME), *twice)
    assert refused.value.code == "cases.participant_twice"
    assert Filing.objects.count() == 1


def test_a_number_under_another_name_is_left_for_the_register_to_judge(town: Town) -> None:
    other = cases.Named(DIRECTOR, None, "111", CHARACTERS["persons"]["li_chunyan"]["resident_id"], "李秋燕")
    number = open_with(town, other, cases.Named(SHAREHOLDER, same_as=ME))
    ticks(town, number, town.subject("li_chunyan"))
    assert {party.ref: party.same_as for party in cases.snapshot(number).parties}[DIRECTOR] is None
    assert submit(town, number).is_clean
    assert states(number)["registration"] == "accepted"
    assert cases.snapshot(number).case("registration").person_needed
