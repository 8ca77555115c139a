"""What staff read: facts beside their sources, acts elsewhere, requests to verify or to explain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tongban.cases.models import Act, Case, Contest, Fact, Filing, ReviewRequest
from tongban.cases.queries.readers import CASE_ROLES
from tongban.cases.queries.rights import answered_for, in_hand, is_theirs, may, of_office
from tongban.cases.rules import officers
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.kernel.values import implementation_code
from tongban.registry import api as registry

WITHOUT_ANSWER = frozenset({"late", "withheld"})
FIRST_DUE = (Key("due_at", datetime), Key("pk", int))


@dataclass(frozen=True, slots=True)
class ContestLine:
    """One request for verification at a source."""

    id: int
    filing: str
    element: str
    value: object
    said: str
    due_at: datetime
    due_provisional: bool


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact beside where it comes from."""

    id: int
    participant: str
    element: str
    value: object
    status: str
    source: str
    as_of: datetime | None
    fetched_at: datetime
    contested: bool
    share_id: str | None
    resource: str = ""
    reason: Text | None = None  # why it is late or withheld


@dataclass(frozen=True, slots=True)
class ActLine:
    """One registration at another organisation."""

    id: int
    name: str
    key: str
    body: str
    state: str
    number: str
    tries: int


def cases_of_office(staff: registry.Staff) -> Q:
    """Give the WHERE clause of the cases of an officer's office; nothing without a case role."""
    return of_office(staff, CASE_ROLES) & Q(number__isnull=False)


def cases_in_hand(staff: registry.Staff) -> Q:
    """Give the WHERE clause of the cases whose facts an officer may open; nothing without a case role."""
    return in_hand(staff, CASE_ROLES) & Q(number__isnull=False)


def cases_answered_for(staff: registry.Staff) -> Q:
    """Give the WHERE clause of the cases that an officer may see without anybody's facts; nothing without a
    case role."""
    return answered_for(staff, CASE_ROLES) & Q(number__isnull=False)


def filing_of_case(case_number: str, staff: registry.Staff) -> str:
    """Give the filing's number of a case that one has in hand; NotFound otherwise."""
    return _filing(case_number, cases_in_hand(staff))


def filing_answered_for(case_number: str, staff: registry.Staff) -> str:
    """Give the filing's number of a case that one answers for; NotFound otherwise."""
    return _filing(case_number, cases_answered_for(staff))


def _filing(case_number: str, right: Q) -> str:
    row = Case.objects.filter(right, number=case_number).select_related("filing").first()
    if row is None:
        raise officers.no_such_case(case_number)
    return row.filing.number


def facts_for_officer(case_number: str, staff: registry.Staff) -> tuple[FactLine, ...]:
    """Give the facts fetched for this case at its office; `actions.looking` records who opens them."""
    row = Case.objects.filter(cases_in_hand(staff), number=case_number).first()
    if row is None:
        raise officers.no_such_case(case_number)
    purpose = str(implementation_code.parse(row.implementation_code).basic)
    rows = Fact.objects.filter(filing=row.filing_id, consumer=row.office, purpose=purpose)
    return tuple(_facts(_in_order(rows)))


def facts_about(filing: Filing, subject: registry.Subject, *, book: catalogue.Book) -> tuple[FactLine, ...]:
    """Give the facts of a filing that are this person's own: of its owner, also about the place and the
    company that it founds."""
    rows = _in_order(Fact.objects.filter(filing=filing))
    return tuple(_facts(row for row in rows if is_theirs(row, filing, subject, book=book)))


def _in_order(rows: QuerySet[Fact]) -> QuerySet[Fact]:
    return rows.select_related("participant").order_by("id")


def _facts(rows: Iterable[Fact]) -> Iterable[FactLine]:
    newest: dict[tuple[int, str], Fact] = {}
    for row in rows:
        earlier = newest.get((row.participant_id, row.element))
        if earlier is None or not _only_waits(row, beside=earlier):
            newest[row.participant_id, row.element] = row
    disputed = set(
        Contest.objects.filter(fact__in=newest.values(), outcome="open").values_list("fact_id", flat=True)
    )
    for row in newest.values():
        participant = items.Ref(row.participant.role, row.participant.position)
        yield FactLine(
            id=row.pk,
            participant=str(participant),
            element=row.element,
            value=row.value,
            status="contested" if row.pk in disputed else row.status,
            source=row.source,
            as_of=row.as_of,
            fetched_at=row.fetched_at,
            contested=row.pk in disputed,
            share_id=row.share_id,
            resource=row.resource,
            reason=None if row.reason is None else Text(**row.reason),
        )


def _only_waits(row: Fact, *, beside: Fact) -> bool:
    """Say whether a fact has nothing to show where another use of it was told: that one stays in sight."""
    same = (row.resource, row.key_digest) == (beside.resource, beside.key_digest)
    other = (row.consumer, row.purpose) != (beside.consumer, beside.purpose)
    return same and other and row.status in WITHOUT_ANSWER


def acts_of(case_number: str, staff: registry.Staff) -> tuple[ActLine, ...]:
    """Give the registrations of a case that one has in hand; none for staff without a case role."""
    case = Case.objects.filter(cases_in_hand(staff), number=case_number)
    rows = Act.objects.filter(case__in=case).order_by("id")
    return tuple(
        ActLine(row.pk, row.name, row.key, row.body, row.state, row.number, row.tries) for row in rows
    )


def contests_at(staff: registry.Staff, *, after: str = "", most: int = A_PAGE) -> Page[ContestLine]:
    """List the open requests for verification at one's organisation, the first due first."""
    rows = Contest.objects.filter(source=staff.organisation, outcome="open").select_related("fact", "filing")
    theirs = rows.filter(may(staff, (registry.Role.DATA_OFFICER,)))
    return page_of(theirs, FIRST_DUE, after=after, most=most).of(
        lambda row: ContestLine(
            row.pk,
            row.filing.number,
            row.fact.element,
            row.fact.value,
            row.said,
            row.due_at,
            row.due_provisional,
        )
    )


@dataclass(frozen=True, slots=True)
class UnansweredContest:
    """A dispute whose source let its time pass: which source and which element, not whose."""

    source: str
    element: str
    due_at: datetime


def unanswered_contests(now: datetime, *, after: str = "", most: int = A_PAGE) -> Page[UnansweredContest]:
    """List the open disputes of the node whose time to answer has passed, the longest first."""
    rows = Contest.objects.filter(outcome="open", due_at__lt=now).select_related("fact")
    return page_of(rows, FIRST_DUE, after=after, most=most).of(
        lambda row: UnansweredContest(row.source, row.fact.element, row.due_at)
    )


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """One request that a person explain a decision made by rule; `is_late` once its time has passed."""

    case_number: str
    said: str
    asked_at: datetime
    due_at: datetime
    due_provisional: bool
    is_late: bool


def reviews_at(
    staff: registry.Staff, *, now: datetime, after: str = "", most: int = A_PAGE
) -> Page[ReviewAsked]:
    """List the open requests for reasons at one's office, the first due first; nothing without the role."""
    rows = ReviewRequest.objects.filter(answered_at__isnull=True).select_related("case")
    theirs = rows.filter(of_office(staff, officers.DECIDERS, case="case__"))
    return page_of(theirs, FIRST_DUE, after=after, most=most).of(
        lambda row: ReviewAsked(
            row.case.number or "", row.said, row.asked_at, row.due_at, row.due_provisional, row.due_at < now
        )
    )
