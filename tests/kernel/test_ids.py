"""Names made of a given moment and given chance."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel import ids
from tongban.kernel.clock import SHANGHAI

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


def test_the_published_ulid_layout_holds() -> None:
    """The time part of ULID's own example, 01ARYZ6S41, stands for millisecond 1469918176385."""
    moment = datetime.fromtimestamp(0, SHANGHAI) + timedelta(milliseconds=1469918176385)
    assert ids.new_id(moment, ids.SystemChance()).startswith("01ARYZ6S41")


@given(st.integers(1, 10_000_000), st.binary(min_size=1, max_size=8))
def test_a_later_name_sorts_later(milliseconds: int, seed: bytes) -> None:
    chance = ids.SeededChance(seed)
    earlier = ids.new_id(MOMENT, chance)
    assert earlier < ids.new_id(MOMENT + timedelta(milliseconds=milliseconds), chance)


def test_names_of_the_same_moment_differ_and_are_well_formed() -> None:
    names = {ids.new_id(MOMENT, ids.chance()) for _ in range(1000)}
    assert len(names) == 1000
    assert all(ids.is_id(name) for name in names)


def test_what_is_no_such_name_is_known() -> None:
    assert not ids.is_id("01ARYZ6S41TSV4RRFFQ69G5FA")
    assert not ids.is_id("01ARYZ6S41TSV4RRFFQ69G5FAI")


@given(st.binary(max_size=8), st.integers(0, 100), st.integers(0, 100))
def test_seeded_chance_repeats_itself_and_never_within_itself(seed: bytes, first: int, second: int) -> None:
    one, other = ids.SeededChance(seed), ids.SeededChance(seed)
    assert [one.bytes(first), one.bytes(second)] == [other.bytes(first), other.bytes(second)]
    assert len(ids.SeededChance(seed).bytes(first)) == first
    assert one.bytes(32) != one.bytes(32)
