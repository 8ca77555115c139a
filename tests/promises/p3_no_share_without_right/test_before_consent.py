"""Nobody's data are asked for before they sign in or confirm: not of a source, not in the ledger, nowhere."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.offices import Finder, Found
from bench.town import Town, carry
from tests.cases.acting import carry_on, pass_time, states, submit
from tests.promises.effects import evidence, unproven
from tests.promises.p3_no_share_without_right.world import PERSONS, led_by
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.items.api import Ref
from tongban.kernel.errors import TongbanError
from tongban.registry import api as registry


@dataclass
class Heard:
    """What all the registers of a town were asked by, in order."""

    keys: list[str] = field(default_factory=list)

    def listening(self, finder: Finder) -> Finder:
        def listen(key: Mapping[str, str]) -> Found | None:
            self.keys.extend(key.values())
            return finder(key)

        return listen


@pytest.fixture
def heard(town: Town) -> Heard:
    """Listen at every register of the town."""
    ears = Heard()
    for register in town.registers.values():
        register.resources = {name: ears.listening(find) for name, find in register.resources.items()}
    return ears


def shares_about(name: str, number: str, role: str, position: int = 0) -> list[Mapping[str, object]]:
    """Give every entry of a share, made or refused, about somebody or about their role in a filing."""
    person = registry.subject_by_number("111", PERSONS[name]["resident_id"])
    about = {f"{number}/{Ref(role, position)}", "" if person is None else str(person.id)}
    return [
        fields
        for kind in ("share.released", "share.refused")
        for fields in evidence().by_kind[kind]
        if fields["filing_number"] == number and fields["subject"] in about
    ]


def nothing_is_known_of(name: str, number: str, heard: Heard, role: str, position: int = 0) -> None:
    """Check that no source heard of somebody, no fact is about them, and no share of one is on record."""
    person = PERSONS[name]
    assert person["resident_id"] not in heard.keys
    assert person["name"] not in heard.keys
    assert not Fact.objects.filter(participant__identity_number=person["resident_id"]).exists()
    assert shares_about(name, number, role, position) == []


def keep_trying(town: Town, number: str) -> Iterator[str]:
    """Do all that makes a filing ask its sources, whoever does it."""
    at = town.workplace
    cases.gather(number, at=at, again=True)
    yield "gathered"
    cases.check(number, at=at)
    yield "checked"
    submit(town, number)
    yield "submitted"
    carry(town, number)
    yield "carried on"
    cases.gather(number, at=at, again=True)
    yield "gathered again"
    pass_time(town, days=1)
    carry(town, number)
    yield "a day later"


def test_a_director_who_was_named_is_asked_about_nowhere_until_they_confirm(town: Town, heard: Heard) -> None:
    number = draft(town, town.subject("li_chunyan"))
    led_by(town, number, "wang_jianguo")
    for step in keep_trying(town, number):
        nothing_is_known_of("wang_jianguo", number, heard, "director")
        assert "granted" not in states(number).values(), step
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert PERSONS["wang_jianguo"]["resident_id"] in heard.keys
    shared = shares_about("wang_jianguo", number, "director")
    assert {str(fields["resource"]) for fields in shared} >= {"police.population", "court.enforcement"}
    assert set(states(number).values()) == {"granted"}
    assert unproven() == []


def test_a_director_who_declines_or_never_answers_was_asked_about_nowhere(town: Town, heard: Heard) -> None:
    declined = draft(town, town.subject("li_chunyan"))
    led_by(town, declined, "wang_jianguo")
    submit(town, declined)
    cases.confirm(declined, subject=town.subject("wang_jianguo"), agrees=False, at=town.workplace)
    carry(town, declined)
    nothing_is_known_of("wang_jianguo", declined, heard, "director")
    silent = draft(town, town.subject("zhou_wenbin"), trade_word="老渡口")
    led_by(town, silent, "zhang_dahai")
    submit(town, silent)
    pass_time(town, days=400)
    cases.expire_drafts(at=town.workplace)
    carry(town, silent)
    nothing_is_known_of("zhang_dahai", silent, heard, "director")


def test_somebody_elses_confirmation_is_not_theirs(town: Town, heard: Heard) -> None:
    number = draft(town, town.subject("li_chunyan"))
    led_by(town, number, "wang_jianguo")
    submit(town, number)
    for other in ("li_chunyan", "zhou_wenbin"):
        with pytest.raises(TongbanError):
            cases.confirm(number, subject=town.subject(other), agrees=True, at=town.workplace)
    carry(town, number)
    nothing_is_known_of("wang_jianguo", number, heard, "director")


NAMED = ("wang_jianguo", "zhang_dahai", "zhou_wenbin")
STEPS = ("gather", "carry", "agree", "name another", "submit")


def test_in_whatever_order_people_are_named_and_agree_only_those_who_agreed_are_asked_about(
    town: Town, heard: Heard
) -> None:
    """Named, replaced, gathered for: everybody whose number a source ever heard had agreed before."""
    owner = town.subject("li_chunyan")
    subjects = {name: town.subject(name) for name in NAMED}
    at = town.workplace

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(NAMED)), min_size=2, max_size=7))
    def whatever_happens(steps: list[tuple[str, str]]) -> None:
        number = draft(town, owner, trade_word="燕归来")
        heard.keys.clear()
        agreed: set[str] = set()
        led = ""
        for step, name in steps:
            try:
                if step == "name another":
                    led_by(town, number, name)
                    if name != led:  # whoever was named before and agreed to that has agreed to nothing new
                        agreed.discard(led)
                        heard.keys.clear()
                        led = name
                elif step == "agree":
                    cases.confirm(number, subject=subjects[name], agrees=True, at=at)
                    agreed.add(name)
                elif step == "submit":
                    submit(town, number)
                elif step == "gather":
                    cases.gather(number, at=at, again=True)
                else:
                    carry(town, number)
            except TongbanError:
                pass  # not possible at that moment, and told so: nothing may have been asked by it either
            for one in set(NAMED) - agreed:
                assert PERSONS[one]["resident_id"] not in heard.keys, (one, step, steps)
                told = Fact.objects.filter(
                    filing__number=number, participant__identity_number=PERSONS[one]["resident_id"]
                )
                assert not told.exists(), (one, step, steps)
        with suppress(TongbanError):  # it may have gone through: then all had agreed, and it was granted
            cases.withdraw(number, subject=owner, at=at)

    whatever_happens()
