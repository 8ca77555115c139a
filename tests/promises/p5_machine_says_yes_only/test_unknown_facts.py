"""Rules with facts missing in every way there is: no machine says no, and none says yes over a gap.

A whole filing is decided again and again in memory, each time with something else not known.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import carry_on, states, submit
from tongban.cases import api as cases
from tongban.cases.snapshot import FactView, Snapshot
from tongban.catalogue import api as catalogue

VALUELESS = ("late", "withheld", "unknown", "not_applicable")
WAYS = (*VALUELESS, "contested", "missing")
Way = cases.Way


@dataclass(frozen=True)
class Court:
    """A filing that was granted in full, judged anew as if none of it had been decided."""

    town: Town
    snapshot: Snapshot

    def judge(self, snapshot: Snapshot) -> dict[str, cases.Verdict]:
        """Give what the rules find for each item."""
        at = self.town.workplace
        sight = cases.see(snapshot, at=at)
        return {
            case.item: cases.judge_case(sight.of_case(case.item), case, at=at)[0] for case in snapshot.cases
        }

    def without(self, ways: Mapping[int, str]) -> Snapshot:
        """Give the filing with these facts not known, each in its own way."""
        facts = tuple(
            _without(fact, ways[fact.id]) if fact.id in ways else fact
            for fact in self.snapshot.facts
            if ways.get(fact.id) != "missing"
        )
        contested = frozenset(id for id, way in ways.items() if way == "contested")
        return replace(self.snapshot, facts=facts, contested=contested)

    def with_value(self, fact: FactView, value: object) -> Snapshot:
        """Give the filing with another value of one fact."""
        told = replace(fact, value=value, status="known")
        return replace(
            self.snapshot, facts=tuple(told if f.id == fact.id else f for f in self.snapshot.facts)
        )

    def values_of(self, element: str) -> Iterator[object]:
        """Give values that an element might have, the unwelcome ones among them."""
        declared = catalogue.book(self.town.now.date()).element(element)
        assert declared is not None
        anything: dict[str, tuple[object, ...]] = {
            "boolean": (True, False),
            "integer": (0, 1, 10**6),
            "money_cents": (0, 1, 10**12),
            "date": ("1900-01-01", "2026-11-22", "2100-01-01"),
        }
        words = ("", "别的", "990121001")  # elsewhere is another office's case
        for value in declared.codes or anything.get(declared.kind, words):
            if not isinstance(value, str) or re.fullmatch(declared.pattern or ".*", value):
                yield value


def _without(fact: FactView, way: str) -> FactView:
    return fact if way == "contested" else replace(fact, value=None, status=way)


@pytest.fixture
def court(town: Town) -> Court:
    """Two founders of one company, so that there are facts about several people."""
    partner = CHARACTERS["persons"]["wang_jianguo"]
    number = draft(town, town.subject("li_chunyan"), partner=partner)
    submit(town, number)
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert set(states(number).values()) == {"granted"}
    snapshot = cases.snapshot(number)
    open_again = tuple(
        replace(case, state=cases.CaseState.RECEIVED, decided_at=None, ended_at=None)
        for case in snapshot.cases
    )
    found = Court(town, replace(snapshot, cases=open_again))
    assert {verdict.way for verdict in found.judge(found.snapshot).values()} == {Way.YES}
    assert len(snapshot.facts) > 10
    return found


def test_with_every_fact_unknown_no_item_that_needs_one_is_granted_and_none_refused(court: Court) -> None:
    for way in WAYS:
        found = court.judge(court.without({fact.id: way for fact in court.snapshot.facts}))
        assert found["registration"].way is not Way.YES, way
        for item, verdict in found.items():
            assert verdict.way is not Way.YES or not needs(court, item), (way, item)


def needs(court: Court, item: str) -> set[str]:
    """Give the elements that sources supply for an item."""
    plan = cases.see(court.snapshot, at=court.town.workplace).plan
    return {need.element for need in plan.needs if item in need.items and need.how == "fetched"}


def test_each_single_gap_goes_where_it_must(court: Court) -> None:
    """Late waits, withheld and disputed go to a person; none is ever a yes that another value would undo."""
    reached = set()
    for fact in court.snapshot.facts:
        for way in WAYS:
            found = court.judge(court.without({fact.id: way}))
            for item, verdict in found.items():
                reached.add(verdict.way)
                if verdict.way is Way.YES:
                    check_that_it_does_not_matter(court, fact, item)
                elif way == "late":
                    assert verdict.way is Way.WAIT, (fact.element, item)
                elif way in {"withheld", "contested"}:
                    assert verdict.way is Way.PERSON, (fact.element, way, item)
                else:
                    assert verdict.way in {Way.CORRECTION, Way.PERSON}, (fact.element, way, item)
    assert reached == set(Way)


def check_that_it_does_not_matter(court: Court, fact: FactView, item: str) -> None:
    """A yes without a fact stands only if it stands whatever the fact is."""
    for value in court.values_of(fact.element):
        verdict = court.judge(court.with_value(fact, value))[item]
        assert verdict.way is Way.YES, (
            f"{item}: yes without {fact.element}, and {verdict.way} if it is {value!r}"
        )


def test_a_second_gap_never_turns_one_that_matters_into_a_yes(court: Court) -> None:
    stops = {
        (fact.id, way): {item for item, verdict in found.items() if verdict.way is not Way.YES}
        for fact in court.snapshot.facts
        for way in WAYS
        if (found := court.judge(court.without({fact.id: way})))
    }
    assert any("registration" in items for items in stops.values())
    ids = [fact.id for fact in court.snapshot.facts]

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from(ids), st.sampled_from(WAYS), min_size=1))
    def whatever_is_missing(ways: dict[int, str]) -> None:
        found = court.judge(court.without(ways))
        for gap in ways.items():
            for item in stops[gap]:
                assert found[item].way is not Way.YES, (item, gap)

    whatever_is_missing()


def test_high_risk_asked_for_or_withdrawn_always_goes_to_a_person(court: Court) -> None:
    at = court.town.workplace
    sight = cases.see(court.snapshot, at=at)
    for key in ("registration", "tax"):
        case = court.snapshot.case(key)
        item = sight.bundle.item(key)
        for decision in (
            replace(item.decision, risk="high"),
            replace(item.decision, automatic_yes=False),
        ):
            others = tuple(
                replace(each, decision=decision) if each.key == key else each for each in sight.bundle.items
            )
            graver = replace(sight.of_case(key), bundle=replace(sight.bundle, items=others))
            assert cases.judge_case(graver, case, at=at)[0].way is Way.PERSON
    asked = replace(court.snapshot, human_asked_at=court.town.now)
    assert {verdict.way for verdict in court.judge(asked).values()} == {Way.PERSON}


def test_there_is_no_word_for_no() -> None:
    assert {way.value for way in Way} == {"yes", "person", "correction", "wait"}
