"""A ledger that takes every entry but those of one kind: its own table refuses them, as a full disk would.

The refusal lives in the database, so that nothing in the program is patched and no writer is spared.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

# SQLite has no error of its own choosing in a trigger, but a kind's name is no JSON; PostgreSQL says that the
# disk is full. Both reach Python as OperationalError, which is what a failing disk raises.
BREAK: Mapping[str, Sequence[str]] = {
    "sqlite": (
        "CREATE TRIGGER no_evidence BEFORE INSERT ON ledger_entry WHEN NEW.kind = '{kind}'"
        " BEGIN SELECT json(NEW.kind); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no_evidence() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER no_evidence BEFORE INSERT ON ledger_entry FOR EACH ROW"
        " WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION no_evidence()",
    ),
}
MEND: Mapping[str, Sequence[str]] = {
    "sqlite": ("DROP TRIGGER no_evidence",),
    "postgresql": ("DROP TRIGGER no_evidence ON ledger_entry", "DROP FUNCTION no_evidence()"),
}
FAILURE = {"sqlite": "malformed JSON", "postgresql": "no space left"}


@contextmanager
def refusing(kind: str) -> Iterator[None]:
    """Refuse entries of one kind while the block runs."""
    _run(BREAK, kind)
    try:
        yield
    finally:
        _run(MEND, kind)


@contextmanager
def without_evidence(kind: str) -> Iterator[None]:
    """Refuse entries of one kind, and see that the block ends in that very refusal and nothing else."""
    with refusing(kind), pytest.raises(OperationalError, match=FAILURE[connection.vendor]):
        yield


def _run(statements: Mapping[str, Sequence[str]], kind: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement.format(kind=kind))
