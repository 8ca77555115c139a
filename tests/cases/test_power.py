"""The power goes at any statement of a filing's life; the next worker finishes it, once and only once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import filer_of, pass_time, states
from tongban.cases import api as cases
from tongban.cases.models import Act, Case, Decision
from tongban.kernel.clock import budget
from tongban.licences import api as licences


class PowerCut(BaseException):
    """Nothing below catches this, as nothing catches a power cut."""


@contextmanager
def power_fails_before(statement: int) -> Iterator[list[int]]:
    """Let `statement` statements through to the database, and end the process's work at the next."""
    seen = [0]

    def wire(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[0] += 1
        if seen[0] > statement:
            raise PowerCut
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wire):
        yield seen


def statements_of_a_filing(town: Town) -> int:
    """Count the statements from submission to the last result."""
    number = draft(town, town.subject("wang_jianguo"), trade_word="古渡", address="west_shop")
    with power_fails_before(10**9) as seen:
        finish(town, number)
    return seen[0]


def finish(town: Town, number: str) -> None:
    """Submit and carry on, as the request and then the worker do."""
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    cases.carry(lease, at=town.workplace, limit=budget(60))


def recover(town: Town, number: str, rounds: int = 40) -> None:
    """Let time pass and workers work, until nothing is due; a draft is submitted again by its owner."""
    for _ in range(rounds):
        pass_time(town, minutes=2)
        if not Case.objects.filter(filing__number=number).exists():
            cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
        while cases.work_once(at=town.workplace, limit=budget(60)):
            pass
        if all(case.state.is_end for case in cases.snapshot(number).cases):
            return


def check_once_and_only_once(town: Town, number: str) -> None:
    """Count every effect where it shows: decisions, licences, and the other organisations' registers."""
    in_doubt = set(Act.objects.filter(state="in_doubt").values_list("connector", flat=True))
    assert in_doubt <= {"bank"}, "only an office that can neither take a key nor be asked leaves a doubt"
    ended = {item: state for item, state in states(number).items() if item != "account" or not in_doubt}
    assert set(ended.values()) == {"granted"}
    granted = [case for case in cases.snapshot(number).cases if case.state.value == "granted"]
    assert Decision.objects.filter(case__filing__number=number).count() == 6
    assert len({case.licence for case in granted}) == len(granted)
    for case in granted:
        assert case.number is not None
        assert len(licences.licences_of_case(case.number)) == 1
    for name, office in town.offices.items():
        keys = [key for key, _ in office.registered]
        assert len(keys) == len(set(keys)), f"{name} registered twice"


def test_a_filing_survives_power_cuts_all_along_its_life(town: Town) -> None:
    length = statements_of_a_filing(town)
    step = max(1, length // 8)
    words = [
        "燕归来",
        "燕语",
        "春燕里",
        "溪畔春燕",
        "春风里",
        "老渡口",
        "小渡口",
        "云上渡",
        "锦渡",
        "瑞渡",
        "新渡口",
        "老燕语",
    ]
    for word, cut in zip(words, range(3, length, step), strict=False):
        number = draft(town, town.subject("li_chunyan"), trade_word=word)
        with pytest.raises(PowerCut), power_fails_before(cut):
            finish(town, number)
        recover(town, number)
        check_once_and_only_once(town, number)
        for office in town.offices.values():
            office.registered.clear()
        Act.objects.filter(state="in_doubt").update(state="refused")


@pytest.mark.soak
@pytest.mark.parametrize("cut", range(1, 700, 5))
def test_a_filing_survives_a_power_cut_at_every_fifth_statement(town: Town, cut: int) -> None:
    number = draft(town, town.subject("li_chunyan"))
    try:
        with power_fails_before(cut):
            finish(town, number)
    except PowerCut:
        recover(town, number)
    check_once_and_only_once(town, number)


def test_a_stale_worker_writes_nothing_more(town: Town) -> None:
    number = draft(town, town.subject("zhang_dahai"))
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    pass_time(town, minutes=2)
    assert cases.advance(number, at=town.workplace, limit=budget(60))
    before = Case.objects.filter(filing__number=number).order_by("id").values_list("state", flat=True)
    held = list(before)
    cases.carry(lease, at=town.workplace, limit=budget(60))  # the first worker wakes up, its lease is gone
    assert list(before.all()) == held
    assert Decision.objects.count() == 0


def test_two_workers_never_hold_one_filing(town: Town) -> None:
    number = draft(town, town.subject("li_chunyan"))
    _, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert lease is not None
    assert not cases.advance(number, at=town.workplace, limit=budget(1))
    assert not cases.work_once(at=town.workplace, limit=budget(1))
