"""A circuit breaker: stop calling a system that does not answer, and try it again after a rest.

Closed lets calls through and counts failures in a row; open refuses at once, so that a dead system
costs nobody its timeout; half-open lets a few probes through and closes on the first success. The
state and its steps are pure; `Breaker` keeps one state for many threads.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from tongban.kernel.clock import Clock

Position = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """After how many failures in a row to open, how long to rest, how many probes at once."""

    failures: int = 5
    rest_s: float = 30.0
    probes: int = 1


@dataclass(frozen=True, slots=True)
class BreakerState:
    """Where the breaker stands: failures in a row, since when it is open, probes under way."""

    position: Position = "closed"
    failures: int = 0
    opened_at: datetime | None = None
    probing: int = 0


def ask(state: BreakerState, limits: BreakerLimits, now: datetime) -> tuple[BreakerState, bool]:
    """Say whether a call may go out now, and the state after it was let out."""
    if state.position == "closed":
        return state, True
    rested = state.opened_at is not None and now >= state.opened_at + timedelta(seconds=limits.rest_s)
    if state.position == "open" and rested:
        return replace(state, position="half_open", probing=1), True
    if state.position == "half_open" and state.probing < limits.probes:
        return replace(state, probing=state.probing + 1), True
    return state, False


def succeeded(state: BreakerState) -> BreakerState:
    """Give the state after a call was answered: whoever answers is there, so the breaker closes."""
    return state if state == BreakerState() else BreakerState()


def failed(state: BreakerState, limits: BreakerLimits, now: datetime) -> BreakerState:
    """Give the state after a call was not answered.

    A failure that arrives while the breaker is already open began before it opened; it does not
    lengthen the rest.
    """
    failures = state.failures + 1
    if state.position == "open":
        return replace(state, failures=failures)
    if state.position == "half_open" or failures >= limits.failures:
        return BreakerState("open", failures, now, 0)
    return replace(state, failures=failures)


class Breaker:
    """The breaker of one connector in this process, shared by its threads."""

    def __init__(self, limits: BreakerLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = Lock()
        self._state = BreakerState()

    @property
    def state(self) -> BreakerState:
        """Give where the breaker stands."""
        return self._state

    def let_out(self) -> bool:
        """Ask for one call; whoever got True must report `answered` or `unanswered`."""
        with self._lock:
            self._state, allowed = ask(self._state, self._limits, self._clock.now())
            return allowed

    def answered(self) -> None:
        """Report that the call let out was answered, be it with a refusal."""
        with self._lock:
            self._state = succeeded(self._state)

    def unanswered(self) -> None:
        """Report that the call let out was not answered."""
        with self._lock:
            self._state = failed(self._state, self._limits, self._clock.now())
