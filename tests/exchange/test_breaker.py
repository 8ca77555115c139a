"""The circuit breaker, with a clock that is set."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.demo.hosting import MORNING
from tongban.exchange.breaker import Breaker, BreakerLimits, BreakerState, ask, failed, succeeded
from tongban.kernel.clock import SetClock

LIMITS = BreakerLimits(failures=3, rest_s=10, probes=1)


def opened(clock: SetClock) -> Breaker:
    breaker = Breaker(LIMITS, clock)
    for _ in range(LIMITS.failures):
        assert breaker.let_out()
        breaker.unanswered()
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    clock = SetClock(MORNING)
    breaker = opened(clock)
    assert breaker.state.position == "open"
    assert not breaker.let_out()


def test_an_answer_in_between_starts_the_count_again() -> None:
    breaker = Breaker(LIMITS, SetClock(MORNING))
    for _ in range(10):
        breaker.let_out()
        breaker.unanswered()
        breaker.let_out()
        breaker.unanswered()
        breaker.let_out()
        breaker.answered()
    assert breaker.state == BreakerState()


def test_after_its_rest_it_lets_one_probe_out() -> None:
    clock = SetClock(MORNING)
    breaker = opened(clock)
    clock.move(timedelta(seconds=9.9))
    assert not breaker.let_out()
    clock.move(timedelta(seconds=0.1))
    assert breaker.let_out()
    assert breaker.state.position == "half_open"
    assert not breaker.let_out()


def test_an_answered_probe_closes_it() -> None:
    clock = SetClock(MORNING)
    breaker = opened(clock)
    clock.move(timedelta(seconds=10))
    breaker.let_out()
    breaker.answered()
    assert breaker.state == BreakerState()
    assert breaker.let_out()


def test_an_unanswered_probe_opens_it_for_another_rest() -> None:
    clock = SetClock(MORNING)
    breaker = opened(clock)
    clock.move(timedelta(seconds=10))
    breaker.let_out()
    breaker.unanswered()
    clock.move(timedelta(seconds=9))
    assert not breaker.let_out()
    clock.move(timedelta(seconds=1))
    assert breaker.let_out()


def test_failures_that_come_in_late_do_not_lengthen_the_rest() -> None:
    clock = SetClock(MORNING)
    breaker = opened(clock)
    clock.move(timedelta(seconds=9))
    breaker.unanswered()
    clock.move(timedelta(seconds=1))
    assert breaker.let_out()


@given(st.lists(st.sampled_from(["ask", "good", "bad", "wait"]), max_size=60))
def test_it_never_lets_more_than_its_probes_out_until_one_is_answered(steps: list[str]) -> None:
    state, now, out = BreakerState(), MORNING, 0
    for step in steps:
        if step == "wait":
            now += timedelta(seconds=LIMITS.rest_s)
        elif step == "ask":
            before = state.position
            state, allowed = ask(state, LIMITS, now)
            out = 0 if state.position == "closed" else out + int(allowed)
            assert allowed or before != "closed"
        else:
            state = succeeded(state) if step == "good" else failed(state, LIMITS, now)
            out = 0
        assert out <= LIMITS.probes
        assert state.failures < LIMITS.failures or state.position != "closed"
