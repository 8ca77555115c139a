"""One row of the table: a figure, its target, what it stands beside, and why it is what it is."""

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

RUNS = 3  # of each figure; the median is kept


@dataclass(frozen=True, slots=True)
class Row:
    """What is printed and written to var/bench.json; later readers add rows, never change a meaning."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool | None
    floor_or_peer: float | None
    ratio: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Measure:
    """How a row comes about.

    `run` gives one figure; `beside` the same figure of the bare floor or of a peer. `less_is_better`
    turns the target round: seconds, milliseconds and bytes are to stay under it. Both of these speak from
    what the runs found and go into the note: `said` always, `why` only where the target was missed.
    """

    name: str
    unit: str
    run: Callable[[], float]
    target: float | None = None
    less_is_better: bool = False
    beside: Callable[[], float] | None = None
    note: str = ""
    runs: int = RUNS
    said: Callable[[], str] | None = None
    why: Callable[[], str] | None = None

    def row(self) -> Row:
        """Run often enough, keep the medians, hold them against the target."""
        figures, besides, elapsed, worked = [], [], 0.0, 0.0
        for _ in range(self.runs):  # turn by turn, so that what else the machine does falls on both
            began, cpu = perf_counter(), process_time()
            figures.append(self.run())
            elapsed, worked = elapsed + perf_counter() - began, worked + process_time() - cpu
            if self.beside:
                besides.append(self.beside())
        own, value = worked / elapsed, median(figures)
        floor = median(besides) if besides else None
        met = None
        if self.target is not None:
            met = value <= self.target if self.less_is_better else value >= self.target
        ratio = None if floor is None or floor == 0 else value / floor
        note = [self.note, self.said() if self.said else ""]
        if met is False:
            note.append(
                f"not reached: {self.why() if self.why else _where_time_went(own)}; {_around(figures)}"
            )
        said = "; ".join(part for part in note if part)
        return Row(self.name, value, self.unit, self.target, met, floor, ratio, said)


def _where_time_went(own: float) -> str:
    """Say whether the time was this process's own work, or waiting for disks and others."""
    return f"{own:.0%} of the time was this process's own work, the rest waiting for the disk and for others"


def _around(figures: Sequence[float]) -> str:
    """Say how far the runs lay apart, and how busy the machine was with everything."""
    least, most = (_figure(each) for each in (min(figures), max(figures)))
    busy, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    return f"{len(figures)} runs from {least} to {most}, a load of {busy:.1f} on {cores} cores meanwhile"


def machine() -> str:
    """Name the cores that the figures were taken on."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        model = named[0] if named else model
    return f"{len(os.sched_getaffinity(0))} cores, {model}, Python {platform.python_version()}"


def printed(rows: Sequence[Row]) -> str:
    """Lay the rows out as one table; a target that was missed says so."""
    heads = ("name", "value", "unit", "target", "met", "floor/peer", "ratio", "note")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    met = {None: "–", True: "yes", False: "NO"}[row.met]
    return (
        row.name,
        _figure(row.value),
        row.unit,
        _figure(row.target),
        met,
        _figure(row.floor_or_peer),
        _figure(row.ratio),
        row.note,
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"


def keep(rows: Sequence[Row], path: Path) -> None:
    """Write the rows for later readers; rows measured earlier under other names stay."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    earlier = json.loads(path.read_text("utf-8"))["rows"] if path.is_file() else []
    new = {row.name: asdict(row) for row in rows}
    kept = [row for row in earlier if row["name"] not in new]
    shape = {"machine": machine(), "rows": [*kept, *new.values()]}
    path.write_text(json.dumps(shape, ensure_ascii=False, indent=1) + "\n", "utf-8")
