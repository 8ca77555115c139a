"""Where the logs, their private journal and the log's key lie, unless a caller says otherwise."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings


def logs_folder() -> Path:
    """Give the folder of the published logs; any web server may serve it."""
    return _logs_in(settings.VAR)


@lru_cache(maxsize=2)  # every entry asks, and composing a path takes as long as sealing what is put in it
def _logs_in(var: Path | str) -> Path:
    return Path(var) / "logs"


def keys_folder() -> Path:
    """Give the folder of the node's keys."""
    return Path(settings.VAR) / "keys"


def journal_folder(logs: Path) -> Path:
    """Give the folder of the private journal, beside the published one and never inside it."""
    return logs.with_name(f"{logs.name}-private")


def opening_keys_folder() -> Path:
    """Give the folder of the keys of openings: beside the node's folder, so that its backups lack them."""
    return _opening_keys(settings.VAR, settings.OPENING_KEYS)


@lru_cache(maxsize=2)
def _opening_keys(var: Path | str, elsewhere: Path | str | None) -> Path:
    return Path(elsewhere) if elsewhere else Path(var).with_name(f"{Path(var).name}-opening-keys")


def pending_file(logs: Path, log: str) -> Path:
    """Give where a signed checkpoint lies before a quorum of witnesses has cosigned it."""
    return journal_folder(logs) / f"{log}.pending"


def contradicted_file(logs: Path, log: str) -> Path:
    """Give where it is on record that witnesses contradict a log; empty once they no longer do."""
    return journal_folder(logs) / f"{log}.contradicted"
