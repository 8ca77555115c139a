"""Whole open-company filings a second, everything on, other organisations answered in this process."""

import itertools
from pathlib import Path
from time import perf_counter

from django.conf import settings

from bench.filing import draft
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


def town() -> Town:
    """Open the city once for all rows of this file."""
    if _Opened.town is None:
        _Opened.town = open_town(Path(settings.VAR), clock=SystemClock())
    return _Opened.town


def _file_one(at: Town, owner: registry.Subject) -> str:
    number = draft(at, owner, trade_word=next(_names))
    _, lease = cases.submit(number, request=None, at=at.workplace)
    if lease is None:
        raise RuntimeError(f"the filing {number} was not submitted")
    cases.carry(lease, at=at.workplace, limit=budget(60))
    return number


def filings_per_second() -> float:
    """File companies one after another; each must be granted six times."""
    at = town()
    owner = at.subject("li_chunyan")
    began = perf_counter()
    numbers = [_file_one(at, owner) for _ in range(FILINGS)]
    spent = perf_counter() - began
    for number in numbers:
        if cases.filing_page(number, owner).status is not cases.FilingStatus.APPROVED:
            raise RuntimeError(f"the filing {number} was not granted in full")
    return FILINGS / spent


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
        note="one process, one after another, from draft to six signed results",
    ),
    Measure("plan", "ms", plan_ms, target=5, less_is_better=True, note="plan and join of one filing, twice"),
]
