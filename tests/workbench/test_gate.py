"""Guessing from one address is slowed down; memory stays bounded; a hall of clerks is not locked out."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.clock import SHANGHAI
from tongban.workbench.gate import Gate, TooManyAttempts, address_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
WINDOW = timedelta(minutes=5)


def enters(gate: Gate, address: str, at: datetime) -> bool:
    try:
        gate.enter(address, at)
    except TooManyAttempts:
        return False
    return True


@given(st.lists(st.integers(0, 900), max_size=60).map(sorted))
def test_never_more_attempts_than_allowed_in_any_window(seconds: list[int]) -> None:
    gate = Gate(most=5, within=WINDOW)
    let_in = [at for at in seconds if enters(gate, "192.0.2.1", NOON + timedelta(seconds=at))]
    for first in let_in:
        assert sum(first <= at < first + WINDOW.total_seconds() for at in let_in) <= 5


def test_an_address_may_try_again_when_the_window_has_passed() -> None:
    gate = Gate(most=2, within=WINDOW)
    assert [enters(gate, "192.0.2.1", NOON) for _ in range(3)] == [True, True, False]
    assert enters(gate, "192.0.2.2", NOON)
    assert enters(gate, "192.0.2.1", NOON + WINDOW)


def test_attempts_that_succeed_are_given_back() -> None:
    gate = Gate(most=2, within=WINDOW)
    for _ in range(50):
        assert enters(gate, "192.0.2.1", NOON)
        gate.give_back("192.0.2.1")


def test_the_refusal_says_how_long_to_wait() -> None:
    gate = Gate(most=1, within=WINDOW)
    gate.enter("192.0.2.1", NOON)
    with pytest.raises(TooManyAttempts, match="4 minutes"):
        gate.enter("192.0.2.1", NOON + timedelta(seconds=61))


@given(st.lists(st.integers(0, 200), max_size=100))
def test_it_remembers_no_more_addresses_than_it_may(hosts: list[int]) -> None:
    gate = Gate(most=3, within=WINDOW, addresses=10)
    for host in hosts:
        enters(gate, f"192.0.2.{host}", NOON)
    assert len(gate) <= 10


@pytest.mark.parametrize(
    ("heard", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # nobody in front of us: what it says is not believed
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # only what the proxy itself appended
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", "", "2001:0db8:0001:0002"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "not an address", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_the_address_is_the_one_that_the_proxy_heard(heard: str, forwarded: str, address: str) -> None:
    meta = {"REMOTE_ADDR": heard} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    assert address_of(meta) == address
