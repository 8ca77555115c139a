"""A system with a WSDL. zeep writes and reads the envelopes; the bounded HTTP client carries them.

The call goes to the configured endpoint whatever address the WSDL names, and nothing that the WSDL or
an answer points at (schemas elsewhere, DTDs, entities) is fetched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urljoin

import zeep
from lxml import etree  # type: ignore[import-untyped]  # no stubs among the locked packages
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.helpers import serialize_object

from tongban.catalogue.api import Element
from tongban.exchange.connectors.http import Caller
from tongban.exchange.connectors.replies import found, looked, no_question, outcome, paged
from tongban.exchange.connectors.troubles import NEVER_LEFT, busy, not_served
from tongban.exchange.declared import Endpoint, SoapCall, SoapDeclared, SoapLookup
from tongban.exchange.habits import Reply, Verdict, judge_reply
from tongban.exchange.mapping import fill, placed, wrong
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

_SETTINGS = zeep.Settings(
    strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
)


class SoapConnector:
    """The connector of one SOAP system; its WSDL is read at the first call and kept."""

    inline = False

    def __init__(self, declared: SoapDeclared, endpoint: Endpoint) -> None:
        self.name = declared.name
        self.idempotency: Idempotency = declared.idempotency
        self._declared = declared
        self._at = endpoint.at
        self._secrets = {f"secret.{name}": value for name, value in endpoint.secrets.items()}
        patience = declared.patience
        self._caller = Caller(self.name, connections=patience.connections, max_bytes=patience.max_bytes)
        self._lock = Lock()
        self._described: Any = None

    def lookup(self, ask: Ask) -> Looked:
        """Read one record by one operation."""
        lookup = self._lookup(ask.resource)
        constants = {"consumer": ask.consumer, "today": ask.on.isoformat()}
        reply = self._send(self._written(lookup, ask.key, constants), ask.timeout_s)
        return looked(self.name, lookup, ask.elements, reply, self._judged(lookup, reply))

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:
        """Read the whole register page by page, where an operation gives pages."""
        lookup = self._lookup(resource)
        pages = lookup.pages
        if pages is None:
            raise not_served(self.name, f"pages of {resource}")

        def turn(after: str) -> tuple[Reply, Verdict]:
            written = self._written(pages, {"rows": rows}, {"after": after})
            reply = self._send(written, self._declared.patience.timeout_s)
            return reply, self._judged(pages, reply)

        yield from paged(self.name, lookup, pages, elements, turn, in_xml=True)

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:
        """Ask for something to be done, once; InvalidValue where a field is not given."""
        operation = self._declared.operations.get(request.operation)
        if operation is None:
            raise not_served(self.name, f"operation {request.operation}")
        try:
            written = self._written(operation, request.fields, {"key": request.key})
        except SourceTrouble as trouble:  # its WSDL could not be read: nothing was sent
            return Unanswered(trouble.what, maybe_done=False)
        try:
            reply = self._send(written, timeout_s, fresh=True)
        except SourceTrouble as trouble:
            return Unanswered(trouble.what, maybe_done=trouble.code != NEVER_LEFT)
        return outcome(self.name, operation, reply, self._judged(operation, reply))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:
        """Ask whether something was done under our key."""
        find = self._declared.find
        if find is None:
            return no_question(self.name)
        reply = self._send(self._written(find, {}, {"key": key}), timeout_s)
        return found(self.name, find, reply, self._judged(find, reply), in_xml=True)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _lookup(self, resource: str) -> SoapLookup:
        lookup = self._declared.resources.get(resource)
        if lookup is None:
            raise not_served(self.name, resource)
        return lookup

    def _judged(self, call: SoapCall, reply: Reply) -> Verdict:
        return judge_reply(reply, (*self._declared.faults, *call.habits), call.success)

    def _written(
        self, call: SoapCall, values: Mapping[str, FieldValue], constants: Mapping[str, str]
    ) -> "_Written":
        """Write the envelope of a call; raises InvalidValue where a field that it needs is not given."""
        known = {**self._secrets, **constants}
        filled = {name: fill(how, values, known) for name, how in call.sent.items()}
        given = placed({name: value for name, value in filled.items() if value is not None})
        client = self._client()
        try:
            binding = self._binding(client)
            operation = binding.get(call.operation)
            proxy = client.create_service(str(binding.name), self._at)
            envelope = client.create_message(proxy, call.operation, **given)
        except (ZeepError, KeyError, TypeError, ValueError) as trouble:
            raise wrong(self.name, "WSDL 与声明不符", "its WSDL is not as declared") from trouble
        return _Written(
            client, binding, operation, etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        )

    def _send(self, written: "_Written", timeout_s: float, *, fresh: bool = False) -> Reply:
        answer = self._caller.send(
            "POST",
            self._at,
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{written.operation.soapaction or ""}"',
            },
            content=written.envelope,
            timeout_s=min(timeout_s, self._declared.patience.timeout_s),
            fresh=fresh,
        )
        try:
            reply = written.binding.process_reply(written.client, written.operation, answer)
        except Fault as fault:
            return Reply(0, {"message": str(fault.message)}, fault=_local(str(fault.code)))
        except (ZeepError, etree.LxmlError, LookupError, TypeError, ValueError) as trouble:
            if answer.status_code >= 500:
                raise busy(self.name, f"HTTP {answer.status_code}") from trouble
            raise wrong(self.name, "SOAP 报文无法解析", "its envelope cannot be read") from trouble
        return Reply(0, serialize_object(reply, dict))  # type: ignore[no-untyped-call]  # zeep has no types

    def _binding(self, client: Any) -> Any:
        ports = {
            name: port for service in client.wsdl.services.values() for name, port in service.ports.items()
        }
        wanted = self._declared.port or (next(iter(ports)) if len(ports) == 1 else None)
        if wanted not in ports:
            raise not_served(self.name, f"port, one of {sorted(ports)}")
        return ports[wanted].binding

    def _client(self) -> Any:
        with self._lock:
            if self._described is None:
                self._described = self._described_service()
            return self._described

    def _described_service(self) -> Any:
        address = (
            self._at + self._declared.wsdl if self._declared.wsdl.startswith("?") else self._declared.wsdl
        )
        carrier = _Carrier(self._caller, self._declared.patience.timeout_s, self.name)
        try:
            described = urljoin(self._at, address)
            return zeep.Client(described, transport=carrier, settings=_SETTINGS)  # type: ignore[no-untyped-call]  # the same
        except (ZeepError, etree.LxmlError, LookupError, TypeError, ValueError, AttributeError) as trouble:
            raise wrong(self.name, "WSDL 无法读取", "its WSDL cannot be read") from trouble


@dataclass(frozen=True, slots=True)
class _Written:
    """An envelope that is ready to go, and what reads the answer to it."""

    client: Any
    binding: Any
    operation: Any
    envelope: bytes


@dataclass(slots=True)
class _Carrier:
    """What zeep needs of a transport while it reads a WSDL: to load an address, bounded."""

    caller: Caller
    timeout_s: float
    source: str

    def load(self, url: str) -> bytes:
        answer = self.caller.send("GET", url, headers={}, timeout_s=self.timeout_s)
        if answer.status_code >= 500:
            raise busy(self.source, f"HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise wrong(self.source, "WSDL 无法取得", "its WSDL cannot be fetched")
        return answer.content


def _local(code: str) -> str:
    """Give a fault code without its namespace: soap:Server → Server, and without subcodes."""
    return code.rsplit(":", 1)[-1].rsplit("}", 1)[-1].split(".", 1)[0]
