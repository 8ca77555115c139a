"""Use the locked SQLite instead of the one that Python was built with.

Debian 12 ships SQLite 3.40.1, which lies in the range 3.7.0–3.51.2 whose WAL reset can corrupt a
database. The package pysqlite3 carries a current SQLite; putting it in sqlite3's place before
anything imports Django's backend makes the whole process use it. See docs/decisions/0002.
"""

import sys

import pysqlite3
from pysqlite3 import dbapi2

SAFE_SINCE = (3, 51, 3)  # first release with the WAL-reset correction


def use_locked_sqlite() -> None:
    """Put pysqlite3 in sqlite3's place; refuse to go on with a SQLite that can corrupt the store."""
    if dbapi2.sqlite_version_info < SAFE_SINCE:
        raise RuntimeError(
            f"SQLite {dbapi2.sqlite_version} can corrupt a WAL database; 3.51.3 or later is needed"
        )
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2
