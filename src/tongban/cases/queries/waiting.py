"""How much work waits in the whole node: counts alone, for whoever keeps the system running."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from tongban.cases.models import Act, Filing


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """What is due and who is on it; nothing of it tells whose filing it is."""

    due: int  # want attention now and nobody is on them
    oldest_due_at: datetime | None
    under_way: int  # a worker holds them
    waiting_for_sources: int  # asked again by themselves
    acts_intended: int
    acts_in_doubt: int


def waiting_work(now: datetime) -> WaitingWork:
    """Count the work that waits: two queries."""
    idle = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    filings = Filing.objects.filter(due_at__isnull=False).aggregate(
        due=Count("pk", filter=Q(due_at__lte=now) & idle),
        oldest=Min("due_at", filter=Q(due_at__lte=now) & idle),
        under_way=Count("pk", filter=Q(lease_until__gte=now)),
        late=Count("pk", filter=Q(retry_at__isnull=False)),
    )
    acts = Act.objects.filter(state__in=("intended", "in_doubt")).aggregate(
        intended=Count("pk", filter=Q(state="intended")), in_doubt=Count("pk", filter=Q(state="in_doubt"))
    )
    return WaitingWork(
        due=filings["due"],
        oldest_due_at=filings["oldest"],
        under_way=filings["under_way"],
        waiting_for_sources=filings["late"],
        acts_intended=acts["intended"],
        acts_in_doubt=acts["in_doubt"],
    )
