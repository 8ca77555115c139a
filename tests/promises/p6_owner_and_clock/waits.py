"""Who is waited for, and until when: worked out from what is stored, apart from the code that works on it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bench.town import Town
from tongban.cases.models import Act, Case, Filing, Pause, ReviewRequest
from tongban.items import api as items
from tongban.registry import api as registry

ENDS = {"granted", "refused", "not_accepted", "withdrawn", "revoked"}
TRIED_AGAIN_WITHIN = timedelta(minutes=15)  # where a step failed, the next look is no later than this
DECIDERS = (registry.Role.APPROVER, registry.Role.LEADER)


def orphans(town: Town, number: str) -> list[str]:
    """List every wait of a filing that nobody owns, or that has neither an end nor an event to end it."""
    return list(_filing(Filing.objects.get(number=number), town))


def _filing(filing: Filing, town: Town) -> Iterator[str]:
    name = f"filing {filing.number} ({filing.stage})"
    open_cases = [case for case in filing.cases.all() if case.state not in ENDS]
    for review in ReviewRequest.objects.filter(case__filing=filing, answered_at__isnull=True):
        yield from (f"{name}: the reasons of {review.case.item} {wrong}" for wrong in _review(review, town))
    if filing.stage == "draft" and filing.draft_expires_at is None:
        yield f"{name} never ends"
    if filing.stage == "confirming":
        if not filing.participants.filter(must_confirm=True, confirmed_at__isnull=True).exists():
            yield f"{name} waits for nobody"
        if filing.draft_expires_at <= town.now:
            yield f"{name} outlived its time to be confirmed"
    if filing.stage in {"expired", "withdrawn", "ended"}:
        if filing.ended_at is None:
            yield f"{name} has no end"
        yield from (f"{name} has ended, its case {case.item} is {case.state}" for case in open_cases)
        return
    if filing.stage == "submitted":
        if not open_cases:
            yield f"{name} has no open case and has not ended"
        for case in open_cases:
            yield from (f"{name}: {case.item} ({case.state}) {wrong}" for wrong in _case(case, filing, town))


def _case(case: Case, filing: Filing, town: Town) -> Iterator[str]:
    if case.state == "waiting":
        yield from _waiting(case, filing, town)
        return
    pause = case.pauses.filter(ended_at__isnull=True).first()
    if case.state == "correction" and not case.person_needed:
        yield from _applicant(case, filing, town)
    elif pause is not None:
        yield from _paused(case, pause, town)
    elif case.person_needed:
        yield from _office(case, town)
    elif case.state == "acting":
        yield from _elsewhere(case, filing)
    elif filing.due_at is None:
        yield "is with the machine, and nothing will wake it"
    if pause is None:
        yield from _rung(case, filing, town)


def _rung(case: Case, filing: Filing, town: Town) -> Iterator[str]:
    """What its office is held to: told of when it passed, and otherwise something looks when it will."""
    ladder = list(_ladder(case))
    if ladder and case.state not in {"received", "accepted"} and None in ladder:
        yield "is with its office without end"
    moments = [moment for moment in ladder if moment is not None]
    passed = sum(moment <= town.now for moment in moments)
    if case.alarm < passed:
        yield f"should have rung at {moments[passed - 1]}, and nobody was told (alarm {case.alarm})"
    for rings_at in moments[passed:][:1]:
        if filing.due_at is None or filing.due_at > rings_at + TRIED_AGAIN_WITHIN:
            yield f"rings at {rings_at}, and nothing looks then (due {filing.due_at})"
    if case.state == "received" and case.acceptance_due_at is not None and case.acceptance_due_at <= town.now:
        yield f"was to be accepted or not by {case.acceptance_due_at}, and silence did not accept it"


def _ladder(case: Case) -> Iterator[datetime | None]:
    if case.state in {"received", "accepted"}:
        yield from (case.warn_at, case.promised_due_at, case.statutory_due_at)
    elif case.state in {"acting", "issuing"} or case.person_needed:
        yield from (case.warn_at, case.closing_due_at)


def _waiting(case: Case, filing: Filing, town: Town) -> Iterator[str]:
    bundle = items.pinned(filing.bundle_digest)
    before = {each.item: each.state for each in filing.cases.all()}
    awaited = [before[key] for key in bundle.item(case.item).after if before[key] != "granted"]
    if not awaited:
        yield "waits for cases that are all granted"
    if set(awaited) & ENDS:
        yield "waits for a case that has ended without a grant"


def _applicant(case: Case, filing: Filing, town: Town) -> Iterator[str]:
    if case.correction_due_at is None:
        yield "waits for its applicant without end"
    elif case.correction_due_at <= town.now:
        yield f"waits for its applicant, whose time ended on {case.correction_due_at}"
    elif filing.due_at is None or filing.due_at > case.correction_due_at:
        yield f"waits for its applicant, and nothing looks when the time ends (due {filing.due_at})"


def _office(case: Case, town: Town) -> Iterator[str]:
    yield from _staffed(case, town)
    if not any((case.promised_due_at, case.acceptance_due_at, case.closing_due_at)):
        yield "is with its office without end"


def _paused(case: Case, pause: Pause, town: Town) -> Iterator[str]:
    yield from _staffed(case, town)
    if pause.due_at is None:
        yield "stands still without end"
    elif pause.due_at < town.now and pause.rung_at is None:
        yield f"has stood still since {pause.due_at} longer than was told, and nobody was warned"


def _review(review: ReviewRequest, town: Town) -> Iterator[str]:
    yield from _staffed(review.case, town)
    if not review.asked_at < review.warn_at < review.due_at:
        yield f"are due at {review.due_at} and warned of at {review.warn_at}"
    owed = (review.warn_at < town.now) + (review.due_at < town.now)
    if review.alarm < owed:
        yield f"were owed since {review.due_at}, and nobody was told"


def _elsewhere(case: Case, filing: Filing) -> Iterator[str]:
    acts = list(Act.objects.filter(case=case).exclude(state="done"))
    if not acts:
        yield "acts elsewhere with nothing left to do"
    for act in acts:
        if act.state != "intended":
            yield f"has act {act.name} {act.state}, and no person was asked"
        elif filing.due_at is None or (act.next_try_at and filing.due_at > act.next_try_at):
            yield f"waits for {act.body}, and nothing tries again (due {filing.due_at})"


def _staffed(case: Case, town: Town) -> Iterator[str]:
    if not registry.staff_of(case.office, *DECIDERS, on=town.now.date()):
        yield f"is with {case.office}, where nobody may decide"
