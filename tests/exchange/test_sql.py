"""The SQL connector: it cannot write, it stops in time, and it takes one SELECT."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.catalogue.making import element
from tongban.exchange.api import Ask, Looked, Nothing, Record, Refused, Unanswered
from tongban.exchange.connectors.sql import SqlConnector, check_statement, open_read_only
from tongban.exchange.declared import Endpoint, SqlDeclared
from tongban.exchange.verbs import ActRequest
from tongban.kernel.errors import InvalidValue, SourceDown, SourceWrong

NAME = element("entity.name", kind="text")
FIND = "SELECT MC FROM T WHERE ID = :id"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "名录 #1.db"  # an address must be quoted
    with sqlite3.connect(path) as store:
        store.execute("CREATE TABLE T (ID TEXT, MC TEXT)")
        store.executemany("INSERT INTO T VALUES (?, ?)", [("1", "甲"), ("2", "乙"), ("3", "丙"), ("3", "丁")])
    store.close()
    return path


def declared(statement: str = FIND, **words: Any) -> SqlDeclared:
    scan = {"statement": "SELECT ID, MC FROM T WHERE ID > :after ORDER BY ID LIMIT :rows", "after": "ID"}
    lookup = {
        "statement": statement,
        "parameters": {"id": "{entity.credit_code}"},
        "values": {"entity.name": {"path": "MC"}},
        "scan": scan,
    }
    return SqlDeclared.model_validate(
        {
            "kind": "sql",
            "name": "market",
            "organisation": "market.990100",
            "endpoint": "market",
            "resources": {"market.entities": lookup},
            **words,
        }
    )


def ask(at: Path | str, code: str = "1", **words: Any) -> Looked:
    connector = SqlConnector(declared(**words), Endpoint(at=str(at)))
    key = {"entity.credit_code": code}
    return connector.lookup(Ask("market.entities", key, [NAME], "market.990121", date(2026, 11, 2), 2))


def test_a_row_is_a_record_and_no_row_is_nothing(file: Path) -> None:
    found = ask(file)
    assert isinstance(found, Record)
    assert found.readings["entity.name"].value == "甲"
    assert ask(file, "9") == Nothing()


def test_two_rows_under_one_key_are_the_sources_error(file: Path) -> None:
    with pytest.raises(SourceWrong, match="several records"):
        ask(file, "3")


def test_a_value_is_handed_in_and_never_becomes_sql(file: Path) -> None:
    assert ask(file, "1' OR '1'='1") == Nothing()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE T SET MC = 'x'",
        "DELETE FROM T",
        "INSERT INTO T VALUES ('9','x')",
        "CREATE TABLE X (A)",
        "DROP TABLE T",
    ],
)
def test_a_connection_cannot_write_whatever_is_run_on_it(file: Path, statement: str) -> None:
    before = file.read_bytes()
    engine = open_read_only(str(file), 1)
    with engine.connect() as made, pytest.raises(DBAPIError):
        made.execute(text(statement))
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE T SET MC = :id",
        "DELETE FROM T WHERE ID = :id",
        "SELECT MC FROM T WHERE ID = :id; DELETE FROM T",
        "SELECT MC FROM T WHERE ID = '1'",
        "SELECT MC FROM T WHERE ID = :id AND MC = :name",
        "SELECT MC INTO X FROM T WHERE ID = :id",
        "SELECT MC FROM T WHERE ID = :id FOR UPDATE",
        "PRAGMA writable_schema = 1",
        "ATTACH 'x' AS y",
        "WITH gone AS (DELETE FROM T WHERE ID = :id RETURNING MC) SELECT MC FROM gone",
        "SELEC MC FROM",
        "",
    ],
)
def test_only_one_select_with_the_declared_parameters_is_accepted(statement: str) -> None:
    with pytest.raises(InvalidValue):
        check_statement("market", statement, {"id"})


def test_a_select_with_its_parameters_is_accepted() -> None:
    check_statement("market", "WITH a AS (SELECT MC FROM T WHERE ID = :id) SELECT MC FROM a", {"id"})
    check_statement("market", "SELECT MC FROM T WHERE ID = :id UNION SELECT MC FROM U WHERE ID = :id", {"id"})


def test_a_statement_that_does_not_end_is_stopped(file: Path) -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT max(x) AS MC FROM n WHERE x <> :id"
    )
    with pytest.raises(SourceDown):
        ask(file, statement=endless, patience={"timeout_s": 0.3})


def test_a_file_that_is_locked_missing_or_no_database_is_trouble(file: Path, tmp_path: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceDown):
        ask(file, patience={"timeout_s": 0.2})
    holder.close()
    with pytest.raises(SourceDown):
        ask(tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()
    (tmp_path / "noise.db").write_bytes(b"x" * 4096)
    with pytest.raises(SourceWrong):
        ask(tmp_path / "noise.db")


def test_a_table_or_column_that_is_gone_is_the_sources_error(file: Path) -> None:
    with pytest.raises(SourceWrong):
        ask(file, statement="SELECT MC FROM GONE WHERE ID = :id")
    with pytest.raises(SourceWrong):
        ask(file, statement="SELECT ID FROM T WHERE ID = :id")


def test_a_scan_reads_every_row_in_short_batches(file: Path) -> None:
    with sqlite3.connect(file) as store:
        store.execute("DELETE FROM T WHERE MC = '丁'")
    store.close()
    connector = SqlConnector(declared(), Endpoint(at=str(file)))
    batches = list(connector.scan("market.entities", [NAME], rows=2))
    assert [[row["entity.name"] for row in batch] for batch in batches] == [["甲", "乙"], ["丙"]]


def test_a_database_is_never_asked_to_act(file: Path) -> None:
    connector = SqlConnector(declared(), Endpoint(at=str(file)))
    outcome = connector.act(ActRequest("market", "register", {}, "key"), timeout_s=1)
    assert isinstance(outcome, Refused)
    assert not isinstance(outcome, Unanswered)


@pytest.fixture
def postgres(database: None) -> Iterator[str]:
    """A table in the tests' own PostgreSQL, and its address."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t_exchange (id text, mc text)")
        cursor.execute("INSERT INTO t_exchange VALUES ('1', '甲')")
    where = {**settings.DATABASES["default"], **connection.settings_dict}
    yield "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**where)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE t_exchange")


@pytest.mark.postgres
def test_postgresql_is_read_and_cannot_be_written(postgres: str) -> None:
    found = ask(postgres, statement='SELECT mc AS "MC" FROM t_exchange WHERE id = :id')
    assert isinstance(found, Record)
    assert found.readings["entity.name"].value == "甲"
    engine = open_read_only(postgres, 1)
    with engine.connect() as made, pytest.raises(DBAPIError, match="read-only"):
        made.execute(text("UPDATE t_exchange SET mc = 'x'"))
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_stops_a_statement_in_time(postgres: str) -> None:
    with pytest.raises(SourceDown):
        ask(
            postgres,
            statement="SELECT pg_sleep(60)::text AS \"MC\" WHERE '1' = :id",
            patience={"timeout_s": 0.3},
        )


@pytest.mark.postgres
def test_a_postgresql_that_is_not_there_is_down(postgres: str) -> None:
    with pytest.raises(SourceDown):
        ask("postgresql://nobody:x@127.0.0.1:9/none")
