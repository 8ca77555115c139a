"""What running processes cost, as Linux counts it: their processor time and their memory."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # in a second
PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """Give a process and everything that it started, itself first."""
    children: dict[int, list[int]] = {}
    for each in PROC.glob("[0-9]*"):
        try:
            parent = int(_after_name(each)[1])
        except FileNotFoundError:  # it ended while we looked
            continue
        children.setdefault(parent, []).append(int(each.name))
    found = [pid]
    for one in found:  # grows as it is walked
        found += children.get(one, [])
    return found


def children(pid: int) -> list[int]:
    """Give what a process started itself."""
    return [each for each in family(pid)[1:] if int(_after_name(PROC / str(each))[1]) == pid]


def processor_s(pid: int) -> float:
    """Give the processor time that a family has used, in seconds."""
    return sum(sum(map(int, _after_name(PROC / str(each))[11:13])) for each in family(pid)) / TICKS


def command_of(pid: int) -> str:
    """Give the command line of a process, words parted by blanks."""
    return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes (10^6): `shared_out` counts each shared page once in all, `resident` every time."""

    shared_out: float
    resident: float


def memory(pids: Iterable[int]) -> Memory:
    """Add up the memory of processes (PSS and RSS of proc(5))."""
    totals = {"Pss:": 0, "Rss:": 0}
    for pid in pids:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            name, *figures = line.split()
            if name in totals:
                totals[name] += int(figures[0])
    return Memory(totals["Pss:"] * 1024 / 1e6, totals["Rss:"] * 1024 / 1e6)


def _after_name(folder: Path) -> list[str]:
    """Give the fields of `stat` after the program's name, which may hold blanks; the first is the state."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
