"""Runs one tool after the other, shows what it says, and sums up at the end."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CLOSING_LINE = re.compile(r"^=* ?(.*\b(?:passed|failed|skipped|error|deselected)\b.* in [\d.]+s.*?) ?=*$")
# Pytest's words for "nothing was selected": no failure, but no proof either.
NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one step."""

    name: str
    well: bool
    seconds: float
    said: str


@dataclass(slots=True)
class Steps:
    """The steps so far; every one runs, so that one broken line does not hide the next."""

    done: list[Done] = field(default_factory=list)

    def run(self, name: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        """Run one tool of .venv and show its output as it comes."""
        print(f"\n── {name}", flush=True)
        start, said = time.monotonic(), ""
        path = os.pathsep.join(str(ROOT / part) for part in ("src", "packages/verify/src", "."))
        with subprocess.Popen(
            [BIN / command[0], *command[1:]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                closing = CLOSING_LINE.match(line.strip())
                said = closing[1] if closing else said
        well = process.returncode == 0
        if process.returncode == NO_TESTS and "pytest" in command:
            said = "no test was selected"
        self.done.append(Done(name, well, time.monotonic() - start, said))

    def sum_up(self, remarks: Sequence[str] = ()) -> int:
        """Print one line for each step; give the exit code."""
        print("\n── In short", flush=True)
        for step in self.done:
            print(f"{'ok    ' if step.well else 'FAILED'}  {step.seconds:6.1f} s  {step.name}  {step.said}")
        for remark in remarks:
            print(f"note    {remark}")
        return 0 if all(step.well for step in self.done) else 1
