"""Work of licences that waits: signatures that were not obtained when they were due."""

from datetime import datetime

from tongban.kernel.errors import SourceTrouble
from tongban.kernel.ids import Chance
from tongban.ledger import api as ledger
from tongban.licences.actions.signing import sign_pending
from tongban.licences.queries import waiting_for_signature
from tongban.licences.signer.client import Signing


def sign_waiting(
    signers: Signing,
    now: datetime,
    *,
    chance: Chance,
    log_signer: ledger.LogSigner | None = None,
    limit: int = 50,
) -> tuple[int, int]:
    """Sign what a crash or a silent signer left unsigned; give how many were signed and how many still wait.

    An office whose signer is down keeps only its own licences waiting.
    """
    signed = waiting = 0
    for identifier in waiting_for_signature(limit):
        try:
            sign_pending(identifier, signers, now, chance=chance, log_signer=log_signer)
            signed += 1
        except SourceTrouble:
            waiting += 1
    return signed, waiting
