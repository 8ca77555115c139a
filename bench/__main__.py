"""`make bench`: one table of how fast it is, with the cores named. Never part of a test."""

import argparse
import importlib
import os
from pathlib import Path

from bench.rows import Measure, keep, machine, printed
from bench.store import open_store

FILES = (
    "evidence",
    "ledger",
    "longlogs",
    "issuing",
    "verifying",
    "rules",
    "filings",
    "desks",
    "through",
    "pages",
    "licences",
    "catalogue",
    "memory",
    "population",
    "cold",
)
KEPT = Path(os.environ.get("TONGBAN_VAR", Path(__file__).resolve().parents[1] / "var")) / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="rows whose name begins so")
    asked = parser.parse_args()
    open_store()
    # The files read the rooms' tables, which can be imported only once the store is open.
    found: list[Measure] = [m for name in FILES for m in importlib.import_module(f"bench.{name}").MEASURES]
    chosen = [m for m in found if m.name.startswith(asked.only or "")]
    if not chosen:
        print(f"no row is called {asked.only!r}; there are: {', '.join(m.name for m in found)}")
        return 1
    print(machine(), flush=True)
    rows = []
    for measure in chosen:
        print(f"  {measure.name} …", flush=True)
        rows.append(measure.row())
    keep(rows, KEPT)
    print(printed(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
