"""Tables of text from XLSX and CSV files that strangers sent, and to them.

A workbook is a zip of XML: its parts are inflated once against a limit before anything reads them, and
one that declares a document type is refused, for entities are how a small file becomes a large one. The
size that a sheet claims for itself is not believed. A formula is nobody's word: it is refused with its
cell, never computed and never taken by its last result. What begins like a formula is written as text.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

MOST_BYTES = 64 * 2**20  # of the file
MOST_INFLATED = 512 * 2**20  # of a workbook's parts together
MOST_PARTS = 1_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
MOST_LETTERS = 32_767  # of one cell: what a workbook can hold
CHUNK = 2**20
# What a spoilt zip or a spoilt workbook makes their readers raise; whatever it is, it is no sound sheet.
BROKEN = (
    *(BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, InvalidFileException),
    *(SyntaxError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
)
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number as a person counts it (from 1); cells are text without outer blanks."""

    number: int
    cells: tuple[str, ...]


def read_rows(path: Path, *, most_inflated: int = MOST_INFLATED) -> Iterator[Row]:
    """Give the rows of a file that are not empty; raises InvalidDeclaration at the row that is wrong."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise refused(path, 1, f"文件超过{MOST_BYTES}字节", f"the file is larger than {MOST_BYTES} bytes")
        is_workbook = path.suffix.lower() == ".xlsx" or is_zipfile(path)
        rows = _xlsx(path, most_inflated) if is_workbook else _csv(path)
        for number, cells in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise refused(path, number, f"超过{MOST_ROWS}行", f"it has more than {MOST_ROWS} rows")
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise refused(path, number, f"超过{MOST_COLUMNS}列", f"more than {MOST_COLUMNS} columns")
            if any(cells):
                yield Row(number, tuple(cells[:MOST_COLUMNS]))
    except OSError as trouble:
        why = trouble.strerror or ""
        raise refused(path, 1, f"无法读取（{why}）", f"it cannot be read ({why})") from trouble


def write_rows(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as the file's ending says, .xlsx or .csv; a cell never becomes a formula there."""
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, rows)
    else:
        _write_csv(path, rows)


def refused(path: Path, row: int, zh: str, en: str, todo: Text | None = None) -> InvalidDeclaration:
    """Make the error that points at a row of a sheet."""
    return InvalidDeclaration(
        "catalogue.sheet",
        what=Text(f"表格不能导入：{zh}。", f"The sheet cannot be imported: {en}."),
        todo=todo
        or Text("请另存为普通的 XLSX 或 CSV 后再导入。", "Save it as a plain XLSX or CSV and try again."),
        file=str(path),
        line=row,
    )


def _xlsx(path: Path, most_inflated: int) -> Iterator[list[str]]:
    _look_into(path, most_inflated)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it says of its own size is not believed
            for number, row in enumerate(sheet.iter_rows(), start=1):
                for cell in row:
                    if cell.data_type == "f":
                        raise _formula(path, number, cell.coordinate)
                yield [_text(cell.value) for cell in row]
        finally:
            book.close()
    except BROKEN as trouble:
        raise refused(path, 1, "不是完好的 XLSX 文件", "it is no sound XLSX file") from trouble


def _look_into(path: Path, left: int) -> None:
    """Inflate every part once against what is left of the limit; refuse what is no plain workbook."""
    try:
        with ZipFile(path) as parts:
            if len(parts.infolist()) > MOST_PARTS:
                raise refused(path, 1, "内含文件过多", "it holds too many parts")
            for part in parts.infolist():
                with parts.open(part) as content:
                    before = b""
                    while chunk := content.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise refused(path, 1, "解压后过大", "it is too large once inflated")
                        _plain_xml(path, part.filename, before + chunk)
                        before = chunk[-16:]
    except BROKEN as trouble:
        raise refused(path, 1, "不是完好的 XLSX 文件", "it is no sound XLSX file") from trouble


def _plain_xml(path: Path, name: str, content: bytes) -> None:
    """Refuse a part of XML that declares a document type, or hides one behind another encoding."""
    if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in content or b"\0" in content):
        raise refused(path, 1, "含有文档类型声明", "it declares a document type")


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        text = _decoded(path.read_bytes())
        if ILLEGAL_CHARACTERS_RE.search(text):
            raise refused(path, 1, "含有控制字符", "it holds control characters")
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            for place, cell in enumerate(row, start=1):
                if cell.startswith("="):
                    raise _formula(path, number, f"{place}")
            yield [_unescaped(cell).strip() for cell in row]
    except (csv.Error, UnicodeDecodeError) as trouble:
        raise refused(path, 1, "不是完好的 CSV 文件", "it is no sound CSV file") from trouble


def _decoded(content: bytes) -> str:
    """Read UTF-8, else GB 18030, else refuse: guessing by statistics gets names wrong."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _formula(path: Path, row: int, cell: str) -> InvalidDeclaration:
    return refused(
        path,
        row,
        f"单元格 {cell} 是公式",
        f"cell {cell} is a formula",
        Text("请以值代替公式（选择性粘贴为数值）。", "Put its value there (paste as values)."),
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _write_xlsx(path: Path, rows: Iterable[Sequence[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据目录")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_writable(path, value))
            cell.data_type = "s"  # whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write CSV that a spreadsheet opens as what it is: UTF-8 with its mark, and nothing that computes."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([_escaped(_writable(path, value)) for value in row] for row in rows)


def _writable(path: Path, value: str) -> str:
    if len(value) > MOST_LETTERS:
        raise refused(path, 1, f"有单元格超过{MOST_LETTERS}字", f"a cell has over {MOST_LETTERS} letters")
    return str(ILLEGAL_CHARACTERS_RE.sub("", value)).strip()


def _escaped(value: str) -> str:
    return f"'{value}" if value.startswith((*BEGINS_A_FORMULA, "'")) else value


def _unescaped(cell: str) -> str:
    """Take the sign away that marks text; what stands behind it otherwise was written by a person."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*BEGINS_A_FORMULA, "'")) else cell
