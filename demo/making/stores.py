"""Each organisation's own store, filled in blocks so that memory does not grow with the city."""

import csv
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from demo import court, idp, land, market, police

BLOCK = 2000
KEY_COLUMNS = ("id", "source", "element", "kind", "recorded", "true_value")


class Sink:
    """One table being filled."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: int) -> None:
        self._connection = connection
        self._insert = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - our own names
        self._rows: list[Sequence[object]] = []
        self.count = 0

    def add(self, *row: object) -> None:
        """Add one row."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Hand the rows to SQLite."""
        self._connection.executemany(self._insert, self._rows)
        self._rows.clear()


class Store:
    """One SQLite file being made; nobody reads it before `finish`."""

    def __init__(self, path: Path, schema: str, tables: dict[str, int]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(path.name + "*"):
            left.unlink()
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        # A half-made store is thrown away and made again, so nothing is journalled on the way.
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA cache_size=-8000")
        self._connection.executescript(schema)
        self._connection.execute("BEGIN")
        self.sinks = {table: Sink(self._connection, table, columns) for table, columns in tables.items()}

    def finish(self, indexes: str = "") -> None:
        """Flush, index, and bring the file to the disk."""
        for sink in self.sinks.values():
            sink.flush()
        self._connection.execute("COMMIT")
        if indexes:
            self._connection.executescript(indexes)
        self._connection.execute("PRAGMA journal_mode=DELETE")
        self._connection.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())


class AnswerKey:
    """The list of planted errors, one line each."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(KEY_COLUMNS)
        self.count = 0

    def add(self, key: str, source: str, element: str, kind: str, recorded: str, true_value: str) -> None:
        """Note one error: what the source records, and what is true."""
        self._writer.writerow((key, source, element, kind, recorded, true_value))
        self.count += 1

    def finish(self) -> None:
        """Close the list."""
        self._file.close()


class Stores:
    """All stores of the city."""

    def __init__(self, out: Path) -> None:
        self.key = AnswerKey(out / "answer_key.csv")
        self._police = Store(out / "police" / "police.db", police.SCHEMA, {"RYXX": 14})
        self._idp = Store(out / "idp" / "idp.db", idp.SCHEMA, {"account": 6})
        self._court = Store(out / "court" / "court.db", court.SCHEMA, {"BZXR": 7})
        self._land = Store(out / "land" / "land.db", land.SCHEMA, {"DZ": 7})
        tables = {"T_SCZT": 14, "T_QYMC": 11, "T_RZXZ": 6, "T_YZSX": 8}
        self._market = Store(out / "market" / "market.db", market.SCHEMA, tables)
        self.police = self._police.sinks["RYXX"]
        self.accounts = self._idp.sinks["account"]
        self.enforced = self._court.sinks["BZXR"]
        self.places = self._land.sinks["DZ"]
        self.market = self._market.sinks

    def finish(self) -> None:
        """Finish every store."""
        self.key.finish()
        self._police.finish(police.INDEXES)
        self._idp.finish(idp.INDEXES)
        self._court.finish(court.INDEXES)
        self._land.finish()
        self._market.finish(market.INDEXES)

    def counts(self) -> dict[str, int]:
        """How many rows each store got."""
        return {
            "police": self.police.count,
            "accounts": self.accounts.count,
            "enforced": self.enforced.count,
            "addresses": self.places.count,
            "enterprises": self.market["T_SCZT"].count,
            "office_bars": self.market["T_RZXZ"].count,
            "serious_records": self.market["T_YZSX"].count,
            "planted_errors": self.key.count,
        }
