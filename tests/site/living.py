"""A town that lives by the machine's clock, with a worker and the interface for machines before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

from django.db import connections

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import filer_of
from tongban.cases import api as cases
from tongban.cases.models import Filing
from tongban.site.working import work


def left_alone(town: Town, founder: str, word: str) -> str:
    """Submit a filing and walk away: the lease of whoever submitted it has run out."""
    number = draft(town, town.subject(founder), trade_word=word)
    checked, lease = cases.submit(number, by=filer_of(number), request=None, at=town.workplace)
    assert checked.is_clean
    assert lease is not None
    Filing.objects.filter(number=number).update(lease_until=None, due_at=town.now)
    return number


@contextmanager
def working(town: Town, *names: str) -> Iterator[Event]:
    """Let workers of these names work for the town until the block ends."""
    told = Event()

    def run(name: str) -> None:
        work(replace(town.workplace, worker=name), told)
        connections.close_all()

    threads = [Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        told.set()
        for thread in threads:
            thread.join()


def wait_until(told: Event, holds: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait on the workers' own event until something holds; fail when it never does."""
    rounds = int(seconds / 0.05)
    for _ in range(rounds):
        if holds():
            return
        told.wait(0.05)
    raise AssertionError("it never came")
