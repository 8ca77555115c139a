"""Leases: one worker attends to a filing at a time, and a worker that lost it writes nothing more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from tongban.cases.models import Filing
from tongban.cases.queries import standing
from tongban.cases.rules import officers
from tongban.kernel import rows
from tongban.kernel.errors import StaleLease
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole

LEASE_S = 60  # longer than any single step: every source call in one has a shorter limit


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one filing until the lease runs out or somebody takes it over."""

    filing_id: int
    number: str
    epoch: int
    until: datetime
    attempts: int = 0  # how often work on it failed in a row when the lease was taken


@whole
def claim_due(worker: str, *, now: datetime) -> Lease | None:
    """Take the filing that has waited longest past its due time, or None when nothing is due.

    PostgreSQL skips rows that another worker is just claiming; SQLite has one writer anyway.
    """
    filing = (
        Filing.objects.select_for_update(skip_locked=True)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), due_at__lte=now)
        .order_by("due_at")
        .first()
    )
    return None if filing is None else _take(filing, worker, now)


@whole
def claim(number: str, worker: str, *, now: datetime) -> Lease | None:
    """Take this filing, or None when another worker holds it."""
    filing = standing.LOCKED_BY_NUMBER.first(number)
    if filing is None:
        raise officers.no_such_filing(number)
    if filing.lease_until is not None and filing.lease_until >= now:
        return None
    return _take(filing, worker, now)


def _take(filing: Filing, worker: str, now: datetime) -> Lease:
    filing.epoch += 1
    filing.lease_holder = worker
    filing.lease_until = now + timedelta(seconds=LEASE_S)
    # Due again when the lease runs out: if this worker dies here, the next one finds the filing.
    filing.due_at = filing.lease_until
    rows.update(filing, "epoch", "lease_holder", "lease_until", "due_at")
    return Lease(filing.pk, filing.number, filing.epoch, filing.lease_until, filing.attempts)


@part
def locked(lease: Lease) -> Filing:
    """Lock the filing's row for this action; raise StaleLease when the lease was taken over."""
    filing = standing.LOCKED.only(lease.filing_id)
    if filing.epoch != lease.epoch:
        raise StaleLease(
            "cases.stale_lease",
            what=Text(
                f"申报 {lease.number} 已由另一处理进程接手。",
                f"Filing {lease.number} was taken over by another worker.",
            ),
            todo=Text("无需处理，对方会继续办理。", "Nothing to do: the other worker goes on with it."),
        )
    return filing


@part
def lock(number: str) -> Filing:
    """Lock a filing's row for a person's action, which needs no lease."""
    filing = standing.LOCKED_BY_NUMBER.first(number)
    if filing is None:
        raise officers.no_such_filing(number)
    return filing


@part
def wake(filing: Filing, *, now: datetime) -> None:
    """Ask for attention at once: a person has changed something."""
    filing.due_at = now
    filing.attempts = 0
    filing.save(update_fields=["due_at", "attempts"])


@whole
def release(lease: Lease, *, due_at: datetime | None, attempts: int) -> None:
    """Give the lease back and say when to look again; None when only an event can change anything.

    If somebody woke the filing while we worked (its due time moved), that wish stands.
    """
    filing = standing.LOCKED.only(lease.filing_id)
    if filing.epoch != lease.epoch:
        return
    filing.lease_until = None
    filing.lease_holder = ""
    if filing.due_at == lease.until:  # nobody woke it meanwhile
        filing.due_at = due_at
        filing.attempts = attempts
    rows.update(filing, "lease_until", "lease_holder", "due_at", "attempts")
