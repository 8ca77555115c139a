"""Opening a person's facts as staff: the look itself is evidence, written before anything is shown."""

from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import Case, Contest
from tongban.cases.queries.desk import FactLine, cases_in_hand, facts_for_officer
from tongban.cases.queries.rights import may
from tongban.cases.rules import officers
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry


@whole
def open_facts(case_number: str, *, staff: registry.Staff, cause: str, at: Workplace) -> tuple[FactLine, ...]:
    """Give an officer the facts of a case that they have in hand, once who looked and why is on record.

    Raises NotFound for any other case, Invalid when no cause is given.
    """
    _require_cause(cause)
    row = Case.objects.filter(cases_in_hand(staff), number=case_number).first()
    if row is None:
        raise officers.no_such_case(case_number)
    lines = facts_for_officer(case_number, staff)
    ledger.record(
        "decisions",
        "facts.opened",
        {
            "staff": str(staff.id),
            "case_number": case_number,
            "elements": sorted({line.element for line in lines}),
            "purpose": cause.strip()[:200],
        },
        office=row.office,
        now=at.clock.now(),
        chance=at.chance,
    )
    return lines


@dataclass(frozen=True, slots=True)
class OpenedContest:
    """A disputed fact as the data officer of its source sees it: whose it is, the value, what is said."""

    id: int
    filing: str
    name: str
    identity_number: str
    element: str
    resource: str
    value: object
    status: str
    as_of: datetime | None
    said: str
    raised_at: datetime
    due_at: datetime
    due_provisional: bool


@whole
def open_contest(contest_id: int, *, staff: registry.Staff, cause: str, at: Workplace) -> OpenedContest:
    """Give a data officer one open dispute of their organisation, once who looked and why is on record.

    Raises NotFound for a dispute at another source, Invalid when no cause is given.
    """
    _require_cause(cause)
    row = (
        Contest.objects.filter(may(staff, (registry.Role.DATA_OFFICER,)))
        .filter(pk=contest_id, source=staff.organisation, outcome="open")
        .select_related("fact__participant", "filing")
        .first()
    )
    if row is None:
        raise no_such_contest()
    fact, participant = row.fact, row.fact.participant
    ledger.record(
        "decisions",
        "facts.opened",
        {
            "staff": str(staff.id),
            "filing_number": row.filing.number,
            "participant": participant.role,
            "elements": [fact.element],
            "purpose": cause.strip()[:200],
        },
        office=staff.organisation,
        now=at.clock.now(),
        chance=at.chance,
    )
    return OpenedContest(
        id=row.pk,
        filing=row.filing.number,
        name=participant.name,
        identity_number=participant.identity_number,
        element=fact.element,
        resource=fact.resource,
        value=fact.value,
        status=fact.status,
        as_of=fact.as_of,
        said=row.said,
        raised_at=row.raised_at,
        due_at=row.due_at,
        due_provisional=row.due_provisional,
    )


def no_such_contest() -> NotFound:
    """Say that there is no such dispute for this officer."""
    return NotFound(
        "cases.no_contest",
        what=Text("没有查到这项校核。", "There is no such request for verification at your office."),
        todo=Text("请从待办列表进入。", "Open it from your list."),
    )


def _require_cause(cause: str) -> None:
    if not is_readable(cause):
        raise Invalid(
            "cases.cause_missing",
            what=Text("没有填写查看事由。", "No cause for looking was given."),
            todo=Text("请说明为何需要查看，例如“审批本办件”。", 'Say why, e.g. "deciding this case".'),
        )
