"""Stopping the clock for a special procedure, and extending it."""

from datetime import datetime

from tongban.cases.actions.cases import set_clocks, stops_of
from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.officers.standing import office_case, require_reasons, require_undecided
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Filing, Pause
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import clocks, officers
from tongban.cases.rules.states import StatusCode
from tongban.cases.workplace import Workplace
from tongban.kernel import deadlines
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.papers import api as papers
from tongban.registry import api as registry


@whole
def begin_pause(
    sight: Sight,
    case_number: str,
    *,
    staff: registry.Staff,
    kind: str,
    reason: str,
    needs_days: int,
    at: Workplace,
) -> None:
    """Begin a special procedure whose time the law does not count; the applicant is told in writing how
    long it takes (Administrative Licensing Law art. 45, so for licences alone)."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    require_undecided(row)
    if sight.bundle.item(row.item).type != officers.LICENSING:
        raise officers.no_special_procedure()
    under_way = Pause.objects.filter(case=row, ended_at__isnull=True).exists()
    whole_request = kind in officers.PROCEDURES and needs_days >= 1 and is_readable(reason)
    if row.accepted_at is None or under_way or not whole_request:
        raise officers.cannot_pause()
    now = at.clock.now()
    ends = deadlines.add(now, needs_days, "working_day", at.calendar)
    Pause.objects.create(
        case=row,
        kind=kind,
        reason=reason.strip(),
        needs_days=needs_days,
        began_at=now,
        began_by_id=staff.id,
        due_at=ends.at,
        due_provisional=ends.provisional,
    )
    name = officers.PROCEDURES[kind]
    entry = evidence(
        row,
        "case.special_procedure",
        {
            "procedure": kind,
            "phase": "begin",
            "because": reason.strip(),
            "staff": str(staff.id),
        },
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        "special_procedure",
        {
            "item": sight.bundle.item(row.item).name,
            "procedure": name,
            "days": needs_days,
            "reasons": (Text(reason.strip(), reason.strip()),),
        },
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    until = papers.written_day(ends.at, provisional=ends.provisional)
    words = Text(
        f"{name.zh}，需{needs_days}个工作日（至{until.zh}），不计入办理时限",
        f"{name.en}: {needs_days} working days (until {until.en}) that do not count",
    )
    _tell(filing, row, "paused", words, staff=staff, entry=entry, code=StatusCode.SPECIAL_BEGINS, at=at)


@whole
def end_pause(sight: Sight, case_number: str, *, staff: registry.Staff, outcome: str, at: Workplace) -> None:
    """End the special procedure; every clock that stood still moves by the time that did not count."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    pause = Pause.objects.filter(case=row, ended_at__isnull=True).first()
    if pause is None:
        raise officers.cannot_pause()
    now = at.clock.now()
    pause.ended_at, pause.ended_by_id, pause.outcome = now, staff.id, outcome.strip()
    pause.save()
    if row.closing_due_at is None:  # decided meanwhile, another clock runs, which nothing stops
        set_clocks(row, sight.bundle, division=filing.division, stops=stops_of(row), at=at)
        row.save()
    entry = evidence(
        row,
        "case.special_procedure",
        {"procedure": pause.kind, "phase": "end", "note": outcome.strip(), "staff": str(staff.id)},
        now=now,
        at=at,
    )
    words = Text("特别程序结束，恢复计时", "The special procedure has ended; the clock runs again")
    _tell(
        filing,
        row,
        "resumed",
        words,
        staff=staff,
        entry=entry,
        code=StatusCode.SPECIAL_ENDS,
        since=pause.began_at,
        at=at,
    )
    wake(filing, now=now)


@whole
def extend(sight: Sight, case_number: str, *, staff: registry.Staff, reason: str, at: Workplace) -> None:
    """Extend the statutory time once, as the office's leader, and tell the applicant why (art. 42)."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, registry.Role.LEADER)
    require_undecided(row)
    require_reasons(reason)
    accepted_on = civil_date(row.accepted_at or at.clock.now())
    item = sight.bundle.item(row.item)
    limits = clocks.limits_of(item, sight.bundle, at.policies, filing.division, accepted_on)
    if row.extended_at is not None or limits.extension is None or row.statutory_due_at is None:
        raise officers.cannot_extend()
    now = at.clock.now()
    row.extended_at = now
    set_clocks(row, sight.bundle, division=filing.division, stops=stops_of(row), at=at)
    row.save()
    entry = evidence(
        row,
        "case.special_procedure",
        {
            "procedure": "extension",
            "phase": "begin",
            "because": reason.strip(),
            "deadline": row.statutory_due_at.isoformat(),
            "staff": str(staff.id),
        },
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        "extended",
        {
            "item": sight.bundle.item(row.item).name,
            "due": row.statutory_due_at,
            "provisional": row.due_provisional,
            "reasons": (Text(reason.strip(), reason.strip()),),
        },
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    until = papers.written_day(row.statutory_due_at, provisional=row.due_provisional)
    words = Text(f"办理期限延长至{until.zh}：{reason.strip()}", f"Extended to {until.en}: {reason.strip()}")
    _tell(filing, row, "extended", words, staff=staff, entry=entry, at=at)
    wake(filing, now=now)  # every earlier alarm may have rung, and the new ones wait for a look


@part
def _tell(
    filing: Filing,
    row: Case,
    kind: str,
    words: Text,
    *,
    staff: registry.Staff,
    entry: str,
    code: StatusCode | None = None,
    since: datetime | None = None,
    at: Workplace,
) -> None:
    happening = Happening(
        kind,
        words,
        "person",
        case_id=row.pk,
        status_code=code,
        staff_id=staff.id,
        since=since,
        entry_id=entry,
    )
    tell(filing.pk, [happening], now=at.clock.now())
