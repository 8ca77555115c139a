"""One case as the officer who handles it reads it before opening anybody's facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import Case, Decision, Filing, Pause, ReviewRequest
from tongban.cases.queries.desk import ActLine, acts_of, cases_answered_for
from tongban.cases.queries.timeline import Line, officers_timeline
from tongban.cases.rules import clocks, officers
from tongban.cases.rules.powers import Power, Standing, powers
from tongban.cases.rules.records import spoken_record
from tongban.cases.rules.states import CASE_WORDS, CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.pages import Page
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.registry import api as registry

CLOCK_WORDS = {
    "acceptance_due_at": Text("受理期限", "To accept or not by"),
    "correction_due_at": Text("补正期限", "To be completed by"),
    "promised_due_at": Text("承诺办结期限", "Promised by"),
    "statutory_due_at": Text("法定办结期限", "By law no later than"),
    "closing_due_at": Text(
        "决定后送达（逾期未补正的，确认）期限", "To deliver what is decided (or confirm the lapse) by"
    ),
}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a case: when it ends, and whether it still runs."""

    name: Text
    due_at: datetime
    provisional: bool
    running: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class PauseLine:
    """One special procedure; `ended_at` is None while it goes on."""

    name: Text
    reason: str
    needs_days: int
    began_at: datetime
    due_at: datetime
    due_provisional: bool
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What was decided, by whom, and on which checks."""

    outcome: str
    maker: str
    by: str  # the officer's name; empty where a rule or the law decided
    reasons: tuple[Text, ...]
    checks: tuple[Text, ...]
    at: datetime
    entry_id: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """Somebody asked for the reasons of a decision made by rule."""

    said: str
    asked_at: datetime
    due_at: datetime
    due_provisional: bool
    overdue: bool
    answer: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class OfficerCase:
    """One case on an officer's screen; nothing in it was fetched about anybody."""

    filing: str
    number: str
    item: str
    item_type: str
    name: Text
    applicant: str
    channel: str
    helper: str
    authority: str
    office: registry.Organisation
    in_name_of: registry.Organisation
    state: CaseState
    words: Text
    alarm: int
    received_at: datetime | None
    person_needed: tuple[Text, ...]
    wanting: tuple[Text, ...]
    claimed_by: str
    is_mine: bool
    in_hand: bool  # the reader's office has it, or they have taken it over: they may open the facts
    clocks: tuple[ClockLine, ...]
    pauses: tuple[PauseLine, ...]
    decision: DecisionLine | None
    review: ReviewLine | None
    acts: tuple[tuple[Text, ActLine], ...]  # each with what it is called
    notices: Page[papers.Notice]
    timeline: Page[Line]
    powers: frozenset[Power]
    remedies: tuple[Text, ...]
    procedures: Mapping[str, Text]
    extension_by: Text | None
    licence: str

    @property
    def acts_now(self) -> bool:
        """Say whether something may be done with the case itself, not only with an act elsewhere."""
        return bool(self.powers - {Power.FIND_OUT})


def officer_case(
    case_number: str, staff: registry.Staff, *, at: Workplace, after: str = "", notices_after: str = ""
) -> OfficerCase:
    """Give a case that the officer answers for, with a page of its timeline and one of its notices;
    NotFound, in the same words, for any other."""
    row = (
        Case.objects.filter(cases_answered_for(staff), number=case_number)
        .select_related("filing", "decision", "review_request")
        .prefetch_related("pauses", "acts")
        .first()
    )
    if row is None:
        raise officers.no_such_case(case_number)
    filing, now = row.filing, at.clock.now()
    bundle = items.pinned(filing.bundle_digest)
    item = bundle.item(row.item)
    known = registry.directory()
    decision: Decision | None = getattr(row, "decision", None)
    review: ReviewRequest | None = getattr(row, "review_request", None)
    pauses = list(row.pauses.all())
    names = registry.staff_names(
        {
            row.claimed_by_id or 0,
            filing.filed_by_id or 0,
            (decision and decision.staff_id) or 0,
            (review and review.answered_by_id) or 0,
        }
    )
    labels = {act.name: act.label for act in item.acts}
    accepted_on = civil_date(row.accepted_at or now)
    limits = clocks.limits_of(item, bundle, at.policies, filing.division, accepted_on)
    standing = _standing(
        row, item, pauses, decision, review, limits, staff, papers.materials_of(filing.number)
    )
    return OfficerCase(
        filing=filing.number,
        number=case_number,
        item=row.item,
        item_type=item.type,
        name=item.name,
        applicant=registry.subject(filing.owner_id).name,
        channel=filing.channel,
        helper=names.get(filing.filed_by_id or 0, ""),
        authority=filing.authority,
        office=known.organisation(row.office),
        in_name_of=known.organisation(row.in_name_of),
        state=CaseState(row.state),
        words=CASE_WORDS[CaseState(row.state)],
        alarm=row.alarm,
        received_at=row.received_at,
        person_needed=_texts(row.person_needed or ()),
        wanting=_texts(row.facts_needed) if row.state == CaseState.CORRECTION else (),
        claimed_by=names.get(row.claimed_by_id or 0, ""),
        is_mine=row.claimed_by_id == staff.id,
        in_hand=standing.in_hand,
        clocks=tuple(_clocks(row, pauses, now)),
        pauses=tuple(_pause(pause) for pause in pauses),
        decision=None if decision is None else _decision(decision, names),
        review=None if review is None else _review(review, names, now),
        acts=tuple((labels[act.name], act) for act in acts_of(case_number, staff)),
        notices=papers.notices_of([case_number], after=notices_after),
        timeline=_timeline(filing, staff, after),
        powers=powers(standing, staff),
        remedies=remedies(row, item),
        procedures=officers.PROCEDURES,
        extension_by=limits.extension_by,
        licence=row.licence if row.state in {CaseState.GRANTED, CaseState.REVOKED} else "",
    )


def _timeline(filing: Filing, staff: registry.Staff, after: str) -> Page[Line]:
    """Give what happened in the filing, as far as the officer answers for it: those cases alone."""
    theirs = Case.objects.filter(cases_answered_for(staff), filing=filing).values_list("pk", "item")
    return officers_timeline(filing, dict(theirs), after=after)


def remedies(row: Case, item: items.Item) -> tuple[Text, ...]:
    """Give where to turn against a decision on this case: what its item declares, or the city's words for
    the organisation in whose name it is decided."""
    return papers.remedies_of(row.in_name_of, own=tuple(each.marked for each in item.remedies))


def _texts(stored: Iterable[Mapping[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(each["zh"], each["en"]) for each in stored)


def _clocks(row: Case, pauses: list[Pause], now: datetime) -> Iterable[ClockLine]:
    stands = any(pause.ended_at is None for pause in pauses)
    for field, name in CLOCK_WORDS.items():
        due: datetime | None = getattr(row, field)
        if due is None:
            continue
        running = _runs(row, field) and not stands
        # The mark is of the clock that runs; those before it ended on days that were known.
        provisional = row.due_provisional and (field == "closing_due_at" or row.closing_due_at is None)
        yield ClockLine(name, due, provisional, running, running and due < now)


def _runs(row: Case, field: str) -> bool:
    if field == "acceptance_due_at":
        return row.state == CaseState.RECEIVED
    if field == "correction_due_at":
        return row.state == CaseState.CORRECTION and row.closing_due_at is None
    if field == "closing_due_at":
        return row.ended_at is None
    return row.decided_at is None and row.ended_at is None


def _pause(pause: Pause) -> PauseLine:
    name = officers.PROCEDURES.get(pause.kind, Text(pause.kind, pause.kind))
    return PauseLine(
        name=name,
        reason=pause.reason,
        needs_days=pause.needs_days,
        began_at=pause.began_at,
        due_at=pause.due_at,
        due_provisional=pause.due_provisional,
        ended_at=pause.ended_at,
        outcome=pause.outcome,
    )


def _decision(row: Decision, names: Mapping[int, str]) -> DecisionLine:
    return DecisionLine(
        outcome=row.outcome,
        maker=row.maker,
        by=names.get(row.staff_id or 0, ""),
        reasons=_texts(row.reasons),
        checks=tuple(spoken_record(row.record)),
        at=row.at,
        entry_id=row.entry_id,
    )


def _review(row: ReviewRequest, names: Mapping[int, str], now: datetime) -> ReviewLine:
    return ReviewLine(
        said=row.said,
        asked_at=row.asked_at,
        due_at=row.due_at,
        due_provisional=row.due_provisional,
        overdue=row.answered_at is None and row.due_at < now,
        answer=row.answer,
        answered_by=names.get(row.answered_by_id or 0, ""),
    )


def _standing(
    row: Case,
    item: items.Item,
    pauses: list[Pause],
    decision: Decision | None,
    review: ReviewRequest | None,
    limits: items.Limits,
    staff: registry.Staff,
    materials: frozenset[str],
) -> Standing:
    return Standing(
        state=CaseState(row.state),
        decided=decision is not None,
        accepted=row.accepted_at is not None,
        person_needed=bool(row.person_needed),
        corrections=row.corrections,
        paper_awaited=any(
            each.signature == "not_electronic" and f"{row.item}.{each.id}" not in materials
            for each in item.materials
        ),
        paused=any(pause.ended_at is None for pause in pauses),
        may_be_paused=item.type == officers.LICENSING,
        may_be_extended=row.extended_at is None
        and limits.extension is not None
        and row.statutory_due_at is not None,
        review_open=review is not None and review.answered_at is None,
        act_states=frozenset(act.state for act in row.acts.all()),
        taken_by=row.claimed_by_id,
        in_hand=row.office == staff.organisation or row.claimed_by_id == staff.id,
    )
