"""No connection is used on which an answered commit could be lost (DESIGN §7, crash table)."""

from django.db.backends.base.base import BaseDatabaseWrapper

from tongban.kernel.errors import DurabilityLost
from tongban.kernel.texts import Text

FULL = 2  # PRAGMA synchronous: 0 off, 1 normal, 2 full, 3 extra


def _asked(connection: BaseDatabaseWrapper, question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def assert_durable(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Refuse a new connection whose commits do not wait for the disk.

    SQLite: WAL with synchronous at least FULL, foreign keys on. PostgreSQL: synchronous_commit on
    or stricter. Raises DurabilityLost naming the setting found.
    """
    if connection.vendor == "sqlite":
        mode = _asked(connection, "PRAGMA journal_mode")
        sync = _asked(connection, "PRAGMA synchronous")
        keys = _asked(connection, "PRAGMA foreign_keys")
        _require(mode == "wal", "journal_mode", mode, "wal")
        _require(int(sync) >= FULL, "synchronous", sync, "FULL (2)")
        _require(keys == "1", "foreign_keys", keys, "1")
        return
    commit = _asked(connection, "SHOW synchronous_commit")
    _require(commit in ("on", "remote_apply"), "synchronous_commit", commit, "on")


def assert_server_syncs(connection: BaseDatabaseWrapper) -> None:
    """Refuse to serve from a PostgreSQL whose administrator has turned fsync off.

    Asked once when a server starts. Tests may run on a throw-away server without fsync: they prove
    what a killed process leaves behind, and the power cut is proved on a model of a disk.
    """
    if connection.vendor == "postgresql":
        for name in ("fsync", "full_page_writes"):
            found = _asked(connection, f"SHOW {name}")
            _require(found == "on", name, found, "on")


def _require(holds: bool, name: str, found: str, wanted: str) -> None:
    if not holds:
        raise DurabilityLost(
            "store.not_durable",
            what=Text(
                f"数据库的 {name} 为 {found}，应为 {wanted}；断电时已答复的提交可能丢失。",
                f"The database has {name} = {found}, not {wanted}: a power cut could lose a commit.",
            ),
            todo=Text(
                "请数据库管理员改正该设置，然后重新启动。",
                "Have the database administrator correct that setting, then start again.",
            ),
        )
