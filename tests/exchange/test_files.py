"""The drop folder: whole files only, read strictly, indexed by key."""

import os
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.catalogue.making import element
from tongban.exchange.api import Ask, Endpoint, Looked, Nothing, Record
from tongban.exchange.connectors.files import FilesConnector
from tongban.exchange.declared import FilesDeclared
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import SourceDown, SourceWrong

TODAY = date(2026, 11, 2)
TEXT = element("place.address_text", kind="text")
USAGE = element("place.usage", kind="text")
COLUMNS = ["编码", "地址", "用途"]
ROWS = [["1001", "春风路1号", "商业"], ["1002", "春风路2号，东侧", "住宅"]]


def declared(form: str = "csv", **words: Any) -> FilesDeclared:
    lookup = {
        "pattern": f"a_*.{form}",
        "form": form,
        "columns": COLUMNS,
        "key_columns": {"place.address_code": "编码"},
        "values": {"place.address_text": {"path": "地址"}, "place.usage": {"path": "用途"}},
        **words,
    }
    return FilesDeclared.model_validate(
        {
            "kind": "files",
            "name": "land",
            "organisation": "land.990121",
            "endpoint": "land",
            "resources": {"land.addresses": lookup},
        }
    )


def connector(folder: Path, form: str = "csv", **words: Any) -> FilesConnector:
    return FilesConnector(declared(form, **words), Endpoint(at=str(folder)))


def ask(made: FilesConnector, code: str = "1001", on: date = TODAY) -> Looked:
    key = {"place.address_code": code}
    return made.lookup(Ask("land.addresses", key, [TEXT, USAGE], "market.990121", on, 2))


def csv(rows: list[list[str]], encoding: str = "gb18030", header: list[str] = COLUMNS) -> bytes:
    lines = [
        ",".join(f'"{cell}"' if "，" in cell or "," in cell else cell for cell in row)
        for row in [header, *rows]
    ]
    return "".join(line + "\r\n" for line in lines).encode(encoding)


def drop(folder: Path, content: bytes, day: date = TODAY, form: str = "csv") -> Path:
    path = folder / f"a_{day:%Y%m%d}.{form}"
    path.write_bytes(content)
    return path


def text_of(found: Looked) -> object:
    assert isinstance(found, Record), found
    return found.readings["place.address_text"].value


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_a_csv_is_read_in_whichever_of_the_encodings_in_use(tmp_path: Path, encoding: str) -> None:
    drop(tmp_path, csv(ROWS, encoding))
    made = connector(tmp_path)
    assert text_of(ask(made, "1002")) == "春风路2号，东侧"
    assert ask(made, "1001").as_of == datetime(2026, 11, 2, tzinfo=SHANGHAI)
    assert isinstance(ask(made, "9999"), Nothing)


def test_an_xlsx_is_read_with_its_numbers_dates_and_title_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "地址"
    for row in (["年度地址表"], COLUMNS, [1001, "春风路1号", 2], ["1002", "春风路2号", date(2026, 1, 1)]):
        sheet.append(row)
    book.save(tmp_path / "a_20261102.xlsx")
    made = connector(tmp_path, "xlsx", header_row=2, sheet="地址")
    found = ask(made)
    assert isinstance(found, Record)
    assert found.readings["place.usage"].value == "2"
    assert text_of(ask(made, "1002")) == "春风路2号"
    with pytest.raises(SourceWrong):
        ask(connector(tmp_path, "xlsx", header_row=2, sheet="别的"))


def test_the_newest_day_in_the_names_is_read_whatever_was_written_last(tmp_path: Path) -> None:
    drop(tmp_path, csv([["1001", "新", ""]]))
    drop(tmp_path, csv([["1001", "旧", ""]]), TODAY - timedelta(days=1))
    (tmp_path / "a_readme.csv").write_bytes(b"not ours")
    (tmp_path / "b_20991231.csv").write_bytes(b"not ours")
    (tmp_path / "a_20261103.csv.part").write_bytes(b"half")
    assert text_of(ask(connector(tmp_path))) == "新"


def test_a_file_replaced_under_the_same_name_is_read_again(tmp_path: Path) -> None:
    drop(tmp_path, csv([["1001", "甲", ""]]))
    made = connector(tmp_path)
    assert text_of(ask(made)) == "甲"
    drop(tmp_path, csv([["1001", "乙号院", ""]]))
    assert text_of(ask(made)) == "乙号院"


def test_an_unchanged_file_is_read_once(tmp_path: Path) -> None:
    path = drop(tmp_path, csv(ROWS))
    made = connector(tmp_path)
    ask(made)
    stat = path.stat()
    held = path.read_bytes()
    path.write_bytes(b"x" * len(held))  # same size and, below, the same time: nothing tells it apart
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert text_of(ask(made)) == "春风路1号"


def seal(path: Path, rows: int, digest: str | None = None) -> None:
    known = digest or sha256(path.read_bytes()).hexdigest()
    path.with_name(path.name + ".ok").write_text(f"rows={rows}\nsha256={known}\n", "utf-8")


def test_a_file_without_its_seal_is_unfinished_and_the_day_before_stands(tmp_path: Path) -> None:
    seal(drop(tmp_path, csv([["1001", "昨日", ""]]), TODAY - timedelta(days=1)), 1)
    today = drop(tmp_path, csv([["1001", "今日", ""]]))
    made = connector(tmp_path, complete=".ok")
    assert text_of(ask(made)) == "昨日"
    seal(today, 1)
    assert text_of(ask(made)) == "今日"


@pytest.mark.parametrize(("rows", "digest"), [(3, None), (2, "0" * 64)])
def test_a_file_that_is_not_what_its_seal_says_is_refused(
    tmp_path: Path, rows: int, digest: str | None
) -> None:
    seal(drop(tmp_path, csv(ROWS)), rows, digest)
    with pytest.raises(SourceWrong):
        ask(connector(tmp_path, complete=".ok"))


def test_a_last_row_that_counts_the_others_must_be_there_and_right(tmp_path: Path) -> None:
    trailer = {"column": 0, "equals": "合计", "count": 1}
    drop(tmp_path, csv([*ROWS, ["合计", "2"]]))
    assert text_of(ask(connector(tmp_path, trailer=trailer))) == "春风路1号"
    for cut in ([*ROWS, ["合计", "3"]], ROWS, []):
        drop(tmp_path, csv(cut))
        with pytest.raises(SourceWrong):
            ask(connector(tmp_path, trailer=trailer))


@pytest.mark.parametrize(
    "content",
    [
        csv(ROWS, header=["编码", "地址", "房屋用途"]),
        csv([["1001", "春风路1号"]]),
        csv([["1001", "春风路1号", "商业", "多"]]),
        b"\xff\xfe\x00\xff",
        b"",
        b'"1001',
    ],
)
def test_a_file_of_another_form_is_the_sources_error(tmp_path: Path, content: bytes) -> None:
    drop(tmp_path, content)
    with pytest.raises(SourceWrong):
        ask(connector(tmp_path))


def test_a_file_that_is_no_workbook_is_the_sources_error(tmp_path: Path) -> None:
    drop(tmp_path, b"PK\x03\x04 cut", form="xlsx")
    with pytest.raises(SourceWrong):
        ask(connector(tmp_path, "xlsx"))


def test_a_key_on_two_rows_is_the_sources_error_for_that_key_alone(tmp_path: Path) -> None:
    drop(tmp_path, csv([*ROWS, ["1001", "春风路1号甲", "住宅"]]))
    made = connector(tmp_path)
    with pytest.raises(SourceWrong):
        ask(made)
    assert text_of(ask(made, "1002")) == "春风路2号，东侧"
    assert [
        row["place.usage"] for batch in made.scan("land.addresses", [USAGE], rows=10) for row in batch
    ] == ["住宅"]


def test_no_folder_no_file_and_an_old_file_are_a_source_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(SourceDown):
        ask(connector(tmp_path / "missing"))
    with pytest.raises(SourceDown):
        ask(connector(tmp_path))
    drop(tmp_path, csv(ROWS), TODAY - timedelta(days=4))
    with pytest.raises(SourceDown, match="2026-10-29"):
        ask(connector(tmp_path))
    assert text_of(ask(connector(tmp_path, stale_after_days=4))) == "春风路1号"


def test_a_column_that_is_not_declared_is_noticed_before_any_file_comes(tmp_path: Path) -> None:
    with pytest.raises(SourceWrong, match="楼层"):
        connector(tmp_path, values={"place.usage": {"path": "楼层"}})
