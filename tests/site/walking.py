"""A page of the documentation is walked: its commands are run, and print what the page says."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tongban.kernel.clock import SystemClock, civil_date

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PRINTS = re.compile(r"# → (.*)$", re.MULTILINE)
END = "-- end of a block --"


def walk(page: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Run every block of a page in one shell, with what the page's reader has: `tongban` on the path."""
    blocks = BLOCK.findall(page.read_text("utf-8"))
    assert len(blocks) >= 10
    script = "set -euo pipefail\n" + "".join(f"{block}echo '{END}'\n" for block in blocks)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**environment, "PATH": _path(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout.split(f"{END}\n")[:-1]
    stopped_at = blocks[len(printed)] if len(printed) < len(blocks) else ""
    assert done.returncode == 0, f"{stopped_at}\n{done.stderr}"
    year = str(civil_date(SystemClock().now()).year)
    said = [output.splitlines() for output in printed]
    assert said == [[line.replace("YEAR", year) for line in PRINTS.findall(block)] for block in blocks]


def _path(folder: Path) -> str:
    commands = folder / "bin"
    commands.mkdir()
    command = commands / "tongban"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tongban.site.command "$@"\n', "utf-8")
    command.chmod(0o755)
    return os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
