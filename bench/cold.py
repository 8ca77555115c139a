"""How long `make run ONCE=1` takes where nothing is installed: a fresh clone, an empty package cache."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

from django.conf import settings

from bench.node import free_port
from bench.rows import Measure

OURS = ("TONGBAN_", "DJANGO_", "DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PYTHON")
FILED = "is signing in"  # said when everything runs and the filing begins
CITY = "Making the data of"  # said when the environment stands and the city is begun


class _Last:
    """What the latest run found: which commit, and when each stage began."""

    commit = ""
    begun: dict[str, float]
    spent = 0.0


def run_s() -> float:
    """Clone the last commit, run it once from nothing, and take everything away again."""
    folder = Path(tempfile.mkdtemp(prefix="cold-", dir=Path(settings.VAR).parent))
    clone = folder / "tongban"
    try:
        _git("clone", "--quiet", "--no-hardlinks", str(settings.ROOT), str(clone))
        _Last.commit = _git("-C", str(clone), "rev-parse", "--short", "HEAD")
        return _timed(clone, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _timed(clone: Path, folder: Path) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    fresh = {"PIP_CACHE_DIR": str(folder / "pip"), "TONGBAN_PORT": str(free_port()), "LC_ALL": "C.UTF-8"}
    _Last.begun, said = {}, []
    began = perf_counter()
    with subprocess.Popen(
        ["make", "run", "ONCE=1"],  # noqa: S607 - make is wherever the machine keeps it
        cwd=clone,
        env={**kept, **fresh},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            said.append(line)
            for stage in (CITY, FILED):
                if stage in line:
                    _Last.begun.setdefault(stage, perf_counter() - began)
    _Last.spent = perf_counter() - began
    if running.returncode != 0:
        raise RuntimeError(f"make run ended with {running.returncode}: {''.join(said[-10:])}")
    return _Last.spent


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True)  # noqa: S607
    return done.stdout.strip()


def _stages() -> str:
    city, filed = _Last.begun.get(CITY, 0.0), _Last.begun.get(FILED, 0.0)
    return (
        f"commit {_Last.commit}: {city:.0f} s to fetch and install the locked packages, {filed - city:.0f} s"
        f" to build the city and start everything, {_Last.spent - filed:.0f} s to file, prove and stop"
    )


def _longest() -> str:
    share = _Last.begun.get(CITY, 0.0) / _Last.spent
    return f"{share:.0%} of the time went into fetching and installing packages"


MEASURES = [
    Measure(
        "run.cold",
        "s",
        run_s,
        target=180,
        less_is_better=True,
        note="make run ONCE=1 in a fresh clone of the last commit, no environment, empty package cache",
        said=_stages,
        why=_longest,
    ),
]
