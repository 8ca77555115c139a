"""What shares leave behind of the freshness of their resources."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.demo.hosting import MORNING
from tests.exchange.conftest import CITY, Opening
from tests.exchange.shelf import Shelf
from tests.exchange.test_sharing import ALIVE, LI, LIFE, one
from tongban.catalogue import api as catalogue
from tongban.exchange.api import Ask, Road, fetch
from tongban.exchange.connectors.troubles import busy
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry

MINUTE = timedelta(minutes=1)
POLICE = "police.population"


@pytest.fixture(autouse=True)
def loaded(database: None) -> None:
    registry.load_city(CITY, now=MORNING, chance=SystemChance())
    catalogue.load(CITY, now=MORNING, chance=SystemChance())


def seen() -> catalogue.Seen | None:
    return catalogue.sightings([POLICE]).get(POLICE)


def ask(road: Road, at: datetime) -> int:
    """Fetch once; give how many statements of freshness it took."""
    with CaptureQueriesContext(connection) as asked:
        fetch(road, [LIFE], now=at, timeout_s=5.0)
    return sum("catalogue_sighting" in each["sql"] for each in asked)


def test_a_live_answer_is_noted_without_a_date(opened: Opening) -> None:
    assert seen() is None
    one(opened(extra=(Shelf("police", ALIVE),)), LIFE)
    assert seen() == catalogue.Seen(MORNING)


def test_a_dated_answer_is_noted_with_the_date_of_its_source(opened: Opening) -> None:
    dated = MORNING - timedelta(days=2)
    one(opened(extra=(Shelf("police", ALIVE, as_of=dated),)), LIFE)
    assert seen() == catalogue.Seen(MORNING, dated, MORNING)


def test_a_source_that_does_not_answer_is_not_seen(opened: Opening) -> None:
    def is_busy(_ask: Ask) -> None:
        raise busy("police", "忙")

    assert one(opened(extra=(Shelf("police", ALIVE, before=is_busy),)), LIFE).is_late
    assert seen() is None


def test_a_busy_resource_is_noted_every_ten_minutes_and_not_with_every_share(opened: Opening) -> None:
    road = opened(extra=(Shelf("police", ALIVE),))
    assert [ask(road, MORNING + minutes * MINUTE) for minutes in (0, 1, 9, 10, 19)] == [2, 0, 0, 2, 0]
    assert seen() == catalogue.Seen(MORNING + 10 * MINUTE)


def test_a_newer_date_is_noted_at_once(opened: Opening) -> None:
    shelf = Shelf("police", ALIVE, as_of=MORNING - timedelta(days=1))
    road = opened(extra=(shelf,))
    ask(road, MORNING)
    shelf.as_of = MORNING
    ask(road, MORNING + MINUTE)
    assert seen() == catalogue.Seen(MORNING + MINUTE, MORNING, MORNING + MINUTE)


def test_what_was_seen_says_nothing_of_whom_it_was_about(opened: Opening) -> None:
    one(opened(extra=(Shelf("police", ALIVE),)), LIFE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM catalogue_sighting")
        assert LI.resident_id not in repr(cursor.fetchall())
