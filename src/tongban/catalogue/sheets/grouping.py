"""From rows to entries: whose cells a row repeats, and which row says what. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tongban.catalogue.sheets.cells import Row, refused
from tongban.catalogue.sheets.columns import ENTRY, ITEM, Column
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

WITHIN = 10  # rows in which a sheet's header stands; titles may be above it
# What tells entries apart; a row that repeats them, or leaves them empty, goes on with the entry above.
NAMING = ("code", "number", "name", "provider", "organisation")
ALTERNATIVES = {"organisation": "provider"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a row a column's cells stand; `english` is the place of its second column, if there is one."""

    column: Column
    at: int
    english: int | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a sheet are: of entries, of their items, and those that nothing is read from."""

    row: int
    entry: tuple[Place, ...]
    item: tuple[Place, ...]
    unread: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """One entry: the row where it begins, its cells as they were first written, the rows of its items."""

    row: int
    cells: dict[str, str]
    items: list[Row] = field(default_factory=list)
    wrong: list[InvalidDeclaration] = field(default_factory=list)


def header_of(path: Path, rows: Iterable[Row]) -> Header:
    """Find the header among the first rows; raises InvalidDeclaration where a column must be and is not."""
    for row in rows:
        if row.number > WITHIN:
            break
        names = {_plain(cell): place for place, cell in reversed(list(enumerate(row.cells))) if cell}
        entry, item = _places(ENTRY, names), _places(ITEM, names)
        if any(place.column.word == "name" for place in entry):
            _require(path, row, entry, ENTRY)
            _require(path, row, item, ITEM)
            return Header(row.number, entry, item, _unread(row, (*entry, *item)))
    raise refused(
        path,
        1,
        f"前{WITHIN}行中没有表头“目录名称”",
        f"none of the first {WITHIN} rows is a header with 目录名称",
        Text(
            "请使用 tongban catalogue export 导出的表头。",
            "Use the header that `tongban catalogue export` writes.",
        ),
    )


def groups(path: Path, header: Header, rows: Iterable[Row]) -> Iterator[Group]:
    """Put the rows below the header together into entries, in their order."""
    present: Group | None = None
    for row in rows:
        cells = {place.column.word: cell(row, place.at) for place in header.entry}
        naming = {word: said for word in NAMING if (said := cells.get(word, ""))}
        goes_on = present is not None and all(
            present.cells.get(word) == said for word, said in naming.items()
        )
        if present is None or not goes_on:
            if present is not None:
                yield present
            present = Group(row.number, _with_english(header, row, cells))
        else:
            _agree(path, header, row, present)
        present.items.append(row)
    if present is not None:
        yield present


def cell(row: Row, at: int | None) -> str:
    """Give a cell of a row, empty where the row ends before it."""
    return row.cells[at] if at is not None and at < len(row.cells) else ""


def _with_english(header: Header, row: Row, cells: Mapping[str, str]) -> dict[str, str]:
    english = {f"{place.column.word}.en": cell(row, place.english) for place in header.entry}
    return {**cells, **english}


def _agree(path: Path, header: Header, row: Row, present: Group) -> None:
    """Take what the entry's first row left empty; refuse what it said otherwise."""
    for place in header.entry:
        said, before = cell(row, place.at), present.cells[place.column.word]
        if said and before and said != before:
            name = place.column.header
            error = refused(
                path,
                row.number,
                f"“{name}”与第{present.row}行不一致",
                f"{name} differs from row {present.row}",
                Text("同一目录各行应一致，或留空。", "Rows of one entry say the same, or nothing."),
            )
            present.wrong.append(error)
        elif said and not before:
            present.cells[place.column.word] = said
            present.cells[f"{place.column.word}.en"] = cell(row, place.english)


def _places(columns: Iterable[Column], names: Mapping[str, int]) -> tuple[Place, ...]:
    found = []
    for column in columns:
        at = next(
            (names[_plain(name)] for name in (column.header, *column.also) if _plain(name) in names), None
        )
        if at is not None:
            found.append(Place(column, at, names.get(_plain(column.english))))
    return tuple(found)


def _require(path: Path, row: Row, found: tuple[Place, ...], columns: Iterable[Column]) -> None:
    there = {place.column.word for place in found}
    absent = [
        column.header
        for column in columns
        if column.required and column.word not in there and ALTERNATIVES.get(column.word) not in there
    ]
    if absent:
        names = "、".join(absent)
        raise refused(
            path,
            row.number,
            f"缺少列：{names}",
            f"columns are missing: {names}",
            Text("请补上这些列。", "Add these columns."),
        )


def _unread(row: Row, read: tuple[Place, ...]) -> tuple[str, ...]:
    known = {place for each in read for place in (each.at, each.english)}
    return tuple(said for place, said in enumerate(row.cells) if said and place not in known)


def _plain(header: str) -> str:
    """Give a header without what sheets decorate it with: blanks, stars, the width of brackets."""
    return "".join(header.split()).strip("*＊").replace("(", "（").replace(")", "）")
