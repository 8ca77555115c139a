"""A register passes to another office overnight, while a filing is under way: each day its one source."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.filing import draft
from bench.offices import Found
from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import carry_on, pass_time, states, submit
from tests.promises.p2_one_source.writing import copy_of_the_city
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text

ENFORCED = "person.under_enforcement"
OLD, NEW = "court.enforcement", "court.enforced_persons"
MAINTENANCE = Text("系统维护", "maintenance")
DOWN = SourceDown("exchange.unreachable", what=MAINTENANCE, todo=MAINTENANCE)


def hand_over(town: Town, folder: Path, last_day: date) -> None:
    """Load a catalogue in which the list of enforced persons is another resource from the next day on."""
    city = copy_of_the_city(folder / "city")
    resources = city / "catalogue" / "resources.yaml"
    text = resources.read_text("utf-8")
    begins = text.index(f"  - code: {OLD}\n")
    entry = text[begins : text.index("\n\n", begins)] + "\n"
    old = entry.replace(
        "    valid_from: 2025-08-01\n", f"    valid_from: 2025-08-01\n    valid_to: {last_day}\n"
    )
    first_day = last_day + timedelta(days=1)
    new = entry.replace(OLD, NEW).replace("valid_from: 2025-08-01", f"valid_from: {first_day}")
    resources.write_text(text.replace(entry, old + new), "utf-8")
    grants = city / "catalogue" / "grants.yaml"
    text = grants.read_text("utf-8")
    begins = text.index("  - code: registration-enforcement\n")
    entry = text[begins : text.index("  - code:", begins + 5)]
    ending = entry.replace("valid_until: 2028-08-31", f"valid_until: {last_day}")
    starting = entry.replace(OLD, NEW).replace("registration-enforcement", "registration-enforced")
    grants.write_text(text.replace(entry, ending + starting), "utf-8")
    assert catalogue.load(city, now=town.now, chance=SystemChance()).changed


def lists(town: Town, enforced: str) -> None:
    """Let the court answer from its new list too, on which one of the fixed characters stands."""
    listed = CHARACTERS["persons"][enforced]["resident_id"]

    def new_list(key: Mapping[str, str]) -> Found | None:
        return (
            {ENFORCED: True, "person.enforcement_case": "1"} if key["person.resident_id"] == listed else None
        )

    court = town.registers["court"]
    court.resources = {**court.resources, NEW: new_list}


def check_sources(town: Town, number: str) -> None:
    """See that every fact that speaks for the filing today comes from today's one source of its element."""
    sight = cases.see(cases.snapshot(number), at=town.workplace)
    today = civil_date(town.now)
    book = catalogue.book(today)
    assert sight.gathered.facts
    for (ref, element), fact in sight.gathered.facts.items():
        source = book.source_of(element, sight.plan.division, today)
        assert source is not None, element
        assert (fact.resource, fact.source) == (source.code, source.organisation), (ref, element)


def test_every_fact_of_a_filing_is_from_the_one_source_of_its_element(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"), partner=CHARACTERS["persons"]["wang_jianguo"])
    check_sources(town, number)
    submit(town, number)
    lease = cases.confirm(number, subject=town.subject("wang_jianguo"), agrees=True, at=town.workplace)
    assert lease is not None
    carry_on(town, lease)
    assert set(states(number).values()) == {"granted"}
    book = catalogue.book(civil_date(town.now))
    for fact in Fact.objects.all():
        source = book.source_of(fact.element, "990121")
        assert source is not None
        assert (fact.resource, fact.source) == (source.code, source.organisation)


def test_from_the_day_of_the_handover_the_new_source_speaks_and_the_old_no_more(
    town: Town, tmp_path: Path
) -> None:
    lists(town, "li_chunyan")
    number = draft(town, town.subject("li_chunyan"))
    hand_over(town, tmp_path, civil_date(town.now))
    cases.gather(number, at=town.workplace, again=True)
    check_sources(town, number)
    assert {fact.resource for fact in Fact.objects.filter(element=ENFORCED)} == {OLD}
    pass_time(town, days=1)
    assert submit(town, number).is_clean
    check_sources(town, number)
    last = Fact.objects.filter(element=ENFORCED).latest("id")
    assert (last.resource, last.value) == (NEW, True)
    assert states(number)["registration"] == "accepted"  # the new list counts: a person decides
    assert cases.snapshot(number).case("registration").person_needed


def test_what_only_the_old_list_said_counts_no_more(town: Town, tmp_path: Path) -> None:
    """Struck off on the day of the handover: yesterday's record must not hold a filing back."""
    lists(town, "wang_jianguo")
    number = draft(town, town.subject("zhang_dahai"))
    assert Fact.objects.get(element=ENFORCED).value is True
    hand_over(town, tmp_path, civil_date(town.now))
    pass_time(town, days=1)
    cases.gather(number, at=town.workplace, again=True)
    check_sources(town, number)
    submit(town, number)
    assert set(states(number).values()) == {"granted"}


@pytest.mark.parametrize("hands_over", [True, False])
def test_a_source_that_is_down_across_the_handover_is_waited_for(
    town: Town, tmp_path: Path, hands_over: bool
) -> None:
    """Yesterday's register did not answer, today's does not answer: late it is, neither unknown nor asked."""
    lists(town, "wang_jianguo")
    court = town.registers["court"]
    court.trouble = DOWN
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert states(number)["registration"] == "received"
    if hands_over:
        hand_over(town, tmp_path, civil_date(town.now))
    for _ in range(3):
        pass_time(town, days=1)
        carry(town, number)
        snapshot = cases.snapshot(number)
        assert states(number)["registration"] == "received", snapshot.case("registration").person_needed
        assert not snapshot.case("registration").person_needed
        sight = cases.see(snapshot, at=town.workplace)
        ref = next(ref for ref, element in sight.gathered.facts if element == "person.deceased")
        assert sight.gathered.status_of(ref, ENFORCED) == "late"
    court.trouble = None
    pass_time(town, hours=12)
    carry(town, number)
    known = Fact.objects.filter(element=ENFORCED).exclude(status="late")
    assert {fact.resource for fact in known} == {NEW if hands_over else OLD}
    assert set(states(number).values()) == {"granted"}
