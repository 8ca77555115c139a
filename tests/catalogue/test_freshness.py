"""Freshness: what an office promised beside what connectors saw."""

from datetime import timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.conftest import NOW
from tests.catalogue.making import resource
from tongban.catalogue.api import Seen, standing
from tongban.catalogue.freshness import LONGEST, joined
from tongban.catalogue.rules import Update

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("update", "days", "copy", "stands"),
    [
        ("daily", 2, False, "fresh"),
        ("daily", 3, False, "late"),
        ("realtime", 1, False, "fresh"),
        ("realtime", 2, False, "late"),
        ("yearly", 366, True, "fresh"),
        ("yearly", 368, True, "late"),
        ("irregular", 4000, False, "unpromised"),
        ("daily", None, False, "live"),
        ("daily", None, True, "undated"),
    ],
)
def test_data_are_late_when_they_are_older_than_promised(
    update: Update, days: int | None, copy: bool, stands: str
) -> None:
    shown = resource(update=update, copy_of="police.register" if copy else None)
    seen = Seen(NOW, None if days is None else NOW - days * DAY)
    assert standing(shown, seen, NOW) == stands


def test_what_nobody_asked_is_neither_fresh_nor_late() -> None:
    assert standing(resource(update="daily"), None, NOW) == "unseen"


@pytest.mark.parametrize("update", LONGEST)
def test_a_moment_past_the_longest_age_is_late(update: Update) -> None:
    shown = resource(update=update)
    oldest = NOW - LONGEST[update]
    assert standing(shown, Seen(NOW, oldest), NOW) == "fresh"
    assert standing(shown, Seen(NOW, oldest - MINUTE), NOW) == "late"


SEEN = st.builds(
    lambda answered, dated: Seen(NOW + answered * MINUTE, None if dated is None else NOW - dated * DAY),
    st.integers(0, 50),
    st.none() | st.integers(0, 9),
)


@given(st.lists(SEEN, min_size=1, max_size=4))
def test_answers_in_any_order_leave_the_last_answer_and_the_newest_date(seen: list[Seen]) -> None:
    for order in permutations(seen):
        known = reduce(joined, order[1:], joined(None, order[0]))
        assert known.answered_at == max(each.answered_at for each in seen)
        assert known.dated_at == max((each.dated_at for each in seen if each.dated_at), default=None)
        assert (known.changed_at is None) == (known.dated_at is None)


def test_a_newer_date_is_a_change_and_the_same_date_is_none() -> None:
    first = joined(None, Seen(NOW, NOW - 2 * DAY))
    again = joined(first, Seen(NOW + DAY, NOW - 2 * DAY))
    newer = joined(again, Seen(NOW + 2 * DAY, NOW))
    assert (first.changed_at, again.changed_at, newer.changed_at) == (NOW, NOW, NOW + 2 * DAY)
