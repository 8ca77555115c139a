"""A system that speaks JSON or forms over HTTP, read and asked to act by its declaration alone."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from tongban.catalogue.api import Element
from tongban.exchange.connectors.http import Answer, Caller
from tongban.exchange.connectors.troubles import (
    NEVER_LEFT,
    busy,
    not_served,
    raise_unless_good,
    refused,
    unclear,
)
from tongban.exchange.declared import Endpoint, Request, RestAct, RestDeclared, RestFind, RestLookup, Sent
from tongban.exchange.habits import UNREADABLE, Reply, judge_reply
from tongban.exchange.mapping import MISSING, at_path, fill, placed, read, wrong
from tongban.exchange.verbs import (
    Absent,
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    Done,
    FieldValue,
    Found,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Reading,
    Record,
    Refused,
    Row,
    Unanswered,
    Unclear,
)
from tongban.kernel.errors import SourceTrouble
from tongban.kernel.texts import Text

_MOST_PAGES = 1_000_000
_AMBIGUOUS = (408, 409, 425)  # a status that, undeclared, does not say whether anything was done


class RestConnector:
    """The connector of one REST system."""

    inline = False

    def __init__(self, declared: RestDeclared, endpoint: Endpoint) -> None:
        self.name = declared.name
        self.idempotency: Idempotency = declared.idempotency
        self._declared = declared
        self._base = endpoint.at.rstrip("/")
        self._secrets = {f"secret.{name}": value for name, value in endpoint.secrets.items()}
        patience = declared.patience
        self._caller = Caller(self.name, connections=patience.connections, max_bytes=patience.max_bytes)

    def lookup(self, ask: Ask) -> Looked:
        """Read one record by its key."""
        lookup = self._lookup(ask.resource)
        constants = {"consumer": ask.consumer, "today": ask.on.isoformat()}
        reply = self._exchange(lookup.request, ask.key, constants, ask.timeout_s)
        verdict = judge_reply(reply, lookup.request.habits, lookup.request.success)
        if verdict.means == "none":
            return Nothing()
        if verdict.means == "unclear":
            return Unclear(unclear(self.name, verdict.why, verdict.says))
        raise_unless_good(self.name, verdict)
        record = at_path(reply.body, lookup.record) if lookup.record else reply.body
        if record is MISSING or record is None:
            raise wrong(self.name, f"应答中没有 {lookup.record}", f"the answer has no {lookup.record}")
        return Record(self._readings(lookup, ask.elements, record))

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read the whole register page by page."""
        lookup = self._lookup(resource)
        if lookup.pages is None:
            raise not_served(self.name, f"pages of {resource}")
        pages, after = lookup.pages, ""
        for _ in range(_MOST_PAGES):
            values: dict[str, FieldValue] = {"rows": rows}
            reply = self._exchange(pages.request, values, {"after": after}, self._declared.patience.timeout_s)
            raise_unless_good(self.name, judge_reply(reply, pages.request.habits, pages.request.success))
            records = at_path(reply.body, pages.records)
            if not isinstance(records, list):
                raise wrong(self.name, f"{pages.records} 不是列表", f"{pages.records} is not a list")
            readings = [self._readings(lookup, elements, record) for record in records]
            if readings:
                yield [{code: reading.value for code, reading in row.items()} for row in readings]
            following = at_path(reply.body, pages.next)
            if following in (MISSING, None, "", after) or not records:
                return
            after = str(following)

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:
        """Ask for something to be done, once; InvalidValue where a field is not given."""
        operation = self._declared.operations.get(request.operation)
        if operation is None:
            raise not_served(self.name, f"operation {request.operation}")
        try:
            reply = self._exchange(
                operation.request, request.fields, {"key": request.key}, timeout_s, fresh=True
            )
        except SourceTrouble as trouble:
            return Unanswered(trouble.what, maybe_done=trouble.code != NEVER_LEFT)
        return self._outcome(operation, reply)

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:
        """Ask whether something was done under our key."""
        find = self._declared.find
        if find is None:
            return CannotTell(
                Text(f"{self.name} 不提供按业务流水号查询。", f"{self.name} offers no lookup by our key.")
            )
        reply = self._exchange(find.request, {}, {"key": key}, timeout_s)
        verdict = judge_reply(reply, find.request.habits, find.request.success)
        if verdict.means == "none":
            return Absent()
        raise_unless_good(self.name, verdict)
        return self._found(find, reply)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _lookup(self, resource: str) -> RestLookup:
        lookup = self._declared.resources.get(resource)
        if lookup is None:
            raise not_served(self.name, resource)
        return lookup

    def _readings(
        self, lookup: RestLookup, elements: Sequence[Element], record: object
    ) -> dict[str, Reading]:
        readings = {}
        for element in elements:
            if element.code not in lookup.values:
                raise not_served(self.name, element.code)
            readings[element.code] = read(self.name, element, lookup.values[element.code], record)
        return readings

    def _exchange(
        self,
        request: Request,
        values: Mapping[str, FieldValue],
        constants: Mapping[str, str],
        timeout_s: float,
        *,
        fresh: bool = False,
    ) -> Reply:
        known = {**self._secrets, **constants}
        headers = _texts({**self._declared.headers, **request.headers}, values, known)
        content = _content(request, values, known)
        if content is not None:
            headers["Content-Type"] = _CONTENT_TYPES[request.encoding]
        answer = self._caller.send(
            request.method,
            self._base + _path(request.path, values, known),
            headers=headers,
            query=_texts(request.query, values, known),
            content=content,
            timeout_s=min(timeout_s, self._declared.patience.timeout_s),
            fresh=fresh,
        )
        return Reply(answer.status_code, _parsed(request, answer))

    def _outcome(self, operation: RestAct, reply: Reply) -> ActOutcome:
        verdict = judge_reply(reply, operation.request.habits, operation.request.success)
        if verdict.means in (None, "done"):
            return self._done(operation, reply)
        if verdict.means == "refused" and (verdict.told or reply.status not in _AMBIGUOUS):
            return Refused(refused(self.name, verdict.why).what)
        if verdict.means == "busy":
            return Unanswered(busy(self.name, verdict.why).what, maybe_done=not verdict.told)
        return self._unreadable(verdict.why)

    def _done(self, operation: RestAct, reply: Reply) -> ActOutcome:
        number = at_path(reply.body, operation.number)
        spoken = "" if number in (MISSING, None) else str(number).strip()
        if not re.fullmatch(operation.number_pattern, spoken):
            return self._unreadable(operation.number)
        kept = {name: at_path(reply.body, path) for name, path in operation.keep.items()}
        return Done(spoken, {name: value for name, value in kept.items() if value is not MISSING})

    def _unreadable(self, why: str) -> Unanswered:
        return Unanswered(
            Text(
                f"{self.name} 的应答无法识别：{why}", f"The answer of {self.name} cannot be understood: {why}"
            ),
            maybe_done=True,
        )

    def _found(self, find: RestFind, reply: Reply) -> FoundAct:
        place: object = reply.body
        if find.among is not None:
            listed = at_path(reply.body, find.among)
            if not isinstance(listed, list):
                raise wrong(self.name, f"{find.among} 不是列表", f"{find.among} is not a list")
            if not listed:
                return Absent()
            place = listed[0]
        number = at_path(place, find.number)
        if number in (MISSING, None, ""):
            raise wrong(self.name, f"应答中没有 {find.number}", f"the answer has no {find.number}")
        return Found(str(number).strip())


_CONTENT_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
}


def _texts(
    sent: Mapping[str, Sent], values: Mapping[str, FieldValue], constants: Mapping[str, str]
) -> dict[str, str]:
    filled = {name: fill(how, values, constants) for name, how in sent.items()}
    return {name: str(value) for name, value in filled.items() if value is not None}


def _path(template: str, values: Mapping[str, FieldValue], constants: Mapping[str, str]) -> str:
    quoted = {name: _step(str(value)) for name, value in values.items() if value is not None}
    return str(fill(template, quoted, {name: _step(value) for name, value in constants.items()}))


def _step(value: str) -> str:
    """Quote a value as one step of a path; dots alone would climb out of it."""
    return value.replace(".", "%2E") if set(value) == {"."} else quote(value, safe="")


def _content(
    request: Request, values: Mapping[str, FieldValue], constants: Mapping[str, str]
) -> bytes | None:
    if not request.body:
        return None
    filled = {name: fill(how, values, constants) for name, how in request.body.items()}
    given = {name: value for name, value in filled.items() if value is not None}
    if request.encoding == "form":
        return urlencode({name: str(value) for name, value in given.items()}).encode("ascii")
    return json.dumps(placed(given), ensure_ascii=False).encode("utf-8")


def _parsed(request: Request, answer: Answer) -> object:
    try:
        text = answer.content.decode("utf-8-sig")
        if request.reads == "form":
            return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=200))
        return json.loads(text)
    except (ValueError, RecursionError):
        return UNREADABLE
