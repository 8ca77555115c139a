"""Left to itself the node refuses nobody: whatever sources say, or do not say, and however long it takes.

Nobody of any office does anything here. The worker works, clocks run out, and what goes against somebody
waits for a person all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.offices import Finder, Found, Register
from bench.town import CHARACTERS, Town
from tests.cases.acting import pass_time, submit
from tests.promises.p4_evidence_before_effect import moments
from tests.promises.p5_machine_says_yes_only.noes import nameless, noes
from tests.promises.p6_owner_and_clock.test_every_wait import OWNERS, STEPS, WORDS, Walk
from tongban.cases import api as cases
from tongban.cases.models import Case, Decision, Filing
from tongban.kernel.clock import budget
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text

DOWN = SourceDown("t", what=Text("停机", "down"), todo=Text("等", "wait"))
# What would speak against anybody, whoever asks.
WORST: Found = {
    "person.deceased": True,
    "person.birth_date": date(2020, 1, 1),
    "person.real_name_matched": False,
    "person.under_enforcement": True,
    "person.enforcement_case": "（2026）云01执9号",
    "person.office_bar_until": date(2099, 1, 1),
    "person.serious_record": True,
    "entity.trade_word_holders": 9,
    "entity.name_holder": "91990121MA00000000",
}
GARBLED: Found = {name: "※" if isinstance(value, bool | date | int) else 7 for name, value in WORST.items()}
MOODS: Mapping[str, Callable[[Finder], Finder]] = {
    "honest": lambda find: find,
    "worst": lambda find: lambda key: {**(find(key) or {}), **WORST},
    "empty": lambda _: lambda _: None,
    "garbled": lambda find: lambda key: {**(find(key) or {}), **GARBLED},
}


@dataclass(frozen=True)
class Sources:
    """The registers of a town as they are, so that their moods can change."""

    town: Town
    honest: Mapping[str, Register]

    @classmethod
    def of(cls, town: Town) -> "Sources":
        return cls(town, {name: replace(register) for name, register in town.registers.items()})

    def become(self, mood: str, *names: str) -> None:
        """Let these registers (or all) answer in a mood, or be down."""
        for name in names or self.honest:
            register = self.town.registers[name]
            register.trouble = DOWN if mood == "down" else None
            register.resources = {
                resource: MOODS["honest" if mood == "down" else mood](find)
                for resource, find in self.honest[name].resources.items()
            }


@pytest.fixture
def sources(town: Town) -> Sources:
    return Sources.of(town)


def months_pass(town: Town, months: int = 36) -> None:
    """Let months pass in which the worker does all that it does by itself, and nobody else anything."""
    for _ in range(months):
        pass_time(town, days=30.5)
        work(town)


def work(town: Town) -> None:
    """Do what a worker does: carry on what is due, and all that it does by the clock."""
    for _ in range(8):
        cases.expire_drafts(at=town.workplace)
        cases.ring_overdue(at=town.workplace)
        while cases.work_once(at=town.workplace, limit=budget(60)):
            pass
        pass_time(town, minutes=5)


def submitted_unseen(town: Town, sources: Sources, person: str = "li_chunyan") -> str:
    """File while no source answers, so that nothing can be said before there is a case."""
    sources.become("down")
    number = draft(town, town.subject(person))
    assert submit(town, number).is_clean
    assert not Decision.objects.exists()
    return number


@pytest.mark.parametrize("mood", ["worst", "empty", "garbled"])
def test_whatever_every_source_says_afterwards_a_person_is_waited_for(
    town: Town, sources: Sources, mood: str
) -> None:
    number = submitted_unseen(town, sources)
    sources.become(mood)
    months_pass(town)
    case = Case.objects.get(filing__number=number, item="registration")
    assert not Decision.objects.exists()
    assert noes() == []
    assert case.person_needed, "nothing happens unless somebody is asked"
    assert case.alarm >= 2, "and the head of the office is told"


def test_a_silence_of_months_accepts_and_neither_refuses_nor_grants(town: Town, sources: Sources) -> None:
    number = submitted_unseen(town, sources)
    months_pass(town, 6)
    assert Case.objects.get(filing__number=number, item="registration").accepted_at is not None
    assert not Decision.objects.exists()
    assert noes() == []
    sources.become("honest")
    months_pass(town, 1)
    assert set(Case.objects.values_list("state", flat=True)) == {"granted"}, "a late yes is a yes"


# Everything that waits for somebody, and whose clock runs out.
WAITING = (
    moments.with_an_officer,
    moments.taken,
    moments.paused,
    moments.to_be_completed,
    moments.never_completed,
    moments.a_kept_promise,
    moments.a_broken_promise,
    moments.asked_for_reasons,
    moments.in_doubt,
    moments.a_disputed_fact,
    moments.a_closed_tax_office,
)


@pytest.mark.parametrize("moment", WAITING, ids=lambda moment: moment.__name__)
def test_when_its_time_has_passed_nothing_is_against_anybody_yet(
    town: Town, moment: Callable[[Town], str]
) -> None:
    number = moment(town)
    if Filing.objects.get(number=number).stage == "draft":
        submit(town, number)
    before, decided = noes(), set(Decision.objects.values_list("case_id", "maker"))
    months_pass(town)
    assert noes() == before
    assert nameless() == []
    assert {maker for _, maker in set(Decision.objects.values_list("case_id", "maker")) - decided} <= {"rule"}


def test_what_no_office_has_received_ends_without_a_no(town: Town) -> None:
    number = moments.a_draft_with_a_partner(town)
    months_pass(town)
    assert Filing.objects.get(number=number).stage == "expired"
    assert set(Case.objects.values_list("state", "number")) == {("withdrawn", None)}
    assert noes() == []


BY_PERSONS = ("officer_", "leader_", "source_", "owner_withdraws")
BY_ITSELF = [name for name in STEPS if not name.startswith(BY_PERSONS)]
TURNS = st.tuples(st.sampled_from(("police", "court", "market", "land")), st.sampled_from(("down", *MOODS)))


def test_left_to_itself_the_node_never_says_no(town: Town, sources: Sources) -> None:
    """Sources change their minds, replies are lost, time passes: no walk without an officer ends against
    anybody, whatever they come to."""
    reached: set[str] = set()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(
        owner=st.sampled_from(OWNERS),
        alone=st.booleans(),
        steps=st.lists(st.one_of(st.sampled_from(BY_ITSELF), TURNS), min_size=4, max_size=14),
    )
    @example(owner="li_chunyan", alone=True, steps=["an_hour"])
    @example(owner="zhang_dahai", alone=True, steps=["an_hour", "two_months"])
    @example(owner="wu_xiaoxue", alone=True, steps=["an_hour"])
    def whatever_happens(owner: str, alone: bool, steps: list[str | tuple[str, str]]) -> None:
        sources.become("honest")
        partner = None if alone else CHARACTERS["persons"]["liu_chunsheng"]
        subject = town.subject(owner)
        walk = Walk(town, subject, draft(town, subject, trade_word=next(WORDS), partner=partner))
        walk.step("submit")
        for step in steps:
            if isinstance(step, tuple):
                sources.become(step[1], step[0])
            else:
                walk.step(step)
            walk.step("work")
            cases.expire_drafts(at=town.workplace)
            cases.ring_overdue(at=town.workplace)
            assert noes() == [], (walk.done, steps)
        for case in Case.objects.filter(filing__number=walk.number):
            reached.update({case.state, "person" if case.person_needed else "", f"alarm {case.alarm}"})

    whatever_happens()
    assert set(Decision.objects.values_list("maker", flat=True)) <= {"rule"}
    assert reached >= {"granted", "accepted", "correction", "person", "alarm 3"}, "none came near a no"
