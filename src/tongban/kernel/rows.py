"""Rows by plain SQL, for the few statements that every filing runs dozens of times.

Building a query object costs ten times what the query does (measured: 300 µs against 30). Both
databases take the same text; values are always parameters, names are the program's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


def read_one(sql: str, *values: Any) -> tuple[Any, ...] | None:
    """Give the first row that a query finds, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of one column that a room's query gives, for the WHERE clause of another room's.

    So a right that one room knows limits what another reads, in one query and before anything is cut off:
    text and values cross the door, no row, and no model.
    """

    sql: str
    values: tuple[Any, ...]

    def among(self) -> RawSQL:
        """Give it for the right side of `__in`."""
        return RawSQL(self.sql, self.values)  # noqa: S611  Django wrote the text, the values are parameters


def chosen(rows: QuerySet[Any, Any], column: str) -> Chosen:
    """Give one column of a query's rows without asking the database."""
    try:
        sql, values = rows.order_by().values_list(column, flat=True).query.sql_with_params()
    except EmptyResultSet:  # of a right that matches nothing Django composes no query
        return Chosen("SELECT NULL WHERE 1 = 0", ())
    return Chosen(sql, tuple(values))


class Prepared(Generic[M]):
    """A read of whole rows by one value, whose SQL Django composes once; afterwards only the value changes.

    `build` gives the query for a value and is called a single time for each kind of database, with
    `stand_in`, which must be of the value's type and is found again among the parameters. Nothing else in
    the query may depend on what is asked; a query that leaves the value out is refused.
    """

    def __init__(self, build: "Callable[[Any], QuerySet[M]]", *, stand_in: int | str = 987_654_321) -> None:
        self._build = build
        self._stand_in = stand_in
        self._composed: dict[str, _Composed[M]] = {}

    def all(self, value: int | str) -> list[M]:
        """Give every row that the query finds for this value."""
        composed = self._composed.get(connection.vendor) or self._compose()
        params = [value if each == self._stand_in else each for each in composed.params]
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, params)
            return composed.read(cursor.fetchall())

    def first(self, value: int | str) -> M | None:
        """Give the first row that the query finds for this value, or None."""
        return next(iter(self.all(value)), None)

    def only(self, value: int | str) -> M:
        """Give the one row that there must be; raise ObjectDoesNotExist where there is none."""
        found = self.first(value)
        if found is None:
            model = self._composed[connection.vendor].model
            raise ObjectDoesNotExist(f"{model.__name__} {value} is gone")
        return found

    def _compose(self) -> "_Composed[M]":
        query = self._build(self._stand_in)
        made = _Composed(query.model, query.query.get_compiler(connection=connection))
        if self._stand_in not in made.params:
            raise RuntimeError(f"the query of {query.model.__name__} does not ask for its value: {made.sql}")
        self._composed[connection.vendor] = made
        return made


class _Composed(Generic[M]):
    """A query's text, and how a row of its answer becomes an object."""

    def __init__(self, model: type[M], compiler: SQLCompiler) -> None:
        self.sql, self.params = compiler.as_sql()
        self.model = model
        self._names = [field.attname for field in model._meta.concrete_fields]
        # Converters know the kind of database alone, so that every thread's connection may share them.
        self._converters = compiler.get_converters([each[0] for each in compiler.select])
        self._compiler = compiler

    def read(self, found: list[tuple[Any, ...]]) -> list[M]:
        rows = self._compiler.apply_converters(found, self._converters) if self._converters else found
        return [self.model.from_db(connection.alias, self._names, row) for row in rows]


def write(sql: str, *values: Any) -> int:
    """Run a statement that writes, and give how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        changed: int = cursor.rowcount
        return changed


def next_key(model: type[Model]) -> int:
    """Take the key of a row that is to be written in this transaction; nobody else gets it.

    On SQLite whoever writes holds the whole store, so that none comes between.
    """
    table, key = model._meta.db_table, str(model._meta.pk.column)
    if connection.vendor == "postgresql":
        [taken] = read_one("SELECT nextval(pg_get_serial_sequence(%s, %s))", table, key) or [0]
        return int(taken)
    [taken] = read_one("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", table) or [0]
    return int(taken) + 1


def skip_keys(model: type[Model], *, up_to: int) -> None:
    """Have no row get a key up to this one any more; only while nobody else writes rows of this kind.

    The caller sees to it that `up_to` is not below a key that was given. PostgreSQL skips at once and even
    where the transaction is undone, which wastes numbers and gives none twice.
    """
    table, key = model._meta.db_table, str(model._meta.pk.column)
    if connection.vendor == "postgresql":
        read_one("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", table, key, up_to)
    elif not write("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", up_to, table):
        write("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", table, up_to)


def insert(row: Model) -> None:
    """Write a new row and set its key; a constraint that it breaks raises IntegrityError as ever."""
    fields = row._meta.local_concrete_fields
    written = [field for field in fields if not (field.primary_key and row.pk is None)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in written)
    places = ", ".join(["%s"] * len(written))
    table, key = connection.ops.quote_name(row._meta.db_table), connection.ops.quote_name(_key(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}",  # noqa: S608  names only
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in written],
        )
        row.pk = cursor.fetchone()[0]
    row._state.adding = False


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows of one kind in their order, in one statement each; their keys stay unset."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(rows[0]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608  names only
            [
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
                for row in rows
            ],
        )


def update(row: Model, *names: str) -> None:
    """Write a standing row's named fields, or all; one that is gone meanwhile raises ObjectDoesNotExist."""
    fields = [
        field
        for field in row._meta.local_concrete_fields
        if not field.primary_key and (not names or field.name in names or field.attname in names)
    ]
    if names and len(fields) != len(names):
        raise ValueError(f"{type(row).__name__} has not all of the fields {', '.join(names)}")
    places = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    table, key = connection.ops.quote_name(row._meta.db_table), connection.ops.quote_name(_key(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    if not write(f"UPDATE {table} SET {places} WHERE {key} = %s", *values, row.pk):  # noqa: S608  names only
        raise ObjectDoesNotExist(f"{type(row).__name__} {row.pk} is gone")


def moment(at: datetime) -> Any:
    """Give a moment in the form in which this database keeps it."""
    return connection.ops.adapt_datetimefield_value(at)


def _key(row: Model) -> str:
    return str(row._meta.pk.column)
