"""What a line of the timeline says of how long it took."""

from datetime import timedelta

import pytest

from bench.filing import draft
from bench.town import Town
from tongban.cases.actions.events import Happening, tell
from tongban.cases.models import Event, Filing
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole

WORDS = Text("某事", "something")


@whole
def told(town: Town, number: str, happening: Happening) -> None:
    tell(Filing.objects.get(number=number).pk, [happening], now=town.now)


def test_a_line_counts_from_its_stamp_and_is_never_shorter_than_nothing(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    for since, seconds in ((timedelta(days=2), 172800.0), (timedelta(seconds=-3), 0.0)):
        told(town, number, Happening("decided", WORDS, "person", since=town.now - since))
        assert Event.objects.latest("id").seconds == seconds
    told(town, number, Happening("claimed", WORDS, "person"))
    assert Event.objects.latest("id").seconds is None


def test_a_line_that_is_no_moment_cannot_be_told_without_how_long_it_took(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    before = Event.objects.count()
    with pytest.raises(ValueError, match="nobody measured how long decided took"):
        told(town, number, Happening("decided", WORDS, "person"))
    assert Event.objects.count() == before
