"""Checking a pledge after the grant that rests on it: kept, put right, or the grant revoked by a person."""

from collections.abc import Mapping
from datetime import datetime

from tongban.cases.actions.cases import end_filing_if_done
from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.notices import give_notice
from tongban.cases.actions.officers.standing import end_waiting, office_case, require_reasons
from tongban.cases.actions.work import lock, wake
from tongban.cases.models import Case, Filing, SignedPledge
from tongban.cases.queries.officer import remedies
from tongban.cases.queries.pledges import OPEN
from tongban.cases.rules import clocks, officers
from tongban.cases.rules.resting import rests_on, revocation
from tongban.cases.rules.states import CaseState, Stage, StatusCode
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry

NOT_RECTIFIED = Text("违反承诺，逾期未改正", "breach of the pledge, not put right in time")
BAD_FAITH = Text("恶意违反承诺", "breach of the pledge in bad faith")


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
    now, since = at.clock.now(), pledge.checked_at or row.decided_at
    if not kept and pledge.state == "rectifying":
        raise _rectify_first()  # its time is running: it is not begun anew
    pledge.checked_at, pledge.checked_by_id, pledge.found = now, staff.id, found.strip()[:1000]
    if kept:
        pledge.state = "rectified" if pledge.state == "rectifying" else "kept"
        words = Text("告知承诺核查：与承诺一致", "The pledge was checked and kept")
    else:
        words = _begin_rectifying(filing, pledge, now=now, at=at)
    pledge.save()
    entry = evidence(row, "pledge.checked", _checked(filing, pledge, staff), now=now, at=at)
    if not kept:
        _order_to_rectify(filing, row, pledge, staff=staff, entry=entry, now=now, at=at)
    happening = Happening(
        "pledge_checked", words, "person", case_id=row.pk, staff_id=staff.id, since=since, entry_id=entry
    )
    tell(filing.pk, [happening], now=now)


@part
def _begin_rectifying(filing: Filing, pledge: SignedPledge, *, now: datetime, at: Workplace) -> Text:
    """Start the time within which it is to be put right; give the words of it."""
    key = f"pledge.{pledge.pledge}.rectification"
    ends = clocks.policy_end(at.policies, key, filing.division, now, at.calendar)
    pledge.state, pledge.rectify_due_at, pledge.due_provisional = "rectifying", ends.at, ends.provisional
    pledge.rung_at = None
    until = papers.written_day(ends.at, provisional=ends.provisional)
    return Text(
        f"告知承诺核查：与承诺不符，请于{until.zh}前改正",
        f"The pledge was not kept: put it right by {until.en}",
    )


@part
def _order_to_rectify(
    filing: Filing,
    row: Case,
    pledge: SignedPledge,
    *,
    staff: registry.Staff,
    entry: str,
    now: datetime,
    at: Workplace,
) -> None:
    """Give the order to put it right, which its office then seals."""
    give_notice(
        filing,
        row,
        "rectify",
        {
            "item": items.pinned(filing.bundle_digest).item(row.item).name,
            "reasons": (Text(pledge.found, pledge.found),),
            "due": pledge.rectify_due_at,
            "provisional": pledge.due_provisional,
        },
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    wake(filing, now=now)


@whole
def revoke_for_breach(
    number: str,
    case_number: str,
    pledge_id: str,
    *,
    staff: registry.Staff,
    reasons: str,
    basis: str,
    bad_faith: bool = False,
    at: Workplace,
) -> None:
    """Revoke what was granted on a promise that was not kept, and put the breach on the credit record.

    Only an approver or leader of the office, by name, with reasons; only once rectifying was ordered and its
    time has run out, or at once where the promise was made in bad faith, as the signer was told.
    """
    filing = lock(number)
    row, pledge = _open_pledge(filing, case_number, pledge_id, staff)
    require_reasons(reasons)
    now, since = at.clock.now(), pledge.checked_at or row.decided_at
    had_time = pledge.rectify_due_at is not None and pledge.rectify_due_at < now
    if not bad_faith and not (pledge.state == "rectifying" and had_time):
        raise _rectify_first()
    pledge.state, pledge.on_credit_record = "revoked", True
    pledge.checked_at, pledge.checked_by_id, pledge.found = now, staff.id, reasons.strip()[:1000]
    pledge.save()
    said = Text(reasons.strip(), reasons.strip())
    change = licences.Change(
        licences.Operation.OTHER, licences.Status.REVOKED, reasons=said, basis=basis, staff=str(staff.id)
    )
    licence = licences.standing_licence(row.number or "").identifier
    licences.change_status_within(licence, change, now=now, chance=at.chance)
    fields = {
        **_checked(filing, pledge, staff),
        "credit_record": "bad_faith" if bad_faith else "breach",
        "licence_identifier": licence,
    }
    entry = evidence(row, "pledge.checked", fields, now=now, at=at)
    ground = BAD_FAITH if bad_faith else NOT_RECTIFIED
    words = Text(f"{ground.zh}，撤销许可：{said.zh}", f"Revoked for {ground.en}: {said.en}")
    end_revoked(filing, row, words, staff=staff, since=since, entry=entry, now=now)
    item = items.pinned(filing.bundle_digest).item(row.item)
    give_notice(
        filing,
        row,
        "revoked",
        {
            "item": item.name,
            "reasons": (
                Text(f"{ground.zh}：{said.zh}（依据：{basis}）", f"{ground.en}: {said.en} ({basis})"),
            ),
            "licence": licence,
            "remedies": remedies(row, item),
        },
        staff_id=staff.id,
        entry=entry,
        now=now,
        at=at,
    )
    wake(filing, now=now)  # its office seals the decision


@part
def end_revoked(
    filing: Filing,
    row: Case,
    words: Text,
    *,
    staff: registry.Staff,
    since: datetime | None,
    entry: str,
    now: datetime,
) -> None:
    """Give the case its end, and tell the offices whose results rest on it.

    What was granted there stands until its own office says otherwise; what is undecided goes to a person
    (`rules.resting`). When the case was granted stays as it was, and so does the claim on the name: the name
    provisions keep it from others for a time after a revocation.
    """
    bundle = items.pinned(filing.bundle_digest)
    revoked = Happening(
        "revoked",
        words,
        "person",
        case_id=row.pk,
        status_code=StatusCode.REVOKED,
        staff_id=staff.id,
        since=since,
        entry_id=entry,
    )
    tell(filing.pk, [revoked], now=now)  # before the state, which the database refuses without it
    row.state = CaseState.REVOKED
    row.save(update_fields=["state"])
    resting = [item.key for item in bundle.items if row.item in rests_on(bundle, item.key)]
    end_waiting(filing, resting, now=now)
    warning = revocation(bundle.item(row.item).name)
    begun = Case.objects.filter(filing=filing, item__in=resting, number__isnull=False).order_by("id")
    told = [
        Happening("ground_revoked", warning, "platform", case_id=each.pk, entry_id=entry, audience="office")
        for each in begun
    ]
    tell(filing.pk, told, now=now)
    if filing.stage == Stage.SUBMITTED:
        end_filing_if_done(filing, now=now)


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
            "承诺不存在恶意的，撤销前应当责令限期整改，且整改期限须已届满。",
            "Without bad faith, rectifying must be ordered, and its time must have run out, before a grant is"
            " revoked.",
        ),
        todo=Text(
            "请先记录核查不符，待整改期满后再处理；属于恶意的，请写明并说明理由。",
            "Record that it was not kept and come back after that time; where it was in bad faith, say so.",
        ),
    )
