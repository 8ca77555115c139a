"""Pledges: signed with the filing, checked afterwards, rectified, or the grant revoked by a person."""

from collections.abc import Mapping
from datetime import datetime

from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.officers.standing import office_case, require_reasons
from tongban.cases.actions.work import lock
from tongban.cases.models import Case, Filing, SignedPledge
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import clocks, officers
from tongban.cases.rules.states import CaseState, StatusCode
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

OPEN = ("signed", "rectifying")


@part
def sign_pledges(filing: Filing, sight: Sight, *, now: datetime, at: Workplace) -> None:
    """Keep the words of each promise that stands for a proof, with the case that relies on it."""
    parties = sight.snapshot.answers.parties
    offered = {pledge.id for pledge in sight.plan.pledges}
    for row in Case.objects.filter(filing=filing).order_by("id"):
        for pledge in sight.bundle.item(row.item).pledges:
            chosen = items.is_chosen(sight.bundle, pledge, parties, sight.gathered.values)
            if pledge.id in offered and chosen:
                _sign(filing, row, pledge, sight, now=now, at=at)


@part
def _sign(
    filing: Filing, row: Case, pledge: items.Pledge, sight: Sight, *, now: datetime, at: Workplace
) -> None:
    promised = [text.as_dict() for text in pledge.promises]
    signer = items.canonical(items.Ref(pledge.signer), sight.snapshot.answers.parties)
    name = next((party.name for party in sight.snapshot.parties if party.ref == signer), "")
    SignedPledge.objects.create(
        case=row,
        pledge=pledge.id,
        signer=name,
        told=[text.as_dict() for text in pledge.tells],
        promised=promised,
        signed_at=now,
    )
    fields = {
        "filing_number": filing.number,
        "pledge": pledge.id,
        "participant": pledge.signer,
        "pledge_digest": digest(promised),
    }
    entry = evidence(row, "pledge.signed", fields, now=now, at=at)
    words = Text("已签署告知承诺书，代替住所证明", "The pledge in place of proof was signed")
    tell(filing.pk, [Happening("pledged", words, "applicant", case_id=row.pk, entry_id=entry)], now=now)


@part
def start_check_clocks(row: Case, division: str, *, now: datetime, at: Workplace) -> None:
    """Set until when each pledge of a decided case is checked: the jurisdiction's policy."""
    for pledge in SignedPledge.objects.filter(case=row, state="signed"):
        policy = at.policies.at(f"pledge.{pledge.pledge}.post_check", division, civil_date(now))
        ends = clocks.policy_ends(policy, now, at.calendar, key=f"pledge.{pledge.pledge}.post_check")
        pledge.check_due_at, pledge.due_provisional = ends.at, ends.provisional
        pledge.save(update_fields=["check_due_at", "due_provisional"])


@whole
def check_pledge(
    number: str,
    case_number: str,
    pledge_id: str,
    *,
    staff: registry.Staff,
    kept: bool,
    found: str,
    at: Workplace,
) -> None:
    """Record what an officer found: it was kept, or is to be rectified within the policy's time."""
    filing = lock(number)
    row, pledge = _open_pledge(filing, case_number, pledge_id, staff)
    require_reasons(found)
    now = at.clock.now()
    pledge.checked_at, pledge.checked_by_id, pledge.found = now, staff.id, found.strip()[:1000]
    if not kept and pledge.state == "rectifying":
        raise _rectify_first()  # its time is running: it is not begun anew
    if kept:
        pledge.state = "rectified" if pledge.state == "rectifying" else "kept"
        words = Text("告知承诺核查：与承诺一致", "The pledge was checked and kept")
    else:
        key = f"pledge.{pledge.pledge}.rectification"
        policy = at.policies.at(key, filing.division, civil_date(now))
        ends = clocks.policy_ends(policy, now, at.calendar, key=key)
        pledge.state, pledge.rectify_due_at, pledge.due_provisional = "rectifying", ends.at, ends.provisional
        pledge.rung_at = None
        until = papers.written_day(ends.at, provisional=ends.provisional)
        words = Text(
            f"告知承诺核查：与承诺不符，请于{until.zh}前改正",
            f"The pledge was not kept: put it right by {until.en}",
        )
    pledge.save()
    fields = _checked(filing, pledge, staff)
    entry = evidence(row, "pledge.checked", fields, now=now, at=at)
    happening = Happening(
        "pledge_checked", words, "person", case_id=row.pk, staff_id=staff.id, entry_id=entry
    )
    tell(filing.pk, [happening], now=now)


@whole
def revoke_for_breach(
    number: str,
    case_number: str,
    pledge_id: str,
    *,
    staff: registry.Staff,
    reasons: str,
    basis: str,
    at: Workplace,
) -> None:
    """Revoke what was granted on a promise that was not kept nor rectified, and put it on the credit record.

    Only an approver or leader of the office, by name, with reasons; only once rectifying was ordered.
    """
    filing = lock(number)
    row, pledge = _open_pledge(filing, case_number, pledge_id, staff)
    require_reasons(reasons)
    now = at.clock.now()
    if pledge.state != "rectifying" or pledge.rectify_due_at is None or now <= pledge.rectify_due_at:
        raise _rectify_first()
    pledge.state, pledge.on_credit_record = "revoked", True
    pledge.checked_at, pledge.checked_by_id, pledge.found = now, staff.id, reasons.strip()[:1000]
    pledge.save()
    said = Text(reasons.strip(), reasons.strip())
    change = licences.Change(
        licences.Operation.OTHER, licences.Status.REVOKED, reasons=said, basis=basis, staff=str(staff.id)
    )
    licences.change_status_within(row.licence, change, now=now, chance=at.chance)
    fields = {**_checked(filing, pledge, staff), "credit_record": "breach", "licence_identifier": row.licence}
    entry = evidence(row, "pledge.checked", fields, now=now, at=at)
    words = Text(
        f"违反承诺，撤销许可：{reasons.strip()}", f"Revoked for breach of the pledge: {reasons.strip()}"
    )
    happening = Happening(
        "revoked",
        words,
        "person",
        case_id=row.pk,
        status_code=StatusCode.REVOKED,
        staff_id=staff.id,
        entry_id=entry,
    )
    tell(filing.pk, [happening], now=now)


def _checked(filing: Filing, pledge: SignedPledge, staff: registry.Staff) -> Mapping[str, object]:
    return {
        "filing_number": filing.number,
        "pledge": pledge.pledge,
        "result": pledge.state,
        "staff": str(staff.id),
    }


@part
def _open_pledge(
    filing: Filing, case_number: str, pledge_id: str, staff: registry.Staff
) -> tuple[Case, SignedPledge]:
    row = office_case(filing, case_number, staff, *officers.DECIDERS)
    pledge = SignedPledge.objects.filter(case=row, pledge=pledge_id, state__in=OPEN).first()
    if pledge is None or row.state != CaseState.GRANTED:
        raise Conflict(
            "cases.no_open_pledge",
            what=Text("没有待核查的承诺。", "There is no pledge to be checked on this case."),
            todo=Text("请刷新列表。", "Reload your list."),
        )
    return row, pledge


def _rectify_first() -> Conflict:
    return Conflict(
        "cases.rectify_first",
        what=Text(
            "撤销前应当责令限期整改，且整改期限须已届满。",
            "Rectifying must be ordered, and its time must have run out, before a grant is revoked.",
        ),
        todo=Text(
            "请先记录核查不符，待整改期满后再处理。",
            "Record that it was not kept; come back after that time.",
        ),
    )
