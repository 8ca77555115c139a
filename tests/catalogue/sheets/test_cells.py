"""Tables from strangers: what was written comes back, and what would compute or burst is refused."""

import io
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tongban.catalogue.sheets.cells import CHUNK, MOST_COLUMNS, read_rows, write_rows
from tongban.kernel.errors import InvalidDeclaration

SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What a person can write into a cell: no control but the end of a line, no half of a pair, no outer blank.
CELLS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn"), include_characters="\n=+-@'\"|、"), max_size=12
).map(str.strip)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6).filter(
    lambda rows: any(map(any, rows))
)


def read(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_rows(path)]


def refusal(path: Path) -> InvalidDeclaration:
    with pytest.raises(InvalidDeclaration) as caught:
        read(path)
    return caught.value


def workbook(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    """Give the workbook with one part written anew, or added."""
    whole = io.BytesIO()
    with ZipFile(path) as parts, ZipFile(whole, "w", ZIP_DEFLATED) as written:
        for part in parts.namelist():
            if part != name:
                written.writestr(part, parts.read(part))
        written.writestr(name, content)
    path.write_bytes(whole.getvalue())
    return path


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_was_written_into_a_sheet_is_read_from_it(tmp_path: Path, ending: str) -> None:
    @SLOWLY
    @given(ROWS)
    def comes_back(rows: list[list[str]]) -> None:
        path = tmp_path / f"sheet.{ending}"
        write_rows(path, rows)
        assert read(path) == [tuple(row) for row in rows if any(row)]

    comes_back()


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("x")'])
def test_a_formula_is_refused_with_its_cell(tmp_path: Path, cell: str) -> None:
    told = refusal(workbook(tmp_path / "a.xlsx", ["name", "other"], ["x", cell]))
    assert (told.line, "B2" in told.what.zh) == (2, True)
    (tmp_path / "a.csv").write_text(f'name,other\nx,"{cell.replace(chr(34), chr(34) * 2)}"\n', "utf-8")
    assert refusal(tmp_path / "a.csv").line == 2


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_begins_like_a_formula_is_written_as_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_rows(path, [["=cmd|' /C calc'!A0", "+1", "@SUM(A1)"]])
    if ending == "csv":
        cells = path.read_text("utf-8-sig").split(",")
        assert all(cell.strip('"').startswith("'") for cell in cells)
    else:
        with ZipFile(path) as parts:
            assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert read(path) == [("=cmd|' /C calc'!A0", "+1", "@SUM(A1)")]


def test_a_workbook_that_bursts_when_it_is_inflated_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", ["name"])
    with_part(path, "xl/media/zeros.bin", bytes(3 * 2**20))
    assert path.stat().st_size < 2**17
    assert list(read_rows(path))
    with pytest.raises(InvalidDeclaration, match="too large once inflated"):
        list(read_rows(path, most_inflated=2 * 2**20))


@pytest.mark.parametrize(
    "hidden",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a/>',
        b" " * (CHUNK - 4) + b'<!DOCTYPE a [<!ENTITY x "y">]><a/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_a_part_that_declares_a_document_type_is_refused(tmp_path: Path, hidden: bytes) -> None:
    path = with_part(workbook(tmp_path / "a.xlsx", ["name"]), "xl/sharedStrings.xml", hidden)
    assert "document type" in refusal(path).what.en


def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a", "b"], ["c", "d"])
    with ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    with_part(path, "xl/worksheets/sheet1.xml", sheet.replace(b'"A1:B2"', b'"A1:A1"'))
    assert read(path) == [("a", "b"), ("c", "d")]


def test_a_cell_far_away_is_refused_and_not_filled_up_to(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], ["b"])
    with ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    with_part(path, "xl/worksheets/sheet1.xml", far)
    assert "rows" in refusal(path).what.en
    wide = sheet.replace(b'r="A2"', b'r="XFD2"')
    with_part(path, "xl/worksheets/sheet1.xml", wide)
    assert f"{MOST_COLUMNS} columns" in refusal(path).what.en


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"a\x00b", b'"unclosed', b"\x80\x80\x80\x80"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_no_sheet_is_refused(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    assert refusal(path)


def test_a_spoilt_workbook_is_read_or_refused_and_never_breaks_anything(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["目录名称", "x"], [1, 2.5], [True, "人口"])
    sound = path.read_bytes()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, len(sound) - 1), st.integers(1, 255), st.booleans())
    def read_or_refused(at: int, by: int, cut: bool) -> None:
        spoilt = sound[:at] + bytes([sound[at] ^ by]) + (b"" if cut else sound[at + 1 :])
        path.write_bytes(spoilt)
        with suppress(InvalidDeclaration):
            read(path)

    read_or_refused()


def test_gb_18030_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("目录名称\n䶮姓名册\n".encode("gb18030"))
    assert read(path) == [("目录名称",), ("䶮姓名册",)]
