"""List pages with 100,000 open cases: each through the whole web stack, within a fixed number of queries."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.filings import town
from bench.outside import outside
from bench.rows import Measure
from bench.town import CHARACTERS
from tongban.cases.models import Case, Filing, Participant
from tongban.kernel.clock import civil_date
from tongban.ledger import api as ledger
from tongban.registry import api as registry

CASES = 100_000
OFFICE = "market.990122"  # no row of the other files files there
OWNER = "wang_jianguo"  # all are his
SEED = b"accounts of the bench"
BATCH = 5_000


def _fill(start: int) -> None:
    """Put one batch of cases on the desk, each of a filing of its own."""
    at = town()
    owner = at.subject(OWNER)
    with transaction.atomic():
        filings = Filing.objects.bulk_create(_filings(start, owner.id, at.now))
        Participant.objects.bulk_create(_applicants(filings, owner))
        Case.objects.bulk_create(_cases(start, filings, at.now))


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


def _applicants(filings: list[Filing], owner: registry.Subject) -> Iterator[Participant]:
    for filing in filings:
        yield Participant(
            filing=filing,
            role="applicant",
            kind="person",
            identity_type=owner.identity_type,
            identity_number=owner.number,
            name=owner.name,
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


def _officer() -> Client:
    """Sign an approver of the office in at the workbench, with credentials of their own."""
    at = town()
    login = registry.staff_of(OFFICE, registry.Role.APPROVER, on=civil_date(at.now))[0].login
    chance = at.workplace.chance
    key = registry.make_second_factor_key(registry.second_factor_file(ledger.keys_folder()), chance)
    registry.make_demonstration_accounts(SEED, key=key, now=at.now, chance=chance)
    (account,) = registry.demonstration_accounts(SEED, [login])
    client = Client(headers={"host": "127.0.0.1"})
    written = {"login": login, "password": account.password, "code": account.code(at.now)}
    client.post("/workbench/sign-in", written)
    return client


def _owner() -> Client:
    """Give the owner, signed in at the portal."""
    session = SessionStore()
    session["subject_id"] = town().subject(OWNER).id
    session.create()
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def _program() -> Client:
    """Give the owner's program, with a token of the demonstration's identity provider."""
    (Path(settings.VAR) / "endpoints.json").write_text(json.dumps(outside().endpoints), "utf-8")
    number = CHARACTERS["persons"][OWNER]["resident_id"]
    token = outside().token_of(number, back_to="http://127.0.0.1/signed-in")
    return Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {token}"})


@dataclass
class List:
    """One list: its address, who reads it, how many it shows at once and how many queries it may ask."""

    address: str
    reader: Callable[[], Client]
    shows: int
    budget: int
    few: int = 0  # queries with one batch there
    asked: list[str] = field(default_factory=list)  # with all of them

    @property
    def client(self) -> Client:
        return _client(self.reader)

    def ask(self) -> list[str]:
        """Turn the first page and give every query that it asked; raises when it did not show its lines."""
        self.client.get(self.address)  # warms what a process keeps
        with CaptureQueriesContext(connection) as captured:
            answer = self.client.get(self.address)
        if answer.status_code != 200 or answer.content.count(b"DESK") < self.shows:
            raise RuntimeError(f"{self.address} did not show its page")
        return [str(query["sql"]) for query in captured.captured_queries]

    def queries(self) -> float:
        """Count the queries of one page with everything there."""
        _filled()
        self.asked = self.ask()
        return len(self.asked)

    def page_ms(self) -> float:
        """Turn the first page; more queries than its budget is a fault, not a figure."""
        if self.queries() > self.budget:
            raise RuntimeError(f"{self.address} asked {len(self.asked)} queries")
        began = perf_counter()
        self.client.get(self.address)
        return (perf_counter() - began) * 1000

    def said(self) -> str:
        """Say how many it asked when there were fewer cases."""
        return f"{self.few} with {BATCH:,} cases"

    def most_asked(self) -> str:
        """Name the table that it asks about most often."""
        tables = Counter(sql.partition(" FROM ")[2].partition(" ")[0] for sql in self.asked)
        table, times = tables.most_common(1)[0]
        return f"{times} of {len(self.asked)} queries read {table}"


@cache
def _client(reader: Callable[[], Client]) -> Client:
    return reader()


LISTS = {
    "desk": List("/workbench/desk?show=all", _officer, 50, 17),  # what tests/workbench allows one page
    "filings": List("/filings/", _owner, 20, 8),  # what tests/portal allows one page
    "api": List("/api/v1/filings", _program, 50, 5),
}
SHOWN_TO = {"desk": "an officer's desk", "filings": "my filings at the portal", "api": "a program's list"}


@cache
def _filled() -> None:
    """Put the cases there, and count each list's queries when only the first batch is."""
    _fill(0)
    for each in LISTS.values():
        each.few = len(each.ask())
    for start in range(BATCH, CASES, BATCH):
        _fill(start)


MEASURES = [
    measure
    for name, listed in LISTS.items()
    for measure in (
        Measure(
            f"pages.{name}",
            "ms",
            listed.page_ms,
            note=f"{SHOWN_TO[name]}: one page of {listed.shows} with {CASES:,} open cases at one office,"
            f" within {listed.budget} queries",
        ),
        Measure(
            f"queries.{name}",
            "queries",
            listed.queries,
            target=listed.budget,
            less_is_better=True,
            note=f"the same page with {CASES:,} cases",
            said=listed.said,
            why=listed.most_asked,
        ),
    )
]
