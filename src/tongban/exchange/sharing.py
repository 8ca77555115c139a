"""Fetching: judge, ask all sources at once, put on record, answer. In this order (promises 3 and 4)."""

from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import replace
from datetime import datetime

from tongban.catalogue import api as catalogue
from tongban.catalogue.api import Book
from tongban.exchange.actions import Entry, Released, Withheld
from tongban.exchange.answers import BY_SOURCE, FetchedValue, ShareAnswer, all_are, interpret
from tongban.exchange.connectors.troubles import no_answer
from tongban.exchange.road import Lane, Road, call, patience_for
from tongban.exchange.rules import Allowed, Denied, ShareRequest, judge_share
from tongban.exchange.verbs import Ask, Looked
from tongban.kernel.clock import Budget, budget, civil_date
from tongban.kernel.errors import Invalid, SourceRefused, SourceTrouble
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction

MOST_REQUESTS = 64  # one filing asks for a dozen; more at once is a mistake or an abuse

Said = Looked | SourceTrouble


def fetch(
    road: Road, requests: Sequence[ShareRequest], *, now: datetime, timeout_s: float
) -> list[ShareAnswer]:
    """Answer each request, in their order, within the time given.

    Every release and refusal is durable evidence before this returns; if it cannot be written, the
    error goes up and nothing is returned. A source that is down or slow makes its elements *late*; a
    missing right, or a source that refuses, makes them *withheld*. Never inside a transaction.
    """
    outside_any_transaction("fetching from other organisations")
    if len(requests) > MOST_REQUESTS:
        raise _too_many(len(requests))
    book = catalogue.book(civil_date(now))
    judged = [judge_share(request, book, now) for request in requests]
    said = _ask_all(road, requests, judged, book, budget(timeout_s))
    judged = _still(requests, judged, book, now)
    at = road.clock.now()
    drafts = [
        _draft(request, judgement, answer, book, at)
        for request, judgement, answer in zip(requests, judged, said, strict=True)
    ]
    entries = [entry for _, entry in drafts if entry is not None]
    names = iter(road.journal.record(entries, now))
    return [answer if entry is None else replace(answer, share=next(names)) for answer, entry in drafts]


def _still(
    requests: Sequence[ShareRequest], judged: Sequence[Allowed | Denied], book: Book, now: datetime
) -> list[Allowed | Denied]:
    """Judge again by the rights of this moment: sources took time, and a grant may have ended meanwhile."""
    present = catalogue.book(book.on)
    if present.epoch == book.epoch:
        return list(judged)
    return [
        before if isinstance(before, Denied) else _narrowed(before, judge_share(request, present, now))
        for request, before in zip(requests, judged, strict=True)
    ]


def _narrowed(before: Allowed, now: Allowed | Denied) -> Allowed | Denied:
    if isinstance(now, Denied):
        return now
    elements = tuple(code for code in now.elements if code in before.elements)
    if not elements:
        return Denied(
            "withdrawn", Text("不予共享：授权已变更。", "Not shared: the grant was changed meanwhile.")
        )
    lost = tuple(code for code in before.elements if code not in elements)
    return replace(now, elements=elements, withheld=before.withheld + lost)


def _ask_all(
    road: Road,
    requests: Sequence[ShareRequest],
    judged: Sequence[Allowed | Denied],
    book: Book,
    patience: Budget,
) -> list[Said | None]:
    """Ask every allowed source, those outside in parallel; None stands where nothing may be asked."""
    asked: list[Future[Said] | None] = []
    inline: list[tuple[int, Lane, Ask]] = []
    for place, (request, judgement) in enumerate(zip(requests, judged, strict=True)):
        if isinstance(judgement, Denied):
            asked.append(None)
            continue
        lane, ask = _question(road, request, judgement, book, patience)
        if lane.connector.inline:
            inline.append((place, lane, ask))
            asked.append(None)
        else:
            asked.append(lane.threads.submit(_ask, road, lane, ask))
    said: list[Said | None] = [None] * len(requests)
    for place, lane, ask in inline:
        said[place] = _ask(road, lane, ask)
    wait_for([future for future in asked if future is not None], timeout=patience.left_s())
    for place, future in enumerate(asked):
        if future is not None:
            said[place] = _in_time(future, judged[place])
    return said


def _question(
    road: Road, request: ShareRequest, allowed: Allowed, book: Book, patience: Budget
) -> tuple[Lane, Ask]:
    lane = road.lane(allowed.resource.connector)
    ask = Ask(
        resource=request.resource,
        key={name: request.key[name] for name in allowed.resource.keys},
        elements=[book.elements[code] for code in allowed.elements],
        consumer=request.consumer,
        on=book.on,
        timeout_s=patience.left_s(),
    )
    return lane, ask


def _ask(road: Road, lane: Lane, ask: Ask) -> Said:
    """Ask one source; its trouble is a value here, for one dead source must not hide the others."""

    def lookup(timeout_s: float) -> Looked:
        return lane.connector.lookup(replace(ask, timeout_s=timeout_s))

    try:
        return call(
            lane, lookup, patience_for(lane, ask.timeout_s), attempts=lane.patience.attempts, road=road
        )
    except SourceTrouble as trouble:
        return trouble


def _in_time(future: Future[Said], judgement: Allowed | Denied) -> Said:
    if future.done():
        return future.result()
    # It may still come; nobody will read it then, and what nobody reads was not shared.
    future.cancel()
    name = judgement.resource.connector if isinstance(judgement, Allowed) else ""
    return no_answer(name, Text("超时", "it took too long"))


def _draft(
    request: ShareRequest, judgement: Allowed | Denied, said: Said | None, book: Book, at: datetime
) -> tuple[ShareAnswer, Entry | None]:
    """Give the answer to a request as it will leave, but for its share, and the entry that it needs."""
    if isinstance(judgement, Denied):
        return _withheld(request, judgement.code, judgement.reason, at)
    if said is None:
        raise AssertionError("an allowed request was never asked")  # unreachable: _ask_all asks them all
    if not isinstance(said, SourceTrouble):
        try:
            values, reason = interpret(said, judgement, book.elements)
        except SourceTrouble as trouble:
            said = trouble
        else:
            return _released(request, judgement, values, reason, said.as_of, at)
    if isinstance(said, SourceRefused):
        return _withheld(request, BY_SOURCE, said.what, at)
    late = all_are("late", judgement.elements) | all_are("withheld", judgement.withheld)
    return ShareAnswer(request.resource, late, None, None, at, said.what), None


def _released(
    request: ShareRequest,
    allowed: Allowed,
    values: dict[str, FetchedValue],
    reason: Text | None,
    dated_at: datetime | None,
    at: datetime,
) -> tuple[ShareAnswer, Entry]:
    whole = values | all_are("withheld", allowed.withheld)
    if allowed.withheld and reason is None:
        names = "、".join(allowed.withheld)
        reason = Text(f"授权未涵盖：{names}。", f"The grant does not cover: {', '.join(allowed.withheld)}.")
    as_of = dated_at or at
    answer = ShareAnswer(request.resource, whole, None, as_of, at, reason)
    return answer, Released(request, allowed, values, as_of, dated=dated_at is not None)


def _withheld(request: ShareRequest, code: str, reason: Text, at: datetime) -> tuple[ShareAnswer, Entry]:
    nothing = all_are("withheld", tuple(dict.fromkeys(request.elements)))
    answer = ShareAnswer(request.resource, nothing, None, None, at, reason, refusal=code)
    return answer, Withheld(request, code, reason)


def _too_many(count: int) -> Invalid:
    return Invalid(
        "exchange.too_many",
        what=Text(f"一次提出了 {count} 项数据请求。", f"{count} requests were made at once."),
        todo=Text(
            f"每次不超过 {MOST_REQUESTS} 项，请分批提出。", f"Make at most {MOST_REQUESTS}; ask in parts."
        ),
    )
