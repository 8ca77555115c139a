"""search: an open register by its words, under a right and on record; nothing that is not open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.demo.hosting import MORNING, Hosting
from tests.exchange.conftest import CITY, Opening
from tests.openings import fields_of
from tongban.catalogue import api as catalogue
from tongban.exchange.api import Hits, Road, ShareRequest, is_open, open_road, search
from tongban.exchange.connectors.troubles import no_answer
from tongban.exchange.searching import MOST_ENTRIES
from tongban.exchange.verbs import ActOutcome, ActRequest, Ask, FoundAct, Idempotency, Looked, Row
from tongban.kernel.clock import SetClock, civil_date
from tongban.kernel.ids import SystemChance
from tongban.kernel.texts import Text
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
    [fields] = fields_of(kind="share.released").values()
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


@dataclass
class Scanned:
    """A register that answers only when it is told to."""

    answers: bool = False
    asked: int = 0
    name: str = "land"
    idempotency: Idempotency = "none"
    inline: bool = False
    too_long: bool = False

    def scan(self, resource: str, elements: Sequence[catalogue.Element], *, rows: int) -> Iterator[list[Row]]:
        del resource, rows
        self.asked += 1
        yield [{each.code: "9901210010001000001 春风路1号" for each in elements}]
        if not self.answers:
            raise no_answer(self.name, Text("停", "down"))  # in the middle of the reading
        if self.too_long:
            yield [{}] * MOST_ENTRIES

    def lookup(self, ask: Ask) -> Looked:
        raise AssertionError(ask)

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:
        raise AssertionError(request, timeout_s)

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:
        raise AssertionError(key, timeout_s)


@pytest.fixture
def scanned() -> Scanned:
    book = catalogue.book(civil_date(MORNING))
    return Scanned(name=book.resources[WISH.resource].connector)


@pytest.fixture
def over(scanned: Scanned, clock: SetClock) -> Iterator[Road]:
    road = open_road([], {}, [scanned], clock=clock, chance=SystemChance(), pause=lambda _seconds: None)
    yield road
    road.close()


def test_a_dead_register_is_tried_again_then_left_alone_while_the_breaker_rests(
    scanned: Scanned, over: Road, clock: SetClock
) -> None:
    patience = over.lane(scanned.name).patience
    assert find(over, "春风路").reason is not None
    assert scanned.asked == patience.attempts > 1
    for _ in range(patience.breaker_failures):
        find(over, "春风路")
    assert scanned.asked == patience.breaker_failures
    assert over.breaker_states()[scanned.name].position == "open"
    scanned.answers = True
    assert find(over, "春风路").entries == ()
    clock.move(timedelta(seconds=patience.breaker_rest_s))
    assert find(over, "春风路").entries
    assert over.breaker_states()[scanned.name].position == "closed"


def test_a_register_that_is_too_long_is_not_taken_for_one_that_is_down(scanned: Scanned, over: Road) -> None:
    scanned.answers = scanned.too_long = True
    reason = find(over, "春风路").reason
    assert reason is not None
    assert "too long" in reason.en
    assert scanned.asked == 1
    assert over.breaker_states()[scanned.name].failures == 0
