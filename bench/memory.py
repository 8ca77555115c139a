"""How much memory a whole install keeps resident, after it has worked: signers, web and worker."""

from bench.applicants import programs
from bench.node import node
from bench.pages import pages_per_second
from bench.processes import Memory, children, command_of, family, memory
from bench.rows import Measure

PARTS = {"granian": "web", "signer": "signers", "worker": "worker"}  # by a word of the command line


class _Last:
    """What the latest run found in each part."""

    processes = 0
    whole = Memory(0, 0)
    parts: dict[str, tuple[int, Memory]]


def resident_mb() -> float:
    """Have every applicant file and strangers read, then add up what all processes of the node keep."""
    for program in programs():
        program.file()
        program.me.close()
    pages_per_second()
    members = family(node().pid)
    _Last.processes, _Last.whole = len(members), memory(members)
    _Last.parts = {"supervisor": (1, memory([node().pid]))}
    for child in children(node().pid):
        part = next(name for word, name in PARTS.items() if word in command_of(child))
        _Last.parts[part] = (len(family(child)), memory(family(child)))
    return _Last.whole.shared_out


def _parts() -> str:
    listed = ", ".join(
        f"{name} {found.shared_out:.0f} MB in {count}" for name, (count, found) in _Last.parts.items()
    )
    return (
        f"{_Last.processes} processes: {listed}; resident sizes add up to {_Last.whole.resident:,.0f} MB,"
        " which counts a shared page in every process"
    )


def _largest() -> str:
    name, (count, found) = max(_Last.parts.items(), key=lambda part: part[1][1].shared_out)
    share = found.shared_out / _Last.whole.shared_out
    return f"{name} keeps {share:.0%} of it, {found.shared_out / count:.0f} MB a process"


MEASURES = [
    Measure(
        "memory.install",
        "MB",
        resident_mb,
        target=1000,
        less_is_better=True,
        note="proportional set size of all processes of the node after filings and pages, store embedded",
        said=_parts,
        why=_largest,
    ),
]
