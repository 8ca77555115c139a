"""What an entry hides and what it proves."""

import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.worked_example import NOON, example_signer
from tongban.kernel.canonical import canonical
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import SeededChance, SystemChance
from tongban.ledger import rules
from tongban.ledger.rules import SealedEntry, disclose, make_promise, read_opening, read_promise, seal_entry
from tongban.ledger.tree import leaf_hash
from tongban.ledger.verification import well_formed

CHINA = timezone(timedelta(hours=8))
FIELDS: dict[str, object] = {"case_number": "case-1", "item": "item-1", "decision": "yes", "maker": "rule"}


def sealed(fields: dict[str, object] | None = None, **changes: Any) -> SealedEntry:
    given: dict[str, Any] = {
        "office": "market.990100",
        "show_office": False,
        "now": NOON,
        "chance": SystemChance(),
    }
    return seal_entry("case.decided", fields or FIELDS, **{**given, **changes})


def test_a_leaf_shows_kind_and_hour_and_nothing_else() -> None:
    entry = sealed()
    assert set(json.loads(entry.leaf)) == {"version", "kind", "hour", "commitment"}
    assert json.loads(entry.leaf)["hour"] == "2026-11-23T04Z"
    assert entry.leaf_hash == leaf_hash(entry.leaf)
    assert well_formed(entry.leaf)


def test_the_office_is_shown_only_when_the_setting_says_so() -> None:
    assert json.loads(sealed(show_office=True).leaf)["office"] == "market.990100"
    assert b"market" not in sealed(show_office=False).leaf
    assert "office" not in json.loads(sealed(office=None, show_office=True).leaf)


@given(st.datetimes(datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None), timezones=st.just(CHINA)))
def test_the_hour_is_whole_whatever_the_minute(moment: datetime) -> None:
    assert rules.hour(moment) == moment.astimezone(UTC).replace(minute=0).strftime("%Y-%m-%dT%HZ")
    assert ":" not in rules.hour(moment)


def test_the_same_fields_never_give_the_same_commitment_twice() -> None:
    assert len({json.loads(sealed().leaf)["commitment"] for _ in range(50)}) == 50


def test_each_field_has_a_salt_of_its_own_of_128_bits() -> None:
    opened = json.loads(sealed().opening)["fields"]
    salts = [field["salt"] for field in opened.values()]
    assert len(set(salts)) == len(salts)
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


def test_a_list_of_candidates_opens_no_leaf() -> None:
    """Whoever knows every value but no salt finds nothing by trying what a careless design hashes."""
    entry = sealed()
    target = bytes.fromhex(json.loads(entry.leaf)["commitment"])
    opened = json.loads(entry.opening)["fields"]
    for salt in (b"", b"\0" * 16, *(bytes.fromhex(field["salt"]) for field in opened.values())):
        guess = {name: {"salt": salt.hex(), "value": field["value"]} for name, field in opened.items()}
        assert rules.commit(guess) != target


def test_a_neighbours_salt_does_not_open_a_hidden_field() -> None:
    shown = disclose(read_opening(json.loads(sealed().opening)), ["decision"])
    salts = [bytes.fromhex(field["salt"]) for field in shown.fields.values()]
    guesses = product(["case_number", "item", "maker"], salts, ["case-1", "item-1", "rule"])
    assert not {rules.field_commitment(name, salt, value).hex() for name, salt, value in guesses} & set(
        shown.hidden
    )


@given(st.sets(st.sampled_from([*FIELDS, "entry", "at", "office", "kind_version"])))
def test_any_part_of_an_entry_can_be_opened_alone(names: set[str]) -> None:
    whole = read_opening(json.loads(sealed().opening))
    shown = read_opening(json.loads(canonical(disclose(whole, names).as_dict())))
    assert set(shown.fields) == names
    assert len(shown.hidden) == len(whole.fields) - len(names)
    assert list(shown.hidden) == sorted(shown.hidden)
    assert shown.leaf_bytes() == whole.leaf_bytes()
    hidden = canonical(shown.as_dict()).decode()
    assert not [name for name in set(whole.fields) - names if whole.fields[name]["salt"] in hidden]


def test_what_is_not_there_cannot_be_disclosed() -> None:
    with pytest.raises(Invalid):
        disclose(read_opening(json.loads(sealed().opening)), ["filing_number"])


def tampered(change: str) -> dict[str, Any]:
    shape: dict[str, Any] = json.loads(sealed().opening)
    fields = shape["fields"]
    if change == "value":
        fields["decision"]["value"] = "no"
    elif change == "swapped names":
        fields["item"], fields["case_number"] = fields["case_number"], fields["item"]
    elif change == "dropped field":
        del fields["maker"]
    elif change == "short salt":
        fields["maker"]["salt"] = "00"
    elif change == "short hidden":
        shape["hidden"] = ["00"]
    elif change == "version":
        shape["version"] = 2
    elif change == "not hexadecimal":
        fields["maker"]["salt"] = "zz" * 16
    elif change == "no leaf":
        del shape["leaf"]
    return shape


@pytest.mark.parametrize(
    "change",
    [
        "value",
        "swapped names",
        "dropped field",
        "short salt",
        "short hidden",
        "version",
        "not hexadecimal",
        "no leaf",
    ],
)
def test_an_opening_that_was_touched_is_refused(change: str) -> None:
    with pytest.raises(Invalid):
        read_opening(tampered(change))


def test_a_field_cannot_be_moved_into_its_neighbours_name() -> None:
    salt = b"\x01" * 16
    assert rules.field_commitment("ab", salt, "c") != rules.field_commitment("a", salt, "bc")
    assert rules.field_commitment("a", salt, 1) != rules.field_commitment("a", salt, "1")


@pytest.mark.parametrize(
    ("kind", "fields", "word"),
    [
        ("case.devoured", {}, "case.devoured"),
        ("case.decided", {**FIELDS, "resident_id": "x"}, "resident_id"),
        ("case.decided", {**FIELDS, "entry": "forged"}, "entry"),
        ("case.decided", {**FIELDS, "office": "forged"}, "office"),
        ("case.decided", {"item": "i", "decision": "yes", "maker": "rule"}, "case_number"),
        ("case.decided", {**FIELDS, "decision": None}, "decision"),
    ],
)
def test_an_undeclared_kind_or_field_is_refused_by_name(
    kind: str, fields: dict[str, object], word: str
) -> None:
    with pytest.raises(Invalid, match=word):
        seal_entry(kind, fields, office=None, show_office=False, now=NOON, chance=SystemChance())


def test_what_json_cannot_carry_is_refused() -> None:
    for value in (2**60, float("nan"), NOON, {1: 2}):
        with pytest.raises(Invalid):
            sealed({**FIELDS, "note": value})


def test_a_leaf_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(Invalid):
        sealed(office="x" * 70_000, show_office=True)


def test_a_promise_is_read_under_the_logs_key_alone() -> None:
    signer, entry = example_signer(), sealed()
    promise = make_promise(signer.origin("decisions"), [entry.leaf_hash], signer, NOON, 30)
    assert (promise.issued, promise.deadline) == ("2026-11-23T04:05:06Z", "2026-11-23T04:05:36Z")
    assert read_promise(promise.as_dict(), signer.vkey("decisions")) == promise
    with pytest.raises(Invalid):
        read_promise(promise.as_dict(), signer.vkey("shares-2026"))


@pytest.mark.parametrize("part", ["leaves", "deadline", "issued", "log", "more", "signature"])
def test_a_promise_that_was_touched_is_refused(part: str) -> None:
    signer = example_signer()
    shape: dict[str, Any] = make_promise(
        "tongban/990100/decisions", [b"\x01" * 32], signer, NOON, 30
    ).as_dict()
    changed = {
        "leaves": ["02" * 32],
        "deadline": "2027-11-23T04:05:36Z",
        "issued": "2025-11-23T04:05:36Z",
        "log": "tongban/990100/shares-2026",
        "more": "said",
    }
    if part == "signature":
        shape["signature"] = "00" * 64
    else:
        shape["statement"][part] = changed[part]
    with pytest.raises(Invalid):
        read_promise(shape, signer.vkey("decisions"))


def test_a_checkpoint_cannot_pass_for_a_promise_nor_a_promise_for_a_checkpoint() -> None:
    """One key signs both: what is signed for a promise must never parse as the text of a checkpoint."""
    signer = example_signer()
    assert not signer.origin("decisions").encode().startswith(rules.PROMISE_DOMAIN[:8])
    text = rules.PROMISE_DOMAIN + b"{}"
    assert not text.decode().split("\n")[1].isdigit()


@given(
    st.dictionaries(
        st.sampled_from(["because", "note", "facts", "facts_digest", "clauses"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_an_opening_is_canonical_and_opens_whatever_json_it_holds(more: dict[str, object]) -> None:
    try:
        entry = sealed({**FIELDS, **more})
    except Invalid:  # a lone surrogate: not JSON
        return
    shape = json.loads(entry.opening)
    assert canonical(shape) == entry.opening
    opened = read_opening(shape)
    assert {name: opened.value(name) for name in more} == more


def test_sealing_is_a_function_of_its_arguments() -> None:
    assert sealed(chance=SeededChance(b"s")) == sealed(chance=SeededChance(b"s"))
