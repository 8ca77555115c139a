"""Ask the sources what a filing needs, and record what they said."""

from collections.abc import Sequence
from dataclasses import replace

from tongban.cases.actions.facts import record_facts
from tongban.cases.queries.sight import Sight, see, subjects_of_record
from tongban.cases.queries.snapshots import snapshot as read
from tongban.cases.rules.gathering import Lookup, identity
from tongban.cases.snapshot import FactView, Snapshot
from tongban.cases.workplace import Workplace
from tongban.exchange import api as exchange
from tongban.kernel.clock import Budget, stopwatch

ROUNDS = 6  # lookups whose keys come from lookups; more would be a fault of the pack
SOURCE_TIMEOUT_S = 10.0


def gather(number: str, *, at: Workplace, again: bool, limit: Budget | None = None) -> Sight:
    """Fetch for a filing all that may be fetched now, and give it as it then is."""
    return gather_for(read(number), at=at, again=again, limit=limit)


def gather_for(snapshot: Snapshot, *, at: Workplace, again: bool, limit: Budget | None = None) -> Sight:
    """Fetch everything that may be fetched now, stage by stage, and give the filing as it then is.

    `again` asks sources once more that were late before; what was withheld for want of a grant is asked once
    a grant is there. A budget that runs out leaves the rest to the next call. Nothing here holds a
    transaction while a source is asked.
    """
    sight = see(snapshot, at=at)
    asked_again = False
    for _ in range(ROUNDS):
        wanted = sight.gathered.missing
        if not asked_again:
            wanted += granted_now(sight, at=at)
            wanted += sight.gathered.late if again else ()
            asked_again = True
        if not wanted or (limit is not None and limit.left_s() <= 0):
            break
        facts = _fetch(sight, wanted, at=at, limit=limit)
        if not facts:
            break  # still late, or the filing has ended meanwhile: asking on would bring nothing
        sight = see(with_facts(sight.snapshot, facts), at=at)
    return sight


def with_facts(snapshot: Snapshot, facts: Sequence[FactView]) -> Snapshot:
    """Give the filing with newly recorded facts; the newest of an element and key speaks."""
    fresh = {identity(fact) for fact in facts}
    kept = (fact for fact in snapshot.facts if identity(fact) not in fresh)
    return replace(snapshot, facts=(*kept, *facts))


def _fetch(
    sight: Sight, lookups: Sequence[Lookup], *, at: Workplace, limit: Budget | None
) -> tuple[FactView, ...]:
    now = at.clock.now()
    timeout_s = SOURCE_TIMEOUT_S if limit is None else max(0.2, min(SOURCE_TIMEOUT_S, limit.left_s()))
    passed = stopwatch()
    answers = exchange.fetch(at.road, requests_for(sight, lookups), now=now, timeout_s=timeout_s)
    seconds = passed()
    return record_facts(
        sight.snapshot.number,
        list(zip(lookups, answers, strict=True)),
        book=sight.book,
        at=at,
        seconds=round(seconds, 3),
    )


def granted_now(sight: Sight, *, at: Workplace) -> tuple[Lookup, ...]:
    """Give the lookups of which something was withheld that the rights of this moment would release.

    Judged as exchange will judge: what it would withhold again is not asked for again.
    """
    lookups = sight.gathered.ungranted
    if not lookups:
        return ()
    now, found = at.clock.now(), []
    for lookup, request in zip(lookups, requests_for(sight, lookups), strict=True):
        judged = exchange.judge_share(request, sight.book, now)
        if isinstance(judged, exchange.Allowed):
            facts = (sight.gathered.facts.get((lookup.fetch.ref, each)) for each in judged.elements)
            if any(fact is not None and fact.wants_grant for fact in facts):
                found.append(lookup)
    return tuple(found)


def requests_for(sight: Sight, lookups: Sequence[Lookup]) -> list[exchange.ShareRequest]:
    """Give the share requests of lookups: for which office and purpose, by which key, about whom."""
    about = subjects_of_record(sight, {lookup.fetch.ref for lookup in lookups})
    return [
        exchange.ShareRequest(
            consumer=lookup.fetch.consumer,
            purpose=lookup.fetch.purpose,
            case_or_filing=sight.snapshot.number,
            resource=lookup.fetch.resource,
            elements=lookup.fetch.elements,
            key=lookup.key,
            subject_of_record=about[lookup.fetch.ref],
        )
        for lookup in lookups
    ]
