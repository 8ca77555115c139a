"""After a decision: rating, and asking a person for the reasons of what a rule decided."""

from tongban.cases.actions import once
from tongban.cases.actions.events import Happening, tell
from tongban.cases.actions.officers.standing import office_case
from tongban.cases.actions.taking_part import lock_own
from tongban.cases.actions.work import lock
from tongban.cases.models import Case, Filing, Rating, ReviewRequest
from tongban.cases.rules import clocks, officers
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import Conflict, Invalid
from tongban.kernel.texts import Text, is_readable
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.papers import api as papers
from tongban.registry import api as registry

ANSWER = "review.answer"  # the policy that says how long an office has to give its reasons


@part
def _own_case(filing: Filing, case_number: str, subject: registry.Subject) -> Case:
    row = Case.objects.filter(filing=filing, filing__owner_id=subject.id, number=case_number).first()
    if row is None:
        raise officers.no_such_case(case_number)
    return row


@whole
def rate(
    number: str,
    case_number: str,
    *,
    subject: registry.Subject,
    code: int,
    said: str,
    request: once.Request | None = None,
    at: Workplace,
) -> None:
    """Rate an ended case once, 1 very satisfied … 5 very dissatisfied (GB/T 39046 A.8); always voluntary."""
    filing = lock_own(number, subject)
    row = _own_case(filing, case_number, subject)
    if request is not None and once.result_of(request) is not None:
        return
    if row.ended_at is None or not 1 <= code <= 5:
        raise Invalid(
            "cases.cannot_rate",
            what=Text("办结后才能评价，等级为1至5。", "Only an ended case can be rated, from 1 to 5."),
            todo=Text("请在办结后再评价。", "Come back when it has ended."),
        )
    if Rating.objects.filter(case=row).exists():
        raise Conflict(
            "cases.rated",
            what=Text("该办件已经评价过。", "This case was rated already."),
            todo=Text("一次办件评价一次，无需再评。", "Each case is rated once."),
        )
    now = at.clock.now()
    Rating.objects.create(case=row, code=code, said=said.strip()[:1000], at=now)
    if request is not None:
        once.keep(request, result=case_number, now=now)


@whole
def ask_for_review(
    number: str,
    case_number: str,
    *,
    subject: registry.Subject,
    said: str,
    request: once.Request | None = None,
    at: Workplace,
) -> None:
    """Ask that a person look at a decision made by rule and explain it (PIPL art. 24); twice is once.

    From here its office has until the day that local policy sets: the law says that there is an answer and
    not by when.
    """
    filing = lock_own(number, subject)
    row = _own_case(filing, case_number, subject)
    if request is not None and once.result_of(request) is not None:
        return
    if row.decided_at is None:
        raise Invalid(
            "cases.not_decided",
            what=Text("该办件尚未作出决定。", "This case has not been decided yet."),
            todo=Text(
                "如希望由工作人员审批，请选择“转人工审批”。",
                'To have a person decide, use "ask a person to decide".',
            ),
        )
    now = at.clock.now()
    if request is not None:
        once.keep(request, result=case_number, now=now)
    if ReviewRequest.objects.filter(case=row).exists():
        return
    ends = clocks.policy_end(at.policies, ANSWER, filing.division, now, at.calendar)
    ReviewRequest.objects.create(
        case=row,
        asked_by_id=subject.id,
        said=said.strip()[:1000],
        asked_at=now,
        due_at=ends.at,
        due_provisional=ends.provisional,
        warn_at=clocks.warning_before(ends.at, now),
    )
    entry = ledger.record(
        "decisions",
        "human.requested",
        {
            "filing_number": number,
            "case_number": case_number,
            "ask": "reasons",
            "deadline": ends.at.isoformat(),
        },
        office=row.in_name_of,
        now=now,
        chance=at.chance,
    )
    until = papers.written_day(ends.at, provisional=ends.provisional)
    words = Text(
        f"申请人请工作人员说明理由，应于{until.zh}前答复",
        f"The applicant asks a person to explain the decision; the answer is due by {until.en}",
    )
    tell(
        filing.pk, [Happening("review_asked", words, "applicant", case_id=row.pk, entry_id=entry.id)], now=now
    )


@whole
def answer_review(
    number: str, case_number: str, *, staff: registry.Staff, answer: str, at: Workplace
) -> None:
    """Explain a decision made by rule, as a named person of its office."""
    filing = lock(number)
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    request = ReviewRequest.objects.filter(case=row, answered_at__isnull=True).first()
    if request is None or not is_readable(answer):
        raise Invalid(
            "cases.no_review",
            what=Text(
                "没有待答复的说明请求，或答复为空。", "There is no open request, or the answer is empty."
            ),
            todo=Text("请填写答复内容。", "Write the explanation."),
        )
    now = at.clock.now()
    request.answer, request.answered_by_id, request.answered_at = answer.strip()[:2000], staff.id, now
    request.save()
    entry = ledger.record(
        "decisions",
        "human.answered",
        {
            "filing_number": number,
            "case_number": case_number,
            "staff": str(staff.id),
            "note": request.answer,
        },
        office=row.in_name_of,
        now=now,
        chance=at.chance,
    )
    words = Text(f"{staff.name}已说明理由", f"{staff.name} explained the decision")
    happening = Happening(
        "review_answered",
        words,
        "person",
        case_id=row.pk,
        staff_id=staff.id,
        since=request.asked_at,
        entry_id=entry.id,
    )
    tell(filing.pk, [happening], now=now)
