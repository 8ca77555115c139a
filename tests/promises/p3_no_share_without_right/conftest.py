"""The city in the middle of its day, for every attempt to see or to do what one has no right to."""

import pytest

from bench.town import Town
from tests.promises.p3_no_share_without_right.world import World, open_world


@pytest.fixture
def world(served: Town) -> World:
    """A city with filings at every stage at which a page has something to show."""
    return open_world(served)
