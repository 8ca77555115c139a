"""What once went wrong when things happened in an unlucky order, each as a claim that it no longer does."""

import pytest

from bench.filing import COMPANY, Ref, draft
from bench.offices import Counter
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import filer_of, officer, pass_time, sight, states, submit
from tongban.cases import api as cases
from tongban.cases.models import Act, Fact
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.kernel.clock import budget
from tongban.kernel.errors import Conflict, InvalidValue, SourceDown
from tongban.kernel.texts import Text
from tongban.registry import api as registry

PERSONS = CHARACTERS["persons"]
APPROVER = registry.Role.APPROVER


def withdraw_grants(town: Town, consumer: str, resource: str) -> None:
    """Withdraw every grant by which an office reads a resource, as the provider's head of sharing does."""
    book = catalogue.book(town.now.date())
    provider = book.resources[resource].organisation
    head = registry.staff_of(provider, registry.Role.SHARING_HEAD, on=town.now.date())
    by = (
        head[0]
        if head
        else registry.staff_of("bureau.990100", registry.Role.BUREAU_OFFICER, on=town.now.date())[0]
    )
    for grant in book.grants:
        if (grant.consumer, grant.resource) == (consumer, resource):
            catalogue.withdraw_grant(grant.code, by, "用途已终止", town.now, chance=town.workplace.chance)


def test_a_person_named_in_anothers_place_reads_nothing_about_the_other(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner, partner=PERSONS["zhang_dahai"])
    first, second = town.subject("zhang_dahai"), town.subject("wang_jianguo")
    cases.confirm(number, subject=first, agrees=True, at=town.workplace)
    cases.gather(number, at=town.workplace, again=True)
    assert Fact.objects.filter(participant__identity_number=first.number).exists()
    roles = [
        cases.Named(Ref(role), same_as=Ref("applicant")) for role in ("director", "shareholder", "liaison")
    ]
    other = cases.Named(Ref("shareholder", 1), None, "111", second.number, second.name)
    cases.put_answers(number, town.bundle, parties=[*roles, other], answers={}, at=town.workplace)
    assert cases.form_page(number, second, at=town.workplace).facts == ()


def test_a_change_after_somebody_confirmed_asks_them_again(town: Town) -> None:
    owner, partner = town.subject("li_chunyan"), town.subject("wang_jianguo")
    number = draft(town, owner, partner=PERSONS["wang_jianguo"])
    cases.confirm(number, subject=partner, agrees=True, at=town.workplace)
    assert not cases.snapshot(number).awaited
    cases.put_answers(
        number, town.bundle, parties=[], answers={(COMPANY, "term_years"): 10}, at=town.workplace
    )
    assert [party.name for party in cases.snapshot(number).awaited] == [partner.name]


def test_the_same_form_sent_again_changes_nothing(town: Town) -> None:
    owner, partner = town.subject("li_chunyan"), town.subject("wang_jianguo")
    number = draft(town, owner, partner=PERSONS["wang_jianguo"])
    cases.confirm(number, subject=partner, agrees=True, at=town.workplace)
    before = cases.snapshot(number)
    parties = [
        cases.Named(party.ref, party.same_as, "111" if party.number else "", party.number, party.name)
        for party in before.answers.parties
        if party.ref.role in {"director", "shareholder", "liaison"}
    ]
    again = cases.put_answers(
        number, town.bundle, parties=parties, answers=before.answers.values, at=town.workplace
    )
    assert again == before.revision
    assert not cases.snapshot(number).awaited, "who confirmed, confirmed this very form"
    other = [*parties[:-1], cases.Named(parties[-1].ref, None, "111", owner.number, owner.name)]
    changed = cases.put_answers(number, town.bundle, parties=other, answers={}, at=town.workplace)
    assert changed == before.revision + 1


def test_a_name_whose_hold_lapsed_is_never_granted_twice(town: Town) -> None:
    slow = draft(town, town.subject("zhang_dahai"), trade_word="老渡口")
    submit(town, slow)
    pass_time(town, days=70)
    quick = draft(town, town.subject("li_chunyan"), trade_word="老渡口")
    assert submit(town, quick).is_clean
    assert set(states(quick).values()) == {"granted"}
    case = cases.snapshot(slow).case("registration")
    assert case.number is not None
    approver = officer(town, "market.990121", APPROVER)
    with pytest.raises(Conflict):
        cases.approve(
            sight(town, slow), case.number, staff=approver, reasons="准予", record={}, at=town.workplace
        )


def test_completing_does_not_change_what_was_submitted(town: Town) -> None:
    number = draft(town, town.subject("wu_xiaoxue"))
    submit(town, number)
    assert states(number)["registration"] == "correction"
    with pytest.raises(Conflict):
        cases.put_answers(
            number, town.bundle, parties=[], answers={(COMPANY, "trade_word"): "老渡口"}, at=town.workplace
        )


def test_a_withdrawn_right_stops_a_grant_that_could_not_be_carried_out(town: Town) -> None:
    withdraw_grants(town, "market.990121", "land.addresses_990121")
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert case.person_needed
    assert case.number is not None
    approver = officer(town, "market.990121", APPROVER)
    with pytest.raises(Conflict):
        cases.approve(
            sight(town, number), case.number, staff=approver, reasons="准予", record={}, at=town.workplace
        )
    assert town.offices["market_desk"].registered == []


def test_an_office_decides_on_its_own_shares_alone(town: Town) -> None:
    withdraw_grants(town, "tax.990121", "land.addresses_990121")
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert states(number)["registration"] == "granted"
    assert cases.snapshot(number).case("tax").person_needed
    assert town.offices["tax"].registered == []
    assert {states(number)[item] for item in ("seal", "insurance", "fund")} == {"granted"}


def test_what_was_never_looked_up_is_not_asked_for(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    cases.carry(lease, at=town.workplace, limit=budget(0.05))  # too little for every source of the five
    assert "correction" not in states(number).values()
    carry(town, number)
    assert set(states(number).values()) == {"granted"}


def test_a_person_asked_for_in_the_last_moment_still_decides(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    cases.ask_for_person(number, subject=owner, at=town.workplace)
    cases.carry(lease, at=town.workplace, limit=budget(60))
    assert cases.snapshot(number).case("registration").decided_at is None


def test_an_act_approved_by_a_person_is_sent(town: Town) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.ask_for_person(number, subject=owner, at=town.workplace)
    submit(town, number)
    for item, office in (("registration", "market.990121"), ("account", "bank.990100")):
        case = cases.snapshot(number).case(item)
        assert case.number is not None
        person = officer(town, office, APPROVER)
        cases.approve(
            sight(town, number), case.number, staff=person, reasons="准予", record={}, at=town.workplace
        )
        carry(town, number)
    assert states(number)["account"] == "granted"
    assert len(town.offices["bank"].registered) == 1


def test_one_offices_trouble_never_loses_the_others_answers(town: Town) -> None:
    class Choosy(Counter):
        """An office that finds a field missing before anything is sent."""

        def act(self, request: exchange.ActRequest, *, timeout_s: float) -> exchange.ActOutcome:
            del request, timeout_s
            raise InvalidValue("t", what=Text("缺少字段", "a field is missing"), todo=Text("补上", "give it"))

    lane = town.workplace.road.lanes["tax"]
    object.__setattr__(lane, "connector", Choosy("tax"))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert {states(number)[item] for item in ("seal", "insurance", "fund", "account")} == {"granted"}
    assert cases.snapshot(number).case("tax").person_needed
    assert Act.objects.get(connector="tax").state == "refused"


def test_a_silent_source_is_asked_ever_more_seldom_and_told_of_once(town: Town) -> None:
    owner = town.subject("li_chunyan")
    town.registers["court"].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    number = draft(town, owner)
    submit(town, number)
    before = town.registers["court"].asked
    for _ in range(60):
        pass_time(town, seconds=60)
        cases.work_once(at=town.workplace, limit=budget(60))
    assert town.registers["court"].asked - before < 20
    assert [line.kind for line in cases.filing_page(number, owner).timeline.lines].count("late") == 1
