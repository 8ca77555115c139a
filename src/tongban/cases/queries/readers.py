"""Who may see which filing, as WHERE clauses, and what each reader then sees of it.

The owner sees the timeline and facts about themselves; another participant their own role and facts;
the officer of a case what their item needs; the helper who typed it how it goes, without any fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q

from tongban.cases.models import Answer, Case, Filing, Participant
from tongban.cases.queries.pledges import OwnPledge, own_pledges
from tongban.cases.queries.rights import of_office
from tongban.cases.queries.timeline import Line, officers_timeline, owners_timeline
from tongban.cases.rules import officers
from tongban.cases.rules.states import (
    CASE_WORDS,
    STATUS_WORDS,
    CaseState,
    FilingStatus,
    Stage,
    filing_status,
)
from tongban.items import api as items
from tongban.kernel.pages import A_PAGE, Key, Page, page_of
from tongban.kernel.texts import Text
from tongban.registry import api as registry

Reader = registry.Subject | registry.Staff
CASE_ROLES = frozenset({registry.Role.RECEPTIONIST, registry.Role.APPROVER, registry.Role.LEADER})
HELPER_ROLES = frozenset({registry.Role.COUNTER, registry.Role.VILLAGE_WORKER})
NEWEST_FIRST = (Key("pk", int, falling=True),)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case as its applicant or officer reads it."""

    number: str
    item: str
    name: Text
    office: str
    office_name: Text
    state: str
    words: Text
    maker: str  # rule, person or empty while undecided
    reasons: tuple[Text, ...]
    received_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None  # by when its office acts
    complete_by: datetime | None  # by when its applicant does, while something is to be completed
    due_provisional: bool
    wanting: tuple[Text, ...]
    licence: str
    rated: bool
    seconds: float | None
    review: str  # "", open, answered
    review_due_at: datetime | None  # by when its office explains, while it was asked and has not
    review_due_provisional: bool
    review_answer: str


@dataclass(frozen=True, slots=True)
class FilingPage:
    """One filing as one reader may see it, with one page of its timeline."""

    number: str
    bundle: str
    name: Text
    stage: str
    status: FilingStatus
    words: Text
    is_owner: bool
    is_filer: bool
    opened_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None
    human_asked: bool
    authority: str
    cases: tuple[CasePage, ...]
    timeline: Page[Line]
    awaited: tuple[str, ...]  # names of those who still confirm; only for the owner and the filer
    pledges: tuple[OwnPledge, ...]  # the owner and the filer see all, another participant what they signed
    afterwards: tuple[Text, ...]  # what is still to be done elsewhere; only for the owner and the filer


@dataclass(frozen=True, slots=True)
class FilingCard:
    """One filing in a list; `is_own` for its owner and its filer, `awaits_reader` until they confirm."""

    number: str
    name: Text
    status: FilingStatus
    words: Text
    opened_at: datetime
    submitted_at: datetime | None
    is_own: bool
    awaits_reader: bool


def visible(reader: Reader) -> Q:
    """Give the WHERE clause of the filings that this reader may know of; empty rights match nothing."""
    if isinstance(reader, registry.Subject):
        mine = Participant.objects.filter(
            filing=OuterRef("pk"),
            identity_type=reader.identity_type,
            identity_number=reader.number,
            kind="person",
        )
        return Q(owner_id=reader.id) | Q(Exists(mine))
    rights = Q(pk__in=())
    if reader.roles & CASE_ROLES:
        here = Case.objects.filter(of_office(reader, CASE_ROLES), number__isnull=False)
        rights |= Q(Exists(here.filter(filing=OuterRef("pk"))))
    if reader.roles & HELPER_ROLES:
        rights |= Q(filed_by_id=reader.id)
    return rights


def require_visible(number: str, reader: Reader) -> Filing:
    """Give the filing's row, or raise the same NotFound whether it is absent or not this reader's."""
    filing = Filing.objects.filter(visible(reader), number=number).first()
    if filing is None:
        raise officers.no_such_filing(number)
    return filing


def filing_page(number: str, reader: Reader, *, after: str = "") -> FilingPage:
    """Give a filing as this reader may see it, its timeline from a place on; raises NotFound."""
    filing = require_visible(number, reader)
    bundle = items.pinned(filing.bundle_digest)
    is_owner = isinstance(reader, registry.Subject) and filing.owner_id == reader.id
    is_filer = isinstance(reader, registry.Staff) and filing.filed_by_id == reader.id
    is_officer = isinstance(reader, registry.Staff) and not is_filer
    theirs = Case.objects.filter(filing=filing)
    if is_officer and isinstance(reader, registry.Staff):
        theirs = theirs.filter(of_office(reader, CASE_ROLES))
    rows = list(theirs.select_related("decision", "rating", "review_request").order_by("position"))
    status = filing_status(filing.stage, ((row.state, bool(row.person_needed)) for row in filing.cases.all()))
    whole = is_owner or is_filer
    read = officers_timeline if is_officer else owners_timeline
    items_by_case = {row.pk: row.item for row in rows}
    return FilingPage(
        number=filing.number,
        bundle=filing.bundle,
        name=bundle.name,
        stage=filing.stage,
        status=status,
        words=STATUS_WORDS[status],
        is_owner=is_owner,
        is_filer=is_filer,
        opened_at=filing.opened_at,
        submitted_at=filing.submitted_at,
        ended_at=filing.ended_at,
        human_asked=filing.human_asked_at is not None,
        authority=filing.authority if whole else "",
        cases=tuple(_case_page(row, bundle) for row in rows) if whole or is_officer else (),
        timeline=read(filing, items_by_case, after=after) if whole or is_officer else Page(()),
        awaited=tuple(_awaited(filing)) if whole else (),
        pledges=_pledges(filing, reader, whole=whole),
        afterwards=_afterwards(filing, bundle) if whole else (),
    )


def _case_page(row: Case, bundle: items.Bundle) -> CasePage:
    decision = getattr(row, "decision", None)
    review = getattr(row, "review_request", None)
    state = CaseState(row.state)
    lapsed = state is CaseState.CORRECTION and row.closing_due_at is not None
    office_acts = lapsed or (not state.is_end and state is not CaseState.CORRECTION)
    return CasePage(
        number=row.number or "",
        item=row.item,
        name=bundle.item(row.item).name,
        office=row.office,
        office_name=registry.organisation(row.office).name,
        state=row.state,
        words=CASE_WORDS[state],
        maker="" if decision is None else decision.maker,
        reasons=() if decision is None else tuple(Text(each["zh"], each["en"]) for each in decision.reasons),
        received_at=row.received_at,
        decided_at=row.decided_at,
        due_at=(row.closing_due_at or row.promised_due_at or row.acceptance_due_at) if office_acts else None,
        complete_by=row.correction_due_at if state is CaseState.CORRECTION else None,
        due_provisional=row.due_provisional,
        wanting=tuple(Text(each["zh"], each["en"]) for each in row.facts_needed)
        if state is CaseState.CORRECTION
        else (),
        licence=row.licence if state is CaseState.GRANTED else "",
        rated=getattr(row, "rating", None) is not None,
        seconds=_seconds(row),
        review="" if review is None else ("answered" if review.answered_at else "open"),
        review_due_at=None if review is None or review.answered_at else review.due_at,
        review_due_provisional=review is not None and review.due_provisional,
        review_answer="" if review is None else review.answer,
    )


def _seconds(row: Case) -> float | None:
    if row.received_at is None or row.ended_at is None:
        return None
    return round((row.ended_at - row.received_at).total_seconds(), 3)


def _pledges(filing: Filing, reader: Reader, *, whole: bool) -> tuple[OwnPledge, ...]:
    if whole:
        return own_pledges(filing, None)
    return own_pledges(filing, reader) if isinstance(reader, registry.Subject) else ()


def _afterwards(filing: Filing, bundle: items.Bundle) -> tuple[Text, ...]:
    answers = Answer.objects.filter(filing=filing).order_by("id")
    return items.after_texts(bundle, answers.values_list("question", "value"))


def _awaited(filing: Filing) -> Iterable[str]:
    return (
        Participant.objects.filter(filing=filing, must_confirm=True, confirmed_at__isnull=True)
        .order_by("id")
        .values_list("name", flat=True)
    )


def filings(reader: Reader, *, after: str = "", most: int = A_PAGE) -> Page[FilingCard]:
    """List the filings of this reader, newest first, in a fixed number of queries a page."""
    silent = Participant.objects.filter(must_confirm=True, confirmed_at__isnull=True)
    awaited = Prefetch("participants", queryset=silent, to_attr="awaited")
    rows = Filing.objects.filter(visible(reader)).prefetch_related("cases", awaited)
    listed = page_of(rows, NEWEST_FIRST, after=after, most=most)
    named = {(row.bundle, row.bundle_version) for row in listed.lines}
    names = {each: items.bundle(*each).name for each in named}
    return listed.of(lambda row: _card(row, names[row.bundle, row.bundle_version], reader))


def _card(row: Filing, name: Text, reader: Reader) -> FilingCard:
    status = filing_status(row.stage, ((case.state, bool(case.person_needed)) for case in row.cases.all()))
    is_person = isinstance(reader, registry.Subject)
    return FilingCard(
        number=row.number,
        name=name,
        status=status,
        words=STATUS_WORDS[status],
        opened_at=row.opened_at,
        submitted_at=row.submitted_at,
        is_own=reader.id == (row.owner_id if is_person else row.filed_by_id),
        awaits_reader=row.stage == Stage.CONFIRMING
        and any(_is(reader, party) for party in getattr(row, "awaited", ())),
    )


def _is(reader: Reader, party: Participant) -> bool:
    if not isinstance(reader, registry.Subject):
        return False
    return (party.identity_type, party.identity_number) == (reader.identity_type, reader.number)
