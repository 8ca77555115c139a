"""Opening a person's facts as staff: the look itself is evidence, written before anything is shown."""

from tongban.cases.models import Case
from tongban.cases.queries.desk import FactLine, cases_of_office, facts_for_officer
from tongban.cases.rules import officers
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.registry import api as registry


@whole
def open_facts(case_number: str, *, staff: registry.Staff, cause: str, at: Workplace) -> tuple[FactLine, ...]:
    """Give an officer the facts of a case of their office, once who looked and why is on record.

    Raises NotFound for a case of another office, Invalid when no cause is given.
    """
    if not cause.strip():
        raise Invalid(
            "cases.cause_missing",
            what=Text("没有填写查看事由。", "No cause for looking was given."),
            todo=Text("请说明为何需要查看，例如“审批本办件”。", 'Say why, e.g. "deciding this case".'),
        )
    row = Case.objects.filter(cases_of_office(staff), number=case_number).first()
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
