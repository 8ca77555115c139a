"""Which store the node uses, and the key it signs its cookies with."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text

# FULL: a commit that was answered survives a power cut (DESIGN §7, crash table).
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON"


def database(url: str) -> dict[str, object]:
    """Turn DATABASE_URL into Django's words: sqlite:///path or postgresql://user:pw@host:port/name.

    Every other scheme is refused: SQLite and PostgreSQL are the two stores that the whole
    test-suite runs on.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A transaction that reads first and writes later could otherwise fail at the write.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": SQLITE_PRAGMAS,
            },
        }
    if parts.scheme not in ("postgresql", "postgres"):
        raise Invalid(
            "settings.database_url",
            what=Text(
                f"DATABASE_URL 以“{parts.scheme}”开头，不是可用的数据库。",
                f"DATABASE_URL begins with {parts.scheme!r}, which is no store that can be used.",
            ),
            todo=Text(
                "请写成 sqlite:///路径 或 postgresql://用户:口令@主机:端口/库名。",
                "Write sqlite:///path or postgresql://user:password@host:port/name.",
            ),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"options": "-c synchronous_commit=on"},
    }


def secret_key(given: str, kept: Path) -> str:
    """Give the key from the environment, or the one that `tongban init` keeps with mode 0600.

    Without either it is empty, and Django refuses the first signature that needs it.
    """
    if given:
        return given
    return kept.read_text("ascii").strip() if kept.is_file() else ""
