"""Filings from beginning to end, with what the world outside does to them."""

from typing import get_args

import pytest

from bench.filing import Ref, draft
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import carry_on, pass_time, states, submit
from tongban.cases import api as cases
from tongban.cases.models import Act, Case, Fact
from tongban.items import samples
from tongban.kernel.clock import budget
from tongban.kernel.errors import NotFound, SourceDown
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.registry import api as registry

PERSONS = CHARACTERS["persons"]


def test_a_sole_owner_gets_all_six_by_rule(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    assert submit(town, number).is_clean
    page = cases.filing_page(number, owner)
    assert page.status is cases.FilingStatus.APPROVED
    assert {case.maker for case in page.cases} == {"rule"}
    for case in page.cases:
        assert licences.licence(case.licence).identifier == case.licence
    assert {
        name: len(office.registered) for name, office in town.offices.items() if name != "market_desk"
    } == {
        "tax": 1,
        "social": 1,
        "medical": 1,
        "fund": 1,
        "bank": 1,
        "seal": 1,
    }


def test_the_unchanged_pack_works_in_the_other_county(town: Town) -> None:
    owner = town.subject("wang_jianguo")
    number = draft(town, owner, address="west_shop")
    assert submit(town, number).is_clean
    offices = {case.item: case.office for case in cases.snapshot(number).cases}
    assert offices["registration"] == "market.990122"
    assert offices["seal"] == "police.990122"
    assert offices["fund"] == "fund.990100"
    assert set(states(number).values()) == {"granted"}


def test_a_taken_name_is_stopped_before_submission_with_three_free_others(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner, trade_word="春燕")
    checked = submit(town, number)
    assert "name.trade_word_free" in {stop.check for stop in checked.stops}
    assert len(checked.stops[0].alternatives) >= 3
    assert not Case.objects.exists()
    other = checked.stops[0].alternatives[0]
    cases.put_answers(number, town.bundle, parties=[], answers=dict(other), at=town.workplace)
    assert submit(town, number).is_clean
    assert set(states(number).values()) == {"granted"}


def test_an_owner_under_enforcement_goes_to_a_person_and_the_rest_waits(town: Town) -> None:
    number = draft(town, town.subject("zhang_dahai"))
    submit(town, number)
    assert states(number)["registration"] == "accepted"
    assert {state for item, state in states(number).items() if item != "registration"} == {"waiting"}
    assert cases.snapshot(number).case("registration").person_needed


def test_a_source_that_is_down_makes_facts_late_and_the_filing_resumes_by_itself(town: Town) -> None:
    down = SourceDown("test.down", what=Text("停机", "down"), todo=Text("稍后", "later"))
    town.registers["court"].trouble = down
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    assert submit(town, number).is_clean
    assert states(number)["registration"] == "received"
    assert Fact.objects.filter(element="person.under_enforcement").latest("id").status == "late"
    questions = [
        q.question.id for q in cases.form_page(number, owner, at=town.workplace).sight.plan.questions
    ]
    town.registers["court"].trouble = None
    pass_time(town, minutes=20)
    assert cases.work_once(at=town.workplace, limit=budget(60))
    assert set(states(number).values()) == {"granted"}
    assert questions == [
        q.question.id for q in cases.form_page(number, owner, at=town.workplace).sight.plan.questions
    ]


def test_a_missing_fact_brings_one_correction_notice_before_acceptance(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.state is cases.CaseState.CORRECTION
    assert case.accepted_at is None
    assert case.corrections == 1
    carry(town, number)
    assert cases.snapshot(number).case("registration").corrections == 1


def hold_name(town: Town, trade_word: str) -> str:
    """File for a name and let it wait for the other shareholder to confirm."""
    partner = CHARACTERS["persons"]["wang_jianguo"]
    number = draft(town, town.subject("zhang_dahai"), trade_word=trade_word, partner=partner)
    assert submit(town, number).is_clean
    return number


def test_a_name_that_a_filing_under_way_holds_is_stopped_with_three_free_others(town: Town) -> None:
    hold_name(town, "燕归来")
    number = draft(town, town.subject("li_chunyan"), trade_word="燕归来")
    checked = submit(town, number)
    assert [stop.check for stop in checked.stops] == ["company.name"]
    assert "燕归来" in checked.stops[0].because.zh
    assert len(checked.stops[0].alternatives) >= 3
    assert Case.objects.filter(filing__number=number).count() == 0
    other = checked.stops[0].alternatives[0]
    cases.put_answers(number, town.bundle, parties=[], answers=dict(other), at=town.workplace)
    assert submit(town, number).is_clean
    assert set(states(number).values()) == {"granted"}


def test_no_name_is_offered_that_a_filing_under_way_holds(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"), trade_word="春燕")
    first = submit(town, number).stops[0].alternatives
    word = str(next(iter(first[0].values())))
    hold_name(town, word)
    offered = submit(town, number).stops[0].alternatives
    assert len(offered) >= 3
    assert first[0] not in offered


def test_a_name_is_free_again_once_the_filing_that_held_it_is_withdrawn(town: Town) -> None:
    holding = hold_name(town, "燕归来")
    number = draft(town, town.subject("li_chunyan"), trade_word="燕归来")
    assert submit(town, number).stops
    cases.withdraw(holding, subject=town.subject("zhang_dahai"), at=town.workplace)
    assert submit(town, number).is_clean


def test_two_shareholders_wait_until_each_confirms(town: Town) -> None:
    owner, partner = town.subject("li_chunyan"), town.subject("wang_jianguo")
    number = draft(town, owner, partner=PERSONS["wang_jianguo"])
    assert submit(town, number).is_clean
    assert cases.filing_page(number, owner).status is cases.FilingStatus.CONFIRMING
    assert not Fact.objects.filter(participant__identity_number=partner.number).exists()
    lease = cases.confirm(number, subject=partner, agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert set(states(number).values()) == {"granted"}


def test_a_shareholder_sees_nothing_of_the_others(town: Town) -> None:
    owner, partner = town.subject("li_chunyan"), town.subject("wang_jianguo")
    number = draft(town, owner, partner=PERSONS["wang_jianguo"])
    submit(town, number)
    page = cases.filing_page(number, partner)
    assert (page.cases, page.timeline.lines) == ((), ())
    assert not cases.form_page(number, partner, at=town.workplace).facts
    with pytest.raises(NotFound):
        cases.filing_page(number, town.subject("zhao_min"))


def test_a_contested_address_opens_a_correction_and_a_person_decides_meanwhile(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner, address="east_shop")
    cases.gather(number, at=town.workplace, again=True)
    facts = cases.form_page(number, owner, at=town.workplace).facts
    address = next(fact for fact in facts if fact.element == "place.address_text")
    first = cases.contest(number, address.id, subject=owner, said="门牌号已变更为1-1号", at=town.workplace)
    assert first == cases.contest(number, address.id, subject=owner, said="再次点击", at=town.workplace)
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.person_needed
    assert case.state is cases.CaseState.ACCEPTED


def test_a_reply_lost_after_tax_registered_leaves_one_registration(town: Town) -> None:
    town.offices["tax"].lose_replies = 1
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    pass_time(town, minutes=1)
    carry(town, number)
    assert set(states(number).values()) == {"granted"}
    assert len(town.offices["tax"].registered) == 1


@pytest.mark.parametrize("office", ["social", "medical"])
def test_an_office_with_lookup_only_is_asked_before_anything_is_sent_again(town: Town, office: str) -> None:
    town.offices[office].lose_replies = 1
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    pass_time(town, minutes=1)
    carry(town, number)
    assert set(states(number).values()) == {"granted"}
    assert len(town.offices[office].registered) == 1


def test_a_reply_lost_where_nobody_can_be_asked_goes_to_a_person_and_is_never_sent_twice(town: Town) -> None:
    town.offices["bank"].lose_replies = 1
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    pass_time(town, hours=2)
    carry(town, number)
    act = Act.objects.get(connector="bank")
    assert (act.state, len(town.offices["bank"].registered)) == ("in_doubt", 1)
    assert states(number)["account"] == "acting"
    assert cases.snapshot(number).case("account").person_needed
    assert set(states(number).values()) == {"granted", "acting"}


def test_asking_for_a_person_stops_every_machine_decision(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.ask_for_person(number, subject=owner, at=town.workplace)
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert (case.state, case.decided_at) == (cases.CaseState.ACCEPTED, None)
    assert case.person_needed


def test_withdrawing_ends_what_is_undecided_and_frees_the_name(town: Town) -> None:
    owner = town.subject("zhang_dahai")
    number = draft(town, owner)
    submit(town, number)
    cases.withdraw(number, subject=owner, at=town.workplace)
    assert cases.filing_page(number, owner).status is cases.FilingStatus.WITHDRAWN
    again = draft(town, town.subject("li_chunyan"))
    assert submit(town, again).is_clean
    assert set(states(again).values()) == {"granted"}


def test_the_same_key_opens_one_filing(town: Town) -> None:
    owner = town.subject("li_chunyan")
    request = cases.Request("open:1", "key-1", "a" * 64)
    assert draft(town, owner, request=request) == draft(town, owner, request=request)


def test_a_helper_sees_how_it_goes_and_no_fact(town: Town) -> None:
    helper = registry.staff_of("hall.990121", registry.Role.COUNTER, on=town.now.date())[0]
    owner = town.subject("sun_guilan")
    filer = cases.Filer("counter", helper.id, helper.name, "本人在场口头授权", in_person=True)
    number = draft(town, owner, filer=filer)
    submit(town, number)
    page = cases.filing_page(number, helper)
    assert page.is_filer
    assert page.timeline.lines
    assert cases.form_page(number, helper, at=town.workplace).facts == ()
    assert Ref("applicant") in {party.ref for party in cases.snapshot(number).parties}


def test_a_sample_may_expect_every_state_that_a_case_has_and_no_other() -> None:
    assert set(get_args(samples.CaseState)) == {"none", *cases.CaseState}
