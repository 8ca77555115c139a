"""What a submitted filing wants next, decided from what is stored alone. Pure.

`advance` asks this question again after every step, so a crash anywhere loses nothing but time: the
next worker sees the same rows and comes to the same step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.cases.rules.states import CaseState, Stage
from tongban.cases.snapshot import ActView, CaseView, Snapshot


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Gather what these cases need, run their rules and record where each goes."""

    cases: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Make these registrations at other organisations. `sent_before` ones are looked up first."""

    acts: tuple[ActView, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Have the prepared results of these cases signed by their offices, and end them."""

    cases: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now; `until` is when to look again by itself, None when only an event can help."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Ring:
    """These clocks have run out: each case with the name of its clock."""

    clocks: tuple[tuple[CaseView, str], ...]


Step = TakeUp | Register | Sign | Ring | Rest

MACHINE_STATES = frozenset({CaseState.RECEIVED, CaseState.ACCEPTED})
DECIDED = frozenset({CaseState.ACTING, CaseState.ISSUING})  # and the result is not yet with its applicant


def next_step(snapshot: Snapshot, *, now: datetime) -> Step:
    """Choose the next step: ring what has run out, sign what is prepared, register what is decided, take up
    what is received.

    Clocks come first: signing and registering are tried again for as long as an office is silent, and that
    silence is what they ring about.
    """
    if snapshot.stage is not Stage.SUBMITTED:
        return Rest(None)
    rung = tuple(
        (case, clock) for case in snapshot.cases for clock, at in clocks_of(case).items() if at <= now
    )
    if rung:
        return Ring(rung)
    issuing = tuple(case for case in snapshot.cases if case.state is CaseState.ISSUING)
    if issuing:
        return Sign(issuing)
    acts = tuple(act for act in snapshot.acts if act.state == "intended" and _is_due(act.next_try_at, now))
    if acts:
        return Register(acts)
    open_cases = tuple(case for case in snapshot.cases if wants_rules(case))
    if open_cases and _is_due(snapshot.retry_at, now):
        return TakeUp(open_cases)
    return Rest(_next_look(snapshot))


def wants_rules(case: CaseView) -> bool:
    """Say whether the machine still has something to find out for this case."""
    return case.state in MACHINE_STATES and not case.person_needed and not case.paused


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is None or moment <= now


def _next_look(snapshot: Snapshot) -> datetime | None:
    moments = [act.next_try_at for act in snapshot.acts if act.state == "intended" and act.next_try_at]
    if snapshot.retry_at is not None and any(wants_rules(case) for case in snapshot.cases):
        moments.append(snapshot.retry_at)
    for case in snapshot.cases:
        moments.extend(clocks_of(case).values())
    return min(moments, default=None)


def clocks_of(case: CaseView) -> Mapping[str, datetime]:
    """Give the clocks that run for a case now; one that has rung (`alarm`) runs no more."""
    running: dict[str, datetime | None] = {}
    if case.state is CaseState.RECEIVED:
        running["acceptance"] = case.acceptance_due_at
    if case.state is CaseState.CORRECTION and not case.person_needed:
        running["correction"] = case.correction_due_at
    ladder = _ladder(case)
    if case.alarm < len(ladder):
        name, moment = ladder[case.alarm]
        running[name] = moment
    return {name: moment for name, moment in running.items() if moment is not None}


def _ladder(case: CaseView) -> tuple[tuple[str, datetime | None], ...]:
    """Give what its office is held to now, the warning first: to decide, then to close it.

    Each ladder begins with no alarm: whoever starts its clock takes the alarm of the one before away.
    """
    if case.state in MACHINE_STATES and not case.paused:
        return (
            ("warning", case.warn_at),
            ("promised", case.promised_due_at),
            ("statutory", case.statutory_due_at),
        )
    if case.state in DECIDED:
        return (("delivery_soon", case.warn_at), ("delivery_late", case.closing_due_at))
    if case.state is CaseState.CORRECTION and case.person_needed:
        return (("lapse_soon", case.warn_at), ("lapse_late", case.closing_due_at))
    return ()


def backoff(attempts: int) -> timedelta:
    """Say how long to wait before trying again: 2, 4, 8 … seconds, never more than 15 minutes."""
    return timedelta(seconds=min(900, 2 ** min(attempts, 10)))
