"""A nonce is claimed once for the node: by whichever process, at whatever moment, whatever the clock does."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from tests.demo.hosting import MORNING
from tongban.exchange.actions import NONCES_KEPT, claim_nonce
from tongban.exchange.api import forget_nonces
from tongban.exchange.gateway.wire import WINDOW_S
from tongban.exchange.models import Nonce
from tongban.kernel.errors import Conflict

KEY, NONCE = "a" * 32, "0123456789abcdef"


def is_refused(nonce: str = NONCE, *, key: str = KEY, created: object = MORNING) -> str:
    """Give why a claim is refused; empty where it is taken."""
    try:
        claim_nonce(key, nonce, created=created)  # type: ignore[arg-type]  # a moment
    except Conflict as refused:
        return refused.code
    return ""


def test_a_nonce_counts_once_for_each_key(database: None) -> None:
    assert [is_refused(), is_refused(), is_refused(key="b" * 32), is_refused(NONCE + "0")] == [
        "",
        "gateway.replayed",
        "",
        "",
    ]


def test_a_nonce_that_is_signed_again_at_another_moment_was_used_all_the_same(database: None) -> None:
    assert is_refused() == ""
    assert is_refused(created=MORNING + timedelta(seconds=1)) == "gateway.replayed"


def test_of_many_at_once_one_gets_it(database: None) -> None:
    many, rounds = 4, 8
    barrier, said = Barrier(many), []

    def ask() -> None:
        for number in range(rounds):
            barrier.wait()
            said.append((number, is_refused(f"{NONCE}{number}")))
        connection.close()

    threads = [Thread(target=ask) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(rounds):
        of_one = sorted(code for asked, code in said if asked == number)
        assert of_one == ["", *["gateway.replayed"] * (many - 1)]


def test_nonces_are_forgotten_only_when_no_signature_may_count_with_them(database: None) -> None:
    later = MORNING + NONCES_KEPT
    assert is_refused() == ""
    assert is_refused(NONCE + "0", created=later) == ""
    assert timedelta(seconds=2 * WINDOW_S) < NONCES_KEPT
    assert forget_nonces(later) == 0
    assert is_refused() == "gateway.replayed"
    assert is_refused(NONCE + "1", created=later + timedelta(seconds=1)) == ""
    assert forget_nonces(later + timedelta(seconds=1)) == 1


def test_a_clock_that_was_set_back_brings_no_forgotten_nonce_to_life(database: None) -> None:
    assert is_refused() == ""
    hour = MORNING + timedelta(hours=1)
    assert is_refused(NONCE + "0", created=hour) == ""
    assert forget_nonces(hour) == 1
    assert is_refused() == "gateway.clock_set_back"
    assert is_refused(NONCE + "1", created=hour + timedelta(seconds=1)) == ""


def test_the_newest_stays_however_old_it_is(database: None) -> None:
    assert forget_nonces(MORNING) == 0
    assert is_refused() == ""
    assert forget_nonces(MORNING + timedelta(days=400)) == 0
    assert Nonce.objects.count() == 1


def test_a_claim_is_never_part_of_another_transaction(database: None) -> None:
    """It would be undone with it, and the nonce would count again."""
    with transaction.atomic(), pytest.raises(RuntimeError):
        claim_nonce(KEY, NONCE, created=MORNING)
