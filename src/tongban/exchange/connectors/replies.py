"""What a judged reply means to each verb, whatever carried it: REST and SOAP systems are read alike."""

import re
from collections.abc import Callable, Iterator, Sequence

from tongban.catalogue.api import Element
from tongban.exchange.connectors.troubles import busy, not_served, raise_unless_good, refused, unclear
from tongban.exchange.declared import Act, Find, Lookup, Pages
from tongban.exchange.habits import Reply, Verdict
from tongban.exchange.mapping import MISSING, at_path, read, wrong
from tongban.exchange.verbs import (
    Absent,
    ActOutcome,
    CannotTell,
    Done,
    Found,
    FoundAct,
    Looked,
    Nothing,
    Reading,
    Record,
    Refused,
    Row,
    Unanswered,
    Unclear,
)
from tongban.kernel.texts import Text

Turn = Callable[[str], tuple[Reply, Verdict]]

_MOST_PAGES = 1_000_000
_AMBIGUOUS = (408, 409, 425)  # a status that, undeclared, does not say whether anything was done


def looked(
    source: str, lookup: Lookup, elements: Sequence[Element], reply: Reply, verdict: Verdict
) -> Looked:
    """Give what a lookup found; raises SourceDown, SourceRefused, SourceWrong."""
    if verdict.means == "none":
        return Nothing()
    if verdict.means == "unclear":
        return Unclear(unclear(source, verdict.why, verdict.says))
    raise_unless_good(source, verdict)
    record = at_path(reply.body, lookup.record) if lookup.record else reply.body
    if record is MISSING or record is None:
        raise wrong(source, f"应答中没有 {lookup.record}", f"the answer has no {lookup.record}")
    return Record(_readings(source, lookup, elements, record))


def paged(
    source: str,
    lookup: Lookup,
    pages: Pages,
    elements: Sequence[Element],
    turn: Turn,
    *,
    in_xml: bool = False,
) -> Iterator[list[Row]]:
    """Turn page after page; a page that is no list is the source's error, never the end."""
    after = ""
    for _ in range(_MOST_PAGES):
        reply, verdict = turn(after)
        raise_unless_good(source, verdict)
        records = _listed(source, reply.body, pages.records, in_xml=in_xml)
        readings = [_readings(source, lookup, elements, record) for record in records]
        if readings:
            yield [{code: reading.value for code, reading in row.items()} for row in readings]
        following = at_path(reply.body, pages.next)
        if following in (MISSING, None, "", after) or not records:
            return
        after = str(following)


def outcome(source: str, act: Act, reply: Reply, verdict: Verdict) -> ActOutcome:
    """Give what became of an act; an answer that nothing explains says only that it was perhaps done."""
    if verdict.means in (None, "done"):
        return _done(source, act, reply)
    if verdict.means == "refused" and (verdict.told or reply.status not in _AMBIGUOUS):
        return Refused(refused(source, verdict.why).what)
    if verdict.means == "busy":
        return Unanswered(busy(source, verdict.why).what, maybe_done=not verdict.told)
    return _unreadable(source, verdict.why)


def found(source: str, find: Find, reply: Reply, verdict: Verdict, *, in_xml: bool = False) -> FoundAct:
    """Give whether the office has the act; raises SourceDown, SourceRefused, SourceWrong."""
    if verdict.means == "none":
        return Absent()
    raise_unless_good(source, verdict)
    place: object = reply.body
    if find.among is not None:
        listed = _listed(source, reply.body, find.among, in_xml=in_xml)
        if not listed:
            return Absent()
        place = listed[0]
    number = at_path(place, find.number)
    if number in (MISSING, None, ""):
        raise wrong(source, f"应答中没有 {find.number}", f"the answer has no {find.number}")
    return Found(str(number).strip())


def no_question(source: str) -> CannotTell:
    """Say that the office declared no question to be asked afterwards."""
    return CannotTell(Text(f"{source} 不提供按业务流水号查询。", f"{source} offers no lookup by our key."))


def _listed(source: str, body: object, path: str, *, in_xml: bool) -> list[object]:
    """Give the list at a path. XML has no empty list: there an element without children reads as null."""
    listed = at_path(body, path)
    around = path.rpartition(".")[0]
    if in_xml and (listed is None or (around and at_path(body, around) is None)):
        return []
    if not isinstance(listed, list):
        raise wrong(source, f"{path} 不是列表", f"{path} is not a list")
    return listed


def _readings(source: str, lookup: Lookup, elements: Sequence[Element], record: object) -> dict[str, Reading]:
    readings = {}
    for element in elements:
        if element.code not in lookup.values:
            raise not_served(source, element.code)
        readings[element.code] = read(source, element, lookup.values[element.code], record)
    return readings


def _done(source: str, act: Act, reply: Reply) -> ActOutcome:
    number = at_path(reply.body, act.number)
    spoken = "" if number in (MISSING, None) else str(number).strip()
    if not re.fullmatch(act.number_pattern, spoken):
        return _unreadable(source, act.number)
    kept = {name: at_path(reply.body, path) for name, path in act.keep.items()}
    return Done(spoken, {name: value for name, value in kept.items() if value is not MISSING})


def _unreadable(source: str, why: str) -> Unanswered:
    return Unanswered(
        Text(f"{source} 的应答无法识别：{why}", f"The answer of {source} cannot be understood: {why}"),
        maybe_done=True,
    )
