"""Acts at other organisations: sent once, or again only under a key that the office honours.

Each attempt ends in one of three ways: done, refused, or unanswered. Unanswered and perhaps done is
never sent again here unless the office declared that it honours our key, and within the time for which
it does; whatever else is to be found out, `find_act` or a person finds out (promise 7).
"""

from dataclasses import replace
from datetime import datetime

from tongban.exchange.connectors.troubles import NO_ANSWER
from tongban.exchange.road import Lane, Road, call, patience_for
from tongban.exchange.verbs import (
    ActOutcome,
    ActRequest,
    CannotTell,
    FoundAct,
    Idempotency,
    Unanswered,
)
from tongban.kernel.errors import SourceDown, SourceTrouble
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction


class _Lost(SourceDown):
    """An outcome that says nothing reached us, on its way to the breaker and the retries."""

    def __init__(self, outcome: Unanswered) -> None:
        super().__init__(NO_ANSWER, what=outcome.reason, todo=outcome.reason)
        self.outcome = outcome


def act(
    road: Road, connector: str, request: ActRequest, now: datetime, *, timeout_s: float = 10.0
) -> ActOutcome:
    """Have something done at another organisation; the key must be stored before this is called.

    Repeats by itself only where the connector declares `idempotency: key`, and with the same key.
    Raises InvalidValue for a field that the operation needs and was not given: nothing was sent then.
    """
    outside_any_transaction("an act at another organisation")
    lane = road.lane(connector)
    if _key_is_too_old(lane, request, now):
        return Unanswered(
            Text(
                f"{connector} 对同一流水号只在限定时间内防重，现已超过，须人工核实。",
                f"{connector} honours a key only for so long, and that time is over: a person must find out.",
            ),
            maybe_done=True,
        )
    attempts = lane.patience.attempts if lane.connector.idempotency == "key" else 1
    perhaps = False

    def once(timeout_s: float) -> ActOutcome:
        nonlocal perhaps
        outcome = lane.connector.act(request, timeout_s=timeout_s)
        if isinstance(outcome, Unanswered):
            perhaps = perhaps or outcome.maybe_done
            raise _Lost(outcome)
        return outcome

    try:
        return call(lane, once, patience_for(lane, timeout_s), attempts=attempts, road=road)
    except _Lost as lost:
        return replace(lost.outcome, maybe_done=perhaps)
    except SourceTrouble as trouble:
        return Unanswered(trouble.what, maybe_done=perhaps)


def find_act(road: Road, connector: str, key: str, *, timeout_s: float = 5.0) -> FoundAct:
    """Ask an office whether something was done under a key; a failure to answer is CannotTell."""
    outside_any_transaction("asking about an act")
    lane = road.lane(connector)

    def once(timeout_s: float) -> FoundAct:
        return lane.connector.find_act(key, timeout_s=timeout_s)

    try:
        return call(lane, once, patience_for(lane, timeout_s), attempts=lane.patience.attempts, road=road)
    except SourceTrouble as trouble:
        return CannotTell(trouble.what)


def idempotency(road: Road, connector: str) -> Idempotency:
    """Say how the office keeps an act from being done twice: by our key, by lookup after, or not."""
    return road.lane(connector).connector.idempotency


def _key_is_too_old(lane: Lane, request: ActRequest, now: datetime) -> bool:
    if lane.key_honoured is None or request.first_sent_at is None:
        return False
    # The office counts from when it got the request, by its own clock: an hour is kept in hand.
    return now - request.first_sent_at > lane.key_honoured * 23 / 24
