"""search: an open register by its words, under a right and on record; nothing that is not open."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.demo.hosting import MORNING, Hosting
from tests.exchange.conftest import CITY, Opening
from tongban.catalogue import api as catalogue
from tongban.exchange.api import Hits, Road, ShareRequest, is_open, search
from tongban.kernel.clock import SetClock, civil_date
from tongban.kernel.ids import SystemChance
from tongban.ledger.models import Entry
from tongban.registry import api as registry

WISH = ShareRequest(
    consumer="market.990121",
    purpose="open-company",
    case_or_filing="F990100-20261102-0001",
    resource="land.addresses_990121",
    elements=("place.address_text",),
    key={"place.address_code": "城关 春风路"},
    subject_of_record="place",
)


@pytest.fixture(autouse=True)
def loaded(database: None) -> None:
    registry.load_city(CITY, now=MORNING, chance=SystemChance())
    catalogue.load(CITY, now=MORNING, chance=SystemChance())


@pytest.fixture
def road(hosted: Hosting, opened: Opening) -> Road:
    return opened(hosted("land"))


def find(road: Road, words: str, wish: ShareRequest = WISH, *, most: int = 12) -> Hits:
    sought = replace(wish, key={"place.address_code": words})
    return search(road, sought, now=MORNING, most=most, timeout_s=30)


def shares() -> list[str]:
    return list(Entry.objects.filter(log="shares-2026").order_by("id").values_list("kind", flat=True))


def test_every_word_must_be_in_the_address_and_the_shortest_come_first(road: Road) -> None:
    hits = find(road, "城关 春风路 1号")
    assert hits.entries[0] == ("9901210010001000001", "云溪市云东县城关镇春风路1号")
    assert all("城关" in words and "春风路" in words and "1号" in words for _, words in hits.entries)


def test_full_width_digits_and_spaces_are_read_as_people_mean_them(road: Road) -> None:
    assert find(road, "　春风路１号 ").entries[0] == find(road, "春风路1号").entries[0]


def test_a_workbook_is_searched_like_a_file_of_lines(road: Road) -> None:
    west = replace(WISH, consumer="market.990122", resource="land.addresses_990122")
    assert find(road, "河口 清溪路1号", west).entries[0][0] == "9901220010001000001"


def test_more_than_can_be_shown_is_said_and_nothing_found_is_nothing(road: Road) -> None:
    some = find(road, "云东县", most=3)
    assert len(some.entries) == 3
    assert some.more
    none = find(road, "月球背面")
    assert (none.entries, none.more, none.reason) == ((), False, None)


@pytest.mark.parametrize("words", ["", " ", "路", "\u3000"])
def test_less_than_two_characters_search_nothing(road: Road, words: str) -> None:
    assert find(road, words).reason is not None
    assert shares() == []


def test_each_search_is_a_share_on_record(road: Road) -> None:
    find(road, "春风路1号")
    row = Entry.objects.get(kind="share.released")
    fields = {name: held["value"] for name, held in json.loads(row.opening)["fields"].items()}
    assert fields["filing_number"] == WISH.case_or_filing
    assert fields["elements"] == ["place.address_text"]
    assert fields["consumer"] == "market.990121"


@pytest.mark.parametrize(
    "change",
    [
        {"consumer": "court.990100"},
        {"purpose": "something-else"},
        {"resource": "land.addresses_990122"},
    ],
)
def test_without_a_grant_nothing_is_found_and_the_refusal_is_on_record(
    road: Road, change: dict[str, str]
) -> None:
    hits = find(road, "春风路1号", replace(WISH, **change))
    assert hits.entries == ()
    assert hits.reason is not None
    assert shares() == ["share.refused"]


def test_only_a_register_about_nobody_that_lies_open_may_be_searched(
    hosted: Hosting, opened: Opening
) -> None:
    book = catalogue.book(civil_date(MORNING))
    lie_open = {code for code, resource in book.resources.items() if is_open(resource, book)}
    assert {"land.addresses_990121", "land.addresses_990122"} <= lie_open
    assert {code.partition(".")[0] for code in lie_open} == {"land", "market"}
    assert lie_open.isdisjoint({"market.office_bars", "market.serious_records"})
    police = replace(
        WISH, resource="police.population", elements=("person.mobile",), key={"person.resident_id": "9901"}
    )
    hits = search(opened(hosted("police")), police, now=MORNING, most=5, timeout_s=30)
    assert hits.entries == ()
    assert shares() == ["share.refused"]


def test_a_source_that_is_down_says_so_and_the_list_that_was_read_is_kept_a_while(
    hosted: Hosting, opened: Opening, clock: SetClock
) -> None:
    land = hosted("land")
    road = opened(land)
    assert find(road, "春风路1号").entries
    for path in (land.data / "drop").iterdir():
        path.unlink()
    assert find(road, "春风路1号").entries
    clock.move(timedelta(minutes=11))
    gone = find(road, "春风路1号")
    assert (gone.entries, gone.reason is None) == ((), False)
