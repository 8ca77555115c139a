"""What whoever writes a pack sees: faults at their lines, the plan, what changes for people."""

import json
import shutil
from pathlib import Path

import pytest

from tests.sources import ROOT
from tongban.site.command import main

PACK = ROOT / "cities" / "yunxi" / "packs" / "open-company"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of a pack, to be spoilt."""
    return Path(shutil.copytree(PACK, tmp_path / "open-company"))


def test_a_pack_is_named_by_its_folder_or_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    for which in ("open-company", str(PACK)):
        assert main(["pack", "check", which, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["sound"] is True


def test_a_pack_that_is_not_there_is_told_which_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "check", "close-company"]) == 4
    assert "open-company" in capsys.readouterr().err


def test_a_fault_is_told_with_file_and_line(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = pack / "items" / "seal.yaml"
    path.write_text(path.read_text("utf-8") + "\nnonsense: 1\n", "utf-8")
    assert main(["pack", "check", str(pack), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["file"].endswith("seal.yaml")
    assert error["line"] > 1


def test_a_test_that_needs_a_node_is_counted_and_not_called_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["pack", "test", "open-company", "--quick", "--json"]) == 0
    tried = json.loads(capsys.readouterr().out)["tried"]
    assert {t["kind"] for t in tried if t["skipped"]} == {"journey"}
    assert all(t["right"] for t in tried)


def test_the_plan_shows_at_most_eighteen_values_and_where_the_rest_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["pack", "show", "open-company", "--json", "--on", "2026-11-23"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["totals"]["here"]["all"] <= 18
    assert {need["how"] for need in plan["needs"]} >= {"asked", "fetched", "produced", "derived"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_printed_plan_says_of_every_ground_how_sure_it_is(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    assert main(["pack", "show", "open-company", "--on", "2026-11-23"]) == 0
    needs = [line for line in capsys.readouterr().out.splitlines() if " ← " in line]
    assert needs
    assert all(line.endswith((", found]", ", recalled]", ", gap]")) for line in needs)
    assert any(line.count("recalled") + line.count("found") > 1 for line in needs)


def test_a_plan_as_json_names_the_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "show", "open-company", "--json", "--on", "2026-11-23"]) == 0
    plan = json.loads(capsys.readouterr().out)
    for each in (*plan["needs"], *plan["questions"]):
        assert all(set(basis) == {"law", "article", "mark", "text"} for basis in each["basis"])
        assert each["basis"]


def test_the_printed_schema_is_the_published_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((ROOT / "docs/pack.schema.json").read_text())


def test_what_changes_for_people_is_told(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "diff", "open-company", str(pack), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    path = pack / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 50,", "value: 30,"), "utf-8")
    assert main(["pack", "diff", "open-company", str(pack), "--json"]) == 0
    changes = json.loads(capsys.readouterr().out)
    assert [change["about"] for change in changes] == ["parameter"]
    assert "30" in changes[0]["words"]["en"]
