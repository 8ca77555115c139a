"""The frozen book: who is the source, who may read."""

from datetime import date, datetime

from tests.catalogue.making import DAY, element, grant, resource
from tongban.catalogue.api import Book, Epoch, Grant, Resource, make_book
from tongban.kernel.clock import SHANGHAI


def book(resources: list[Resource] | None = None, grants: list[Grant] | None = None) -> Book:
    return make_book(
        epoch=Epoch(1, "mark"),
        on=DAY,
        elements=[element()],
        resources=[resource()] if resources is None else resources,
        grants=[grant()] if grants is None else grants,
    )


def test_the_source_of_an_element_holds_for_every_place_inside_its_claim() -> None:
    found = book().source_of("person.deceased", "990121001")
    assert found is not None
    assert found.code == "police.population"


def test_outside_its_territory_or_time_an_element_has_no_source() -> None:
    assert book().source_of("person.deceased", "990200") is None
    assert book().source_of("person.deceased", "990100", date(2025, 12, 31)) is None


def test_each_county_may_have_its_own_source() -> None:
    east = resource("east.people", division="990121")
    west = resource("west.people", division="990122")
    both = book([east, west])
    assert both.source_of("person.deceased", "990121") == east
    assert both.source_of("person.deceased", "990122001") == west


def test_a_copy_is_never_the_source() -> None:
    assert book([resource(copy_of="other.people")]).source_of("person.deceased", "990100") is None


def test_a_grant_covers_all_the_elements_or_is_none() -> None:
    granted = book()
    asked = ("market.990121", "police.population", ["person.deceased"], "open-company")
    assert granted.grant_for(*asked) == grant()
    more = ["person.deceased", "person.birth_date"]
    assert granted.grant_for("market.990121", "police.population", more, "open-company") is None


def test_a_grant_is_for_its_consumer_and_purpose_alone() -> None:
    granted = book()
    assert granted.grant_for("tax.990121", "police.population", ["person.deceased"], "open-company") is None
    assert granted.grant_for("market.990121", "police.population", ["person.deceased"], "marriage") is None


def test_a_withdrawn_or_expired_grant_is_no_grant() -> None:
    withdrawn = grant(withdrawn_at=datetime(2026, 6, 1, tzinfo=SHANGHAI))
    asked = ("market.990121", "police.population", ["person.deceased"], "open-company")
    assert book(grants=[withdrawn]).grant_for(*asked) is None
    assert book().grant_for(*asked, date(2027, 1, 1)) is None


def test_a_book_answers_for_the_day_it_is_held_for() -> None:
    later = book().as_of(date(2027, 1, 1))
    asked = ("market.990121", "police.population", ["person.deceased"], "open-company")
    assert later.grant_for(*asked) is None
    assert later.epoch == book().epoch


def test_of_a_resource_and_its_elements_the_strictest_grade_counts() -> None:
    for own, of_its_element, counts in (
        ("general_1", "general_3", "general_3"),
        ("general_4", "general_3", "general_4"),
        ("important", "core", "core"),
        ("core", "general_1", "core"),
    ):
        offered = resource(grade=own, elements=("person.deceased",))
        whole = make_book(
            epoch=Epoch(1, "mark"),
            on=DAY,
            elements=[element(grade=of_its_element), element("person.other", grade="core")],
            resources=[offered],
            grants=[],
        )
        assert whole.grade_of(offered) == counts


def test_the_copies_of_a_source_are_those_that_say_so() -> None:
    source = resource()
    copies = [resource(code, copy_of=source.code) for code in ("z.people", "a.people")]
    whole = book([source, *copies, resource("b.people", copy_of="z.people")])
    assert [copy.code for copy in whole.copies_of(source.code)] == ["a.people", "z.people"]
