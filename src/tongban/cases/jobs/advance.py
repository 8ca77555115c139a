"""Carry a filing as far as it goes: one step after another, each short, each safe to repeat."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Thread

from django.db import connections

from tongban.cases.actions.acts import Answered, InDoubt, begin_try, record_answers
from tongban.cases.actions.granting import finish_signed
from tongban.cases.actions.ringing import ring
from tongban.cases.actions.verdicts import Found, record_verdicts
from tongban.cases.actions.work import Lease, claim, claim_due, release
from tongban.cases.jobs.gather import gather_for
from tongban.cases.queries.pledges import breaches
from tongban.cases.queries.sight import Sight, see
from tongban.cases.queries.snapshots import case_numbers
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.records import decision_record
from tongban.cases.rules.steps import Register, Rest, Ring, Sign, TakeUp, backoff, next_step
from tongban.cases.rules.verdicts import Verdict, unpledged, weigh
from tongban.cases.snapshot import ActView, CaseView, Snapshot
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.clock import Budget, budget, civil_date, stopwatch
from tongban.kernel.errors import Invalid, SourceTrouble, StaleLease
from tongban.licences import api as licences
from tongban.papers import api as papers

STEPS_AT_MOST = 40  # a straight filing takes nine; more in one go would be a fault of ours
KEY_TRUSTED = timedelta(hours=22)


def advance(number: str, *, at: Workplace, limit: Budget) -> bool:
    """Work on this filing until the budget is spent; False when another worker has it."""
    lease = claim(number, at.worker, now=at.clock.now())
    if lease is None:
        return False
    carry(lease, at=at, limit=limit)
    return True


def work_once(*, at: Workplace, limit: Budget) -> bool:
    """Work on the filing that has waited longest; False when nothing is due."""
    lease = claim_due(at.worker, now=at.clock.now())
    if lease is None:
        return False
    carry(lease, at=at, limit=limit)
    return True


def carry(lease: Lease, *, at: Workplace, limit: Budget) -> None:
    """Take step after step under a lease, then give it back with when to look again.

    A lease that was taken over ends the work silently: the other worker sees all that was stored. What
    fails otherwise is tried again later and later; all that was stored before stands.
    """
    try:
        due_at = _steps(lease, at=at, limit=limit)
        _seal(lease, at=at)
    except StaleLease:
        return
    except Exception as trouble:
        # From the lease and not read anew: what failed may be the reading itself.
        attempts = lease.attempts + 1
        release(lease, due_at=at.clock.now() + backoff(attempts), attempts=attempts)
        if isinstance(trouble, SourceTrouble):
            return  # an office's signer or system is silent: nothing is wrong with the filing
        raise
    release(lease, due_at=due_at, attempts=0)


def _seal(lease: Lease, *, at: Workplace) -> None:
    """Have the offices seal the notices of this filing."""
    numbers = case_numbers(lease.filing_id)
    papers.seal_pending(at.signers, at.clock.now(), case_numbers=numbers, log_signer=at.log_signer)


def _steps(lease: Lease, *, at: Workplace, limit: Budget) -> datetime | None:
    """Go on until there is nothing to do or no time; give when to look again."""
    for _ in range(STEPS_AT_MOST):
        now = at.clock.now()
        snapshot = read(lease.number)
        step = next_step(snapshot, now=now)
        if isinstance(step, Rest):
            return step.until
        if limit.left_s() <= 0:
            break
        if isinstance(step, TakeUp):
            _take_up(lease, snapshot, step.cases, at=at, limit=limit)
        elif isinstance(step, Register):
            _register(lease, snapshot, step.acts, at=at)
        elif isinstance(step, Sign):
            _sign(lease, step.cases, at=at)
        elif isinstance(step, Ring):
            ring(lease, see(snapshot, at=at), step.clocks, at=at)
    return at.clock.now()


def _take_up(
    lease: Lease, snapshot: Snapshot, cases: Sequence[CaseView], *, at: Workplace, limit: Budget
) -> None:
    """Gather, run the rules of each case outside any transaction, record where each goes."""
    sight = gather_for(snapshot, at=at, again=True, limit=limit)
    if sight.gathered.missing:
        return  # no time was left to ask every source: nothing is judged on what was never looked up
    found = []
    for case in cases:
        passed = stopwatch()
        own = sight.of_case(case.item)
        verdict, dates = judge_case(own, case, at=at)
        record = decision_record(own.bundle, own.bundle.item(case.item), verdict.judged, own.gathered, dates)
        found.append(Found(case.id, own, verdict, record, round(passed(), 3)))
    record_verdicts(lease, sight, found, at=at)


def judge_case(sight: Sight, case: CaseView, *, at: Workplace) -> tuple[Verdict, dict[str, date]]:
    """Run one case's rules on what is known now; rules are pinned at acceptance by the pack's version."""
    item = sight.bundle.item(case.item)
    today = civil_date(at.clock.now())
    dates = {
        "filing_date": civil_date(sight.snapshot.submitted_at or sight.snapshot.opened_at),
        "acceptance_date": today if case.accepted_at is None else civil_date(case.accepted_at),
        "decision_date": today,
    }
    parties = sight.snapshot.answers.parties
    broken = breaches(sight, item)
    judged = items.judge(sight.bundle, item, parties, sight.gathered.values, dates, closed=broken)
    verdict = weigh(
        sight.bundle,
        item,
        sight.plan,
        judged,
        sight.gathered,
        sight.snapshot,
        book=sight.book,
        pack_withdrawn=items.is_withdrawn(sight.bundle.code, sight.bundle.version),
        required_materials=items.required_materials(
            sight.bundle, item, sight.plan, parties, sight.gathered.values, dates
        ),
    )
    return unpledged(verdict, tuple(broken.values())), dates


def _register(lease: Lease, snapshot: Snapshot, acts: Sequence[ActView], *, at: Workplace) -> None:
    """Register at every organisation at once; what may have been sent before is asked about first.

    The mark that a call is about to leave commits before any does, and only under the lease.
    """
    begin_try(lease, [act.id for act in acts], now=at.clock.now())
    with ThreadPoolExecutor(max_workers=len(acts), thread_name_prefix="acts") as pool:
        answered = list(pool.map(lambda act: _one_act(act, at), acts))
    record_answers(lease, see(snapshot, at=at), answered, at=at)


def _one_act(act: ActView, at: Workplace) -> Answered:
    """Do one act once: `find_act` before anything that may be a repeat (DESIGN §5.6, promise 7)."""
    passed = stopwatch()
    request = exchange.ActRequest(
        connector=act.connector,
        operation=act.operation,
        fields=act.fields,
        key=act.key,
        first_sent_at=act.perhaps_sent_at,
    )
    try:
        outcome, found_by = _outcome(act, request, at)
    except Invalid as trouble:  # a field that the office needs was not given: nothing was sent
        outcome, found_by = exchange.Refused(trouble.what), "answer"
    return Answered(act.id, outcome, found_by, act.perhaps_sent_at, round(passed(), 3))


def _outcome(
    act: ActView, request: exchange.ActRequest, at: Workplace
) -> tuple[exchange.Done | exchange.Refused | exchange.Unanswered | InDoubt, str]:
    idempotency = exchange.idempotency(at.road, act.connector)
    if act.perhaps_sent_at is not None and idempotency != "key":
        found = exchange.find_act(at.road, act.connector, act.key)
        if isinstance(found, exchange.Found):
            return exchange.Done(found.number), "lookup"
        if isinstance(found, exchange.CannotTell):
            if idempotency == "none":
                return InDoubt(), "lookup"
            return exchange.Unanswered(found.reason, maybe_done=True), "lookup"
    outcome = exchange.act(at.road, act.connector, request, now=at.clock.now())
    if isinstance(outcome, exchange.Unanswered) and outcome.maybe_done and idempotency == "none":
        return InDoubt(), "answer"
    if isinstance(outcome, exchange.Unanswered) and idempotency == "key" and _is_key_spent(act, at):
        return InDoubt(), "answer"  # the office honours our key for a day; past that we may not repeat
    return outcome, "answer"


def _is_key_spent(act: ActView, at: Workplace) -> bool:
    """Say whether a try that may have arrived lies too far back; one that surely did not says nothing."""
    return act.perhaps_sent_at is not None and at.clock.now() - act.perhaps_sent_at > KEY_TRUSTED


def _sign(lease: Lease, cases: Sequence[CaseView], *, at: Workplace) -> None:
    """Have each office sign its own results, outside any transaction, then store and end.

    An office whose signer is silent keeps only its own results waiting: the others are stored first.
    """
    case_of = {case.licence: case.id for case in cases}
    signed, silent = licences.sign_all(
        list(case_of), at.signers, now=at.clock.now(), log_signer=at.log_signer
    )
    if signed:
        finish_signed(lease, [(case_of[each.identifier], each) for each in signed], at=at)
    if silent is not None:
        raise silent


def carry_within(lease: Lease, *, at: Workplace, seconds: float) -> bool:
    """Carry a filing on for a page that waits: give True when it rested before the time was over.

    The work goes on behind the page when a system elsewhere is slow, for a call to another
    organisation is never cut short in the middle: cut short, nobody could tell whether it was done.
    """
    thread = Thread(target=_carry_and_close, args=(lease, at, seconds), name="carry", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _carry_and_close(lease: Lease, at: Workplace, seconds: float) -> None:
    try:
        carry(lease, at=at, limit=budget(seconds))
    finally:
        connections.close_all()  # the thread's own connection ends with it
