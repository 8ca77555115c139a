"""judge_share: nothing moves that was not granted for this use, to this organisation, now."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.making import element, grant, resource
from tests.demo.hosting import MORNING
from tongban.catalogue.api import Book, Epoch, Grant, Resource, make_book
from tongban.exchange.api import Allowed, Denied, ShareRequest, is_open, judge_share
from tongban.kernel.clock import civil_date

ELEMENTS = ("person.deceased", "person.birth_date", "person.mobile", "person.household_address")
REQUEST = ShareRequest(
    consumer="market.990121",
    purpose="open-company",
    case_or_filing="F990100-20261102-0001",
    resource="police.population",
    elements=("person.deceased",),
    key={"person.resident_id": "990121198803129020"},
    subject_of_record="01JD0000000000000000000000",
)


def rights(*grants: Grant, **about: Any) -> Book:
    offered: Resource = resource(elements=ELEMENTS, **about)
    return make_book(
        epoch=Epoch(1, "mark"),
        on=civil_date(MORNING),
        elements=[element(code) for code in ELEMENTS],
        resources=[offered],
        grants=grants,
    )


def judged(request: ShareRequest = REQUEST, book: Book | None = None, now: datetime = MORNING) -> Any:
    return judge_share(request, rights(grant()) if book is None else book, now)


def why(outcome: Allowed | Denied) -> str:
    assert isinstance(outcome, Denied)
    assert outcome.reason.zh.startswith("不予共享")
    return outcome.code


def test_what_was_granted_is_allowed_under_that_grant() -> None:
    allowed = judged()
    assert isinstance(allowed, Allowed)
    assert (allowed.grant, allowed.elements, allowed.withheld) == (grant(), ("person.deceased",), ())


def test_only_the_granted_part_of_what_was_asked_is_allowed() -> None:
    allowed = judged(replace(REQUEST, elements=("person.mobile", "person.deceased", "person.mobile")))
    assert (allowed.elements, allowed.withheld) == (("person.deceased",), ("person.mobile",))


def test_what_is_only_listed_is_never_shared_whatever_was_granted() -> None:
    assert why(judged(book=rights(grant(), connector="", keys=()))) == "not_connected"


def test_a_register_with_one_stricter_element_does_not_lie_open() -> None:
    offered = resource(elements=("place.usage",), share_class="unconditional", grade="general_1")
    for grade, lies_open in (("general_1", True), ("general_2", False), ("important", False)):
        usage = element("place.usage", about="place", grade=grade)
        book = make_book(
            epoch=Epoch(1, "mark"), on=civil_date(MORNING), elements=[usage], resources=[offered], grants=[]
        )
        assert is_open(offered, book) is lies_open


def test_without_any_grant_nothing_is_allowed() -> None:
    assert why(judged(book=rights())) == "no_grant"
    assert why(judge_share(REQUEST, None, MORNING)) == "rights_unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consumer": "tax.990121"}, "no_grant"),
        ({"purpose": "marriage"}, "no_grant"),
        ({"resource": "police.nothing"}, "no_resource"),
        ({"elements": ("person.mobile",)}, "not_granted_elements"),
        ({"elements": ()}, "not_granted_elements"),
        ({"key": {}}, "no_key"),
        ({"key": {"person.resident_id": ""}}, "no_key"),
        ({"key": {"person.name": "李春燕"}}, "no_key"),
        ({"consumer": ""}, "unstated"),
        ({"purpose": " "}, "unstated"),
        ({"case_or_filing": ""}, "unstated"),
        ({"subject_of_record": ""}, "unstated"),
        ({"consumer": None}, "unstated"),
        ({"case_or_filing": None}, "unstated"),
    ],
)
def test_a_request_that_lacks_a_part_or_changes_it_is_denied(changes: dict[str, Any], code: str) -> None:
    assert why(judged(replace(REQUEST, **changes))) == code


def test_an_expired_a_future_and_a_withdrawn_grant_are_told_apart() -> None:
    today = civil_date(MORNING)
    expired = grant(valid_until=today - timedelta(days=1))
    future = grant(valid_from=today + timedelta(days=1))
    assert why(judged(book=rights(expired))) == "expired"
    assert why(judged(book=rights(future))) == "not_yet"
    assert why(judged(book=rights(grant(withdrawn_at=MORNING)))) == "withdrawn"


def test_a_resource_that_law_forbids_to_share_is_denied_even_under_a_grant() -> None:
    assert why(judged(book=rights(grant(), share_class="none"))) == "not_shared"


def test_a_resource_that_is_not_offered_today_is_denied() -> None:
    assert why(judged(book=rights(grant(), valid_to=date(2026, 6, 1)))) == "no_resource"


def test_a_second_grant_in_force_is_used_where_the_first_was_withdrawn() -> None:
    first = grant("a/market.990121/open-company", withdrawn_at=MORNING)
    second = grant("b/market.990121/open-company", elements=("person.deceased", "person.mobile"))
    allowed = judged(book=rights(first, second))
    assert allowed.grant.code == second.code
    assert allowed.elements == ("person.deceased",)


dates = st.dates(date(2026, 6, 1), date(2027, 6, 1))
some_elements = st.lists(st.sampled_from(ELEMENTS), max_size=4, unique=True).map(tuple)


@st.composite
def any_grant(draw: st.DrawFn) -> Grant:
    since, until = sorted((draw(dates), draw(dates)))
    return grant(
        f"{draw(st.uuids())}",
        consumer=draw(st.sampled_from(["market.990121", "tax.990121"])),
        purpose=draw(st.sampled_from(["open-company", "marriage"])),
        elements=draw(some_elements),
        valid_from=since,
        valid_until=until,
        withdrawn_at=draw(st.sampled_from([None, None, MORNING])),
    )


requests = st.builds(
    replace,
    st.just(REQUEST),
    consumer=st.sampled_from(["market.990121", "tax.990121", "", None]),
    purpose=st.sampled_from(["open-company", "marriage", ""]),
    case_or_filing=st.sampled_from(["F1", "", None]),
    elements=st.lists(st.sampled_from((*ELEMENTS, "person.name")), max_size=6).map(tuple),
    key=st.sampled_from([{"person.resident_id": "990121198803129020"}, {}]),
)


@given(requests, st.lists(any_grant(), max_size=4), dates)
def test_it_never_allows_more_than_one_live_grant_of_exactly_this_use_gives(
    request: ShareRequest, grants: list[Grant], on: date
) -> None:
    now = datetime(on.year, on.month, on.day, 12, tzinfo=MORNING.tzinfo)
    outcome = judge_share(request, rights(*grants), now)
    live = [
        one
        for one in grants
        if (one.consumer, one.purpose) == (request.consumer, request.purpose)
        and one.withdrawn_at is None
        and one.valid_from <= on <= one.valid_until
    ]
    if isinstance(outcome, Denied):
        stated = request.consumer and request.purpose and request.case_or_filing and request.key
        useful = any(set(request.elements) & set(one.elements) for one in live)
        assert not (stated and useful)
        return
    assert outcome.grant in live
    assert set(outcome.elements) <= set(outcome.grant.elements) & set(request.elements)
    assert set(outcome.elements) | set(outcome.withheld) == set(request.elements)
    assert outcome.elements
