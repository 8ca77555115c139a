"""A database that is read and never written, by construction and not by promise.

A SQLite file is opened with mode=ro and query_only; a PostgreSQL connection is read-only for its whole
life. Only one SELECT with named parameters is accepted, checked when the connector is made. Each read
is one short connection: the owner of the database waits for nobody.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import sqlglot
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlglot import exp

from tongban.catalogue.api import Element
from tongban.exchange.connectors.troubles import busy, not_served, only_read, unreachable
from tongban.exchange.declared import Endpoint, Incoming, SqlDeclared, SqlLookup
from tongban.exchange.mapping import fill, read, wrong
from tongban.exchange.verbs import (
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Record,
    Refused,
    Row,
)
from tongban.kernel.clock import Budget, budget
from tongban.kernel.errors import InvalidValue, SourceTrouble
from tongban.kernel.texts import Text

_STEPS_BETWEEN_CHECKS = 20_000  # SQLite virtual-machine steps: a check some thousand times a second
_MOST_BATCHES = 1_000_000


class SqlConnector:
    """The connector of one database."""

    idempotency: Idempotency = "none"
    inline = False

    def __init__(self, declared: SqlDeclared, endpoint: Endpoint) -> None:
        self.name = declared.name
        self._declared = declared
        self._engine = open_read_only(endpoint.at, declared.patience.timeout_s)
        for lookup in declared.resources.values():
            check_statement(self.name, lookup.statement, set(lookup.parameters))
            if lookup.scan is not None:
                check_statement(self.name, lookup.scan.statement, {"after", "rows"})

    def lookup(self, ask: Ask) -> Looked:
        """Read one record; two records under one key are the source's error."""
        lookup = self._lookup(ask.resource)
        constants = _days(ask)
        parameters = {
            name: fill(sent, ask.key, {**constants, "consumer": ask.consumer})
            for name, sent in lookup.parameters.items()
        }
        patience = budget(min(ask.timeout_s, self._declared.patience.timeout_s))
        rows = self._select(lookup.statement, parameters, 2, patience)
        if not rows:
            return Nothing()
        if len(rows) > 1:
            raise wrong(self.name, "同一主键有多条记录", "one key has several records")
        readings = {
            element.code: read(self.name, element, self._incoming(lookup, element), rows[0])
            for element in ask.elements
        }
        return Record(readings)

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read every record in short reads by key order, so that the owner can write in between."""
        lookup = self._lookup(resource)
        if lookup.scan is None:
            raise not_served(self.name, f"scan of {resource}")
        after = ""
        for _ in range(_MOST_BATCHES):
            found = self._select(
                lookup.scan.statement,
                {"after": after, "rows": rows},
                rows,
                budget(self._declared.patience.timeout_s),
            )
            if found:
                yield [
                    {
                        element.code: read(self.name, element, self._incoming(lookup, element), row).value
                        for element in elements
                    }
                    for row in found
                ]
            if len(found) < rows:
                return
            after = str(found[-1][lookup.scan.after])

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:  # noqa: ARG002 - the verb's shape
        """Refuse: a database that is read only cannot be asked to do anything."""
        return Refused(only_read(self.name))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
        """Say that nothing can be found out: no act is ever sent here."""
        return CannotTell(only_read(self.name))

    def close(self) -> None:
        """Do nothing: no connection outlives its read."""

    def _lookup(self, resource: str) -> SqlLookup:
        lookup = self._declared.resources.get(resource)
        if lookup is None:
            raise not_served(self.name, resource)
        return lookup

    def _incoming(self, lookup: SqlLookup, element: Element) -> Incoming:
        if element.code not in lookup.values:
            raise not_served(self.name, element.code)
        return lookup.values[element.code]

    def _select(
        self, statement: str, parameters: Mapping[str, object], most: int, patience: Budget
    ) -> list[Mapping[str, object]]:
        try:
            with self._engine.connect() as connection:
                _stop_in_time(connection, patience)
                rows = connection.execute(text(statement), dict(parameters)).mappings().fetchmany(most)
                return [dict(row) for row in rows]
        except DBAPIError as trouble:
            raise _explained(self.name, trouble) from trouble
        except SQLAlchemyError as trouble:
            raise wrong(self.name, "查询失败", type(trouble).__name__) from trouble


def check_statement(source: str, statement: str, parameters: set[str]) -> None:
    """Refuse anything but one SELECT whose named parameters are exactly the declared ones."""
    try:
        parsed = [tree for tree in sqlglot.parse(statement) if tree is not None]
    except sqlglot.errors.SqlglotError as trouble:
        raise _bad_statement(source, "不是可识别的 SQL", "it is not SQL that can be read") from trouble
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query):
        raise _bad_statement(source, "只允许一条 SELECT 语句", "only one SELECT is allowed")
    if any(parsed[0].find_all(exp.Into, exp.Lock, exp.DML)):
        raise _bad_statement(source, "SELECT 不得写入或加锁", "a SELECT may not write or lock")
    named = {str(holder.this) for holder in parsed[0].find_all(exp.Placeholder)}
    if named != parameters:
        raise _bad_statement(
            source,
            f"参数应为 {sorted(parameters)}，语句中为 {sorted(named)}",
            f"its parameters are {sorted(named)}, declared are {sorted(parameters)}",
        )


def open_read_only(at: str, timeout_s: float) -> Engine:
    """Make an engine that cannot write: to a SQLite file by its path, or to a postgresql:// address."""
    if at.startswith("postgresql"):
        options = f"-c default_transaction_read_only=on -c statement_timeout={max(1, int(timeout_s * 1000))}"
        return create_engine(
            at.replace("postgresql://", "postgresql+psycopg://", 1),
            poolclass=NullPool,
            connect_args={"options": options, "connect_timeout": max(1, round(timeout_s))},
        )
    return create_engine("sqlite://", creator=_sqlite(Path(at), timeout_s), poolclass=NullPool)


def _sqlite(path: Path, timeout_s: float) -> Callable[[], sqlite3.Connection]:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=timeout_s)
        connection.execute("PRAGMA query_only=ON")
        return connection

    return connect


def _stop_in_time(connection: Connection, patience: Budget) -> None:
    """Make SQLite give up a statement when its time is over; PostgreSQL has its own timeout."""
    raw = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        raw.set_progress_handler(lambda: 1 if patience.left_s() <= 0 else 0, _STEPS_BETWEEN_CHECKS)


def _days(ask: Ask) -> dict[str, str]:
    today = ask.on
    leap_day = (today.month, today.day) == (2, 29)
    year_ago = today.replace(year=today.year - 1, day=28 if leap_day else today.day)
    return {"today": today.isoformat(), "one_year_ago": year_ago.isoformat()}


def _explained(source: str, trouble: DBAPIError) -> SourceTrouble:
    said = str(trouble.orig)
    if any(word in said for word in ("not a database", "malformed", "no such table", "no such column")):
        return wrong(source, "数据库内容不是约定的结构", "the database is not in its declared form")
    if any(word in said for word in ("locked", "busy", "interrupted", "timeout", "canceling")):
        return busy(source, "")
    if trouble.connection_invalidated or "unable to open" in said or "connect" in said:
        return unreachable(source)
    return wrong(source, "查询失败", type(trouble.orig).__name__)


def _bad_statement(source: str, zh: str, en: str) -> InvalidValue:
    return InvalidValue(
        "exchange.statement",
        what=Text(f"{source} 的查询语句不可用：{zh}。", f"The statement of {source} will not do: {en}."),
        todo=Text(
            "请写成一条只读的 SELECT，值一律用 :名称 传入。",
            "Write one SELECT that only reads, and hand every value in by :name.",
        ),
    )
