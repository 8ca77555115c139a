"""Django's settings, read from the environment: the only place where it is read."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tongban.site.sqlite import use_locked_sqlite

use_locked_sqlite()

ROOT = Path(__file__).resolve().parents[3]
CITY = Path(os.environ.get("TONGBAN_CITY", ROOT / "cities" / "yunxi"))
VAR = Path(os.environ.get("TONGBAN_VAR", ROOT / "var"))

SECRET_KEY = os.environ.get("TONGBAN_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TONGBAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "tongban.ledger",
    "tongban.registry",
    "tongban.catalogue",
    "tongban.exchange",
    "tongban.licences",
    "tongban.papers",
    "tongban.items",
    "tongban.cases",
    "tongban.portal",
    "tongban.workbench",
    "tongban.rest",
]


def _database(url: str) -> dict[str, object]:
    """Turn DATABASE_URL into Django's words; sqlite:///path and postgresql://user:pw@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # FULL: a commit that was answered survives a power cut (DESIGN §7, crash table).
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON",
            },
        }
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


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'tongban.sqlite3'}"))}

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
STATIC_URL = "/static/"
