"""Asking once for what is missing, and what its absence comes to."""

from collections.abc import Sequence

from tongban.cases.actions.events import Happening, evidence
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.officers.standing import (
    end_case,
    office_case,
    require_decidable,
    require_not_taken,
)
from tongban.cases.actions.verdicts import request_correction
from tongban.cases.actions.work import lock
from tongban.cases.queries.officer import remedies
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState, StatusCode
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import whole
from tongban.registry import api as registry


@whole
def ask_to_complete(
    sight: Sight, case_number: str, *, staff: registry.Staff, wanting: Sequence[str], at: Workplace
) -> None:
    """Give the one correction notice by hand, before acceptance; a second one is refused."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.RECEIVERS)
    require_decidable(row, staff)
    if row.accepted_at is not None or row.corrections > 0:
        raise officers.accepted_already(case_number)
    listed = [Text(each.strip(), each.strip()) for each in wanting if is_readable(each)]
    if not listed:
        raise _nothing_said()
    now = at.clock.now()
    request_correction(filing, row, sight, listed, maker="person", staff_id=staff.id, now=now, at=at)


@whole
def confirm_lapse(sight: Sight, case_number: str, *, staff: registry.Staff, at: Workplace) -> None:
    """Confirm as a person that an uncompleted case counts as withdrawn (the jurisdiction's policy)."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.RECEIVERS)
    if row.state != CaseState.CORRECTION or not row.person_needed:
        raise officers.not_lapsed(case_number)
    require_not_taken(row, staff)
    now = at.clock.now()
    item = sight.bundle.item(row.item)
    entry = evidence(
        row,
        "case.withdrawn",
        {"filing_number": filing.number, "maker": "law", "staff": str(staff.id)},
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        "withdrawn",
        {"item": item.name, "remedies": remedies(row, item)},
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    words = Text("逾期未补正，视为撤回申请", "Not completed in time: counts as withdrawn")
    end_case(
        filing,
        row,
        CaseState.WITHDRAWN,
        Happening(
            "lapsed",
            words,
            "law",
            case_id=row.pk,
            status_code=StatusCode.WITHDRAWN_BEFORE,
            staff_id=staff.id,
            since=row.told_at,
            entry_id=entry,
        ),
        now=now,
    )


def _nothing_said() -> Invalid:
    return Invalid(
        "cases.nothing_wanting",
        what=Text("没有写明需要补正的内容。", "What is to be completed was not said."),
        todo=Text("请一次写全需补正的全部内容。", "List everything at once; there is only one notice."),
    )
