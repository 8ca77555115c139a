"""How long a stranger's machine takes to verify one licence file, once the program has started."""

import json
import time
from pathlib import Path

from django.conf import settings

import tongban_verify
from bench.rows import Measure
from tongban_verify.trust import moment

CALLS = 200


def licence_ms() -> float:
    """Milliseconds a call of `verify_licence` on the published example, its trust file read beforehand."""
    data = (Path(settings.ROOT) / "docs" / "licence-example.json").read_bytes()
    found = json.loads(data)
    anchor = tongban_verify.anchor_from_bytes(json.dumps(found["trust"]).encode())
    at = moment(found["signature"]["statement"]["at"])
    start = time.perf_counter()
    reports = [tongban_verify.verify_licence(data, anchor, at) for _ in range(CALLS)]
    taken = time.perf_counter() - start
    if any(report.exit_code for report in reports):
        raise RuntimeError(reports[0].sentence("en"))
    return taken / CALLS * 1000


MEASURES = (
    Measure(
        "verify.licence",
        "ms",
        licence_ms,
        target=60,
        less_is_better=True,
        note="tongban-verify as a library, the example licence; the start of a process aside",
    ),
)
