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
from tongban.exchange.connectors.troubles import busy, not_served, raise_unless_good, unclear
from tongban.exchange.declared import Endpoint, SoapDeclared, SoapLookup
from tongban.exchange.habits import Reply, judge_reply
from tongban.exchange.mapping import fill, read, wrong
from tongban.exchange.verbs import (
    ActOutcome,
    ActRequest,
    Ask,
    CannotTell,
    FoundAct,
    Idempotency,
    Looked,
    Nothing,
    Record,
    Refused,
    Row,
    Unclear,
)
from tongban.kernel.texts import Text

_SETTINGS = zeep.Settings(
    strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
)


class SoapConnector:
    """The connector of one SOAP system; its WSDL is read at the first call and kept."""

    idempotency: Idempotency = "none"
    inline = False

    def __init__(self, declared: SoapDeclared, endpoint: Endpoint) -> None:
        self.name = declared.name
        self._declared = declared
        self._at = endpoint.at
        self._secrets = {f"secret.{name}": value for name, value in endpoint.secrets.items()}
        patience = declared.patience
        self._caller = Caller(self.name, connections=patience.connections, max_bytes=patience.max_bytes)
        self._lock = Lock()
        self._described: Any = None

    def lookup(self, ask: Ask) -> Looked:
        """Read one record by one operation."""
        lookup = self._declared.resources.get(ask.resource)
        if lookup is None:
            raise not_served(self.name, ask.resource)
        constants = {**self._secrets, "consumer": ask.consumer, "today": ask.on.isoformat()}
        sent = {name: fill(how, ask.key, constants) for name, how in lookup.sent.items()}
        reply = self._call(lookup, sent, min(ask.timeout_s, self._declared.patience.timeout_s))
        verdict = judge_reply(reply, (*self._declared.faults, *lookup.habits), lookup.success)
        if verdict.means == "none":
            return Nothing()
        if verdict.means == "unclear":
            return Unclear(unclear(self.name, verdict.why, verdict.says))
        raise_unless_good(self.name, verdict)
        missing = [element.code for element in ask.elements if element.code not in lookup.values]
        if missing:
            raise not_served(self.name, missing[0])
        return Record(
            {
                element.code: read(self.name, element, lookup.values[element.code], reply.body)
                for element in ask.elements
            }
        )

    def scan(self, resource: str, elements: Sequence[Element], *, rows: int) -> Iterator[list[Row]]:  # noqa: ARG002
        """Refuse: the operation answers one number at a time."""
        raise not_served(self.name, f"scan of {resource}")

    def act(self, request: ActRequest, *, timeout_s: float) -> ActOutcome:  # noqa: ARG002 - the verb's shape
        """Refuse: no operation that acts is declared for SOAP systems."""
        return Refused(Text(f"{self.name} 只能查询。", f"{self.name} can only be asked."))

    def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
        """Say that nothing can be found out: no act is ever sent here."""
        return CannotTell(Text(f"{self.name} 只能查询。", f"{self.name} can only be asked."))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _call(self, lookup: SoapLookup, sent: Mapping[str, object], timeout_s: float) -> Reply:
        client = self._client()
        try:
            binding = self._binding(client)
            operation = binding.get(lookup.operation)
            proxy = client.create_service(str(binding.name), self._at)
            envelope = client.create_message(proxy, lookup.operation, **sent)
        except (ZeepError, KeyError, TypeError, ValueError) as trouble:
            raise wrong(self.name, "WSDL 与声明不符", "its WSDL is not as declared") from trouble
        answer = self._caller.send(
            "POST",
            self._at,
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{operation.soapaction or ""}"',
            },
            content=etree.tostring(envelope, xml_declaration=True, encoding="utf-8"),
            timeout_s=timeout_s,
        )
        try:
            reply = binding.process_reply(client, operation, answer)
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
