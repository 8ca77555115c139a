"""Brings a node to what its city's folder declares: tables, keys, registers. Running it again is harmless."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command

from tongban.kernel.node import Node
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger

Progress = Callable[[Text], None]


def keep_secret(path: Path) -> bool:
    """Make the key that signs cookies, mode 0600, unless it is there; tell whether it was made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as kept:
        kept.write(secrets.token_urlsafe(48))
    return True


def build(node: Node, progress: Progress) -> None:
    """Bring the store to the present tables and load what the city declares."""
    node.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_secret(node.var / "secret_key")
    progress(Text("正在建立数据表 …", "Bringing the tables up to date …"))
    call_command("migrate", interactive=False, verbosity=0)
    if ledger.public_log_key(ledger.keys_folder()) is None:
        progress(Text("正在生成日志密钥 …", "Making the key of the logs …"))
        ledger.make_log_key(ledger.keys_folder(), node.code)
