"""How fast entries are placed and published, and how long a record takes inside an open transaction."""

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bench.peer import peer
from bench.rows import Measure
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import chance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger

ENTRIES = 10_000


@whole
def _record(count: int, now: datetime) -> float:
    """Record a case's decision so many times in one transaction; gives the seconds without the commit."""
    source = chance()
    start = time.perf_counter()
    for number in range(count):
        fields = {
            "case_number": f"3120261123{number:06d}",
            "item": "440131001000",
            "decision": "yes",
            "maker": "rule",
            "rule_digest": "00" * 32,
            "facts_digest": "11" * 32,
        }
        ledger.record("decisions", "case.decided", fields, office="market.990100", now=now, chance=source)
    return time.perf_counter() - start


def _signer() -> ledger.LogSigner:
    keys = Path(settings.VAR) / "keys"
    if ledger.public_log_key(keys) is None:
        return ledger.make_log_key(keys, "990100")
    return ledger.load_log_key(keys, "990100")


def recorded_ms() -> float:
    """Milliseconds a record, many in one transaction: what evidence adds to an act."""
    return _record(2_000, SystemClock().now()) / 2_000 * 1000


def published() -> float:
    """Entries a second from recorded to under a signed checkpoint on the disk."""
    now, signer = SystemClock().now(), _signer()
    logs = ledger.logs_folder()
    while ledger.sequence(logs, signer, now, holder="bench"):
        pass
    _record(ENTRIES, now)
    start = time.perf_counter()
    ledger.sequence(logs, signer, now, holder="bench")
    return ENTRIES / (time.perf_counter() - start)


_peers: list[dict[str, float]] = []


def peer_in_bulk() -> float:
    """Entries a second that pymerkle's tree takes in one go; 0 where it could not be installed."""
    found = peer()
    return found["bulk"] if found else 0.0


def over_peer() -> float:
    """How many times the entries a second of pymerkle's tree, one durable append each, in one run."""
    found = peer()
    if found is None:
        return 0.0
    _peers.append(found)
    return published() / found["singly"]


def _over_peer_said() -> str:
    singly = sorted(each["singly"] for each in _peers)
    return (
        f"pymerkle's SQLite tree appended {singly[0]:,.0f} to {singly[-1]:,.0f} entries/s" if singly else ""
    )


def _over_peer_why() -> str:
    return "see both figures" if _peers else "pymerkle could not be installed into build/peer"


def proven_ms() -> float:
    """Milliseconds a proof, for entries spread over the log."""
    now, signer = SystemClock().now(), _signer()
    while ledger.sequence(ledger.logs_folder(), signer, now, holder="bench"):
        pass
    names = [row.entry for row in ledger.latest("decisions", most=200).lines]
    start = time.perf_counter()
    for name in names:
        ledger.proof(name)
    return (time.perf_counter() - start) / len(names) * 1000


MEASURES = (
    Measure(
        "evidence.record_inside", "ms", recorded_ms, less_is_better=True, note="within an act's transaction"
    ),
    Measure(
        "evidence.publish",
        "entries/s",
        published,
        target=10_000,
        beside=peer_in_bulk,
        note="one batch of 10,000, all fsyncs;"
        " peer: pymerkle's SQLite tree, 10,000 in one transaction and no tiles",
    ),
    Measure(
        "evidence.publish_over_peer",
        "times",
        over_peer,
        target=10,
        note="over one durable append each",
        said=_over_peer_said,
        why=_over_peer_why,
    ),
    Measure("evidence.proof", "ms", proven_ms, less_is_better=True, note="inclusion proof from the tiles"),
)
