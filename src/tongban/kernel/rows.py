"""Rows by plain SQL, for the few statements that every filing runs dozens of times.

Building a query object costs ten times what the query does (measured: 300 µs against 30). Both
databases take the same text; values are always parameters, names are the program's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Field, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)

# What a driver takes as it is, by the kind of field that holds it: nothing of it is left to prepare.
TEXTS = frozenset({models.CharField, models.TextField})
INTEGERS = frozenset(
    {
        models.AutoField,
        models.BigAutoField,
        models.BigIntegerField,
        models.IntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
    }
)


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

    def read(self, found: list[tuple[Any, ...]]) -> list[M]:
        """Make the objects as unpickling does, without `__init__`, which takes longer than the query.

        Most columns of a row that is under way are NULL, which every converter gives back as it is.
        """
        db = connections[DEFAULT_DB_ALIAS]  # the thread's own, looked up once
        made = []
        for row in found:
            values = list(row)
            for place, (converters, expression) in self._converters.items():
                if values[place] is not None:
                    for convert in converters:
                        values[place] = convert(values[place], expression, db)
            made.append(self._object(values, db.alias))
        return made

    def _object(self, values: list[Any], alias: str) -> M:
        made = self.model.__new__(self.model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, alias
        made.__dict__.update(zip(self._names, values, strict=True))
        return made


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
    plan = _insertion(type(row), connection.vendor, keyed=row.pk is not None, returning=True)
    with connection.cursor() as cursor:
        cursor.execute(plan.sql, plan.values(row))
        row.pk = cursor.fetchone()[0]
    row._state.adding = False


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows of one kind in their order, in one statement each; their keys stay unset."""
    if not rows:
        return
    plan = _insertion(type(rows[0]), connection.vendor, keyed=False, returning=False)
    with connection.cursor() as cursor:
        cursor.executemany(plan.sql, [plan.values(row) for row in rows])


def update(row: Model, *names: str) -> None:
    """Write a standing row's named fields, or all; one that is gone meanwhile raises ObjectDoesNotExist."""
    plan = _change(type(row), connection.vendor, names)
    if not write(plan.sql, *plan.values(row), row.pk):
        raise ObjectDoesNotExist(f"{type(row).__name__} {row.pk} is gone")


class _Written:
    """A statement that writes a row, composed once for a kind of row and of database."""

    def __init__(self, sql: str, fields: "Sequence[Field[Any, Any]]") -> None:
        self.sql = sql
        self._fields = [(field, field.attname, _as_it_is(field)) for field in fields]

    def values(self, row: Model) -> list[Any]:
        """Give what is written of a row, each value in the form in which this database keeps it."""
        held, db = row.__dict__, connections[DEFAULT_DB_ALIAS]
        values = []
        for field, name, as_it_is in self._fields:
            value = held[name]
            ready = value is None or type(value) is as_it_is
            values.append(value if ready else field.get_db_prep_save(value, db))
        return values


@cache
def _insertion(model: type[Model], vendor: str, *, keyed: bool, returning: bool) -> _Written:
    """Compose an INSERT; `vendor` is the kind of database that quotes the names."""
    del vendor
    fields = [each for each in model._meta.local_concrete_fields if keyed or not each.primary_key]
    columns, places = ", ".join(map(_column, fields)), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {_table(model)} ({columns}) VALUES ({places})"  # noqa: S608  names only
    return _Written(f"{sql} RETURNING {_key(model)}" if returning else sql, fields)


@cache
def _change(model: type[Model], vendor: str, names: tuple[str, ...]) -> _Written:
    """Compose an UPDATE of the named fields, or of all; `vendor` is the kind of database."""
    del vendor
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not field.primary_key and (not names or field.name in names or field.attname in names)
    ]
    if names and len(fields) != len(names):
        raise ValueError(f"{model.__name__} has not all of the fields {', '.join(names)}")
    places = ", ".join(f"{_column(field)} = %s" for field in fields)
    sql = f"UPDATE {_table(model)} SET {places} WHERE {_key(model)} = %s"  # noqa: S608  names only
    return _Written(sql, fields)


def _as_it_is(field: "Field[Any, Any]") -> type:
    """Give the type whose values need no preparing for a field; a key of another row is what that key is."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if type(field) in TEXTS:
        return str
    if type(field) in INTEGERS:
        return int
    return bool if type(field) is models.BooleanField else type(None)


def moment(at: datetime) -> Any:
    """Give a moment in the form in which this database keeps it."""
    return connection.ops.adapt_datetimefield_value(at)


def _table(model: type[Model]) -> str:
    return str(connection.ops.quote_name(model._meta.db_table))


def _key(model: type[Model]) -> str:
    return str(connection.ops.quote_name(str(model._meta.pk.column)))


def _column(field: "Field[Any, Any]") -> str:
    return str(connection.ops.quote_name(str(field.column)))
