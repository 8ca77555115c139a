"""The applicant supplies what the one correction notice asked for."""

from datetime import datetime

from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Filing
from tongban.cases.rules import clocks
from tongban.cases.rules.states import CaseState, Stage, StatusCode
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole


@part
def require_changeable(filing: Filing) -> None:
    """Raise Conflict unless answers may change: in a draft, or while a case waits for completion."""
    if filing.stage == Stage.DRAFT:
        return
    if Case.objects.filter(filing=filing, state=CaseState.CORRECTION).exists():
        return
    raise Conflict(
        "cases.not_changeable",
        what=Text(
            f"申报 {filing.number} 已提交，目前没有需要补正的内容。",
            f"Filing {filing.number} was submitted and nothing of it is to be completed.",
        ),
        todo=Text("如内容有误，请撤回后重新申报。", "If something is wrong, withdraw it and file again."),
    )


@whole
def supply(number: str, *, at: Workplace) -> int:
    """Hand in the completion: every case that waited for it is received again and looked at anew.

    Gives how many. Doing it twice changes nothing: the second finds no case waiting.
    """
    filing = lock(number)
    waiting = list(Case.objects.filter(filing=filing, state=CaseState.CORRECTION).order_by("id"))
    for row in waiting:
        complete(filing, row, now=at.clock.now(), at=at)
    return len(waiting)


@part
def complete(filing: Filing, row: Case, *, now: datetime, at: Workplace) -> None:
    """Receive a case again whose applicant has completed it; a worker looks at it anew."""
    item, told_at = items.pinned(filing.bundle_digest).item(row.item), row.told_at
    _receive_again(row, item, now=now, at=at)
    entry = evidence(
        row, "case.completed", {"filing_number": filing.number, "maker": "applicant"}, now=now, at=at
    )
    words = Text(f"{item.name.zh}：申请人已补正", f"{item.name.en}: the applicant completed it")
    happening = Happening(
        "completed",
        words,
        "applicant",
        case_id=row.pk,
        status_code=StatusCode.CORRECTION_ENDS,
        since=told_at,
        entry_id=entry,
    )
    tell(filing.pk, [happening], now=now)
    wake(filing, now=now)


def _receive_again(row: Case, item: items.Item, *, now: datetime, at: Workplace) -> None:
    """Put a completed case back among the received; the time to accept it begins anew (art. 32(5), recalled).

    Were it to run from the first receipt, it would have run out while the applicant was completing.
    """
    row.state, row.completed_at = CaseState.RECEIVED, now
    row.correction_due_at, row.person_needed, row.facts_needed = None, None, []
    row.due_provisional, row.closing_due_at, row.alarm = False, None, 0
    if item.limits.acceptance is not None:
        ends = clocks.end_of(item.limits.acceptance, now, at.calendar)
        row.acceptance_due_at, row.due_provisional = ends.at, ends.provisional
    row.save()
