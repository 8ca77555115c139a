"""What a data officer sees who brings an existing catalogue in, or takes one out."""

import json
import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.sources import ROOT
from tongban.site.command import main

YUNXI = ROOT / "cities" / "yunxi"


@pytest.fixture
def sheet(tmp_path: Path, settings: Settings) -> Path:
    """The demonstration city's catalogue as a sheet, and that city without an entry as the node's own."""
    path = tmp_path / "book.csv"
    assert main(["catalogue", "export", str(path), "--json"]) == 0
    city = Path(shutil.copytree(YUNXI, tmp_path / "city"))
    for name in ("resources", "grants"):
        (city / "catalogue" / f"{name}.yaml").write_text(f"{name}: []\n", "utf-8")
    settings.CITY = city
    return path


def test_a_sheet_is_judged_and_written_only_when_that_is_asked(
    sheet: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["catalogue", "import", str(sheet), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["wrong"], told["written"], told["entries"]) == ([], [], 21)
    assert not (settings.CITY / "catalogue" / "imported").exists()
    assert main(["catalogue", "import", str(sheet), "--write", "old", "--json"]) == 0
    (written,) = json.loads(capsys.readouterr().out)["written"]
    assert Path(written) == settings.CITY / "catalogue" / "imported" / "old-001.yaml"
    assert main(["catalogue", "import", str(sheet), "--write", "old", "--json"]) == 0


@pytest.mark.parametrize(("language", "row"), [("zh", "第3行"), ("en", "row 3 ")])
def test_a_wrong_row_is_told_and_nothing_is_written(
    sheet: Path, settings: Settings, capsys: pytest.CaptureFixture[str], language: str, row: str
) -> None:
    lines = sheet.read_text("utf-8-sig").splitlines(keepends=True)
    sheet.write_text(
        "".join([*lines[:2], lines[2].replace("字符型", "浮点型").replace("日期型", "浮点型"), *lines[3:]]),
        "utf-8",
    )
    capsys.readouterr()
    assert main(["catalogue", "import", str(sheet), "--write", "old", "--lang", language]) == 1
    assert row in capsys.readouterr().out
    assert not (settings.CITY / "catalogue" / "imported").exists()


def test_only_sheets_are_written_and_only_names_of_files_are_taken(
    sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalogue", "export", str(tmp_path / "book.pdf")]) == 1
    assert main(["catalogue", "import", str(sheet), "--write", "../x"]) == 1
    assert main(["catalogue", "import", str(tmp_path / "nothing.xlsx")]) == 1
    assert "Traceback" not in capsys.readouterr().err
