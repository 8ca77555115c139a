"""Submitting, confirming for oneself, withdrawing, expiring."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tongban.cases.actions import once
from tongban.cases.actions.cases import open_cases, receive_ready
from tongban.cases.actions.drafts import require_draft
from tongban.cases.actions.events import Happening, evidence, tell
from tongban.cases.actions.pledges import sign_pledges
from tongban.cases.actions.taking_part import lock_own
from tongban.cases.actions.work import LEASE_S, Lease, lock, wake
from tongban.cases.models import Case, Claim, Filing, Participant
from tongban.cases.queries.readers import Reader
from tongban.cases.queries.sight import Sight
from tongban.cases.rules import identifying, officers
from tongban.cases.rules.states import UNDECIDED, CaseState, Stage, StatusCode
from tongban.cases.workplace import Workplace
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.texts import Text
from tongban.kernel.transactions import part, whole
from tongban.ledger import api as ledger
from tongban.papers import api as papers
from tongban.registry import api as registry


@whole
def submit(
    sight: Sight,
    *,
    by: Reader,
    request: once.Request | None,
    at: Workplace,
) -> Lease | None:
    """Submit what was checked: the draft must still be as `sight` saw it.

    Cases are made and exclusive values claimed; when nobody else must confirm, the first items are
    received and the caller gets the lease to go on at once. Submitting twice changes nothing.

    Raises NotFound for anybody but the owner and the helper who typed it, StepUpNeeded where the bundle asks
    for a surer sign-in than theirs, NotAllowed for a helper before whom nobody stood. The draft stays.
    """
    filing = lock(sight.snapshot.number)
    if request is not None and once.result_of(request) is not None:
        return None
    if by.id != (filing.owner_id if isinstance(by, registry.Subject) else filing.filed_by_id):
        raise officers.no_such_filing(filing.number)
    require_draft(filing)
    if filing.revision != sight.snapshot.revision:
        raise Conflict(
            "cases.draft_changed",
            what=Text("检查之后内容又有改动。", "The form was changed after it was checked."),
            todo=Text("请再次提交。", "Submit again."),
        )
    bundle = sight.bundle
    identifying.require_of_filer(bundle, by, in_person=filing.in_person)
    now = at.clock.now()
    asked = list(filing.participants.filter(must_confirm=True))
    if any(party.declined_at is not None and party.confirmed_at is None for party in asked):
        raise _declined()
    awaited = [party for party in asked if party.confirmed_at is None]
    open_cases(filing, sight, at=at)
    filing.stage = Stage.CONFIRMING if awaited else Stage.SUBMITTED
    filing.submitted_at = now
    filing.open_draft = None
    _record_submission(filing, sight, by, now, at)
    sign_pledges(filing, sight, now=now, at=at)
    if request is not None:
        once.keep(request, result=filing.number, now=now)
    if awaited:
        names = "、".join(party.name for party in awaited)
        words = Text(f"等待{names}本人确认", f"Waiting for {names} to confirm")
        tell(filing.pk, [Happening("awaiting", words, "platform")], now=now)
        filing.save()
        return None
    return _begin(filing, bundle, now, at)


def _declined() -> Conflict:
    return Conflict(
        "cases.participant_declined",
        what=Text("有当事人不同意参加本申报。", "Somebody who was named declined to take part."),
        todo=Text("请更换该当事人，或联系其本人确认。", "Name somebody else, or ask them to confirm."),
    )


def _begin(filing: Filing, bundle: items.Bundle, now: datetime, at: Workplace) -> Lease:
    """Receive the first items and take the lease for whoever goes on."""
    filing.stage = Stage.SUBMITTED
    receive_ready(filing, bundle, at=at)
    filing.epoch += 1
    filing.lease_holder = at.worker
    filing.lease_until = filing.due_at = now + timedelta(seconds=LEASE_S)
    filing.save()
    return Lease(filing.pk, filing.number, filing.epoch, filing.lease_until)


@part
def _record_submission(filing: Filing, sight: Sight, by: Reader, now: datetime, at: Workplace) -> None:
    entry = ledger.record(
        "decisions",
        "filing.submitted",
        {
            "filing_number": filing.number,
            "bundle": filing.bundle,
            "pack_version": filing.bundle_version,
            "pack_digest": filing.bundle_digest,
            "answers_digest": digest(
                sorted(
                    [str(ref), question, str(value)]
                    for (ref, question), value in sight.snapshot.answers.values.items()
                )
            ),
            **_who_files(filing, by),
        },
        now=now,
        chance=at.chance,
    )
    words = Text(
        f"已提交：填写{sight.plan.totals.here.all}项，其余由数据共享取得",
        f"Submitted: {sight.plan.totals.here.all} values typed, the rest fetched",
    )
    asked = Happening("submitted", words, "applicant", since=filing.opened_at, entry_id=entry.id)
    tell(filing.pk, [asked], now=now)


def _who_files(filing: Filing, by: Reader) -> dict[str, str]:
    """Say how surely whoever files was identified, or who filed for them and on what authority."""
    if isinstance(by, registry.Subject):
        return {"assurance": f"L{by.assurance}"}
    return {"helper": str(by.id), "authority": filing.authority}


@whole
def confirm(number: str, *, subject: registry.Subject, agrees: bool, at: Workplace) -> Lease | None:
    """Record that a participant confirms for themselves, or declines; the last one starts the cases.

    Raises NotFound to anybody who is not awaited in this filing: they learn nothing about it; StepUpNeeded
    where agreeing asks for a surer sign-in than theirs. Declining never does: it gives nothing away.
    """
    filing = lock_own(number, subject)
    now = at.clock.now()
    rows = list(
        Participant.objects.filter(
            filing=filing,
            identity_type=subject.identity_type,
            identity_number=subject.number,
            must_confirm=True,
        )
    )
    if not rows or filing.stage not in {Stage.DRAFT, Stage.CONFIRMING}:
        raise NotFound(
            "cases.nothing_to_confirm",
            what=Text("没有需要您确认的申报。", "There is no filing for you to confirm."),
            todo=Text("请核对链接，或联系申报人。", "Check the link, or ask whoever filed it."),
        )
    bundle = items.pinned(filing.bundle_digest)
    if agrees:
        identifying.require(bundle, subject)
    for row in rows:
        row.confirmed_at, row.declined_at = (now, None) if agrees else (None, now)
        row.save(update_fields=["confirmed_at", "declined_at"])
    entry = ledger.record(
        "decisions",
        "participant.confirmed",
        {
            "filing_number": number,
            "participant": ",".join(row.role for row in rows),
            "confirmed": "yes" if agrees else "no",
            "method": "sign_in",
            "assurance": f"L{subject.assurance}",
        },
        now=now,
        chance=at.chance,
    )
    verb = Text("已本人确认", "confirmed in person") if agrees else Text("不同意，未确认", "declined")
    words = Text(f"{subject.name}{verb.zh}", f"{subject.name} {verb.en}")
    said = Happening(
        "confirmed" if agrees else "declined",
        words,
        "applicant",
        since=filing.submitted_at or filing.opened_at,
        entry_id=entry.id,
    )
    tell(filing.pk, [said], now=now)
    if (
        filing.stage == Stage.DRAFT
        or filing.participants.filter(must_confirm=True, confirmed_at__isnull=True).exists()
    ):
        return None
    return _begin(filing, bundle, now, at)


@whole
def withdraw(number: str, *, subject: registry.Subject, at: Workplace) -> None:
    """Withdraw the owner's filing: every undecided case ends, what was granted stays granted.

    One that no office has received is forgotten as an expired draft is; what an office has received is
    part of its file and is kept as long as that. Raises Conflict when everything was decided already,
    NotFound for anybody but the owner.
    """
    filing = lock_own(number, subject)
    if filing.owner_id != subject.id:
        raise NotFound(
            "cases.not_owner",
            what=Text(f"没有查到申报 {number}。", f"There is no filing {number} that you may see."),
            todo=Text("只有申报人本人可以撤回。", "Only whoever the filing is for can withdraw it."),
        )
    now = at.clock.now()
    rows = [
        row for row in Case.objects.filter(filing=filing).order_by("id") if CaseState(row.state) in UNDECIDED
    ]
    if filing.stage not in {Stage.DRAFT, Stage.CONFIRMING} and not rows:
        raise Conflict(
            "cases.all_decided",
            what=Text(
                "各事项均已作出决定，不能撤回。", "Everything was decided; there is nothing left to withdraw."
            ),
            todo=Text("如需变更或注销，请另行申报。", "File a change or a cancellation instead."),
        )
    _tell_withdrawal(filing, rows, now=now, at=at)  # before any state: the database asks for it (0003)
    Case.objects.filter(pk__in=[row.pk for row in rows]).update(state=CaseState.WITHDRAWN, ended_at=now)
    Claim.objects.filter(case__in=rows).delete()
    filing.open_draft = None
    if filing.stage in {Stage.DRAFT, Stage.CONFIRMING}:
        _forget(filing, now)
    if filing.stage in {Stage.DRAFT, Stage.CONFIRMING} or len(rows) == filing.cases.count():
        filing.stage, filing.ended_at = Stage.WITHDRAWN, now
    elif not filing.cases.exclude(state__in=[state for state in CaseState if state.is_end]).exists():
        filing.stage, filing.ended_at = Stage.ENDED, now
    filing.save()


@part
def _tell_withdrawal(filing: Filing, rows: Iterable[Case], *, now: datetime, at: Workplace) -> None:
    """Record that the owner withdraws the filing and these cases of it, each with its evidence."""
    happenings = [_case_withdrawn(row, filing, now, at) for row in rows]
    entry = ledger.record(
        "decisions",
        "filing.withdrawn",
        {"filing_number": filing.number, "maker": "applicant"},
        now=now,
        chance=at.chance,
    )
    words = Text("申报人撤回申报", "The applicant withdrew the filing")
    happenings.append(Happening("withdrawn", words, "applicant", entry_id=entry.id))
    tell(filing.pk, happenings, now=now)


@part
def _forget(filing: Filing, now: datetime) -> None:
    """Forget what was fetched and handed in for a filing that no office ever received (PIPL 47).

    The purpose of both has gone. Files go when the day is over, each with its evidence.
    """
    filing.facts.all().update(value=None, reason=None)
    papers.set_retention(filing.number, civil_date(now))


def _case_withdrawn(row: Case, filing: Filing, now: datetime, at: Workplace) -> Happening:
    entry_id = None
    if row.number is not None:
        entry_id = evidence(
            row, "case.withdrawn", {"filing_number": filing.number, "maker": "applicant"}, now=now, at=at
        )
    return Happening(
        "case_withdrawn",
        Text("撤回办件", "Case withdrawn"),
        "applicant",
        case_id=row.pk,
        status_code=StatusCode.WITHDRAWN_BEFORE if row.accepted_at is None else StatusCode.WITHDRAWN,
        entry_id=entry_id,
    )


@whole
def ask_for_person(number: str, *, subject: registry.Subject, at: Workplace) -> None:
    """Record that the owner wants a person to decide: no machine decides it from here on (PIPL 24)."""
    filing = lock_own(number, subject)
    if filing.owner_id != subject.id:
        raise NotFound(
            "cases.not_owner",
            what=Text(f"没有查到申报 {number}。", f"There is no filing {number} that you may see."),
            todo=Text("只有申报人本人可以提出。", "Only whoever the filing is for can ask."),
        )
    if filing.human_asked_at is not None:
        return
    now = at.clock.now()
    filing.human_asked_at = now
    filing.save(update_fields=["human_asked_at"])
    entry = ledger.record(
        "decisions", "human.requested", {"filing_number": number}, now=now, chance=at.chance
    )
    words = Text("申请人要求由工作人员审批", "The applicant asks for a person to decide")
    tell(filing.pk, [Happening("human_asked", words, "applicant", entry_id=entry.id)], now=now)
    if filing.stage == Stage.SUBMITTED:
        wake(filing, now=now)


@whole
def expire_drafts(*, at: Workplace, most: int = 100) -> int:
    """End drafts whose time has run out, and forget what was fetched and handed in for them.

    One that waited in vain for somebody to confirm ends too: its cases never began, and the name is free.
    """
    now = at.clock.now()
    filings = list(
        Filing.objects.select_for_update(skip_locked=True)
        .filter(stage__in=(Stage.DRAFT, Stage.CONFIRMING), draft_expires_at__lt=now)
        .order_by("id")[:most]
    )
    for filing in filings:
        filing.stage, filing.ended_at, filing.open_draft = Stage.EXPIRED, now, None
        filing.save(update_fields=["stage", "ended_at", "open_draft"])
        _forget(filing, now)
        Claim.objects.filter(case__filing=filing).delete()
        entry = ledger.record(
            "decisions",
            "draft.expired",
            {"filing_number": filing.number, "bundle": filing.bundle},
            now=now,
            chance=at.chance,
        )
        words = Text("草稿已过期", "The draft expired")
        tell(filing.pk, [Happening("expired", words, "law", entry_id=entry.id)], now=now)
        filing.cases.update(state=CaseState.WITHDRAWN, ended_at=now)
    return len(filings)
