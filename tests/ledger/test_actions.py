"""Recording: beside its act or not at all, one statement, and provable from promise to proof."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ledger.recording import SIGNER, decide, logs, publish
from tests.ledger.worked_example import NOON
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.ids import SystemChance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.ledger.models import Entry


def test_an_entry_is_not_written_outside_its_act(database: None) -> None:
    with pytest.raises(RuntimeError, match="part"):
        ledger.record("decisions", "draft.expired", {"filing_number": "F"}, now=NOON, chance=SystemChance())
    assert not Entry.objects.exists()


def test_an_act_that_fails_leaves_no_entry(database: None) -> None:
    @whole
    def act_that_fails() -> None:
        ledger.record("decisions", "draft.expired", {"filing_number": "F"}, now=NOON, chance=SystemChance())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_that_fails()
    assert not Entry.objects.exists()


def test_an_entry_costs_one_statement(database: None) -> None:
    decide("warm-up")  # the comparison of database and log is made now and trusted for some seconds
    with CaptureQueriesContext(
        connection,
    ) as asked:
        decide("one", "two")
    assert [query["sql"].split()[0] for query in asked if "ledger_" in query["sql"]] == ["INSERT", "INSERT"]


def test_shares_go_to_the_civil_year_of_the_country(database: None) -> None:
    before = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    decide("old", log="shares", now=before)
    decide("new", log="shares", now=before + timedelta(minutes=1))
    assert ledger.log_names() == ["shares-2026", "shares-2027"]


def test_a_log_that_is_none_is_refused(database: None) -> None:
    with pytest.raises(Invalid, match="notes"):
        decide("x", log="notes")


def test_an_undeclared_field_is_refused_and_the_act_with_it(database: None) -> None:
    @whole
    def act() -> None:
        ledger.record(
            "decisions",
            "draft.expired",
            {"filing_number": "F", "mobile": "x"},
            now=NOON,
            chance=SystemChance(),
        )

    with pytest.raises(Invalid, match="mobile"):
        act()


def test_the_holder_is_promised_then_proven(database: None) -> None:
    one, two, three = decide("one", "two", "three")
    key = SIGNER.vkey("decisions")
    promise = ledger.promise([two.id, one.id], SIGNER, NOON)
    assert ledger.read_promise(promise.as_dict(), key).leaves == (two.leaf_hash.hex(), one.leaf_hash.hex())
    with pytest.raises(Conflict) as early:
        ledger.proof(two.id)
    assert early.value.code == "ledger.not_published"
    publish()
    for each, case in ((one, "one"), (two, "two"), (three, "three")):
        opening = ledger.read_opening(json.loads(json.dumps(ledger.opening(each.id).as_dict())))
        proof = ledger.read_proof(json.loads(json.dumps(ledger.proof(each.id).as_dict())), key)
        assert opening.value("case_number") == case
        assert opening.value("entry") == each.id
        assert proof.leaf == opening.leaf
    ledger.check_ledger()


def test_a_promise_speaks_for_one_log_and_for_entries_that_are_there(database: None) -> None:
    one = decide("one")[0]
    other = decide("two", log="shares")[0]
    for asked in ([one.id, other.id], [one.id, "nothing"], []):
        with pytest.raises(Invalid):
            ledger.promise(asked, SIGNER, NOON)


def test_a_promise_is_not_given_before_commit(database: None) -> None:
    @whole
    def act() -> None:
        entry = ledger.record(
            "decisions", "draft.expired", {"filing_number": "F"}, now=NOON, chance=SystemChance()
        )
        ledger.promise([entry.id], SIGNER, NOON)

    with pytest.raises(RuntimeError, match="transaction"):
        act()


def test_what_is_not_there_has_neither_opening_nor_proof(database: None) -> None:
    with pytest.raises(NotFound):
        ledger.opening("nothing")
    with pytest.raises(NotFound):
        ledger.proof("nothing")


def test_the_newest_entries_are_shown_page_by_page_with_nothing_private(database: None) -> None:
    decide(*(f"case-{at}" for at in range(5)), "shown")
    publish()
    first = ledger.latest("decisions", most=4)
    second = ledger.latest("decisions", after=first.after, most=4)
    assert [each.index for each in (*first.lines, *second.lines)] == [5, 4, 3, 2, 1, 0]
    assert {(each.kind, each.hour) for each in first.lines} == {("case.decided", "2026-11-23T04Z")}
    assert sorted(each.office for each in (*first.lines, *second.lines)) == [""] * 5 + ["market.990100"]


def test_a_head_tells_what_is_published_and_what_waits(database: None) -> None:
    decide("one", "two")
    before = ledger.head("decisions")
    assert (before.size, before.placed, before.waiting) == (0, 0, 2)
    publish()
    decide("three")
    after = ledger.head("decisions")
    assert (after.size, after.placed, after.waiting) == (2, 2, 1)
    assert after.as_dict()["origin"] == "tongban/990100/decisions"
    assert ledger.verify(logs() / "decisions", SIGNER.vkey("decisions")).root == after.root
