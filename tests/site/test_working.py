"""The worker: carries on what waits, whoever left it, and lets nothing that fails stop the rest."""

import logging
from collections.abc import Callable

import pytest

from bench.town import Town
from tests.site.living import left_alone, wait_until, working
from tongban.cases import api as cases
from tongban.cases.models import Filing
from tongban.kernel.errors import NodeReadOnly
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.site.working import Chore

FOUNDERS = ("li_chunyan", "liu_chunsheng", "xu_jingyi", "wang_jianguo")
WORDS = ("燕归来", "春风里", "古渡", "燕语")


def is_approved(*numbers: str) -> Callable[[], bool]:
    """Give the question whether every case of these filings is granted."""
    return lambda: all(
        {case.state.value for case in cases.snapshot(number).cases} == {"granted"} for number in numbers
    )


def test_what_somebody_left_is_finished_and_its_evidence_published(town: Town) -> None:
    number = left_alone(town, "li_chunyan", "燕归来")
    with working(town, "one") as told:
        wait_until(told, is_approved(number))
        wait_until(told, lambda: ledger.head("decisions").waiting == 0)
    assert ledger.head("decisions").size > 0


def test_two_workers_do_everything_once(town: Town) -> None:
    numbers = [left_alone(town, founder, word) for founder, word in zip(FOUNDERS, WORDS, strict=True)]
    with working(town, "one", "two") as told:
        wait_until(told, is_approved(*numbers))
    for name, office in town.offices.items():
        keys = [key for key, _ in office.registered]
        assert (name, len(keys), len(set(keys))) == (name, len(numbers), len(numbers))


def test_a_filing_that_cannot_be_carried_on_stops_no_other(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    broken = left_alone(town, "li_chunyan", "燕归来")
    sound = left_alone(town, "liu_chunsheng", "春风里")
    Filing.objects.filter(number=broken).update(bundle_digest="0" * 64)  # its pack cannot be read
    with working(town, "one") as told:
        wait_until(told, is_approved(sound))
    row = Filing.objects.get(number=broken)
    assert row.attempts > 0
    assert row.due_at is not None
    assert row.due_at > row.submitted_at
    assert "could not be carried on" in caplog.text


def test_a_worker_ends_when_it_is_told(town: Town) -> None:
    with working(town, "one") as told:
        told.set()  # the block joins its thread: a worker that does not hear would hang here
    assert told.is_set()


def test_a_chore_that_fails_is_said_and_done_again(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def fail_once() -> None:
        done.append(1)
        if len(done) == 1:
            raise RuntimeError("the disk was away")

    chore = Chore("trying", fail_once, every_s=0)
    with caplog.at_level(logging.ERROR):
        chore.run()
    assert "trying failed" in caplog.text
    assert not chore.is_due()  # it rests, so that a fault does not spin
    chore.run()
    assert len(done) == 2
    assert chore.is_due()


def test_a_node_that_is_read_only_says_so_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise NodeReadOnly("ledger.read_only", what=Text("只读", "read-only"), todo=Text("恢复", "recover"))

    Chore("publishing", refuse, every_s=0).run()
    assert [record.exc_info for record in caplog.records] == [None]
