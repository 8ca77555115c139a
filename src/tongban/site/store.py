"""Settings that are read with care: the store, addresses, numbers, the key that signs cookies."""

import re
from dataclasses import dataclass
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
            "NAME": _absolute(unquote(parts.path), url),
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


def _absolute(path: str, url: str) -> str:
    """Give the file's whole path; sqlite:///name would silently be a file at the root of the disk."""
    if Path(path).parent == Path("/"):
        raise Invalid(
            "settings.database_path",
            what=Text(
                f"DATABASE_URL（{url}）指向磁盘根目录下的文件。",
                f"DATABASE_URL ({url}) names a file at the root of the disk.",
            ),
            todo=Text(
                "请写完整路径：sqlite:////srv/tongban/tongban.sqlite3。",
                "Write the whole path: sqlite:////srv/tongban/tongban.sqlite3.",
            ),
        )
    return str(Path("/") / path.lstrip("/"))


def whole_number(name: str, given: str, *, most: int) -> int:
    """Read a setting that is a whole number from 1; raises Invalid naming it otherwise."""
    if given.isascii() and given.isdigit() and 1 <= int(given) <= most:
        return int(given)
    raise Invalid(
        "settings.number",
        what=Text(f"{name} 的值“{given}”不可用。", f"{name} is {given!r}, which will not do."),
        todo=Text(f"请写1至{most}之间的整数。", f"Write a whole number from 1 to {most}."),
    )


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port of this machine at which a program listens."""

    host: str
    port: int

    @classmethod
    def read(cls, name: str, given: str) -> "Address | None":
        """Read host:port, [::1]:port for IPv6; None where nothing is set, Invalid for anything else."""
        if not given:
            return None
        host, _, port = given.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if bare and (":" not in bare or host != bare) and port.isascii() and port.isdigit():
            return cls(bare, whole_number(name, port, most=65535))
        raise Invalid(
            "settings.address",
            what=Text(f"{name} 的值“{given}”不可用。", f"{name} is {given!r}, which will not do."),
            todo=Text(
                "请写成 主机:端口，如 127.0.0.1:8090。", "Write host:port, for instance 127.0.0.1:8090."
            ),
        )

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def origin(name: str, given: str) -> str:
    """Read scheme://host, with a port where it is not the usual one; raises Invalid for anything else."""
    if re.fullmatch(r"(https?://[^\s/?#@]+)?", given):
        return given
    raise Invalid(
        "settings.origin",
        what=Text(f"{name} 的值“{given}”不可用。", f"{name} is {given!r}, which will not do."),
        todo=Text(
            "请写成 https://主机名，不带路径和末尾斜线。",
            "Write https:// and the host, without a path or a slash at its end.",
        ),
    )


def secret_key(given: str, kept: Path) -> str:
    """Give the key from the environment, or the one that `tongban init` keeps with mode 0600.

    Without either it is empty, and Django refuses the first signature that needs it.
    """
    if given:
        return given
    return kept.read_text("ascii").strip() if kept.is_file() else ""
