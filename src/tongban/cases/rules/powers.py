"""What an officer may do with a case as it stands. Pure; the actions check the same again, under a lock."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tongban.cases.rules.officers import DECIDERS, RECEIVERS
from tongban.cases.rules.states import CaseState
from tongban.registry import api as registry

UNDECIDED_HERE = frozenset({CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED})
UNSETTLED = frozenset({"in_doubt", "refused"})  # acts of which a person establishes what became


class Power(StrEnum):
    """One thing an officer may do."""

    CLAIM = "claim"
    GIVE_BACK = "give_back"
    TAKE_OVER = "take_over"  # as the head of the office, or of the one in whose name it decides
    DECIDE = "decide"
    NOT_ACCEPT = "not_accept"
    COMPLETE = "complete"  # ask once for what is missing
    TAKE_PAPER = "take_paper"  # at the counter, what is not electronic
    LAPSE = "lapse"  # confirm that what was never completed counts as withdrawn
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    EXPLAIN = "explain"  # answer somebody who asked for the reasons of a decision made by rule
    FIND_OUT = "find_out"  # establish what became of a registration elsewhere


# What only the officer who has taken a case may do with it, while somebody has.
DECIDING = frozenset({Power.CLAIM, Power.DECIDE, Power.NOT_ACCEPT, Power.COMPLETE, Power.LAPSE})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands, as far as it decides what may be done."""

    state: CaseState
    decided: bool
    accepted: bool
    person_needed: bool
    corrections: int
    paper_awaited: bool  # the item has a document that only the counter takes, and it was not taken
    paused: bool
    may_be_paused: bool
    may_be_extended: bool
    review_open: bool
    act_states: frozenset[str]
    taken_by: int | None  # the officer who has it
    in_hand: bool  # their office has it, or they have taken it over from one that decides in its name


def powers(standing: Standing, staff: registry.Staff) -> frozenset[Power]:
    """Give what this officer, who answers for the case, may do now."""
    if not standing.in_hand:
        heads = staff.holds(registry.Role.LEADER) and _is_open(standing)
        return frozenset({Power.TAKE_OVER}) if heads else frozenset()
    found: set[Power] = set()
    is_anothers = standing.taken_by not in {None, staff.id}
    if staff.holds(*RECEIVERS):
        found |= set(_as_receiver(standing))
    if staff.holds(*DECIDERS):
        found |= set(_as_decider(standing, staff))
    if staff.holds(registry.Role.LEADER) and _is_open(standing):
        found |= set(_as_leader(standing, is_anothers=is_anothers))
    return frozenset(found - DECIDING if is_anothers else found)


def _as_leader(standing: Standing, *, is_anothers: bool) -> Iterator[Power]:
    if standing.may_be_extended:
        yield Power.EXTEND
    if is_anothers:
        yield Power.TAKE_OVER


def _is_open(standing: Standing) -> bool:
    return standing.state in UNDECIDED_HERE and not standing.decided


def _as_receiver(standing: Standing) -> Iterator[Power]:
    if standing.act_states & UNSETTLED:
        yield Power.FIND_OUT
    if not _is_open(standing):
        return
    if not standing.accepted or standing.person_needed:
        yield Power.NOT_ACCEPT
    if not standing.accepted and standing.corrections == 0:
        yield Power.COMPLETE
    if standing.state is CaseState.CORRECTION and standing.paper_awaited:
        yield Power.TAKE_PAPER
    if standing.state is CaseState.CORRECTION and standing.person_needed:
        yield Power.LAPSE


def _as_decider(standing: Standing, staff: registry.Staff) -> Iterator[Power]:
    if standing.review_open:
        yield Power.EXPLAIN
    if standing.paused:
        yield Power.RESUME
    if not _is_open(standing):
        return
    yield Power.GIVE_BACK if standing.taken_by == staff.id else Power.CLAIM
    yield Power.DECIDE
    if standing.accepted and standing.may_be_paused and not standing.paused:
        yield Power.PAUSE
