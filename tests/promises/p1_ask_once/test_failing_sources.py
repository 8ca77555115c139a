"""Sources that are down, refuse, or know better than what was typed: none of it becomes a question."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import Answers, draft
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import pass_time, states, submit
from tongban.cases import api as cases
from tongban.cases.models import Fact, SignedPledge
from tongban.items import api as items
from tongban.kernel.errors import SourceDown, SourceRefused, SourceTrouble, SourceWrong
from tongban.kernel.texts import Text

REGISTERS = ("court", "land", "market", "police")
SAID = Text("系统维护", "maintenance")
TROUBLES: dict[str, SourceTrouble] = {
    "down": SourceDown("exchange.unreachable", what=SAID, todo=SAID),
    "wrong": SourceWrong("exchange.wrong", what=SAID, todo=SAID),
    "refuses": SourceRefused("exchange.refused", what=SAID, todo=SAID),
}
PLACE, COMPANY = items.Ref("place"), items.Ref("company")
ELSEWHERE = "云溪市云东县城关镇月亮街9号"


def asked(town: Town, number: str) -> set[tuple[items.Ref, str]]:
    """Name what the filing asks as it stands: of whom, which question."""
    plan = cases.see(cases.snapshot(number), at=town.workplace).plan
    return {(planned.ref, planned.question.id) for planned in plan.questions}


def choose(town: Town, number: str, address: str) -> None:
    """Choose another address."""
    chosen: Answers = {(PLACE, "address_code"): CHARACTERS["addresses"][address]["code"]}
    cases.put_answers(number, town.bundle, parties=[], answers=chosen, at=town.workplace)


def ail(town: Town, troubles: dict[str, str]) -> None:
    """Let these registers have their troubles and all others be well, with every breaker rested."""
    for name in REGISTERS:
        town.registers[name].trouble = TROUBLES[troubles[name]] if name in troubles else None
    pass_time(town, minutes=2)


def test_no_source_that_fails_in_any_way_turns_into_a_question(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    healthy = asked(town, number)
    assert len(healthy) == 16
    seen: set[str] = set()
    kinds = st.dictionaries(st.sampled_from(REGISTERS), st.sampled_from(sorted(TROUBLES)), min_size=1)

    @settings(
        max_examples=15,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(kinds, st.sampled_from(("east_shop", "east_stale", "east_pending")))
    def whatever_fails(troubles: dict[str, str], address: str) -> None:
        ail(town, troubles)
        choose(town, number, address)
        Fact.objects.all().delete()  # as if the draft had never been saved before
        checked = cases.check(number, at=town.workplace)
        assert asked(town, number) == healthy
        assert checked.problems == ()
        seen.update(Fact.objects.values_list("status", flat=True))
        ail(town, {})
        cases.gather(number, at=town.workplace, again=True)
        assert asked(town, number) == healthy

    whatever_fails()
    assert seen == {"known", "late", "none_on_record", "withheld"}


@pytest.mark.parametrize("down", [*((name,) for name in REGISTERS), REGISTERS], ids="-".join)
def test_a_filing_waits_for_its_sources_and_never_asks_its_applicant(
    town: Town, down: tuple[str, ...]
) -> None:
    ail(town, dict.fromkeys(down, "down"))
    number = draft(town, town.subject("li_chunyan"))
    typed = dict(cases.snapshot(number).answers.values)
    assert submit(town, number).problems == ()
    assert states(number)["registration"] in {"received", "accepted"}
    ail(town, {})
    pass_time(town, hours=2)
    carry(town, number)
    assert set(states(number).values()) == {"granted"}
    assert cases.snapshot(number).answers.values == typed
    assert not any(case.corrections for case in cases.snapshot(number).cases)


def typed_address(town: Town, address: str, *, pledges: bool = True) -> str:
    """Open a draft whose filer wrote the address out, and pledged or not, before anybody asked."""
    owner = town.subject("li_chunyan")
    return draft(town, owner, address=address, address_text=ELSEWHERE, address_pledged=pledges)


@pytest.mark.parametrize("pledges", [True, False])
def test_what_nobody_asked_for_does_not_stand_in_for_what_a_source_knows(town: Town, pledges: bool) -> None:
    """A program volunteers the wording of an address, and a pledge, where the register knows a dwelling."""
    number = typed_address(town, "east_stale", pledges=pledges)
    assert submit(town, number).is_clean
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    assert asked(town, number).isdisjoint({(PLACE, "address_text"), (COMPANY, "address_pledged")})
    assert sight.gathered.values[PLACE, "place.address_text"] == CHARACTERS["addresses"]["east_stale"]["text"]
    assert sight.gathered.values[PLACE, "place.usage"] == "residential"
    assert states(number)["registration"] == "accepted"  # a person looks at it
    assert cases.snapshot(number).case("registration").person_needed
    assert not SignedPledge.objects.exists()


def test_a_pledge_about_an_unknown_address_ends_when_a_known_one_is_chosen(town: Town) -> None:
    number = typed_address(town, "east_unknown")
    assert {(PLACE, "address_text"), (COMPANY, "address_pledged")} <= asked(town, number)
    choose(town, number, "east_stale")
    assert submit(town, number).is_clean
    assert states(number)["registration"] == "accepted"
    assert not SignedPledge.objects.exists()


def test_an_answer_given_before_it_was_asked_for_is_heard_once_no_register_has_a_record(town: Town) -> None:
    """The other side: nobody types it twice because they typed it too early."""
    number = typed_address(town, "east_unknown")
    assert submit(town, number).is_clean
    assert set(states(number).values()) == {"granted"}
    assert SignedPledge.objects.count() == 1
    assert not Fact.objects.filter(element="place.address_text").exclude(status="none_on_record").exists()


def test_a_late_register_is_waited_for_although_somebody_typed_the_value(town: Town) -> None:
    ail(town, {"land": "down"})
    number = typed_address(town, "east_stale")
    assert submit(town, number).is_clean
    assert states(number)["registration"] == "received"
    ail(town, {})
    pass_time(town, hours=2)
    carry(town, number)
    assert states(number)["registration"] == "accepted"
    assert cases.snapshot(number).case("registration").person_needed
