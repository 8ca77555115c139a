"""The public security bureau's population library: JSON by POST, HTTP 200 always, pinyin fields."""

import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from demo.control import Control
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, require, serve

SCHEMA = """
CREATE TABLE RYXX (
  GMSFHM TEXT NOT NULL, XM TEXT NOT NULL, XB TEXT NOT NULL, MZ TEXT NOT NULL, CSRQ TEXT NOT NULL,
  HJDXZQH TEXT NOT NULL, HJDZ TEXT NOT NULL, HJDDZBM TEXT NOT NULL, HH TEXT NOT NULL, YHZGX TEXT NOT NULL,
  SWBZ TEXT NOT NULL, SWRQ TEXT NOT NULL, LXDH TEXT NOT NULL, GXSJ TEXT NOT NULL);
"""
INDEXES = """
CREATE UNIQUE INDEX RYXX_GMSFHM ON RYXX (GMSFHM);
CREATE INDEX RYXX_HH ON RYXX (HH);
"""
FIELDS = (
    "GMSFHM", "XM", "XB", "MZ", "CSRQ", "HJDXZQH", "HJDZ", "HJDDZBM", "HH", "YHZGX",
    "SWBZ", "SWRQ", "LXDH", "GXSJ",
)  # fmt: skip
SELECT = f"SELECT {', '.join(FIELDS)} FROM RYXX"  # noqa: S608 - constants of this file
LARGEST_BATCH = 1000
OK, NOBODY, BAD, KEY, BUSY = "00", "01", "02", "03", "99"
SENTENCES = {OK: "成功", NOBODY: "查无此人", BAD: "参数错误", KEY: "密钥无效", BUSY: "系统繁忙"}
Form = Mapping[str, object]


class Population:
    """The operations of the library over its own store, read only."""

    def __init__(self, path: Path, key: str) -> None:
        self.key = key
        self._lock = threading.Lock()
        self._store = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._store.execute("PRAGMA cache_size=-2000")

    def guarded(self, operation: Callable[[Form], Reply]) -> Callable[[Request], Reply]:
        """Check key and form before an operation."""

        def handle(request: Request) -> Reply:
            if request.headers.get("x-rkk-key") != self.key:
                return reply(KEY)
            try:
                form = request.json()
            except ValueError:
                form = None
            return operation(form) if isinstance(form, dict) else reply(BAD)

        return handle

    def person(self, form: Form) -> Reply:
        """One person by resident ID."""
        number = _text(form, "GMSFHM")
        if len(number) != 18:
            return reply(BAD)
        rows = self._rows(f"{SELECT} WHERE GMSFHM = ?", number)
        return reply(OK, rows[0]) if rows else reply(NOBODY)

    def match(self, form: Form) -> Reply:
        """Whether a name goes with a resident ID: 1 yes, 2 no, 3 the ID is not on record."""
        number, name = _text(form, "GMSFHM"), _text(form, "XM")
        if len(number) != 18 or not name:
            return reply(BAD)
        rows = self._rows(f"{SELECT} WHERE GMSFHM = ?", number)
        if not rows:
            return reply(OK, {"HYJG": "3"})
        return reply(OK, {"HYJG": "1" if rows[0]["XM"] == name else "2"})

    def household(self, form: Form) -> Reply:
        """The members of one household, its head first."""
        number = _text(form, "HH")
        if not number:
            return reply(BAD)
        rows = self._rows(f"{SELECT} WHERE HH = ? ORDER BY YHZGX, GMSFHM LIMIT 200", number)
        return reply(OK, {"SL": len(rows), "CY": rows}) if rows else reply(NOBODY)

    def batch(self, form: Form) -> Reply:
        """The next people in the order of their IDs."""
        after, size = form.get("QSH", ""), form.get("SL", LARGEST_BATCH)
        if not isinstance(after, str) or not isinstance(size, int) or not 1 <= size <= LARGEST_BATCH:
            return reply(BAD)
        rows = self._rows(f"{SELECT} WHERE GMSFHM > ? ORDER BY GMSFHM LIMIT ?", after, size)
        following = rows[-1]["GMSFHM"] if len(rows) == size else ""
        return reply(OK, {"SL": len(rows), "RY": rows, "XYQSH": following})

    def _rows(self, query: str, *values: object) -> list[dict[str, str]]:
        with self._lock:
            return [dict(zip(FIELDS, row, strict=True)) for row in self._store.execute(query, values)]


def build(settings: Settings) -> System:
    """The library over its own folder."""
    library = Population(require(settings.data / "police.db"), settings.key)
    operations = {
        "ryxx": library.person,
        "smhy": library.match,
        "hcy": library.household,
        "plcx": library.batch,
    }
    return System(
        name=settings.name,
        control=Control(operations),
        token=settings.token,
        routes=tuple(
            Route("POST", f"/rkk/v1/{name}", name, library.guarded(operation))
            for name, operation in operations.items()
        ),
        busy=lambda: reply(BUSY),
        garbled=lambda: Reply('{"code":"00","msg":"成功","data":{"GMSF'.encode()),
    )


def reply(code: str, data: object = None) -> Reply:
    """The library's one form of answer."""
    return json_reply({"code": code, "msg": SENTENCES[code], "data": data})


def _text(form: Form, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


if __name__ == "__main__":
    sys.exit(serve("police", build))
