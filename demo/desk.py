"""A registration desk: what one organisation has registered, durable before it answers."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, reference TEXT, credit_code TEXT NOT NULL,
  digest TEXT NOT NULL, reply TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS entry_reference ON entry (reference, id);
"""
COLUMNS = "number, reference, credit_code, digest, reply, received_at"


@dataclass(frozen=True)
class Entry:
    """One registration; `reference` is the asker's key or own number, if any."""

    number: str
    reference: str | None
    credit_code: str
    digest: str
    reply: Mapping[str, object]
    received_at: datetime


@dataclass(frozen=True)
class Asked:
    """What is to be registered; `compose(sequence)` gives the number and the reply that is kept."""

    reference: str | None
    credit_code: str
    form: Mapping[str, object]
    compose: Callable[[int, datetime], tuple[str, Mapping[str, object]]]

    @property
    def digest(self) -> str:
        """What tells two bodies under one key apart; the order of a form's fields does not."""
        form = json.dumps(self.form, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(form.encode()).hexdigest()


class Desk:
    """The registrations of one organisation in its own SQLite file."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open or make the file; one connection under one lock, as this program is its only user."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._now = now
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # WAL with FULL: a committed registration survives a power cut at the price of one fsync.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)

    def enter(self, asked: Asked) -> Entry:
        """Register, whatever was registered before."""
        with self._lock:
            return self._insert(asked)

    def enter_once(self, asked: Asked, since: datetime | None = None) -> tuple[Entry, bool]:
        """Register unless this reference was (since a moment); returns the entry and whether it is new."""
        with self._lock:
            earlier = self.latest(asked.reference or "")
            if earlier and (since is None or earlier.received_at > since):
                return earlier, False
            return self._insert(asked), True

    def first(self, reference: str) -> Entry | None:
        """The first registration under a reference."""
        return self._one("WHERE reference = ? ORDER BY id LIMIT 1", reference)

    def latest(self, reference: str) -> Entry | None:
        """The last registration under a reference."""
        return self._one("WHERE reference = ? ORDER BY id DESC LIMIT 1", reference)

    def all_under(self, reference: str) -> list[Entry]:
        """Every registration under a reference, oldest first."""
        return self._many("WHERE reference = ? ORDER BY id", reference)

    def numbered(self, number: str) -> Entry | None:
        """The registration with this number."""
        return self._one("WHERE number = ?", number)

    def count(self) -> int:
        """How many registrations there are, doubles included."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM entry").fetchone()[0])

    def listing(self) -> list[dict[str, object]]:
        """Every registration for the control interface, oldest first."""
        return [
            {
                "number": entry.number,
                "reference": entry.reference,
                "credit_code": entry.credit_code,
                "received_at": entry.received_at.isoformat(),
            }
            for entry in self._many("ORDER BY id")
        ]

    def forget(self) -> None:
        """Remove every registration (control only)."""
        with self._lock:
            self._connection.execute("DELETE FROM entry")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _insert(self, asked: Asked) -> Entry:
        moment = self._now()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            (sequence,) = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM entry").fetchone()
            number, reply = asked.compose(sequence, moment)
            self._connection.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    sequence,
                    number,
                    asked.reference,
                    asked.credit_code,
                    asked.digest,
                    json.dumps(reply, ensure_ascii=False),
                    moment.isoformat(),
                ),
            )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        return Entry(number, asked.reference, asked.credit_code, asked.digest, reply, moment)

    def _one(self, where: str, *values: str) -> Entry | None:
        found = self._many(where, *values)
        return found[0] if found else None

    def _many(self, where: str, *values: str) -> list[Entry]:
        with self._lock:
            rows = self._connection.execute(f"SELECT {COLUMNS} FROM entry {where}", values).fetchall()  # noqa: S608 - constants of this file
        return [_entry(*row) for row in rows]


def _entry(number: str, reference: str | None, credit_code: str, digest: str, reply: str, at: str) -> Entry:
    return Entry(number, reference, credit_code, digest, json.loads(reply), datetime.fromisoformat(at))
