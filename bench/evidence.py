"""How fast evidence is written: one entry a transaction, beside the same bytes written bare."""

import time

from django.db import connection, transaction

from bench.rows import Measure
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import chance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger

ENTRIES = 300
BARE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, leaf BLOB, opening TEXT)"


@whole
def _record(number: int) -> None:
    fields = {
        "log": "decisions",
        "first_index": number,
        "count": 1,
        "missing": 0,
        "size": number,
        "root": "00" * 32,
    }
    ledger.record("decisions", "ledger.recovered", fields, now=SystemClock().now(), chance=chance())


def recorded() -> float:
    """Entries a second, each in a durable transaction of its own."""
    start = time.perf_counter()
    for number in range(ENTRIES):
        _record(number)
    return ENTRIES / (time.perf_counter() - start)


def bare() -> float:
    """Rows of about the same size a second, each in a durable transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(BARE)
    leaf, opening = b"\0" * 120, "x" * 900
    start = time.perf_counter()
    for _ in range(ENTRIES):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare (leaf, opening) VALUES (%s, %s)", [leaf, opening])
    return ENTRIES / (time.perf_counter() - start)


MEASURES = (
    Measure(
        "evidence.record",
        "entries/s",
        recorded,
        beside=bare,
        note="a durable transaction each, with salts and leaf hash; floor: the same bytes inserted bare",
    ),
)
