"""What one filing writes and has signed, and how fast the same writes and signatures go with nothing else."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from tongban.licences import api as licences

BARE = "CREATE TABLE IF NOT EXISTS bare_filing (id INTEGER PRIMARY KEY, content BLOB)"
WRITING = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Weight:
    """The bytes of each write, by transaction, and of each statement signed, by journal entry."""

    commits: list[list[int]] = field(default_factory=list)
    signed: list[list[bytes]] = field(default_factory=list)

    @property
    def writes(self) -> int:
        return sum(len(writes) for writes in self.commits)

    @property
    def signatures(self) -> int:
        return sum(len(batch) for batch in self.signed)

    def said(self) -> str:
        """Say it in words."""
        kilobytes = sum(map(sum, self.commits)) / 1000
        return (
            f"{self.writes} writes ({kilobytes:.0f} kB) in {len(self.commits)} durable transactions,"
            f" {self.signatures} signatures in {len(self.signed)} durable journal entries"
        )


@dataclass
class Scale:
    """Weighs what goes through a connection and through the signers: hand it to both."""

    signers: licences.Signing
    weight: Weight = field(default_factory=Weight)
    queries: int = 0
    _open: list[int] = field(default_factory=list)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Let a statement through; a write is counted with the transaction that it commits in."""
        done = execute(sql, params, many, context)
        self.queries += 1
        if sql.startswith(WRITING):
            if not self._open and connection.in_atomic_block:
                transaction.on_commit(self._committed)
            self._open += [_size(row) for row in (params if many else [params])]
            if not connection.in_atomic_block:
                self._committed()
        return done

    def _committed(self) -> None:
        self.weight.commits.append(self._open)
        self._open = []

    def sign(self, office: str, statement: str) -> licences.Signature:
        """Have one statement signed."""
        return self.sign_all(office, [statement])[0]

    def sign_all(self, office: str, statements: Sequence[str]) -> list[licences.Signature]:
        """Have several statements signed, as one entry of the office's journal."""
        self.weight.signed.append([statement.encode() for statement in statements])
        return self.signers.sign_all(office, statements)


def _size(params: Iterable[Any] | None) -> int:
    return sum(len(each) if isinstance(each, bytes | str) else 8 for each in params or ())


def bare_s(weight: Weight, times: int) -> float:
    """Write and sign that much so many times, and give the seconds for all of it.

    Each write is an INSERT of as many bytes into one table without an index, each transaction as durable
    as a filing's; each signature is made by one key in this process and its line forced to the disk.
    """
    key = Ed25519PrivateKey.generate()
    with connection.cursor() as cursor:
        cursor.execute(BARE)
    journal = os.open(Path(settings.VAR) / "bare-journal", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    began = perf_counter()
    for _ in range(times):
        for writes in weight.commits:
            with transaction.atomic(), connection.cursor() as cursor:
                for size in writes:
                    cursor.execute("INSERT INTO bare_filing (content) VALUES (%s)", [bytes(size)])
        for batch in weight.signed:
            lines = [json.dumps({"signature": key.sign(each).hex()}) for each in batch]
            os.write(journal, "\n".join(lines).encode())
            os.fsync(journal)
    spent = perf_counter() - began
    os.close(journal)
    return spent
