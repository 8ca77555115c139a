"""Whole open-company filings a second, everything on, other organisations answered in this process."""

import itertools
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection

from bench.filing import draft
from bench.floor import Scale, Weight, bare_s
from bench.rows import Measure
from bench.town import Town, open_town
from tongban.cases import api as cases
from tongban.kernel.clock import SystemClock, budget
from tongban.registry import api as registry

FILINGS = 30  # in one run
WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃寒来暑往秋收冬藏"
_names = ("".join(pair) + "园" for pair in itertools.product(WORDS, WORDS))


class _Opened:
    town: Town | None = None
    filing_ms = 0.0
    own_ms = 0.0  # of that, this process's own work
    bare_ms = 0.0
    weight: Weight
    queries = 0


def town() -> Town:
    """Open the city once for all rows of this file."""
    if _Opened.town is None:
        _Opened.town = open_town(Path(settings.VAR), clock=SystemClock())
    return _Opened.town


def _file_one(at: Town, owner: registry.Subject) -> str:
    number = draft(at, owner, trade_word=next(_names))
    _, lease = cases.submit(number, by=owner, request=None, at=at.workplace)
    if lease is None:
        raise RuntimeError(f"the filing {number} was not submitted")
    cases.carry(lease, at=at.workplace, limit=budget(60))
    return number


def filings_per_second() -> float:
    """File companies one after another; each must be granted six times."""
    at = town()
    owner = at.subject("li_chunyan")
    began, worked = perf_counter(), process_time()
    numbers = [_file_one(at, owner) for _ in range(FILINGS)]
    spent = perf_counter() - began
    _Opened.filing_ms = spent / FILINGS * 1000
    _Opened.own_ms = (process_time() - worked) / FILINGS * 1000
    for number in numbers:
        if cases.filing_page(number, owner).status is not cases.FilingStatus.APPROVED:
            raise RuntimeError(f"the filing {number} was not granted in full")
    return FILINGS / spent


def bare_per_second() -> float:
    """Do what one filing writes and has signed as often, with nothing around it."""
    at = town()
    scale = Scale(at.workplace.signers)
    weighed = replace(at, workplace=replace(at.workplace, signers=scale))
    with connection.execute_wrapper(scale):
        _file_one(weighed, at.subject("li_chunyan"))
    _Opened.weight, _Opened.queries = scale.weight, scale.queries
    spent = bare_s(scale.weight, FILINGS)
    _Opened.bare_ms = spent / FILINGS * 1000
    return FILINGS / spent


def _floor() -> str:
    return f"floor: {_Opened.weight.said()}, with nothing else"


def _above_the_floor() -> str:
    return (
        f"of {_Opened.filing_ms:.1f} ms a filing the bare writes and signatures are {_Opened.bare_ms:.1f} ms;"
        f" {_Opened.own_ms:.1f} ms are this process's own work on {_Opened.queries} statements,"
        f" rules, plans and evidence, {_Opened.filing_ms - _Opened.own_ms:.1f} ms waiting for the disk"
        " and for other programs"
    )


def plan_ms() -> float:
    """Plan one filing, from what is stored."""
    at = town()
    number = draft(at, at.subject("liu_chunsheng"), trade_word=next(_names))
    snapshot = cases.snapshot(number)
    began = perf_counter()
    for _ in range(50):
        cases.see(snapshot, at=at.workplace)
    cases.withdraw(number, subject=at.subject("liu_chunsheng"), at=at.workplace)
    return (perf_counter() - began) / 50 * 1000


MEASURES = [
    Measure(
        "filings.in-process",
        "/s",
        filings_per_second,
        target=40,
        beside=bare_per_second,
        said=_floor,
        why=_above_the_floor,
        note="one process, one after another, from draft to six signed results",
    ),
    Measure("plan", "ms", plan_ms, target=5, less_is_better=True, note="plan and join of one filing, twice"),
]
