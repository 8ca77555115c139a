"""An officer's desk with 100,000 open cases: one page of it through the whole web stack."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import perf_counter

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.filings import town
from bench.rows import Measure
from tongban.cases.models import Case, Filing
from tongban.kernel.clock import civil_date
from tongban.registry import api as registry

CASES = 100_000
OFFICE = "market.990122"  # no row of the other files files there
BATCH = 5_000
QUERIES = 17  # what tests/workbench allows one page
PAGE = "/workbench/desk?show=all"


class _Desk:
    client: Client | None = None


def _filled() -> Client:
    """Put the cases on the desk once, and sign its approver in."""
    if _Desk.client is None:
        at = town()
        with transaction.atomic():
            for start in range(0, CASES, BATCH):
                filings = Filing.objects.bulk_create(_filings(start, at.subject("wang_jianguo").id, at.now))
                Case.objects.bulk_create(_cases(start, filings, at.now))
        officer = registry.staff_of(OFFICE, registry.Role.APPROVER, on=civil_date(at.now))[0]
        session = SessionStore()
        session["staff_id"] = officer.id
        session.create()
        _Desk.client = Client(headers={"host": "127.0.0.1"})
        _Desk.client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return _Desk.client


def _filings(start: int, owner: int, now: datetime) -> Iterator[Filing]:
    bundle = town().bundle
    for number in range(start, start + BATCH):
        yield Filing(
            number=f"DESK{number:08d}",
            bundle=bundle.code,
            bundle_version=bundle.version,
            bundle_digest=bundle.digest,
            division="990122",
            stage="submitted",
            owner_id=owner,
            channel="portal",
            opened_at=now,
            draft_expires_at=now,
        )


def _cases(start: int, filings: list[Filing], now: datetime) -> Iterator[Case]:
    for number, filing in enumerate(filings, start=start):
        yield Case(
            filing=filing,
            item="registration",
            position=0,
            office=OFFICE,
            in_name_of=OFFICE,
            implementation_code="X",
            number=f"DESK{number:08d}",
            state="accepted",
            promised_due_at=now + timedelta(minutes=number * 37 % 90_000 - 30_000),
        )


def page_ms() -> float:
    """Turn the first page; more queries than its budget is a fault, not a figure."""
    client = _filled()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    if len(captured) > QUERIES:
        raise RuntimeError(f"the desk asked {len(captured)} queries")
    began = perf_counter()
    answer = client.get(PAGE)
    spent = perf_counter() - began
    if answer.status_code != 200 or answer.content.count(b"DESK") < 50:
        raise RuntimeError("the desk did not show its page")
    return spent * 1000


MEASURES = [
    Measure(
        "pages.desk",
        "ms",
        page_ms,
        note=f"one page of 50 with {CASES:,} open cases at one office, within {QUERIES} queries",
    ),
]
