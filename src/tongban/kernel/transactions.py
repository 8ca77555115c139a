"""Whole actions open the transaction; parts of one assert that they are inside it.

An action is what changes the state of things. A *whole* action is called from a face, a job or a
command; it opens one database transaction, and everything in it, evidence included, commits
together or not at all. A *part* is called from another room's whole action and refuses to run
alone: what it writes would otherwise commit without the rest.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def whole(action: Callable[P, R]) -> Callable[P, R]:
    """Run the action in a transaction of its own; refuse to nest in another (durable)."""

    @wraps(action)
    def in_one_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return action(*args, **kwargs)

    return in_one_transaction


def part(action: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run outside a whole action's transaction."""

    @wraps(action)
    def inside_a_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            name = f"{action.__module__}.{action.__qualname__}"
            raise RuntimeError(f"{name} is a part: call it inside a whole action's transaction")
        return action(*args, **kwargs)

    return inside_a_transaction


def outside_any_transaction(what: str) -> None:
    """Refuse to call the outside world while a write transaction is open."""
    if connection.in_atomic_block:
        raise RuntimeError(f"{what} must not happen inside a write transaction")
