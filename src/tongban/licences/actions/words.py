"""What the office is asked to sign, and the log's word for it."""

import json
from collections.abc import Sequence
from datetime import datetime

from tongban.kernel.clock import SHANGHAI
from tongban.ledger import api as ledger
from tongban.licences.signer.statements import Statement


def statement_for(
    kind: str, issuer: str, subject: str, of: str, entry: ledger.EntryRef, now: datetime
) -> str:
    """Compose what the office signs: fixed when it is prepared, so that signing again gives the same."""
    return Statement(
        kind=kind,
        issuer=issuer,
        subject=subject,
        digest=of,
        evidence=entry.leaf_hash.hex(),
        at=moment_text(now),
    ).text()


def promise_for(entries: Sequence[str], log_signer: ledger.LogSigner | None, now: datetime) -> str:
    if log_signer is None:
        return ""
    return json.dumps(ledger.promise(entries, log_signer, now).as_dict())


def moment_text(now: datetime) -> str:
    return now.astimezone(SHANGHAI).isoformat()
