"""Granting, refusing, not accepting: always a named person, and never a case that another has taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.cases.actions.events import Happening, evidence
from tongban.cases.actions.granting import grant, lacking, taken_by_another
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.officers.standing import end_case, office_case, require_decidable, require_reasons
from tongban.cases.actions.verdicts import TAKEN, accept
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Decision, Filing
from tongban.cases.queries.officer import remedies
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState, StatusCode
from tongban.cases.workplace import Workplace
from tongban.kernel.canonical import digest
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.registry import api as registry


@whole
def approve(
    sight: Sight,
    case_number: str,
    *,
    staff: registry.Staff,
    reasons: str,
    record: Mapping[str, object],
    at: Workplace,
) -> None:
    """Grant in full, as a named person, with reasons (which the rules' findings stand beside)."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    require_decidable(row, staff)
    require_reasons(reasons)
    now = at.clock.now()
    own = sight.of_case(row.item)
    _require_grantable(filing, row, own, now=now, at=at)
    accept(filing, row, sight, maker="person", staff_id=staff.id, now=now, at=at)
    said = [Text(reasons.strip(), reasons.strip())]
    grant(filing, row, own, maker="person", staff_id=staff.id, reasons=said, record=record, now=now, at=at)
    wake(filing, now=now)


@part
def _require_grantable(filing: Filing, row: Case, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Raise Conflict where a yes could not be carried out: the result lacks a value, a name was given
    away, or the filing is no longer as the officer saw it."""
    if filing.revision != sight.snapshot.revision:
        raise _changed(row)
    wanting = lacking(row, sight, now)
    if wanting:
        raise _incomplete(wanting)
    if taken_by_another(row, sight.bundle.item(row.item), sight, at=at, now=now):
        raise Conflict(
            "cases.name_taken",
            what=TAKEN,
            todo=Text(
                "请依法不予批准，或由申请人撤回后更名。",
                "Refuse it, or have the applicant withdraw and rename.",
            ),
        )


def _changed(row: Case) -> Conflict:
    return Conflict(
        "cases.filing_changed",
        what=Text(f"办件 {row.number} 的内容已有改动。", f"What case {row.number} rests on has changed."),
        todo=Text("请刷新页面后再作决定。", "Reload the page, then decide."),
    )


def _incomplete(wanting: Sequence[Text]) -> Conflict:
    zh, en = "、".join(each.zh for each in wanting), ", ".join(each.en for each in wanting)
    return Conflict(
        "cases.result_incomplete",
        what=Text(f"结果须载明的内容尚未取得：{zh}。", f"The result must say what nobody has: {en}."),
        todo=Text(
            "请待来源部门答复或恢复共享后再批准，或告知申请人补正。",
            "Wait for its source to answer or to share again, or have the applicant complete it.",
        ),
    )


@whole
def refuse(
    sight: Sight,
    case_number: str,
    *,
    staff: registry.Staff,
    reasons: str,
    record: Mapping[str, object],
    at: Workplace,
) -> None:
    """Refuse: a named person, reasons, and where to turn (Administrative Licensing Law art. 38)."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    require_decidable(row, staff)
    require_reasons(reasons)
    now = at.clock.now()
    accept(filing, row, sight, maker="person", staff_id=staff.id, now=now, at=at)
    item = sight.bundle.item(row.item)
    said = Text(reasons.strip(), reasons.strip())
    entry = evidence(
        row,
        "case.decided",
        {
            "item": item.basic_code,
            "decision": "no",
            "maker": "person",
            "staff": str(staff.id),
            "because": said.as_dict(),
            "trace_digest": digest(dict(record)),
        },
        now=now,
        at=at,
    )
    Decision.objects.create(
        case=row,
        outcome="no",
        maker="person",
        staff_id=staff.id,
        reasons=[said.as_dict()],
        record=dict(record),
        entry_id=entry,
        at=now,
    )
    row.decided_at = now
    give_notice(
        filing,
        row,
        "refused",
        {"item": item.name, "reasons": (said,), "remedies": remedies(row, item)},
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    words = Text(f"{item.name.zh}：不予批准（{staff.name}）", f"{item.name.en}: refused (by {staff.name})")
    end_case(
        filing,
        row,
        CaseState.REFUSED,
        Happening(
            "refused",
            words,
            "person",
            case_id=row.pk,
            status_code=StatusCode.REFUSED,
            staff_id=staff.id,
            since=row.with_office_since,
            entry_id=entry,
        ),
        now=now,
    )


@whole
def not_accept(
    sight: Sight,
    case_number: str,
    *,
    staff: registry.Staff,
    kind: str,
    reasons: str,
    right_office: str,
    at: Workplace,
) -> None:
    """Do not accept: no licence is needed (not_required), or it is another office's (not_accepted), which
    is named (Administrative Licensing Law art. 32(1)-(2)). Only before acceptance, only by a person."""
    filing = lock(sight.snapshot.number)
    row = office_case(filing, case_number, staff, *officers.RECEIVERS)
    require_decidable(row, staff)
    require_reasons(reasons)
    decides = staff.holds(*officers.DECIDERS)
    if row.accepted_at is not None and not (row.person_needed and decides):
        raise officers.accepted_already(case_number)
    now = at.clock.now()
    item = sight.bundle.item(row.item)
    named = None if not right_office else registry.organisation(right_office)
    said = Text(reasons.strip(), reasons.strip())
    entry = evidence(
        row,
        "case.not_accepted",
        {
            "item": item.basic_code,
            "staff": str(staff.id),
            "filing_number": filing.number,
            "because": said.as_dict(),
            **({} if named is None else {"right_office": named.slug}),
        },
        now=now,
        at=at,
    )
    give_notice(
        filing,
        row,
        kind,
        {
            "item": item.name,
            "reasons": (said,),
            "right_office": None if named is None else named.name,
            "remedies": remedies(row, item),
        },
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    turn = "" if named is None else f"，请向{named.name.zh}申请"
    turn_en = "" if named is None else f"; apply to {named.name.en}"
    words = Text(f"{item.name.zh}：不予受理{turn}", f"{item.name.en}: not accepted{turn_en}")
    end_case(
        filing,
        row,
        CaseState.NOT_ACCEPTED,
        Happening(
            "not_accepted",
            words,
            "person",
            case_id=row.pk,
            status_code=StatusCode.NOT_REQUIRED if kind == "not_required" else StatusCode.NOT_ACCEPTED,
            staff_id=staff.id,
            since=row.with_office_since,
            entry_id=entry,
        ),
        now=now,
    )
