"""A pack's samples on a whole node of their own: what is expected is seen, and what is not is told."""

import json
import shutil
from pathlib import Path

import pytest

from tests.sources import ROOT
from tongban.site.command import main

PACK = ROOT / "cities" / "yunxi" / "packs" / "open-company"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the pack with two samples: one to be changed, and one in which an officer decides."""
    made = Path(shutil.copytree(PACK, tmp_path / "open-company"))
    for sample in (made / "samples").glob("*.json"):
        if sample.stem not in ("two-shareholders", "officer-decides"):
            sample.unlink()
    return made


def played(pack: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    """Play every sample of a pack; give the exit code and what was said of the journeys."""
    code = main(["pack", "test", str(pack), "--json"])
    tried = json.loads(capsys.readouterr().out)["tried"]
    return code, [each for each in tried if each["kind"] == "journey"]


def test_a_sample_that_comes_to_what_it_says_is_right_and_another_is_told(
    pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongban.site.rehearsal.SEEN_WITHIN_S", 30.0)  # what is wrong is waited for in vain
    right = pack / "samples" / "two-shareholders.json"
    wrong = json.loads(right.read_text("utf-8"))
    wrong["phases"] = wrong["phases"][:1]
    wrong["phases"][0]["expect"]["status"] = "approved"
    (pack / "samples" / "wrong.json").write_text(json.dumps(wrong, ensure_ascii=False), "utf-8")
    code, journeys = played(pack, capsys)
    said = {str(each["name"]): each["said"] for each in journeys}
    assert code == 1
    assert said == {
        "officer-decides": [],
        "two-shareholders": [],
        "wrong": ["phase 1: status: expected approved, saw confirming."],
    }
    assert not any(each["skipped"] for each in journeys)


@pytest.mark.soak
def test_every_sample_of_the_first_pack_comes_to_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, journeys = played(PACK, capsys)
    assert [each["name"] for each in journeys if not each["right"] or each["skipped"]] == []
    assert code == 0
