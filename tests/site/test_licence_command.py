"""`tongban licence verify` says what the independent verifier says, and ends as it ends."""

import json
from pathlib import Path

import pytest

from tests.sources import ROOT
from tongban.site.command import main

EXAMPLE = ROOT / "docs" / "licence-example.json"


def _trust_of(example: Path, folder: Path) -> Path:
    """Take the example's own trust statement as the anchor."""
    anchor = folder / "trust.json"
    anchor.write_text(json.dumps(json.loads(example.read_bytes())["trust"]), "utf-8")
    return anchor


def test_a_good_licence_is_valid_to_whoever_trusts_its_node(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trust = _trust_of(EXAMPLE, tmp_path)
    assert main(["licence", "verify", str(EXAMPLE), "--trust", str(trust), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["verdict"] == "valid"


def test_a_licence_of_another_node_is_not_valid_here(tmp_path: Path) -> None:
    stranger = "sha256:" + "0" * 64
    assert main(["licence", "verify", str(EXAMPLE), "--trust", stranger]) == 1


def test_a_file_that_is_no_licence_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}")
    assert main(["licence", "verify", str(tmp_path / "x")]) == 3
