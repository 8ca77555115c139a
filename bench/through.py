"""Whole open-company filings over HTTP, through the other organisations' own systems and the signers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from bench.applicants import CLEAN, Program, programs
from bench.node import node
from bench.outside import outside
from bench.processes import processor_s
from bench.rows import Measure

EACH = 8  # filings of one applicant in one run
SLOWEST = 3  # waits of a filing that are named


class _Last:
    """What the latest runs found besides their figures."""

    filing: dict[str, Any]
    node_cores = 0.0
    outside_cores = 0.0
    took: list[float]


def filings_per_second() -> float:
    """Have the applicants file side by side, each one company after another."""
    ready = list(programs())
    for program in ready:
        program.file()  # learns its statements, and warms what the processes keep
    spent_node, spent_outside = processor_s(node().pid), processor_s(outside().pid)
    began = perf_counter()
    with ThreadPoolExecutor(len(ready)) as pool:
        took = [seconds for each in pool.map(_file_many, ready) for seconds in each]
    spent = perf_counter() - began
    _Last.node_cores = (processor_s(node().pid) - spent_node) / spent
    _Last.outside_cores = (processor_s(outside().pid) - spent_outside) / spent
    _Last.took = took
    for program in ready:
        program.me.close()
    return len(took) / spent


def _file_many(program: Program) -> list[float]:
    took = []
    for _ in range(EACH):
        began = perf_counter()
        program.file()
        took.append(perf_counter() - began)
    return took


def _shares() -> str:
    return (
        f"the node kept {_Last.node_cores:.2f} cores busy, the other organisations' systems"
        f" {_Last.outside_cores:.2f}; a filing took {median(_Last.took):.2f} s beside the others"
    )


def filing_s() -> float:
    """Time one filing from its only request until its last result is seen to be signed."""
    program = next(programs())
    program.file()
    began = perf_counter()
    _Last.filing = program.file()
    spent = perf_counter() - began
    program.me.close()
    return spent


def _steps() -> str:
    """Name what the latest filing waited for longest, as its own timeline tells it."""
    lines = _Last.filing["timeline"]
    moments = [datetime.fromisoformat(line["at"]) for line in lines]
    waits = [
        ((after - before).total_seconds(), f"{line['kind']} {line['item']}".strip())
        for before, after, line in zip(moments, moments[1:], lines[1:], strict=False)
    ]
    longest = sorted(waits, reverse=True)[:SLOWEST]
    return "longest waits before: " + ", ".join(f"{what} {seconds:.2f} s" for seconds, what in longest)


def _cases() -> str:
    cases = ", ".join(f"{case['item']} {case['seconds']:.2f} s" for case in _Last.filing["cases"])
    return f"from receipt to result: {cases}"


MEASURES = [
    Measure(
        "filings.demonstration",
        "/s",
        filings_per_second,
        note=f"{len(CLEAN)} applicants at once over /api/v1, to six results signed by six offices' signers",
        said=_shares,
    ),
    Measure(
        "filings.http",
        "s",
        filing_s,
        target=1,
        less_is_better=True,
        runs=5,
        note="one request over /api/v1, from sending it until the sixth result is seen signed",
        said=_cases,
        why=_steps,
    ),
]
