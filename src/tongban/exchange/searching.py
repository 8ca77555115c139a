"""Searching an open register by words, so that a person picks an entry instead of typing its code.

Only what may lie open is searched: a register shared unconditionally, graded general, about no person.
It is read whole and kept a few minutes; each search is a share like any other, judged and on record.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from tongban.catalogue import api as catalogue
from tongban.exchange.actions import Released, Withheld
from tongban.exchange.answers import FetchedValue
from tongban.exchange.connectors.troubles import no_answer
from tongban.exchange.road import Lane, Road, call, patience_for
from tongban.exchange.rules import Denied, ShareRequest, is_open, judge_share
from tongban.exchange.shelf import Entry, Listed
from tongban.kernel.clock import budget, civil_date
from tongban.kernel.errors import SourceTrouble
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction
from tongban.kernel.values.writing import as_code

MOST_ENTRIES = 500_000  # a register of more is no list to search in memory
ROWS_AT_ONCE = 5_000
KEPT_FOR = timedelta(minutes=10)
LEAST_LETTERS = 2
TOO_LONG = Text("条目过多，不能检索", "it is too long to be searched")


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found: (key, words), the shortest first; `reason` says why there is nothing."""

    entries: tuple[tuple[str, str], ...] = ()
    more: bool = False  # there are more than could be given
    reason: Text | None = None


def search(road: Road, request: ShareRequest, *, now: datetime, most: int, timeout_s: float) -> Hits:
    """Find entries whose element, the only one of the request, has all the words in its only key.

    Raises nothing for a source that is down or a right that is not there: the reason is in the answer.
    """
    outside_any_transaction("searching another organisation's register")
    [(key, words)], [element] = request.key.items(), request.elements
    wanted = [as_code(word) for word in words.split()]
    if sum(map(len, wanted)) < LEAST_LETTERS:
        return Hits(reason=Text("请至少输入两个字。", "Write two characters at least."))
    book = catalogue.book(civil_date(now))
    judged = judge_share(request, book, now)
    if not isinstance(judged, Denied) and not is_open(judged.resource, book):
        judged = Denied("not_open", Text("该数据资源不开放检索。", "This resource is not open to search."))
    if isinstance(judged, Denied):
        road.journal.record([Withheld(request, judged.code, judged.reason)], now)
        return Hits(reason=judged.reason)
    try:
        listed = _listed(road, judged.resource, book, key, element, timeout_s=timeout_s)
    except SourceTrouble as trouble:
        return Hits(reason=trouble.what)
    found = [each for each in listed.entries if all(word in each.compared for word in wanted)]
    given = sorted(found, key=lambda each: (len(each.words), each.words))[:most]
    answer = FetchedValue(tuple(each.words for each in given), "known")
    road.journal.record([Released(request, judged, {element: answer}, listed.read_at)], now)
    return Hits(tuple((each.key, each.words) for each in given), more=len(found) > most)


def _listed(
    road: Road,
    resource: catalogue.Resource,
    book: catalogue.Book,
    key: str,
    element: str,
    *,
    timeout_s: float,
) -> Listed:
    """Give the register as it was read lately, or read it; two that ask at once wait for one reading."""
    place = (resource.code, key, element)
    kept = road.shelf.lists.get(place)
    if kept is not None and road.clock.now() - kept.read_at < KEPT_FOR:
        return kept
    lane = road.lane(resource.connector)
    wanted = (book.elements[key], book.elements[element])

    def read() -> Listed:
        with road.shelf.lock:
            before = road.shelf.lists.get(place)
            if before is not None and before is not kept:
                return before
            listed = Listed(_read_whole(road, lane, resource, wanted, timeout_s), road.clock.now())
            road.shelf.lists[place] = listed
            return listed

    if lane.connector.inline:
        return read()
    try:
        return lane.threads.submit(read).result(timeout=budget(timeout_s).left_s())
    except NotInTime as late:  # the reading goes on, and the next search has it
        raise no_answer(lane.connector.name, Text("正在读取", "it is still being read")) from late


def _read_whole(
    road: Road,
    lane: Lane,
    resource: catalogue.Resource,
    wanted: Sequence[catalogue.Element],
    timeout_s: float,
) -> tuple[Entry, ...]:
    """Read a register over the road, as a lookup goes: past its breaker, and again while there is time."""

    def scan(_timeout_s: float) -> tuple[Entry | None, ...]:  # a scan keeps its connector's own time
        return tuple(islice(_entries(lane, resource, wanted), MOST_ENTRIES + 1))

    patience = patience_for(lane, timeout_s)
    read = call(lane, scan, patience, attempts=lane.patience.attempts, road=road)
    if len(read) > MOST_ENTRIES:  # outside the call: a source that is too long is not one that is down
        raise no_answer(lane.connector.name, TOO_LONG)
    return tuple(entry for entry in read if entry is not None)


def _entries(
    lane: Lane, resource: catalogue.Resource, wanted: Sequence[catalogue.Element]
) -> Iterator[Entry | None]:
    key, element = (each.code for each in wanted)
    for batch in lane.connector.scan(resource.code, wanted, rows=ROWS_AT_ONCE):
        yield from (_entry(row, key, element) for row in batch)


def _entry(row: Mapping[str, catalogue.Value | None], key: str, element: str) -> Entry | None:
    code, words = row.get(key), row.get(element)
    if not isinstance(code, str) or not isinstance(words, str):
        return None
    return Entry(code, words, as_code(words))
