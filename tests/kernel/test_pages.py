"""Pages of lists in memory, and places as they come from an address."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.pages import cut, place, place_in

KINDS = (datetime, int, str)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.sets(st.text(alphabet="abc.云", min_size=1, max_size=6)), st.integers(1, 5))
def test_turning_the_pages_of_a_list_gives_every_line_once_in_order(names: set[str], most: int) -> None:
    read: list[str] = []
    after, pages = "", 0
    while pages == 0 or after:
        page = cut(names, str, after=after, most=most)
        assert len(page.lines) <= most
        read += page.lines
        after, pages = page.after, pages + 1
    assert read == sorted(names)
    assert pages == max(1, -(-len(names) // most))


def test_a_line_that_is_gone_by_then_neither_repeats_nor_skips_another() -> None:
    first = cut("abcde", str, after="", most=2)
    assert cut("acde", str, after=first.after, most=2).lines == ("c", "d")


def test_a_place_is_read_as_it_was_written_wherever_the_clock_stood() -> None:
    there = timezone(timedelta(hours=8))
    assert place_in(place([NOON.astimezone(there), 7, "li.chunyan~_"]), KINDS) == (NOON, 7, "li.chunyan~_")


def test_a_place_among_days_is_read_as_a_day_alone() -> None:
    written = place([date(2026, 11, 23), 7])
    assert place_in(written, (date, int)) == (date(2026, 11, 23), 7)
    assert place_in(place(["2026-11-23T12:00:00", 7]), (date, int)) == ()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "x",
        "云",
        place([]),
        place(["2026-11-23T12:00:00", 7, "naive"]),
        place(["0001-01-01T00:00:00+23:59", 7, "before all time"]),
        place([NOON, -1, "negative"]),
        place([NOON, 2**63, "larger than any key"]),
        place([NOON, True, "no number"]),
        place([NOON, 7, "a\0b"]),
        place([NOON, 7, "\ud800"]),
        place([NOON, 7]),
        place([[NOON], 7, "nested"][1:]),
        "W1tbW1tb" * 4000,
    ],
)
def test_what_no_row_can_have_is_no_place(written: str) -> None:
    assert place_in(written, KINDS) == ()
