"""docs/api.md is walked: every command on the page is run against a node, and prints what the page says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.nodes import Node, open_node
from tests.sources import ROOT
from tongban.kernel.clock import SystemClock, civil_date

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PRINTS = re.compile(r"# → (.*)$", re.MULTILINE)
END = "-- end of a block --"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with open_node(tmp_path, workers=1) as running:
        yield running


def environment(node: Node, folder: Path) -> dict[str, str]:
    """Give what the page's reader has: the addresses of their node, and `tongban` on the path."""
    commands = folder / "bin"
    commands.mkdir()
    command = commands / "tongban"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tongban.site.command "$@"\n', "utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    ends = node.systems.endpoints
    own = {"NODE": node.origin, "IDP": ends["idp"], "TAX": ends["tax"], "TRUST": str(node.var / "trust.json")}
    return {**node.environment, **own, "PATH": path, "LC_ALL": "C.UTF-8"}


@pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="curl is not installed"
)
def test_every_command_of_the_page_does_what_it_says(node: Node, tmp_path: Path) -> None:
    blocks = BLOCK.findall(PAGE)
    assert len(blocks) > 10
    script = "set -euo pipefail\n" + "".join(f"{block}echo '{END}'\n" for block in blocks)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment(node, tmp_path),
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
