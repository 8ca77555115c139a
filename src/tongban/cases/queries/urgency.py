"""The list of an office's open cases, the most urgent first, page by page in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case as Either
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from tongban.cases.models import Case, Pause
from tongban.cases.queries.desk import cases_answered_for
from tongban.cases.rules.states import CASE_WORDS, CaseState
from tongban.cases.rules.steps import DECIDED
from tongban.items import api as items
from tongban.kernel.clock import SHANGHAI, civil_date
from tongban.kernel.pages import A_PAGE, Key, page_of
from tongban.kernel.texts import Text
from tongban.registry import api as registry

OPEN_HERE = tuple(state for state in CaseState if not state.is_end and state is not CaseState.WAITING)
NO_CLOCK = datetime(9000, 1, 1, tzinfo=UTC)  # sorts behind every clock that runs; never shown
MOST_URGENT_FIRST = (Key("urgent_at", datetime), Key("pk", int))


class Choice(StrEnum):
    """Which of an office's open cases."""

    PERSON = "person"  # those that a person must attend to
    MINE = "mine"  # those that I took
    ALL = "all"  # also those that rules are carrying by themselves


class Urgency(StrEnum):
    """How urgent a case is today."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One case on an office's list."""

    filing: str
    number: str
    name: Text
    applicant: str
    state: CaseState
    words: Text
    why: tuple[Text, ...]  # why a person is needed; empty while rules carry it
    due_at: datetime | None
    due_provisional: bool
    urgency: Urgency
    alarm: int
    closing: bool  # what is due is to deliver what was decided, or to confirm that a correction did not come
    paused: bool
    paused_too_long: bool  # the special procedure lasts longer than the applicant was told
    entrusted_to: Text | None  # the office that has it, where that is not the reader's own
    claimed_by: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """One page of the list, how many there are of each urgency, and where the next page begins."""

    lines: tuple[DeskLine, ...]
    counts: Mapping[Urgency, int]
    after: str  # empty on the last page


def desk(
    staff: registry.Staff,
    *,
    now: datetime,
    choice: Choice = Choice.PERSON,
    after: str = "",
    most: int = A_PAGE,
) -> Desk:
    """List the open cases that one answers for, the first due first; the same queries at 20 as at 100,000.

    `after` is what the page before gave; one that is not understood gives the first page. A case whose
    applicant completes it is due when that time ends, one that is decided when its result is to be delivered;
    one without a clock stands last.
    """
    chosen = _chosen(staff, choice).annotate(urgent_at=_urgent_at())
    counts = chosen.aggregate(
        overdue=Count("pk", filter=Q(urgent_at__lt=now)),
        today=Count("pk", filter=Q(urgent_at__gte=now, urgent_at__lt=_midnight(now))),
        later=Count("pk", filter=Q(urgent_at__gte=_midnight(now))),
    )
    paused = Pause.objects.filter(case=OuterRef("pk"), ended_at__isnull=True)
    rows = chosen.annotate(paused_until=Subquery(paused.values("due_at")[:1]))
    listed = page_of(rows.select_related("filing"), MOST_URGENT_FIRST, after=after, most=most)
    lines = [_listed(row) for row in listed.lines]
    return Desk(
        lines=_lines(lines, staff, now),
        counts={urgency: counts[urgency.value] for urgency in Urgency},
        after=listed.after,
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """One case as the query gave it, with what was worked out beside its row."""

    row: Case
    urgent_at: datetime
    paused_until: datetime | None  # by when the special procedure that is under way was to end


def _listed(row: Case) -> _Listed:
    """Read what the query annotated: a page gives bare cases, by their type."""
    worked_out: Mapping[str, Any] = vars(row)
    return _Listed(row, worked_out["urgent_at"], worked_out["paused_until"])


def _chosen(staff: registry.Staff, choice: Choice) -> QuerySet[Case]:
    rows = Case.objects.filter(cases_answered_for(staff), state__in=OPEN_HERE)
    if choice is Choice.PERSON:
        silent = Q(
            state__in=DECIDED, alarm__gt=0
        )  # decided, and kept by a signer or a register that is silent
        rows = rows.filter(silent | Q(person_needed__isnull=False))
    elif choice is Choice.MINE:
        rows = rows.filter(claimed_by_id=staff.id)
    return rows


def _urgent_at() -> Either:
    own_clock = Coalesce("closing_due_at", "promised_due_at", "acceptance_due_at", Value(NO_CLOCK))
    until = Coalesce("closing_due_at", "correction_due_at", Value(NO_CLOCK))
    completing = When(state=CaseState.CORRECTION, then=until)
    return Either(completing, default=own_clock)


def _midnight(now: datetime) -> datetime:
    """Give the first moment of the next civil day."""
    return datetime.combine(civil_date(now) + timedelta(days=1), time(), SHANGHAI)


def _lines(listed: Sequence[_Listed], staff: registry.Staff, now: datetime) -> tuple[DeskLine, ...]:
    owners = registry.subjects({each.row.filing.owner_id for each in listed})
    names = registry.staff_names(each.row.claimed_by_id for each in listed if each.row.claimed_by_id)
    return tuple(
        _line(
            each,
            items.pinned(each.row.filing.bundle_digest).item(each.row.item).name,
            owners[each.row.filing.owner_id].name,
            names,
            staff,
            now,
        )
        for each in listed
    )


def _line(
    listed: _Listed,
    name: Text,
    applicant: str,
    names: Mapping[int, str],
    staff: registry.Staff,
    now: datetime,
) -> DeskLine:
    row, due, until = listed.row, listed.urgent_at, listed.paused_until
    state = CaseState(row.state)
    return DeskLine(
        filing=row.filing.number,
        number=row.number or "",
        name=name,
        applicant=applicant,
        state=state,
        words=CASE_WORDS[state],
        why=tuple(Text(each["zh"], each["en"]) for each in row.person_needed or ()),
        due_at=None if due == NO_CLOCK else due,
        due_provisional=row.due_provisional,
        urgency=_urgency(due, now),
        alarm=row.alarm,
        closing=row.closing_due_at is not None,
        paused=until is not None,
        paused_too_long=until is not None and until < now,
        entrusted_to=None if row.office == staff.organisation else registry.organisation(row.office).name,
        claimed_by=names.get(row.claimed_by_id or 0, ""),
        is_mine=row.claimed_by_id == staff.id,
    )


def _urgency(due: datetime, now: datetime) -> Urgency:
    if due < now:
        return Urgency.OVERDUE
    return Urgency.TODAY if due < _midnight(now) else Urgency.LATER
