"""One datum, one source: claims, territories and periods; grants in time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.making import DAY, grant, resource
from tongban.catalogue.api import Claim, Resource, claims_of, conflict, first_conflict, within
from tongban.kernel.clock import SHANGHAI

DIVISIONS = ["990000", "990100", "990200", "990121", "990122", "990121001", "990121002", "990122001"]
DAYS = [date(2026, 1, 1) + timedelta(days=30 * n) for n in range(8)]


def claim(
    division: str,
    *,
    excludes: tuple[str, ...] = (),
    since: date = DAYS[0],
    until: date | None = None,
    owner: str = "a",
) -> Claim:
    return Claim(
        "person.deceased", f"{owner}.population", f"{owner}.990100", division, excludes, since, until
    )


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        ("990121", "990100", True),
        ("990121001", "990100", True),
        ("990121001000", "990121001", True),
        ("990100", "990100", True),
        ("990100", "990000", True),
        ("990100", "000000", True),
        ("990100", "990121", False),
        ("990122", "990121", False),
        ("990200", "990100", False),
        ("990122001", "990121", False),
    ],
)
def test_a_division_lies_in_those_that_its_code_begins_with(inner: str, outer: str, lies: bool) -> None:
    assert within(inner, outer) is lies


def test_two_sources_of_one_element_in_one_place_conflict() -> None:
    assert conflict(claim("990100"), claim("990100", owner="b"))


def test_sources_of_neighbouring_counties_do_not_conflict() -> None:
    assert not conflict(claim("990121"), claim("990122", owner="b"))


def test_a_county_may_not_claim_inside_a_citys_claim() -> None:
    assert conflict(claim("990100"), claim("990121", owner="b"))


def test_a_county_that_the_citys_claim_excludes_may_claim() -> None:
    assert not conflict(claim("990100", excludes=("990121",)), claim("990121", owner="b"))


def test_a_town_in_an_excluded_county_may_claim() -> None:
    assert not conflict(claim("990100", excludes=("990121",)), claim("990121001", owner="b"))


def test_excluding_one_town_does_not_free_its_county() -> None:
    assert conflict(claim("990100", excludes=("990121001",)), claim("990121", owner="b"))


def test_a_province_that_excludes_a_city_leaves_it_to_the_city() -> None:
    assert not conflict(claim("990000", excludes=("990100",)), claim("990121", owner="b"))


def test_claims_for_periods_that_only_touch_share_the_day_and_conflict() -> None:
    assert conflict(claim("990100", until=DAYS[2]), claim("990100", since=DAYS[2], owner="b"))


def test_claims_for_periods_one_after_the_other_do_not_conflict() -> None:
    first = claim("990100", until=DAYS[2])
    assert not conflict(first, claim("990100", since=DAYS[2] + timedelta(days=1), owner="b"))


def test_claims_to_other_elements_do_not_conflict() -> None:
    ours, theirs = resource("a.people"), resource("b.people", elements=("person.mobile",))
    assert not any(conflict(one, other) for one in claims_of(ours) for other in claims_of(theirs))


def test_a_copy_claims_nothing() -> None:
    assert claims_of(resource("bureau.people", copy_of="police.population")) == ()


def test_a_conflict_names_the_first_owner() -> None:
    earlier = [claim("990100", owner="a"), claim("990100", owner="b")]
    found = first_conflict(earlier, claim("990121", owner="c"))
    assert found is not None
    assert found.organisation == "a.990100"


periods = st.tuples(st.sampled_from(DAYS), st.one_of(st.none(), st.sampled_from(DAYS))).map(
    lambda two: two if two[1] is None or two[0] <= two[1] else (two[1], two[0])
)


@st.composite
def any_claim(draw: st.DrawFn, owner: str) -> Claim:
    since, until = draw(periods)
    division = draw(st.sampled_from(DIVISIONS))
    below = [code for code in DIVISIONS if code != division and within(code, division)]
    excludes = tuple(draw(st.lists(st.sampled_from(below), max_size=2, unique=True))) if below else ()
    return claim(division, excludes=excludes, since=since, until=until, owner=owner)


@given(any_claim("a"), any_claim("b"), st.sampled_from(DIVISIONS), st.sampled_from(DAYS))
def test_claims_that_do_not_conflict_never_cover_the_same_place_on_the_same_day(
    first: Claim, second: Claim, place: str, on: date
) -> None:
    if first.covers(place, on) and second.covers(place, on):
        assert conflict(first, second)


@given(any_claim("a"), any_claim("b"))
def test_conflict_does_not_depend_on_who_is_first(first: Claim, second: Claim) -> None:
    assert conflict(first, second) == conflict(second, first)


@pytest.mark.parametrize(
    ("on", "usable"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_grant_is_in_force_on_its_days_only(on: date, usable: bool) -> None:
    assert grant().in_force(on) is usable


def test_a_withdrawn_grant_is_in_force_on_no_day() -> None:
    withdrawn = grant(withdrawn_at=datetime(2026, 6, 1, tzinfo=SHANGHAI))
    assert not withdrawn.in_force(DAY)


def test_a_resource_claims_each_of_its_elements() -> None:
    offered: Resource = resource()
    assert {made.element for made in claims_of(offered)} == set(offered.elements)
