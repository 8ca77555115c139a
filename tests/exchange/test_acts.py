"""act and find_act over connectors in this process: what is sent again, and what is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction

from tests.demo.hosting import MORNING
from tests.exchange.conftest import Opening
from tests.exchange.shelf import Shelf
from tongban.exchange.api import (
    ActOutcome,
    ActRequest,
    CannotTell,
    Done,
    FoundAct,
    Idempotency,
    Refused,
    Road,
    Unanswered,
    act,
    find_act,
)
from tongban.exchange.connectors.troubles import no_answer
from tongban.kernel.clock import SetClock
from tongban.kernel.texts import Text

LOST = Unanswered(Text("超时", "timeout"), maybe_done=True)
UNSENT = Unanswered(Text("连接不上", "unreachable"), maybe_done=False)
NO = Refused(Text("不予办理", "no"))


@dataclass
class Office(Shelf):
    """Gives the outcomes that a test writes down, then does what it is asked."""

    outcomes: list[ActOutcome] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:
        self.sent.append(request.key)
        return self.outcomes.pop(0) if self.outcomes else super().act(request, timeout_s=timeout_s)


def office(kind: Idempotency, *outcomes: ActOutcome) -> Office:
    return Office("tax", idempotency=kind, outcomes=list(outcomes))


def do(road: Road) -> ActOutcome:
    return act(road, "tax", ActRequest("tax", "register", {}, "key-1"), MORNING)


@pytest.mark.parametrize("kind", ["lookup", "none"])
@pytest.mark.parametrize("outcome", [LOST, UNSENT])
def test_without_a_key_that_is_honoured_nothing_is_sent_twice(
    database: None, opened: Opening, kind: Idempotency, outcome: ActOutcome
) -> None:
    tax = office(kind, outcome)
    assert do(opened(extra=(tax,))) == outcome
    assert tax.sent == ["key-1"]


def test_with_a_key_a_lost_act_is_sent_again_under_the_same_key(database: None, opened: Opening) -> None:
    tax = office("key", LOST)
    assert do(opened(extra=(tax,))) == Done("tax-1")
    assert tax.sent == ["key-1", "key-1"]


def test_a_first_attempt_that_may_have_been_done_is_not_forgotten(database: None, opened: Opening) -> None:
    outcome = do(opened(extra=(office("key", LOST, UNSENT),)))
    assert isinstance(outcome, Unanswered)
    assert outcome.maybe_done


def test_a_refusal_is_never_sent_again(database: None, opened: Opening) -> None:
    tax = office("key", NO)
    assert do(opened(extra=(tax,))) == NO
    assert tax.sent == ["key-1"]


def test_an_office_that_stays_away_is_left_alone_and_then_tried_once(
    database: None, opened: Opening, clock: SetClock
) -> None:
    tax = office("none", *[LOST] * 6)
    road = opened(extra=(tax,))
    for _ in range(5):
        do(road)
    resting = do(road)
    assert isinstance(resting, Unanswered)
    assert not resting.maybe_done  # nothing left the house
    assert len(tax.sent) == 5
    clock.move(timedelta(seconds=10))
    assert do(road) == LOST
    assert len(tax.sent) == 6


def test_an_act_inside_a_transaction_is_refused(database: None, opened: Opening) -> None:
    road = opened(extra=(office("key"),))
    for verb in (lambda: do(road), lambda: find_act(road, "tax", "key-1")):
        refuse(verb)


def refuse(verb: Callable[[], object]) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a write transaction"):
        verb()


def test_a_question_that_is_not_answered_cannot_tell(database: None, opened: Opening) -> None:
    @dataclass
    class Mute(Shelf):
        def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
            raise no_answer("tax", Text("超时", "it took too long"))

    found = find_act(opened(extra=(Mute("tax"),)), "tax", "key-1")
    assert isinstance(found, CannotTell)
    assert "超时" in found.reason.zh
