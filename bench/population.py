"""How long a city of a million people takes to make, and how much memory beside a small one."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from django.conf import settings

from bench.rows import Measure

MILLION, FEW = 1_000_000, 20_000  # people; the second is the demonstration's own number


class _Last:
    """The most memory that making each city kept resident, in the latest run."""

    peak: dict[int, float]


def million_s() -> float:
    """Make a city of a million people and one of the usual size, each in a process of its own."""
    _Last.peak = {}
    _made(FEW)
    return _made(MILLION)


def _made(people: int) -> float:
    folder = Path(tempfile.mkdtemp(prefix="people-", dir=Path(settings.VAR).parent))
    command = [sys.executable, "-m", "demo.generate", "--people", str(people), "--out", str(folder)]
    try:
        began = perf_counter()
        # What a child used is told to whoever waits for it, and Popen's own wait does not pass it on.
        with subprocess.Popen(
            command, cwd=settings.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as making:
            _, status, used = os.wait4(making.pid, 0)
            making.returncode = os.waitstatus_to_exitcode(status)
        if making.returncode != 0:
            raise RuntimeError(f"a city of {people:,} people was not made: it ended with {making.returncode}")
        _Last.peak[people] = used.ru_maxrss / 1024  # kibibytes on Linux
        return perf_counter() - began
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _peaks() -> str:
    return f"{_Last.peak[MILLION]:.0f} MB resident at most, {_Last.peak[FEW]:.0f} MB for {FEW:,} people"


MEASURES = [
    Measure(
        "city.million",
        "s",
        million_s,
        target=600,
        less_is_better=True,
        note="the demonstration city's generator, 1,000,000 people in every organisation's own store",
        said=_peaks,
    ),
]
