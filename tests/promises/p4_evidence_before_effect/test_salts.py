"""What makes guessing hopeless: 128 fresh bits for every field, and a leaf that tells kind and hour alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.ids import SystemChance
from tongban.ledger.api import KINDS, disclose, read_opening
from tongban.ledger.rules import SALT_BYTES, SealedEntry, commit, field_commitment, seal_entry

NOON = datetime(2026, 11, 23, 4, 5, 6, 789000, tzinfo=UTC)
Drawn = tuple[str, Mapping[str, Any]]  # a kind, and what an entry of it says

WORDS = st.text(max_size=20)
VALUES = st.one_of(
    WORDS,
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.booleans(),
    st.lists(WORDS, max_size=3),
    st.dictionaries(WORDS, WORDS),
)
HOURS = st.integers(0, 80 * 365 * 24).map(
    lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)


@dataclass
class Watched:
    """True chance that remembers, in one row, everything it has given."""

    given: bytearray = field(default_factory=bytearray)

    def bytes(self, count: int) -> bytes:
        fresh = SystemChance().bytes(count)
        self.given += fresh
        return fresh


@st.composite
def entries(draw: st.DrawFn) -> Drawn:
    """Draw a kind, and an entry of it with every required field and some of the others."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    some = draw(st.sets(st.sampled_from(kind.optional))) if kind.optional else set()
    return kind.name, {name: draw(VALUES) for name in (*kind.required, *some)}


def seal(entry: Drawn, *, now: datetime = NOON, chance: Any = None) -> SealedEntry:
    kind, fields = entry
    return seal_entry(
        kind, fields, office="market.990121", show_office=False, now=now, chance=chance or SystemChance()
    )


def opened(sealed: SealedEntry) -> dict[str, Any]:
    """Read an opening's fields."""
    fields: dict[str, Any] = json.loads(sealed.opening)["fields"]
    return fields


def commitments(sealed: SealedEntry) -> list[bytes]:
    """Give every commitment of an entry: its own, and its fields'."""
    own = bytes.fromhex(json.loads(sealed.leaf)["commitment"])
    fields = opened(sealed)
    assert commit(fields) == own
    held = ((name, bytes.fromhex(each["salt"]), each["value"]) for name, each in fields.items())
    return [own, *(field_commitment(*each) for each in held)]


@given(st.lists(entries(), min_size=1, max_size=6))
def test_every_field_of_every_entry_has_a_salt_drawn_for_it_alone(
    drawn: list[Drawn],
) -> None:
    chance = Watched()
    sealed = [seal(entry, chance=chance) for entry in drawn]
    salts = [bytes.fromhex(held["salt"]) for each in sealed for held in opened(each).values()]
    assert {len(salt) for salt in salts} == {SALT_BYTES} == {16}
    assert len(set(salts)) == len(salts)
    # Each lies where the chance gave it, beside no other and beside nothing that is in the entry's name.
    places = sorted(chance.given.find(salt) for salt in salts)
    assert -1 not in places
    assert all(after - before >= SALT_BYTES for before, after in pairwise(places))
    assert len(chance.given) == SALT_BYTES * len(salts) + 10 * len(sealed), "ten bytes make a name"


@given(entries())
def test_two_entries_with_equal_contents_have_nothing_in_common(drawn: Drawn) -> None:
    first, second = commitments(seal(drawn)), commitments(seal(drawn))
    assert set(first).isdisjoint(second)
    for one, other in zip(first, second, strict=False):
        different = (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
        assert 60 < different < 196, "of 256 bits about half differ, whatever the contents"


@given(st.dictionaries(st.sampled_from(("note", "item", "staff")), st.just("一样"), min_size=2))
def test_equal_values_in_one_entry_have_nothing_in_common_either(fields: dict[str, Any]) -> None:
    sealed = seal(("draft.expired", {"filing_number": "一样", **fields}))
    same = [bytes.fromhex(held["salt"]) for held in opened(sealed).values() if held["value"] == "一样"]
    assert len({field_commitment("note", salt, "一样") for salt in same}) == len(same)


@given(entries(), HOURS, st.integers(0, 3_599_999))
def test_within_an_hour_two_leaves_differ_in_their_commitment_alone(
    drawn: Drawn, start: datetime, later_ms: int
) -> None:
    leaves = [
        json.loads(seal(drawn, now=now).leaf) for now in (start, start + timedelta(milliseconds=later_ms))
    ]
    assert leaves[0].pop("commitment") != leaves[1].pop("commitment")
    assert leaves[0] == leaves[1] == {"version": 1, "kind": drawn[0], "hour": f"{start:%Y-%m-%dT%HZ}"}


@given(entries(), entries())
def test_a_leaf_is_as_long_whatever_it_hides(one: Drawn, other: Drawn) -> None:
    assert len(seal(one).leaf) - len(one[0]) == len(seal(other).leaf) - len(other[0])


@given(entries(), st.data())
def test_opening_some_fields_shows_neither_names_nor_values_nor_salts_of_the_others(
    drawn: Drawn, data: st.DataObject
) -> None:
    sealed = seal(drawn)
    whole = read_opening(json.loads(sealed.opening))
    shown = data.draw(st.sets(st.sampled_from(sorted(whole.fields))))
    told = disclose(whole, shown)
    read_opening(json.loads(json.dumps(told.as_dict())))
    assert set(told.fields) == shown
    said = json.dumps(told.as_dict(), ensure_ascii=False)
    for name in set(whole.fields) - shown:
        assert whole.fields[name]["salt"] not in said
        assert f'"{name}"' not in said or name in told.leaf
    assert sorted(told.hidden) == list(told.hidden), "their order says nothing of their names"
