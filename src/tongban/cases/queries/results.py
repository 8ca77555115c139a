"""What a person owns here: filings to go on with, and the licences that they may show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.cases.models import Case, Decision, Fact, Filing
from tongban.cases.queries.forms import form_page
from tongban.cases.queries.licensing import on_licences
from tongban.cases.queries.readers import Reader, filing_page
from tongban.cases.rules import officers
from tongban.cases.rules.states import CaseState, Stage
from tongban.cases.workplace import Workplace
from tongban.kernel.errors import NotFound
from tongban.kernel.pages import A_PAGE, Page
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

MOST_CASES = 1000  # of one person, whose licences are listed
BROUGHT = (CaseState.GRANTED, CaseState.REVOKED)  # what was revoked is still there to be read
# What a decision's proof opens. The rest are digests of facts, some of them about others: whoever knows all
# but one of these could try what the last one is.
OF_A_DECISION = frozenset(
    {
        "case_number",
        "item",
        "decision",
        "maker",
        "staff",
        "because",
        "articles",
        "filing_number",
        "pack_version",
        "pack_digest",
        "notice_number",
        "licence_identifier",
        "office",
        "entry",
        "at",
        "kind_version",
    }
)
# What the receipt of a share opens where some of what came with it is not the reader's to know.
OF_A_SHARE = frozenset(
    {
        "consumer",
        "provider",
        "resource",
        "purpose",
        "legal_basis",
        "grant",
        "filing_number",
        "case_number",
        "office",
        "entry",
        "at",
        "kind_version",
    }
)


def require_owner(number: str, subject: registry.Subject) -> Stage:
    """Give the stage of one's own filing, or raise the same NotFound whether it is absent or another's."""
    stage = Filing.objects.filter(number=number, owner_id=subject.id).values_list("stage", flat=True).first()
    if stage is None:
        raise officers.no_such_filing(number)
    return Stage(stage)


def licences_for(subject: registry.Subject, *, after: str = "", most: int = A_PAGE) -> Page[licences.Licence]:
    """Give the licences that this person holds, and those that their own filings brought, newest first.

    A new company's licence is held by the company; whoever founded it by this filing may show it, all its
    versions, and what was revoked.
    """
    brought = Case.objects.filter(filing__owner_id=subject.id, state__in=BROUGHT).exclude(licence="")
    numbers = brought.order_by("-id").values_list("number", flat=True)[:MOST_CASES]
    return licences.licences_of(subject.number, or_from=filter(None, numbers), after=after, most=most)


def licence_for(identifier: str, subject: registry.Subject) -> licences.Licence:
    """Give a licence that this person may show; NotFound, in the same words, for any other."""
    try:
        found = licences.licence(identifier)
    except NotFound as absent:
        raise _no_licence(identifier) from absent
    if found.holder.code == subject.number:
        return found
    if Case.objects.filter(number=found.case_number, filing__owner_id=subject.id).exists():
        return found
    raise _no_licence(identifier)


def notices_on_licence(identifier: str, subject: registry.Subject) -> tuple[papers.Notice, ...]:
    """Give the notices of what was done to a licence after its issue, to whoever may show it."""
    return on_licences(licence_for(identifier, subject).case_number)


def notice_on_licence(identifier: str, notice: str, subject: registry.Subject) -> papers.Notice:
    """Give one of these notices; any other is not there, in the same words."""
    return _named(notice, notices_on_licence(identifier, subject))


@dataclass(frozen=True, slots=True)
class LookLine:
    """Who looked at a licence of mine, when and why."""

    at: datetime
    way: Text
    organisation: Text | None
    by: str
    cause: str
    entry: str


def looks_at_licence(
    identifier: str, subject: registry.Subject, *, after: str = "", most: int = A_PAGE
) -> Page[LookLine]:
    """Give who has seen what a licence says, to whoever may show it, the newest look first."""
    found = licences.looks_at(licence_for(identifier, subject).identifier, after=after, most=most)
    known = registry.directory()
    names = registry.staff_names({int(each.staff) for each in found.lines if each.staff.isdecimal()})
    return found.of(
        lambda each: LookLine(
            at=each.at,
            way=each.way.words,
            organisation=known.organisation(each.organisation).name if each.organisation else None,
            by=names.get(int(each.staff), "") if each.staff.isdecimal() else "",
            cause=each.cause,
            entry=each.entry,
        )
    )


def notices_for(number: str, reader: Reader, *, after: str = "", most: int = A_PAGE) -> Page[papers.Notice]:
    """List the sealed notices of those cases of a filing that this reader may see; raises NotFound."""
    return papers.notices_of(_cases_seen(number, reader), after=after, most=most)


def _cases_seen(number: str, reader: Reader) -> list[str]:
    return [case.number for case in filing_page(number, reader).cases if case.number]


def notice_for(number: str, notice: str, reader: Reader) -> papers.Notice:
    """Give one of these notices; one of another filing is not there, in the same words."""
    return papers.notice(notice, of=_cases_seen(number, reader))


def _named(notice: str, among: Sequence[papers.Notice]) -> papers.Notice:
    found = next((each for each in among if each.number == notice), None)
    if found is None:
        raise NotFound(
            "cases.no_notice",
            what=Text(f"没有编号为 {notice} 的文书。", f"There is no notice {notice}."),
            todo=Text("请从申报的文书列表打开。", "Open it from the list of the filing's notices."),
        )
    return found


def decision_proof_for(number: str, case_number: str, reader: Reader) -> bytes:
    """Give the proof of a decision in a filing whose cases this reader may see, as a tongban-evidence/1.

    Raises NotFound where there is none for them, Conflict until the log has published it.
    """
    seen = {case.number for case in filing_page(number, reader).cases if case.decided_at is not None}
    entry = Decision.objects.filter(case__number=case_number).values_list("entry_id", flat=True).first()
    if case_number not in seen or entry is None:
        raise NotFound(
            "cases.no_decision",
            what=Text(f"办件 {case_number} 没有可出具证明的决定。", f"Case {case_number} has no decision."),
            todo=Text("请从申报页面选择已作出决定的办件。", "Choose a decided case on the filing's page."),
        )
    return licences.evidence_file(entry, shown=OF_A_DECISION)


def share_receipt_for(number: str, fact_id: int, subject: registry.Subject, *, at: Workplace) -> bytes:
    """Give the receipt of the share that brought a fact of this person's, as a tongban-evidence/1.

    Where the same share brought something that is not theirs to know, nothing is opened by which that could
    be read or tried out. Raises NotFound for a fact that is not theirs, Conflict until the log has it.
    """
    own = {fact.id: fact.share_id for fact in form_page(number, subject, at=at).facts}
    share = own.get(fact_id)
    if share is None:
        raise NotFound(
            "cases.no_share",
            what=Text("没有关于您的这次数据共享。", "There was no such share of data about you."),
            todo=Text("请从申报页面选择取得的信息。", "Choose what was fetched on the page of the filing."),
        )
    brought = Fact.objects.filter(share_id=share).values_list("id", flat=True)
    return licences.evidence_file(share, shown=None if own.keys() >= set(brought) else OF_A_SHARE)


def _no_licence(identifier: str) -> NotFound:
    return NotFound(
        "cases.no_licence",
        what=Text(f"没有查到证照 {identifier}。", f"There is no licence {identifier} that you may see."),
        todo=Text("请核对证照标识，或确认登录身份。", "Check the identifier and who you are signed in as."),
    )
