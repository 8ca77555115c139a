"""The land office: CSV in GBK and XLSX, dropped daily, each with a mark that it is complete."""

import csv
import hashlib
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from demo.characters import SHOPS, UNKNOWN
from tests.demo.hosting import Hosted, Hosting

CSV, XLSX = "addresses_20261102.csv", "addresses_20261102.xlsx"


def drop(land: Hosted) -> Path:
    return land.data / "drop"


def rows_of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="gbk", newline="") as file:
        return list(csv.reader(file))


def rows_of_xlsx(path: Path) -> list[list[Any]]:
    with closing(CalamineWorkbook.from_path(str(path))) as book:
        return list(book.get_sheet_by_name("统一地址").to_python())


def mark(path: Path) -> dict[str, str]:
    lines = path.with_name(path.name + ".ok").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_the_eastern_county_comes_as_csv_in_gbk(hosted: Hosting) -> None:
    rows = rows_of_csv(drop(hosted("land")) / CSV)
    assert rows[0] == ["地址编码", "标准地址", "行政区划", "乡镇街道", "房屋用途", "房屋状态", "更新日期"]
    assert rows[1] == [
        "9901210010001000001",
        "云溪市云东县城关镇春风路1号",
        "990121",
        "990121001",
        "商业",
        "正常",
        "2026.09.18",
    ]
    assert rows[-1] == ["合计", str(len(rows) - 2)]
    assert {row[2] for row in rows[1:-1]} == {"990121"}


def test_the_western_county_comes_as_a_workbook(hosted: Hosting) -> None:
    rows = rows_of_xlsx(drop(hosted("land")) / XLSX)
    assert rows[1] == ["地址ID", "地址全称", "区划代码", "镇街代码", "用途", "状态", "更新时间"]
    code, text, division, town, usage, status, updated = rows[2]
    assert (code, division, town) == ("9901220010001000001", "990122", "990122001")
    assert (text, usage, status) == ("云溪市云西县河口镇清溪路1号", 2, 0)
    assert updated == date(2026, 9, 18)


def test_another_reader_of_workbooks_agrees(hosted: Hosting) -> None:
    path = drop(hosted("land")) / XLSX
    ours = [row[:6] for row in rows_of_xlsx(path)[2:]]
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        theirs = [list(row[:6]) for row in book["统一地址"].iter_rows(min_row=3, values_only=True)]
    assert [[cell or "" for cell in row] for row in ours] == [[cell or "" for cell in row] for row in theirs]


def test_each_file_has_a_true_mark(hosted: Hosting) -> None:
    land = hosted("land")
    for name, rows in (
        (CSV, len(rows_of_csv(drop(land) / CSV)) - 2),
        (XLSX, len(rows_of_xlsx(drop(land) / XLSX)) - 2),
    ):
        path = drop(land) / name
        assert mark(path) == {"rows": str(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_the_fixed_addresses_are_as_promised(hosted: Hosting) -> None:
    land = hosted("land")
    east = {row[0]: row for row in rows_of_csv(drop(land) / CSV)}
    west = {row[0]: row for row in rows_of_xlsx(drop(land) / XLSX)[2:]}
    for place in SHOPS.values():
        found = east.get(place.code) or west[place.code]
        assert found[1] == place.text
    assert (east[SHOPS["east_stale"].code][4], west[SHOPS["west_stale"].code][4]) == ("住宅", 1)
    assert (east[SHOPS["east_pending"].code][5], east[SHOPS["east_gone"].code][5]) == ("待核", "拆除")
    assert not set(UNKNOWN.values()) & (set(east) | set(west))


def test_the_next_day_is_dropped_and_seven_days_are_kept(hosted: Hosting) -> None:
    land = hosted("land")
    for _ in range(8):
        land.clock.move(timedelta(days=1))
        assert land.command("/drop").status_code == 200
    days = sorted(path.name for path in drop(land).glob("*.csv"))
    assert days == [f"addresses_202611{day:02d}.csv" for day in range(4, 11)]
    assert len(list(drop(land).glob("*.ok"))) == 14


def test_a_correction_shows_in_the_next_drop_only(hosted: Hosting) -> None:
    land, stale = hosted("land"), SHOPS["east_stale"].code
    before = (drop(land) / CSV).read_bytes()
    assert land.command("/address", code=stale, usage="商业", status="正常").status_code == 200
    assert land.command("/drop", date="20261103").status_code == 200
    after = {row[0]: row for row in rows_of_csv(drop(land) / "addresses_20261103.csv")}
    assert after[stale][4] == "商业"
    assert (drop(land) / CSV).read_bytes() == before


def test_a_correction_survives_a_restart(hosted: Hosting) -> None:
    stale = SHOPS["east_stale"].code
    hosted("land").command("/address", code=stale, usage="商业", status="正常")
    restarted = hosted("land")
    found = {row[0]: row for row in rows_of_csv(drop(restarted) / CSV)}
    assert found[stale][4] == "商业"


def test_a_failing_office_leaves_half_a_file_without_a_mark(hosted: Hosting) -> None:
    land = hosted("land")
    whole = (drop(land) / CSV).read_bytes()
    land.control("failing")
    cut = (drop(land) / CSV).read_bytes()
    assert whole.startswith(cut)
    assert len(cut) < len(whole)
    assert list(drop(land).glob("*20261102*.ok")) == []
    land.control("normal")
    assert (drop(land) / CSV).read_bytes() == whole


def test_a_wrong_file_has_other_columns_and_a_truthful_mark(hosted: Hosting) -> None:
    land = hosted("land")
    land.control("wrong")
    path = drop(land) / CSV
    assert path.read_text("utf-8").startswith("id,addr")
    assert mark(path)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_down_office_has_no_folder_and_brings_it_back(hosted: Hosting) -> None:
    land = hosted("land")
    land.control("down")
    assert not drop(land).exists()
    assert land.command("/drop").status_code == 400
    land.control("normal")
    assert (drop(land) / CSV).exists()


def test_a_slow_office_has_only_the_part_until_its_time(hosted: Hosting) -> None:
    land = hosted("land")
    land.control("slow", seconds=600)
    assert not (drop(land) / CSV).exists()
    assert (drop(land) / f"{CSV}.part").exists()
    land.control("normal")
    assert not (drop(land) / f"{CSV}.part").exists()
    assert (drop(land) / f"{CSV}.ok").exists()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"mode": "drop_reply"}),
        ("/drop", {"date": "2026-11-03"}),
        ("/address", {"code": "9901219999999999999", "usage": "商业", "status": "正常"}),
        ("/address", {"code": SHOPS["east_stale"].code, "usage": "寺庙", "status": "正常"}),
        ("/paint", {}),
    ],
)
def test_what_the_office_cannot_do_is_refused(hosted: Hosting, path: str, body: dict[str, object]) -> None:
    assert hosted("land").command(path, **body).status_code == 400
