"""The join of parallel cases: two transactions end two cases at the same moment, with a barrier between
what they read and what they commit. READ COMMITTED alone would let each think the other is still open.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench.filing import draft
from bench.town import CITY, Town
from tests.cases.acting import filer_of, pass_time, states
from tests.promises.effects import unproven
from tests.promises.signers import SilentSigners
from tests.promises.together import at_once
from tongban.cases import api as cases
from tongban.cases.actions.granting import finish_signed
from tongban.cases.actions.work import Lease, claim, release
from tongban.cases.models import Event, Filing
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import budget, civil_date, stopwatch
from tongban.kernel.ids import SystemChance
from tongban.licences import api as licences

GIVEN_UP_AFTER_S = 60  # a test that would hang fails
WAITS_FOR_US = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def with_a_join(town: Town, folder: Path) -> None:
    """Publish the pack anew, with the bank's appointment after tax and fund."""
    pack = Path(shutil.copytree(CITY / "packs" / "open-company", folder / "open-company"))
    for name, old, new in (
        ("items/account.yaml", "after: [registration]", "after: [tax, fund]"),
        ("pack.yaml", "version: 1\n", "version: 2\n"),
    ):
        told = (pack / name).read_text("utf-8")
        assert told.count(old) == 1
        (pack / name).write_text(told.replace(old, new), "utf-8")
    book = catalogue.book(civil_date(town.now))
    items.publish_city((items.load_pack(pack),), town.now, book=book, chance=SystemChance())
    town.bundle = items.bundle("open-company")


def prepared_together(town: Town, *functions: str) -> str:
    """Carry a filing until nothing of it is missing but the signatures of these offices."""
    number = draft(town, town.subject("li_chunyan"))
    own = town.workplace
    town.workplace = replace(own, signers=SilentSigners(own.signers, frozenset(functions)))
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    cases.carry(lease, at=town.workplace, limit=budget(60))
    for _ in range(3):
        pass_time(town, minutes=20)
        cases.work_once(at=town.workplace, limit=budget(60))
    town.workplace = own
    return number


def finish_together(town: Town, number: str, *keys: str, lock: bool) -> list[object]:
    """End two cases at the same moment under one lease, each in a transaction of its own."""
    pass_time(town, minutes=20)
    lease = claim(number, "both", now=town.now)
    assert lease is not None
    ending = [cases.snapshot(number).case(key) for key in keys]
    assert {case.state.value for case in ending} == {"issuing"}
    at = town.workplace
    signed = [
        (case.id, licences.sign(case.licence, at.signers, now=town.now, log_signer=at.log_signer))
        for case in ending
    ]
    meeting = Meeting(len(signed))
    results = at_once(*[_one(town, lease, place, meeting, lock=lock) for place in enumerate(signed)])
    release(lease, due_at=town.now, attempts=0)
    return results


def _one(
    town: Town,
    lease: Lease,
    placed: tuple[int, tuple[int, licences.Signed]],
    meeting: "Meeting",
    *,
    lock: bool,
) -> Callable[[], object]:
    place, signed = placed

    def finish() -> object:
        with meeting.held_after_reading(place, lock=lock):
            finish_signed(lease, [signed], at=town.workplace)
        return "done"

    return finish


class Meeting:
    """Holds each of two threads where it has read how the cases stand, until the other has read as often.

    Or until the other can be seen to come no further: it waits for a lock of this one, or it has committed.
    """

    def __init__(self, many: int) -> None:
        self.reads = [0] * many
        self.begins = [False] * many  # stands before the one door that SQLite has for writers
        self.over = [False] * many

    @contextmanager
    def held_after_reading(self, place: int, *, lock: bool) -> Iterator[None]:
        """Hold this thread after each reading; without `lock` take none on the way."""

        def wire(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            if not lock:
                sql = sql.replace(" FOR UPDATE", "")
            self.begins[place] = sql.startswith("BEGIN")
            done = execute(sql, params, many, context)
            self.begins[place] = False
            if sql.startswith("SELECT") and 'FROM "cases_case"' in sql and "ORDER BY" in sql:
                self.reads[place] += 1
                self._await_other(place)
            return done

        try:
            with connection.execute_wrapper(wire):
                yield
        finally:
            self.over[place] = True

    def _await_other(self, place: int) -> None:
        [other] = {0, 1} - {place}
        passed, seen = stopwatch(), threading.Event()
        while self.reads[other] < self.reads[place] and not self.over[other] and not self._is_held(other):
            assert passed() < GIVEN_UP_AFTER_S, "the other neither reads nor waits for us"
            seen.wait(0.01)  # between two looks; nothing rests on how long it is

    def _is_held(self, other: int) -> bool:
        if connection.vendor == "sqlite":
            return self.begins[other]  # we are inside: it comes in when we have committed
        with connection.cursor() as cursor:
            cursor.execute(WAITS_FOR_US)
            return cursor.fetchone() is not None


def received(number: str, item: str) -> int:
    """Count how often an item's case was received."""
    case = cases.snapshot(number).case(item)
    return Event.objects.filter(filing__number=number, case_id=case.id, kind="received").count()


def test_what_waited_for_both_is_received_once(town: Town, tmp_path: Path) -> None:
    with_a_join(town, tmp_path)
    number = prepared_together(town, "tax", "fund")
    assert states(number)["account"] == "waiting"
    assert finish_together(town, number, "tax", "fund", lock=True) == ["done", "done"]
    assert states(number)["account"] == "received"
    assert received(number, "account") == 1
    for _ in range(3):
        pass_time(town, minutes=20)
        cases.work_once(at=town.workplace, limit=budget(60))
    assert set(states(number).values()) == {"granted"}
    assert len(town.offices["bank"].registered) == 1
    assert unproven() == []


def test_the_last_two_end_the_filing_once(town: Town) -> None:
    number = prepared_together(town, "tax", "fund")
    assert sorted(states(number).values()) == ["granted"] * 4 + ["issuing"] * 2
    assert finish_together(town, number, "tax", "fund", lock=True) == ["done", "done"]
    filing = Filing.objects.get(number=number)
    assert (filing.stage, filing.ended_at) == ("ended", town.now)
    assert set(states(number).values()) == {"granted"}
    assert unproven() == []


@pytest.mark.postgres
def test_without_the_lock_the_attempt_would_succeed(town: Town, tmp_path: Path) -> None:
    """The two tests above prove something: take the lock away, and both ends miss each other."""
    with_a_join(town, tmp_path)
    number = prepared_together(town, "tax", "fund")
    assert finish_together(town, number, "tax", "fund", lock=False) == ["done", "done"]
    assert states(number)["account"] == "waiting", "both read before either committed"
