"""Where in a journal something that was signed stands, so that it is given again and not signed anew.

An index alone: what it leads to is read in the journal, and counts only where that line says the same. One
that is lost, behind or broken costs a line more in the journal, never a wrong signature, and is not
made durable.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2

NAME: Final = "known.sqlite"
_MAKES: Final = """
    PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -128;
    CREATE TABLE IF NOT EXISTS known (
        digest BLOB PRIMARY KEY, segment INTEGER NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID
"""


class Remembered:
    """From a key and what it signed to where its line begins: the segment of the journal, the byte in it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        try:
            self._open()
        except dbapi2.DatabaseError:  # a power cut may leave half of it
            self._begin_anew()

    def find(self, kid: str, statement: str) -> tuple[int, int] | None:
        """Say where it should stand, or None."""
        sought = "SELECT segment, place FROM known WHERE digest = ?"
        try:
            found: tuple[int, int] | None = self._store.execute(sought, (_digest(kid, statement),)).fetchone()
        except dbapi2.DatabaseError:
            self._begin_anew()
            return None
        return found

    def note(self, kid: str, statement: str, segment: int, place: int) -> None:
        """Note where it stands."""
        row = (_digest(kid, statement), segment, place)
        try:
            self._store.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", row)
        except dbapi2.DatabaseError:
            self._begin_anew()

    def close(self) -> None:
        """Give the file back."""
        self._store.close()

    def _open(self) -> None:
        # In tests a signer is called from several threads, one at a time.
        self._store = dbapi2.connect(self._path, isolation_level=None, check_same_thread=False)
        self._path.chmod(0o600)
        self._store.executescript(_MAKES)

    def _begin_anew(self) -> None:
        self._store.close()
        self._path.unlink(missing_ok=True)
        self._open()


def _digest(kid: str, statement: str) -> bytes:
    return sha256(f"{kid} {statement}".encode()).digest()
