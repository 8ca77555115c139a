"""A system that speaks JSON or forms over HTTP, read and asked to act by its declaration alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from tongban.catalogue.api import Element
from tongban.exchange.connectors.http import Answer, Caller
from tongban.exchange.connectors.replies import found, looked, no_question, outcome, paged
from tongban.exchange.connectors.troubles import NEVER_LEFT, not_served
from tongban.exchange.declared import Endpoint, Request, RestDeclared, RestLookup, Sent
from tongban.exchange.habits import UNREADABLE, Reply, Verdict, judge_reply
from tongban.exchange.mapping import fill, placed
from tongban.exchange.verbs import (
    ActOutcome,
    ActRequest,
    Ask,
    FieldValue,
    FoundAct,
    Idempotency,
    Looked,
    Row,
    Unanswered,
)
from tongban.kernel.errors import SourceTrouble


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
        return looked(self.name, lookup, ask.elements, reply, _judged(lookup.request, reply))

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read the whole register page by page."""
        lookup = self._lookup(resource)
        pages = lookup.pages
        if pages is None:
            raise not_served(self.name, f"pages of {resource}")

        def turn(after: str) -> tuple[Reply, Verdict]:
            values: dict[str, FieldValue] = {"rows": rows}
            reply = self._exchange(pages.request, values, {"after": after}, self._declared.patience.timeout_s)
            return reply, _judged(pages.request, reply)

        yield from paged(self.name, lookup, pages, elements, turn)

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
        return outcome(self.name, operation, reply, _judged(operation.request, reply))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:
        """Ask whether something was done under our key."""
        find = self._declared.find
        if find is None:
            return no_question(self.name)
        reply = self._exchange(find.request, {}, {"key": key}, timeout_s)
        return found(self.name, find, reply, _judged(find.request, reply))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _lookup(self, resource: str) -> RestLookup:
        lookup = self._declared.resources.get(resource)
        if lookup is None:
            raise not_served(self.name, resource)
        return lookup

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


_CONTENT_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
}


def _judged(request: Request, reply: Reply) -> Verdict:
    return judge_reply(reply, request.habits, request.success)


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
