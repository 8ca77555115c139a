"""Counting provisional ends again once the year's holidays are announced (domain: the deadline table)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tongban.cases.actions.cases import set_clocks, set_closing, stops_of
from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Contest, Filing, Pause, ReviewRequest, SignedPledge
from tongban.cases.queries.provisional import (
    CASE_ENDS,
    provisional_cases,
    provisional_contests,
    provisional_pauses,
    provisional_pledges,
    provisional_reviews,
)
from tongban.cases.rules import clocks
from tongban.cases.rules.states import CaseState
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.deadlines import Deadline
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.papers import api as papers

ENDS = {
    "acceptance_due_at": Text("受理期限", "to accept or not"),
    "correction_due_at": Text("补正期限", "to complete"),
    "closing_due_at": Text("送达或确认逾期的期限", "to deliver, or to confirm the lapse"),
    "promised_due_at": Text("承诺办结期限", "promised"),
    "statutory_due_at": Text("法定办结期限", "by law"),
    "due_at": Text("答复或特别程序期限", "to answer, or to end the special procedure"),
    "check_due_at": Text("承诺核查期限", "to check the pledge"),
    "rectify_due_at": Text("整改期限", "to put right"),
}

Row = Case | Contest | Pause | ReviewRequest | SignedPledge


@whole
def count_again(number: str, *, at: Workplace) -> int:
    """Count every provisional end of a filing again by the present calendar; give how many were settled.

    Each changed row has its evidence, and its line on the timeline. What still touches a year that
    nobody announced stays provisional; doing it twice changes nothing.
    """
    filing = lock(number)
    now = at.clock.now()
    counted = 0
    for row in provisional_cases().filter(filing=filing).order_by("id"):
        before = _ends(row, CASE_ENDS)
        _count_case(row, filing, at=at)
        counted += _settle(filing, row, row, before, now=now, at=at)
    for pause in provisional_pauses().filter(case__filing=filing).select_related("case").order_by("id"):
        before = _ends(pause, ("due_at",))
        until = deadlines.add(pause.began_at, pause.needs_days, "working_day", at.calendar)
        pause.due_at, pause.due_provisional = until.at, until.provisional
        counted += _settle(filing, pause, pause.case, before, now=now, at=at)
    for contest in provisional_contests().filter(filing=filing).order_by("id"):
        before = _ends(contest, ("due_at",))
        ends = _policy_end("contest.answer", filing, contest.raised_at, at=at)
        contest.due_at, contest.due_provisional = ends.at, ends.provisional
        counted += _settle(filing, contest, None, before, now=now, at=at)
    for review in provisional_reviews().filter(case__filing=filing).select_related("case").order_by("id"):
        before = _ends(review, ("due_at",))
        ends = _policy_end("review.answer", filing, review.asked_at, at=at)
        review.due_at, review.due_provisional = ends.at, ends.provisional
        review.warn_at = clocks.warning_before(ends.at, review.asked_at)
        review.alarm = min(review.alarm, (review.warn_at <= now) + (review.due_at <= now))
        counted += _settle(filing, review, review.case, before, now=now, at=at)
    for pledge in provisional_pledges().filter(case__filing=filing).select_related("case").order_by("id"):
        before = _ends(pledge, ("check_due_at", "rectify_due_at"))
        _count_pledge(pledge, filing, at=at)
        counted += _settle(filing, pledge, pledge.case, before, now=now, at=at)
    if counted:
        wake(filing, now=now)  # a clock may ring earlier or later than the filing was to be looked at
    return counted


@part
def _count_case(row: Case, filing: Filing, *, at: Workplace) -> None:
    bundle = items.pinned(filing.bundle_digest)
    if row.closing_due_at is not None:
        set_closing(row, bundle.item(row.item), division=filing.division, at=at)
        return
    if row.accepted_at is not None:
        set_clocks(row, bundle, division=filing.division, stops=stops_of(row), at=at)
        return
    ends: list[Deadline] = []
    acceptance, received_at = bundle.item(row.item).limits.acceptance, row.completed_at or row.received_at
    if acceptance is not None and received_at is not None:
        ends.append(clocks.end_of(acceptance, received_at, at.calendar))
        row.acceptance_due_at = ends[-1].at
    if row.state == CaseState.CORRECTION and row.told_at is not None:
        ends.append(_policy_end("correction.supply", filing, row.told_at, at=at))
        row.correction_due_at = ends[-1].at
    row.due_provisional = any(end.provisional for end in ends)


@part
def _count_pledge(pledge: SignedPledge, filing: Filing, *, at: Workplace) -> None:
    ends: list[Deadline] = []
    if pledge.case.decided_at is not None:
        key, decided_at = f"pledge.{pledge.pledge}.post_check", pledge.case.decided_at
        ends.append(_policy_end(key, filing, decided_at, at=at, start_is="decision_date"))
        pledge.check_due_at = ends[-1].at
    if pledge.state == "rectifying" and pledge.checked_at is not None:
        ends.append(_policy_end(f"pledge.{pledge.pledge}.rectification", filing, pledge.checked_at, at=at))
        pledge.rectify_due_at = ends[-1].at
    pledge.due_provisional = any(end.provisional for end in ends)


def _policy_end(
    key: str, filing: Filing, start: datetime, *, at: Workplace, start_is: str = "event_date"
) -> Deadline:
    return clocks.policy_end(at.policies, key, filing.division, start, at.calendar, start_is=start_is)


def _ends(row: Row, names: tuple[str, ...]) -> Mapping[str, datetime | None]:
    return {name: getattr(row, name) for name in names}


@part
def _settle(
    filing: Filing,
    row: Row,
    case: Case | None,
    before: Mapping[str, datetime | None],
    *,
    now: datetime,
    at: Workplace,
) -> int:
    """Save what was counted with its evidence and its line; give 0 when nothing is any different."""
    moved = {name: getattr(row, name) for name in before if getattr(row, name) != before[name]}
    if row.due_provisional and not moved:
        return 0
    row.save()
    ends = {name: moment for name in before if (moment := getattr(row, name)) is not None}
    entry = ledger.record(
        "decisions",
        "deadline.counted_again",
        {
            "filing_number": filing.number,
            **({} if case is None or case.number is None else {"case_number": case.number}),
            **({"correction": str(row.pk)} if isinstance(row, Contest) else {}),
            **({"pledge": row.pledge} if isinstance(row, SignedPledge) else {}),
            **({"ask": "reasons"} if isinstance(row, ReviewRequest) else {}),
            "deadline": {name: moment.isoformat() for name, moment in ends.items()},
            "maker": "law",
        },
        office=None if case is None else case.in_name_of,
        now=now,
        chance=at.chance,
    )
    said = list(_said(row, ends, moved))
    words = Text(
        f"放假安排已公布，期限重新计算：{'，'.join(each.zh for each in said)}",
        f"The holidays are announced; counted again: {', '.join(each.en for each in said)}",
    )
    happening = Happening(
        "counted_again", words, "law", case_id=None if case is None else case.pk, entry_id=entry.id
    )
    tell(filing.pk, [happening], now=now)
    return 1


def _said(row: Row, ends: Mapping[str, datetime], moved: Mapping[str, datetime | None]) -> Iterator[Text]:
    """Say each end that moved; where none did, that they stand for good."""
    for name, moment in ends.items():
        if moved and name not in moved:
            continue
        day = papers.written_day(moment, provisional=row.due_provisional)
        yield Text(f"{ENDS[name].zh}为{day.zh}", f"{ENDS[name].en} {day.en}")
