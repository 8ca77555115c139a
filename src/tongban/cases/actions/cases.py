"""The parts of which a case's life is made: opened, received, accepted, granted, ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tongban.cases.actions import numbers
from tongban.cases.actions.events import Happening, tell
from tongban.cases.models import Case, Claim, Filing
from tongban.cases.queries import standing
from tongban.cases.queries.claims import claims_of, scope_of
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import clocks
from tongban.cases.rules.states import CaseState, Stage, StatusCode
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel import rows
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part
from tongban.kernel.values import case_number

LADDER = ("warn_at", "promised_due_at", "statutory_due_at")  # in the order in which they ring
CLOSING_LADDER = ("warn_at", "closing_due_at")


@part
def open_cases(filing: Filing, sight: Sight, *, at: Workplace) -> None:
    """Make a case for each item of the filing, and claim what only one filing may have."""
    now = at.clock.now()
    for position, key in enumerate(sight.plan.items):
        item = sight.bundle.item(key)
        competence = sight.offices[key]
        case = Case(
            filing=filing,
            item=key,
            position=position,
            office=competence.office.slug,
            in_name_of=competence.in_name_of.slug,
            division=sight.plan.division,
            implementation_code=competence.implementation_code,
            state=CaseState.WAITING,
        )
        rows.insert(case)
        for claim, value in claims_of(item, sight):
            _claim(case, claim, value, now=now, at=at)


def _claim(case: Case, claim: items.Claim, value: str, *, now: datetime, at: Workplace) -> None:
    """Hold a value for this case; a lapsed claim makes room, one in force violates the unique row."""
    scope = scope_of(claim, in_name_of=case.in_name_of, node=at.node.code)
    Claim.objects.filter(kind=claim.kind, scope=scope, value=value, until__lt=now).delete()
    until = clocks.end_of(claim.holds, now, at.calendar).at
    Claim.objects.create(kind=claim.kind, scope=scope, value=value, case=case, until=until)


@part
def receive_ready(filing: Filing, bundle: items.Bundle, *, at: Workplace) -> list[Case]:
    """Receive every waiting case whose earlier items are granted; give each its number and clock.

    The filing's row is locked by the whole action, so two cases that end at the same moment cannot both
    think that the other is still open.
    """
    now = at.clock.now()
    cases = standing.CASES.all(filing.pk)
    granted = {row.item for row in cases if row.state == CaseState.GRANTED}
    ready = [
        row for row in cases if row.state == CaseState.WAITING and set(bundle.item(row.item).after) <= granted
    ]
    happenings = []
    for row in ready:
        item = bundle.item(row.item)
        day = civil_date(now)
        sequence = numbers.take(f"case:{row.implementation_code}:{day:%Y%m%d}")
        row.number = case_number.compose(row.implementation_code, day, sequence).number
        row.state = CaseState.RECEIVED
        row.received_at = now
        if item.limits.acceptance is not None:
            ends = clocks.end_of(item.limits.acceptance, now, at.calendar)
            row.acceptance_due_at, row.due_provisional = ends.at, ends.provisional
        rows.update(row)
        happenings.append(
            Happening(
                "received",
                Text(
                    f"{item.name.zh}：已收件，办件编号{row.number}",
                    f"{item.name.en}: received as {row.number}",
                ),
                "platform",
                case_id=row.pk,
                status_code=StatusCode.RECEIVED,
            )
        )
    tell(filing.pk, happenings, now=now)
    return ready


@part
def start_clocks(row: Case, bundle: items.Bundle, *, division: str, now: datetime, at: Workplace) -> None:
    """Start the clocks that run from acceptance, and pin the rules to the pack's version."""
    row.accepted_at = now
    row.rules_version = bundle.version
    row.closing_due_at, row.alarm = None, 0  # of a correction that never came and was accepted all the same
    set_clocks(row, bundle, division=division, at=at)


@part
def set_clocks(
    row: Case,
    bundle: items.Bundle,
    *,
    division: str,
    stops: Iterable[clocks.Stop] = (),
    at: Workplace,
) -> None:
    """Set when an accepted case is due: by law, by the office's promise, and the warning before.

    Counted from acceptance every time, so that a pause, the extension and a newly announced year need no
    arithmetic of their own. `stops` are its special procedures that have ended. The caller saves the row.
    """
    if row.accepted_at is None:
        raise ValueError(f"case {row.number} was not accepted: no clock of it runs from acceptance")
    accepted_on = civil_date(row.accepted_at)
    limits = clocks.limits_of(bundle.item(row.item), bundle, at.policies, division, accepted_on)
    due = clocks.due_of(limits, row.accepted_at, at.calendar, stops=stops, extended_at=row.extended_at)
    row.promised_due_at, row.due_provisional = due.promised.at, due.provisional
    row.warn_at = clocks.warning_before(due.promised.at, row.accepted_at)
    # A public service that no law sets a time for has its promise alone.
    row.statutory_due_at = None if due.statutory is None else due.statutory.at
    _quieten(row, LADDER, at.clock.now())


def _quieten(row: Case, ladder: Sequence[str], now: datetime) -> None:
    """Take away what rang for a time that has been put off since: it rings again."""
    passed = [getattr(row, name) is not None and getattr(row, name) <= now for name in ladder]
    row.alarm = min(row.alarm, sum(passed))


@part
def set_closing(row: Case, item: items.Item, *, division: str, at: Workplace) -> None:
    """Set by when the office delivers what it decided, or confirms that a correction did not come.

    Counted from the decision or from the end of the correction every time, like `set_clocks`. Whoever starts
    this clock anew takes the alarm away; the caller saves the row.
    """
    began, decided_at = row.decided_at or row.correction_due_at, row.decided_at
    ends = clocks.closing_of(
        item, at.policies, division, at.calendar, decided_at=decided_at, lapsed_at=row.correction_due_at
    )
    row.closing_due_at, row.due_provisional = ends.at, ends.provisional
    row.warn_at = None if began is None else clocks.warning_before(ends.at, began)
    _quieten(row, CLOSING_LADDER, at.clock.now())


def stops_of(row: Case) -> list[clocks.Stop]:
    """Give the special procedures of a case that have ended."""
    ended = row.pauses.filter(ended_at__isnull=False).values_list("began_at", "ended_at")
    return [clocks.Stop(began, until) for began, until in ended if until is not None]


@part
def end_filing_if_done(filing: Filing, *, now: datetime) -> None:
    """Close the filing when no case of it is open any more."""
    if all(CaseState(row.state).is_end for row in standing.CASES.all(filing.pk)):
        filing.stage = Stage.ENDED
        filing.ended_at = now
        filing.save(update_fields=["stage", "ended_at"])
