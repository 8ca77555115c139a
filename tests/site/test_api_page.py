"""docs/api.md is walked: every command on the page is run against a node, and prints what the page says."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.nodes import Node, open_node
from tests.site.walking import walk
from tests.sources import ROOT


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with open_node(tmp_path, workers=1) as running:
        yield running


@pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="curl is not installed"
)
def test_every_command_of_the_page_does_what_it_says(node: Node, tmp_path: Path) -> None:
    ends = node.systems.endpoints
    own = {"NODE": node.origin, "IDP": ends["idp"], "TAX": ends["tax"], "TRUST": str(node.var / "trust.json")}
    walk(ROOT / "docs" / "api.md", tmp_path, {**node.environment, **own})
