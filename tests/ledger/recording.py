"""Writing entries the way that a room does, for the tests of the ledger."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from tests.ledger.worked_example import NOON, example_signer
from tongban.kernel.ids import Chance, SystemChance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.ledger.disk import DISK, Disk
from tongban.ledger.jobs import BATCH, Sequenced, sequence

SIGNER = example_signer()
CHANCE = SystemChance()


@whole
def decide(
    *cases: str, log: str = "decisions", now: datetime = NOON, chance: Chance = CHANCE
) -> list[ledger.EntryRef]:
    """One act of state: some cases are decided and recorded together."""
    return [
        ledger.record(
            log,
            "case.decided",
            {
                "case_number": case,
                "filing_number": f"F-{case}",
                "item": "item",
                "decision": "yes",
                "maker": "rule",
            },
            office="market.990100",
            show_office=case.startswith("shown"),
            now=now,
            chance=chance,
        )
        for case in cases
    ]


def logs() -> Path:
    return Path(settings.VAR) / "logs"


def publish(
    *, now: datetime = NOON, holder: str = "one", disk: Disk = DISK, batch: int = BATCH
) -> list[Sequenced]:
    return sequence(logs(), SIGNER, now, holder=holder, disk=disk, batch=batch)
