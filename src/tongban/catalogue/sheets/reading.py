"""From a sheet to declarations: what is wrong is told row by row, and nothing is guessed that law wants said.

What a national sheet does not have is filled in as docs/catalogue.md lists it, each time with the strictest
or the emptiest value. Reads only; `writing` puts what was found into the city's folder.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tongban.catalogue.declared import ElementDeclared, ResourceDeclared
from tongban.catalogue.loading import Entries, Placed, entry_errors
from tongban.catalogue.sheets.cells import Row, read_rows, refused
from tongban.catalogue.sheets.columns import ENTRY, ITEM, Column
from tongban.catalogue.sheets.grouping import Group, Header, cell, groups, header_of
from tongban.catalogue.sheets.words import Unread, read_cell
from tongban.kernel.declarations import Declaration, explain
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

Model = TypeVar("Model", bound=Declaration)
ABOUT_BY_CLASS = {"people": "person", "entities": "entity", "places": "place"}
STRICTEST_ABOUT = "person"  # shown to that person alone


@dataclass(frozen=True, slots=True)
class Found:
    """What a sheet holds: declarations, what is wrong with it by row, what was not read or filled in."""

    rows: int
    elements: tuple[ElementDeclared, ...]
    resources: tuple[ResourceDeclared, ...]
    wrong: tuple[InvalidDeclaration, ...]
    unread: tuple[str, ...]
    own_codes: int  # items that got a code of their entry, for the sheet gave none


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sheet is read against: who there is (by id, credit code or name), what the city has, where."""

    owners: Mapping[str, str]
    entries: Entries
    division: str


@dataclass(frozen=True, slots=True)
class _RowOf:
    """A row as the place of a declaration; a word of it is spoken of by its column."""

    path: Path
    row: int
    columns: Sequence[Column]

    @property
    def file(self) -> str:
        return str(self.path)

    def line(self, location: Sequence[str | int]) -> int:
        del location
        return self.row

    def trail(self, location: Sequence[str | int]) -> Sequence[str | int]:
        word = ".".join(str(step) for step in location if isinstance(step, str))
        for column in self.columns:
            if word == column.word or word.startswith(f"{column.word}."):
                return (column.header,)
        parts = (column.header for column in self.columns if word and column.word.startswith(f"{word}."))
        return tuple(islice(parts, 1))

    def error(
        self, location: Sequence[str | int], *, what: Text, todo: Text, code: str = "declaration.value"
    ) -> InvalidDeclaration:
        del location
        return InvalidDeclaration(code, what=what, todo=todo, file=self.file, line=self.row)


@dataclass(slots=True)
class _Reader:
    path: Path
    around: Surroundings
    header: Header
    elements: dict[str, Placed[ElementDeclared]] = field(default_factory=dict)
    resources: list[Placed[ResourceDeclared]] = field(default_factory=list)
    wrong: list[InvalidDeclaration] = field(default_factory=list)
    own_codes: int = 0

    def __post_init__(self) -> None:
        self.known = {placed.one.code: placed.one for placed in self.around.entries.elements}

    known: dict[str, ElementDeclared] = field(init=False)

    def take(self, group: Group) -> None:
        """Read one entry and its items; whatever is wrong is noted and reading goes on."""
        self.wrong += group.wrong
        content = self._content(group.row, self.header.entry, lambda word: group.cells.get(word, ""))
        owner = self._owner(group)
        if content is None or not owner:
            return
        content["organisation"] = owner
        content.pop("provider", None)
        content.setdefault("division", self.around.division)
        content.setdefault("coverage", "all")
        content["share"].setdefault("basis", {}).setdefault("source", self.path.name)
        content["share"]["basis"].setdefault("mark", "recalled")
        content.setdefault("code", _code_of(content))
        items = [self._item(row, place, content) for place, row in enumerate(group.items, start=1)]
        content["elements"] = [code for code in items if code]
        source = _RowOf(self.path, group.row, ENTRY)
        resource = self._valid(ResourceDeclared, content, source)
        if resource is not None:
            self.resources.append(Placed(resource, source, ()))

    def _item(self, row: Row, place: int, entry: Mapping[str, Any]) -> str:
        """Read one data item; give the code of its element, empty where it is wrong."""
        cells = {one.column.word: cell(row, one.at) for one in self.header.item}
        cells |= {f"{one.column.word}.en": cell(row, one.english) for one in self.header.item}
        content = self._content(row.number, self.header.item, lambda word: cells.get(word, ""))
        if content is None:
            return ""
        if "code" not in content:
            content["code"] = f"{entry['code']}.{place}"
            self.own_codes += 1
        code, name = str(content["code"]), content["name"]["zh"]
        known = self.known.get(code)
        if known is not None:
            if known.name.zh != name:
                self._wrong(
                    row.number,
                    Text(
                        f"{code} 在本市叫“{known.name.zh}”，不是“{name}”。",
                        f"{code} is called {known.name.zh} here.",
                    ),
                    Text("请核对数据元编码。", "Check the code of the element."),
                )
            return code
        content.setdefault("about", ABOUT_BY_CLASS.get(str(entry["class"]), STRICTEST_ABOUT))
        content.setdefault("grade", entry["grade"])
        content.setdefault("when_none", "unknown")
        if "none_value" in content:
            content["none_value"] = _typed(content["kind"], content["none_value"])
        source = _RowOf(self.path, row.number, ITEM)
        element = self._valid(ElementDeclared, content, source)
        if element is None:
            return ""
        first = self.elements.setdefault(code, Placed(element, source, ()))
        if first.one != element:
            self._wrong(
                row.number,
                Text(f"{code} 与前面所写不一致。", f"{code} was described otherwise before."),
                Text("同一数据元各行应一致。", "Describe one element in one way."),
            )
        return code

    def _content(self, row: int, places: Sequence[Any], said: Any) -> dict[str, Any] | None:
        """Turn cells into the shape of a declaration; None where one cannot be read."""
        content: dict[str, Any] = {}
        sound = True
        for place in places:
            column = place.column
            try:
                value = read_cell(column, said(column.word), said(f"{column.word}.en"))
            except Unread as trouble:
                self._wrong(row, trouble.what, trouble.todo)
                sound = False
                continue
            if value is not None:
                _put(content, column.word, value)
            elif column.required and column.word != "organisation":
                self._wrong(
                    row,
                    Text(f"未填写“{column.header}”。", f"{column.header} is empty."),
                    Text("这是目录的必备内容。", "An entry must say it."),
                )
                sound = False
        return content if sound else None

    def _owner(self, group: Group) -> str:
        for word in ("organisation", "provider"):
            said = group.cells.get(word, "")
            if said in self.around.owners:
                return self.around.owners[said]
        named = group.cells.get("organisation") or group.cells.get("provider") or "—"
        self._wrong(
            group.row,
            Text(f"没有提供单位“{named}”。", f"There is no organisation {named}."),
            Text(
                "请填写其统一社会信用代码，并在 organisations.yaml 中登记。",
                "Write its credit code, and declare it.",
            ),
        )
        return ""

    def _valid(self, model: type[Model], content: dict[str, Any], source: _RowOf) -> Model | None:
        try:
            return model.model_validate(content)
        except ValidationError as refusals:
            before = {(error.line, error.what) for error in self.wrong}
            told = explain(refusals, source, model)
            self.wrong += [error for error in told if (error.line, error.what) not in before]
            return None

    def _wrong(self, row: int, what: Text, todo: Text) -> None:
        self.wrong.append(
            InvalidDeclaration("catalogue.sheet", what=what, todo=todo, file=str(self.path), line=row)
        )


def read_sheet(path: Path, around: Surroundings) -> Found:
    """Read a sheet and judge it together with what the city has; raises only where it is no such sheet."""
    rows = list(read_rows(path))
    header = header_of(path, rows)
    reader = _Reader(path, around, header)
    below = [row for row in rows if row.number > header.row]
    if not below:
        raise refused(path, header.row, "没有数据行", "it has no rows below its header")
    for group in groups(path, header, below):
        reader.take(group)
    reader.wrong += _together(reader, around)
    return Found(
        rows=len(below),
        elements=tuple(placed.one for placed in reader.elements.values()),
        resources=tuple(placed.one for placed in reader.resources),
        wrong=tuple(sorted(reader.wrong, key=lambda error: error.line)),
        unread=header.unread,
        own_codes=reader.own_codes,
    )


def _together(reader: _Reader, around: Surroundings) -> Iterator[InvalidDeclaration]:
    """Give what is wrong with the sheet's entries beside the city's; the city's own are not told again."""
    sheet = str(reader.path)
    errors = entry_errors(
        [*around.entries.elements, *reader.elements.values()],
        [*around.entries.resources, *reader.resources],
        _owners(around),
    )
    return (error for error in errors if error.file == sheet)


def _owners(around: Surroundings) -> Collection[str]:
    return set(around.owners.values())


def _code_of(content: Mapping[str, Any]) -> str:
    """Name an entry after its office and its number, where the sheet gives it no name of this node's."""
    office = str(content["organisation"]).partition(".")[0]
    number = re.sub(r"[^0-9a-z]+", "_", str(content.get("number", "")).lower()).strip("_")
    return f"{office}.{number}" if office and number else ""


def _put(content: dict[str, Any], word: str, value: object) -> None:
    *outer, last = word.split(".")
    for step in outer:
        content = content.setdefault(step, {})
    content[last] = value


def _typed(kind: str, written: str) -> object:
    """Read what rules see where nothing is found, in the element's own type; a wrong one is refused later."""
    if kind == "boolean":
        return {"是": True, "否": False, "true": True, "false": False}.get(written.lower(), written)
    if kind in ("integer", "money_cents"):
        return int(written) if re.fullmatch(r"-?[0-9]{1,18}", written) else written
    return written
