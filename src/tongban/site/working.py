"""The worker: carries waiting filings on, publishes the logs, does what a clock or a crash left to do."""

import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread
from types import FrameType

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connections

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.kernel import calendar
from tongban.kernel.clock import Budget, budget, civil_date
from tongban.kernel.errors import NodeReadOnly
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.registry import api as registry
from tongban.site.anchors import anchor_policy
from tongban.site.places import status_lists, uploads
from tongban.site.retention import schedule
from tongban.site.witnesses import witness_policy

LOG = logging.getLogger("tongban.worker")

FILING_BUDGET_S = 5.0
IDLE_S = 0.2  # between two looks for a filing that is due
PUBLISH_EVERY_S = 0.5  # a promise names a deadline of seconds; half a second keeps it
ANCHOR_EVERY_S = 60  # between two looks whether an anchor is due
TROUBLE_REST_S = 2.0  # after a fault of ours or of the store, so that it does not spin


@dataclass(slots=True)
class Chore:
    """Something that is done again and again: what, and how long to rest in between."""

    name: str
    do: Callable[[], object]
    every_s: float
    rest: Budget | None = None

    def is_due(self) -> bool:
        return self.rest is None or self.rest.left_s() == 0

    def run(self) -> None:
        """Do it; what fails is said in the log and done again next time."""
        try:
            self.do()
            self.rest = budget(self.every_s)
        except NodeReadOnly as older:
            LOG.error("%s: %s", self.name, older)
            self.rest = budget(max(self.every_s, TROUBLE_REST_S))
        except Exception:  # a chore that fails must not end the others
            LOG.exception("%s failed", self.name)
            close_old_connections()
            self.rest = budget(max(self.every_s, TROUBLE_REST_S))


@dataclass(slots=True)
class Publisher:
    """Publishes the logs; the first time, before anything else, it asks the witnesses where they stand."""

    at: cases.Workplace
    witnesses: ledger.WitnessPolicy
    asked: bool = False
    missing: frozenset[str] = frozenset()

    def __call__(self) -> None:
        done = ledger.sequence(
            ledger.logs_folder(),
            self.at.log_signer,
            self.at.clock.now(),
            holder=self.at.worker,
            witnesses=self.witnesses,
            again=not self.asked,
        )
        self.asked = True
        told = {name: words for each in done for name, words in each.missing.items()}
        if frozenset(told) != self.missing:  # said when it changes, not twice a second
            for words in told.values():
                LOG.warning("not published, too few witnesses: %s", words.en)
            self.missing = frozenset(told)


@dataclass(slots=True)
class Anchorer:
    """Has an authority say since when each log was so; its trouble stops nothing and is said once."""

    at: cases.Workplace
    policy: ledger.AnchorPolicy
    troubled: frozenset[str] = frozenset()

    def __call__(self) -> None:
        done = ledger.anchor_due(ledger.logs_folder(), self.policy, self.at.clock.now())
        told = {each.log: each.trouble for each in done if each.trouble is not None}
        for log in told.keys() - self.troubled:
            LOG.warning("%s is not anchored: %s", log, told[log].en)
        self.troubled = frozenset(told)


def chores(at: cases.Workplace) -> list[Chore]:
    """List what a node does without being asked."""

    publish, authority = Publisher(at, witness_policy()), anchor_policy()
    anchoring = [Chore("anchoring the logs", Anchorer(at, authority), ANCHOR_EVERY_S)] if authority else []

    def sign() -> None:
        licences.sign_waiting(at.signers, at.clock.now(), chance=at.chance, log_signer=at.log_signer)

    def publish_lists() -> None:
        licences.publish_status_lists(status_lists(), at.signers, origin=settings.ORIGIN, now=at.clock.now())

    def seal() -> None:
        papers.seal_pending(at.signers, at.clock.now(), log_signer=at.log_signer)

    def keep_papers() -> None:
        papers.keep_retention(uploads(), at.clock.now(), chance=at.chance)
        papers.sweep(uploads(), at.clock.now())

    def forget() -> None:
        now = at.clock.now()
        kept = schedule(at.policies, at.node.code, civil_date(now))
        ledger.forget_due(kept, now, at.calendar, chance=at.chance)
        ledger.prune_due(ledger.logs_folder(), at.log_signer, kept, now, at.calendar, chance=at.chance)

    def count_again() -> None:
        announced = calendar.load(at.node.city / "calendar.yaml")  # as it is today: a year may have come
        cases.recompute_provisional(at=replace(at, calendar=announced))

    return [
        Chore("publishing the logs", publish, PUBLISH_EVERY_S),
        *anchoring,
        Chore("signing what waits", sign, 10),
        Chore("sealing what waits", seal, 10),
        Chore("publishing the status lists", publish_lists, 300),
        Chore("keeping papers as long as the law asks", keep_papers, 3600),
        Chore("forgetting what evidence holds no longer than it may", forget, 3600),
        Chore("counting provisional deadlines again", count_again, 24 * 3600),
        Chore("telling what is overdue", lambda: cases.ring_overdue(at=at), 600),
        Chore("asking again where a grant has come", lambda: cases.resume_granted(at=at), 60),
        Chore("ending old drafts", lambda: cases.expire_drafts(at=at), 60),
        Chore("forgetting visits that have ended", SessionStore.clear_expired, 3600),
        Chore("forgetting used nonces", lambda: exchange.forget_nonces(at.clock.now()), 60),
        Chore("forgetting failed sign-ins", lambda: registry.tidy(at.clock.now()), 3600),
    ]


def work(at: cases.Workplace, told: Event) -> None:
    """Work until told to end: filings in this thread, chores in another, each with its own connection."""
    behind = Thread(target=_keep_house, args=(chores(at), told), name="chores")
    behind.start()
    try:
        while not told.is_set():
            told.wait(_one_filing(at))
    finally:
        told.set()
        behind.join()


def _one_filing(at: cases.Workplace) -> float:
    """Carry one filing on; give how long to rest before the next look."""
    try:
        return 0 if cases.work_once(at=at, limit=budget(FILING_BUDGET_S)) else IDLE_S
    except NodeReadOnly as older:
        LOG.error("%s", older)
    except Exception:  # its own row says when it is tried again; the others must not wait for it
        LOG.exception("a filing could not be carried on")
        close_old_connections()
    return TROUBLE_REST_S


def _keep_house(todo: Sequence[Chore], told: Event) -> None:
    while not told.is_set():
        for chore in todo:
            if chore.is_due():
                chore.run()
        told.wait(min(chore.every_s for chore in todo))
    connections.close_all()


def end_when_told() -> Event:
    """Give an event that SIGTERM or SIGINT sets: the step in hand is finished first."""
    told = Event()

    def hear(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, hear)
    signal.signal(signal.SIGINT, hear)
    return told


def say_ready() -> None:
    """Tell the supervisor that this process works."""
    print("ready", file=sys.stdout, flush=True)
