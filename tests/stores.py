"""The store of a test: its transactions commit, and when it is over every table is empty again.

What many tests begin with is kept once, and put back by the database itself.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Stand in for pytest-django's fixture of this name, whose end took longer than most tests.

    It truncates: on PostgreSQL a new file for every table and index, twenty-five times what deleting takes.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()  # whatever the test left open is undone
        _empty()


def _tables() -> list[str]:
    """Name every table of the rooms, quoted."""
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(table) for table in found]


def _empty() -> None:
    """Delete every row in one transaction, past what keeps lines from being deleted."""
    names = _tables()
    deleting = [f"DELETE FROM {name}" for name in names]  # noqa: S608  names only
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Whoever still writes is waited for, as truncating would; no trigger, no key stands in the way.
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
            cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deleting]))
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for statement in (
            *(f"DROP TRIGGER {connection.ops.quote_name(name)}" for name, _ in triggers),
            *deleting,
            *(sql for _, sql in triggers),
        ):
            cursor.execute(statement)


def keep(file: Path) -> None:
    """Keep every row that there is now: in a file beside SQLite, in a schema of PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            file.unlink(missing_ok=True)
            cursor.execute("VACUUM INTO %s", [str(file)])
            return
        cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
        cursor.execute("; ".join(f"CREATE TABLE kept.{name} AS TABLE {name}" for name in _tables()))


def put_back(file: Path) -> None:
    """Put the kept rows into empty tables; keys that were given since stay taken, as after any test."""
    copies = [f"INSERT INTO {name} SELECT * FROM kept.{name}" for name in _tables()]  # noqa: S608  names only
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # in any order, for what is put back was whole
            cursor.execute(
                "; ".join(["BEGIN; SET LOCAL session_replication_role = replica", *copies, "COMMIT"])
            )
            return
        cursor.execute("ATTACH %s AS kept", [str(file)])
        # What SQLite copies whole it does not count as what a row copied before has waited for.
        with connection.constraint_checks_disabled(), transaction.atomic(durable=True):
            for copy in copies:
                cursor.execute(copy)
        cursor.execute("DETACH kept")
