"""The bundles on offer, as anybody may read them: kept for seconds, so that public pages ask no store."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry

KEPT_FOR_S = 10  # how long a withdrawn bundle may still be read about; starting one asks the store
COUNTY = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """One bundle with what it asks, as the page before sign-in tells it."""

    bundle: items.Bundle
    plan: items.Plan

    @property
    def supplied(self) -> int:
        """Give how many values nobody types: fetched, derived, produced, or known from signing in."""
        return sum(need.how != "asked" for need in self.plan.needs)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is on offer, and the counties in which it can be filed."""

    matters: tuple[Matter, ...]
    divisions: tuple[registry.Division, ...]
    pages: dict[str, bytes] = field(default_factory=dict)  # written for strangers while this shelf stands

    def matter(self, code: str) -> Matter:
        """Give one by its code; raises NotFound."""
        for matter in self.matters:
            if matter.bundle.code == code:
                return matter
        raise NotFound(
            "portal.no_matter",
            what=Text("没有这件事项，或已停止办理。", "There is no such matter, or it is no longer offered."),
            todo=Text("请从首页查找。", "Look for it from the home page."),
        )


class _Kept:
    """The shelf of this process, with the window of time in which it was filled."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: tuple[str, int] | None = None
        self._shelf = Shelf((), ())

    def give(self, at: cases.Workplace) -> Shelf:
        """Give the shelf, filled again when its seconds are over; others wait for the one who fills it."""
        now = at.clock.now()
        wanted = (at.node.code, int(now.timestamp()) // KEPT_FOR_S)
        with self._lock:
            if self._of != wanted:
                self._shelf, self._of = _filled(at, now), wanted
            return self._shelf

    def forget(self) -> None:
        """Read the store again next time."""
        with self._lock:
            self._of = None


def _filled(at: cases.Workplace, now: datetime) -> Shelf:
    day = civil_date(now)
    known = registry.directory()
    inside = known.within(at.node.code)
    counties = tuple(d for d in known.divisions(day) if d.code in inside and d.level == COUNTY)
    book = catalogue.book(day)
    where = counties[0].code if counties else at.node.code
    bundles = [items.bundle(card.code, card.version) for card in items.bundles()]
    plans = [items.plan(b, book, where, alone(b), day, policies=at.policies) for b in bundles]
    return Shelf(tuple(Matter(b, p) for b, p in zip(bundles, plans, strict=True)), counties)


def alone(bundle: items.Bundle) -> items.Answers:
    """Give the filing of somebody who fills every role that they may fill: the least that is asked."""
    owner = items.Ref(bundle.owner)
    filled = [
        items.Party(items.Ref(role.role), items.Ref(role.may_be[0]))
        for role in bundle.participants
        if role.known_by == "named" and role.may_be
    ]
    return items.Answers(parties=(items.Party(owner), *filled))


_KEPT = _Kept()
shelf = _KEPT.give
forget = _KEPT.forget
