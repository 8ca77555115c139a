"""The two forms in which the land office hands out its addresses: CSV in GBK, and XLSX."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

CSV_HEADER = "地址编码,标准地址,行政区划,乡镇街道,房屋用途,房屋状态,更新日期"
XLSX_TITLE = "云西县统一地址库（每日下发）"
XLSX_HEADER = ("地址ID", "地址全称", "区划代码", "镇街代码", "用途", "状态", "更新时间")
USAGE_NUMBERS = {"住宅": 1, "商业": 2, "商住": 3, "": ""}
STATUS_NUMBERS = {"正常": 0, "待核": 1, "拆除": 9}
_EXCEL_DAY_ZERO = date(1899, 12, 30).toordinal()
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """One unified address as the land office keeps it; `updated` is YYYY-MM-DD."""

    code: str
    text: str
    division: str
    town: str
    usage: str
    status: str
    updated: str


def write_csv(path: Path, places: Iterable[Place]) -> int:
    """Write the CSV of one county; returns the number of rows, which its last line says too."""
    rows = 0
    with path.open("w", encoding="gbk", newline="") as file:
        file.write(CSV_HEADER + "\r\n")
        for place in places:
            day = place.updated.replace("-", ".")
            file.write(
                f"{place.code},{place.text},{place.division},{place.town},{place.usage},{place.status},{day}\r\n"
            )
            rows += 1
        file.write(f"合计,{rows}\r\n")
    return rows


def write_xlsx(path: Path, places: Iterable[Place]) -> int:
    """Write the workbook of one county, streaming; returns the number of rows."""
    counted = _Counted(places)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(_member(name), text)
        with book.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for text in _sheet(counted):
                sheet.write(text.encode())
    return counted.count


class _Counted:
    def __init__(self, places: Iterable[Place]) -> None:
        self.places, self.count = places, 0

    def __iter__(self) -> Iterator[Place]:
        for place in self.places:
            self.count += 1
            yield place


def _sheet(places: Iterable[Place]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}"><sheetData>'
    yield f'<row r="1">{_words("A1", XLSX_TITLE)}</row>'
    header = "".join(
        _words(f"{column}2", words) for column, words in zip("ABCDEFG", XLSX_HEADER, strict=True)
    )
    yield f'<row r="2">{header}</row>'
    block: list[str] = []
    for row, place in enumerate(places, start=3):
        block.append(_row(row, place))
        if len(block) == _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
    yield "</sheetData></worksheet>"


def _row(row: int, place: Place) -> str:
    serial = date.fromisoformat(place.updated).toordinal() - _EXCEL_DAY_ZERO
    usage = USAGE_NUMBERS[place.usage]
    return (
        f'<row r="{row}">{_words(f"A{row}", place.code)}{_words(f"B{row}", place.text)}'
        f"{_words(f'C{row}', place.division)}{_words(f'D{row}', place.town)}"
        + (f'<c r="E{row}"><v>{usage}</v></c>' if usage else "")
        + f'<c r="F{row}"><v>{STATUS_NUMBERS[place.status]}</v></c>'
        + f'<c r="G{row}" s="1"><v>{serial}</v></c></row>'
    )


def _words(cell: str, text: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _member(name: str) -> zipfile.ZipInfo:
    # One fixed time, so that the same rows give the same bytes.
    member = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="统一地址" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
