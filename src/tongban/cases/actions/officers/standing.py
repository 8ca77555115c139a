"""What every act of an officer stands on: whose case it is, whether it is open, how it ends."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from tongban.cases.actions.cases import end_filing_if_done
from tongban.cases.actions.events import Happening, tell
from tongban.cases.models import Case, Claim, Decision, Filing
from tongban.cases.queries.rights import answered_for, in_hand
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState
from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part
from tongban.registry import api as registry

UNDECIDED_HERE = (CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED)


@part
def office_case(filing: Filing, case_number: str, staff: registry.Staff, *roles: registry.Role) -> Case:
    """Give the case if this officer has it in hand and one of the roles; NotFound otherwise.

    The right is in the WHERE clause: a case of another office does not exist for this officer.
    """
    return _case(filing, case_number, in_hand(staff, roles))


@part
def headed_case(filing: Filing, case_number: str, staff: registry.Staff) -> Case:
    """Give the case if this officer is the head who answers for it; NotFound otherwise."""
    return _case(filing, case_number, answered_for(staff, [registry.Role.LEADER]))


def _case(filing: Filing, case_number: str, right: Q) -> Case:
    row = Case.objects.filter(right, filing=filing, number=case_number).first()
    if row is None:
        raise officers.no_such_case(case_number)
    return row


@part
def require_undecided(row: Case) -> None:
    """Raise Conflict when the case was decided or has ended."""
    if row.state not in UNDECIDED_HERE or Decision.objects.filter(case=row).exists():
        raise Conflict(
            "cases.decided_already",
            what=Text(f"办件 {row.number} 已作出决定。", f"Case {row.number} was decided already."),
            todo=Text("请刷新页面查看结果。", "Reload the page to see the result."),
        )


@part
def require_not_taken(row: Case, staff: registry.Staff) -> None:
    """Raise Conflict, by name, when another officer has taken the case: they alone decide it."""
    if row.claimed_by_id not in {None, staff.id}:
        raise officers.taken(registry.staff_by_id(row.claimed_by_id or 0).name)


@part
def require_decidable(row: Case, staff: registry.Staff) -> None:
    """Raise Conflict unless the case is open, and another officer has not taken it."""
    require_undecided(row)
    require_not_taken(row, staff)


def require_reasons(reasons: str) -> None:
    """Raise Invalid where no reasons are given that can be read."""
    if not is_readable(reasons):
        raise Invalid(
            "cases.reasons_missing",
            what=Text("没有填写理由。", "No reasons were given."),
            todo=Text(
                "请写明事实和依据，理由将写入文书。", "State facts and articles; they go into the notice."
            ),
        )


@part
def end_case(filing: Filing, row: Case, state: CaseState, happening: Happening, *, now: datetime) -> None:
    """End a case without a grant; cases that waited for it cannot begin and end with it.

    Who ended it is told first: without that line the database refuses the state (migration 0003).
    """
    tell(filing.pk, [happening], now=now)
    row.state, row.ended_at, row.person_needed = state, now, None
    row.save()
    Claim.objects.filter(case=row).delete()
    waiting = Case.objects.filter(filing=filing, state=CaseState.WAITING).values_list("item", flat=True)
    end_waiting(filing, list(waiting), now=now)
    end_filing_if_done(filing, now=now)
    filing.due_at = now
    filing.save(update_fields=["due_at"])


@part
def end_waiting(filing: Filing, keys: Sequence[str], *, now: datetime) -> None:
    """End those of these items that wait for an earlier one in vain, and tell it of each."""
    words = Text("前置事项未获准予，不再办理", "An earlier item was not granted; this one does not begin")
    rows = Case.objects.filter(filing=filing, item__in=keys, state=CaseState.WAITING).order_by("id")
    for row in rows:
        row.state, row.ended_at = CaseState.WITHDRAWN, now
        row.save(update_fields=["state", "ended_at"])
    tell(filing.pk, [Happening("not_begun", words, "law", case_id=row.pk) for row in rows], now=now)
