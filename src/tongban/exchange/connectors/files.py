"""A folder into which another organisation drops files: the newest complete one is the source.

The file is read whole, checked against its own promise (rows, hash, header, last row), indexed by key
in memory, and read again when a newer one stands there. Its day is as of when every value in it holds.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Lock

from python_calamine import CalamineError, CalamineWorkbook

from tongban.catalogue.api import Element
from tongban.exchange.connectors.troubles import no_answer, not_served, only_read, unreachable
from tongban.exchange.declared import Endpoint, FileLookup, FilesDeclared
from tongban.exchange.mapping import normalise, read_raw, wrong
from tongban.exchange.verbs import (
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Reading,
    Record,
    Refused,
    Row,
)
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text

Cells = tuple[object, ...]
Key = tuple[str, ...]
_SEVERAL: Cells = ()  # stands in the index where one key has several rows


@dataclass(frozen=True, slots=True)
class _Drop:
    """One complete file: its path, its day, and what tells it from another of the same name."""

    path: Path
    day: date
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A file that was read: its rows by key."""

    drop: _Drop
    rows: Mapping[Key, Cells]


class FilesConnector:
    """The connector of one drop folder."""

    idempotency: Idempotency = "none"
    inline = False

    def __init__(self, declared: FilesDeclared, endpoint: Endpoint) -> None:
        self.name = declared.name
        self._declared = declared
        self._folder = Path(endpoint.at)
        self._indexed: dict[str, _Indexed] = {}
        self._lock = Lock()
        for lookup in declared.resources.values():
            self._check_columns(lookup)

    def lookup(self, ask: Ask) -> Looked:
        """Read one record of the newest complete file."""
        lookup = self._lookup(ask.resource)
        newest = self._newest(ask.resource, lookup)
        if (ask.on - newest.drop.day).days > lookup.stale_after_days:
            raise self._stale(newest.drop.day)
        as_of = datetime.combine(newest.drop.day, time.min, SHANGHAI)
        row = newest.rows.get(
            tuple(normalise(ask.key[name], punctuation=True) for name in lookup.key_columns)
        )
        if row is None:
            return Nothing(as_of)
        if row is _SEVERAL:
            raise wrong(self.name, "同一主键有多行", "one key has several rows")
        return Record(self._readings(lookup, ask.elements, row), as_of)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read every record of the newest complete file; keys with several rows are left out."""
        lookup = self._lookup(resource)
        remaining = iter(self._newest(resource, lookup).rows.values())
        while batch := list(islice(remaining, rows)):
            readings = [self._readings(lookup, elements, row) for row in batch if row is not _SEVERAL]
            yield [{code: reading.value for code, reading in row.items()} for row in readings]

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:  # noqa: ARG002 - the verb's shape
        """Refuse: a folder gives no answer, so nobody would know whether it was done."""
        return Refused(only_read(self.name))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
        """Say that nothing can be found out: no act is ever sent here."""
        return CannotTell(only_read(self.name))

    def close(self) -> None:
        """Forget what was read."""
        self._indexed.clear()

    def _lookup(self, resource: str) -> FileLookup:
        lookup = self._declared.resources.get(resource)
        if lookup is None:
            raise not_served(self.name, resource)
        return lookup

    def _readings(self, lookup: FileLookup, elements: Sequence[Element], row: Cells) -> dict[str, Reading]:
        readings = {}
        for element in elements:
            how = lookup.values.get(element.code)
            if how is None:
                raise not_served(self.name, element.code)
            if how.constant is not None:
                readings[element.code] = Reading(how.constant)
            else:
                cell = row[lookup.columns.index(how.path or "")]
                readings[element.code] = read_raw(self.name, element, how, cell)
        return readings

    def _newest(self, resource: str, lookup: FileLookup) -> _Indexed:
        drop = self._newest_drop(lookup)
        with self._lock:
            indexed = self._indexed.get(resource)
            if indexed is None or indexed.drop != drop:
                indexed = _Indexed(drop, self._index(lookup, self._rows(lookup, drop)))
                self._indexed[resource] = indexed
            return indexed

    def _newest_drop(self, lookup: FileLookup) -> _Drop:
        before, after = lookup.pattern.split("*", 1)
        named = re.compile(re.escape(before) + r"(.+)" + re.escape(after))
        drops = []
        try:
            names = {path.name: path for path in self._folder.iterdir()}
            for name, path in names.items():
                found = named.fullmatch(name)
                day = _day(found[1], lookup.date) if found else None
                if day is None or (lookup.complete and name + lookup.complete not in names):
                    continue  # not ours, or still being written: the day before stands until it is done
                stat = path.stat()
                drops.append(_Drop(path, day, stat.st_size, stat.st_mtime_ns))
        except OSError as trouble:
            raise unreachable(self.name) from trouble
        if not drops:
            raise no_answer(self.name, Text("没有完整的文件", "no complete file is there"))
        return max(drops, key=lambda drop: drop.day)

    def _rows(self, lookup: FileLookup, drop: _Drop) -> list[Cells]:
        if drop.size > self._declared.patience.max_bytes:
            raise wrong(self.name, "文件过大", "the file is larger than declared")
        try:
            content = drop.path.read_bytes()
            promise = _promise(drop, lookup.complete)
        except OSError as trouble:
            raise unreachable(self.name) from trouble
        if "sha256" in promise and promise["sha256"] != sha256(content).hexdigest():
            raise wrong(self.name, "文件与其校验值不符", "the file does not match its hash")
        rows = self._cells(lookup, content)
        header = tuple(str(cell).strip() for cell in rows[lookup.header_row - 1]) if rows else ()
        if header != lookup.columns:
            raise wrong(self.name, "表头与约定不符", "the header is not the declared one")
        records = self._without_trailer(lookup, rows[lookup.header_row :])
        if "rows" in promise and promise["rows"] != str(len(records)):
            raise wrong(self.name, "行数与校验文件不符", "the number of rows is not the promised one")
        return records

    def _cells(self, lookup: FileLookup, content: bytes) -> list[Cells]:
        try:
            if lookup.form == "csv":
                return _csv(_decoded(content))
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
            sheet = workbook.get_sheet_by_name(lookup.sheet or workbook.sheet_names[0])
            width = len(lookup.columns)
            return [tuple(row[:width]) for row in sheet.to_python(skip_empty_area=False)]
        except (CalamineError, csv.Error, ValueError, LookupError) as trouble:
            raise wrong(self.name, "文件无法读取", "the file cannot be read") from trouble

    def _without_trailer(self, lookup: FileLookup, rows: list[Cells]) -> list[Cells]:
        if lookup.trailer is None:
            return rows
        last = rows[-1] if rows else ()
        ends = len(last) > lookup.trailer.count and str(last[lookup.trailer.column]) == lookup.trailer.equals
        if not ends or str(last[lookup.trailer.count]).strip() != str(len(rows) - 1):
            raise wrong(self.name, "文件末行缺失或行数不符", "its last row is missing or counts other rows")
        return rows[:-1]

    def _index(self, lookup: FileLookup, rows: Sequence[Cells]) -> dict[Key, Cells]:
        places = [lookup.columns.index(column) for column in lookup.key_columns.values()]
        index: dict[Key, Cells] = {}
        for row in rows:
            if len(row) != len(lookup.columns):
                raise wrong(self.name, "有一行的列数与表头不符", "a row has other columns than the header")
            key = tuple(normalise(_spoken(row[place]), punctuation=True) for place in places)
            index[key] = _SEVERAL if key in index else row
        return index

    def _check_columns(self, lookup: FileLookup) -> None:
        paths = [how.path for how in lookup.values.values() if how.path is not None]
        for column in (*paths, *lookup.key_columns.values()):
            if column not in lookup.columns:
                raise not_served(self.name, column)

    def _stale(self, day: date) -> SourceDown:
        return no_answer(
            self.name,
            Text(f"最新文件为 {day.isoformat()}", f"its newest file is of {day.isoformat()}"),
        )


def _day(written: str, form: str) -> date | None:
    try:
        return datetime.strptime(written, form).date()  # noqa: DTZ007 - a civil day has no zone
    except ValueError:
        return None


def _promise(drop: _Drop, complete: str | None) -> dict[str, str]:
    """Read `rows=…` and `sha256=…` from the file that says that this one is complete."""
    if complete is None:
        return {}
    lines = drop.path.with_name(drop.path.name + complete).read_text(encoding="utf-8").splitlines()
    return {name.strip(): said.strip() for name, _, said in (line.partition("=") for line in lines)}


def _decoded(content: bytes) -> str:
    """Read UTF-8, else GB 18030, else refuse: guessing by statistics gets names wrong."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _csv(text: str) -> list[Cells]:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return [tuple(row) for row in rows if row]


def _spoken(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
