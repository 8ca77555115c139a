"""A small true office that speaks SOAP: it finds, lists in pages, registers under our key, is asked after.

Its WSDL is written out, as such offices hand it over; envelopes are read and written as XML.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]  # no stubs among the locked packages

from demo.control import Control
from demo.host import Host, Reply, Request, Route, System

PATH = "/ws/hunyin"
XML = "text/xml; charset=utf-8"
NAMESPACE = "urn:yunxi:minzheng:hunyin"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
KEY = "demo-key"

# Operation → what it is given and what it answers; every part is a text but the number of rows and the list.
OPERATIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Cx": (("zjhm",), ("jg", "hyzt")),
    "Lb": (("hou", "ts"), ("lb", "xyy")),
    "Dj": (("lsh", "ry", "key"), ("jg", "djh")),
    "CxDj": (("lsh",), ("jg", "djh")),
}
KINDS = {"ts": "xsd:int", "lb": "tns:Lb", "ry": "tns:Ry"}


@dataclass
class Office:
    """The register of marriages: who is on record, and what was registered under which running number."""

    records: dict[str, str] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    url: str = ""
    asked: list[str] = field(default_factory=list)
    control: Control = field(default_factory=lambda: Control(("call", "wsdl")))

    def find(self, given: Mapping[str, str]) -> str:
        """Answer 1 and the state of a number on record, else 0."""
        state = self.records.get(given["zjhm"])
        return "<jg>0</jg><hyzt/>" if state is None else f"<jg>1</jg><hyzt>{state}</hyzt>"

    def page(self, given: Mapping[str, str]) -> str:
        """Give at most so many lines after a number, and the last of them where there are more."""
        most = int(given["ts"])
        after = sorted(number for number in self.records if number > given["hou"])
        lines = "".join(
            f"<jl><zjhm>{number}</zjhm><hyzt>{self.records[number]}</hyzt></jl>" for number in after[:most]
        )
        return f"<lb>{lines}</lb><xyy>{after[most - 1] if len(after) > most else ''}</xyy>"

    def register(self, given: Mapping[str, str]) -> str:
        """Register once for each running number of ours."""
        if given["key"] != KEY:
            raise PermissionError("接入口令无效")
        known = given["lsh"] in self.done
        number = self.done.setdefault(given["lsh"], f"HY{len(self.done) + 1:04d}")
        self.records.setdefault(given["zjhm"], "20")
        return f"<jg>{'2' if known else '1'}</jg><djh>{number}</djh>"

    def registered(self, given: Mapping[str, str]) -> str:
        """Give the number that was given under a running number of ours, or say that there is none."""
        number = self.done.get(given["lsh"])
        return "<jg>0</jg><djh/>" if number is None else f"<jg>1</jg><djh>{number}</djh>"

    def answer(self, name: str, request: Request) -> Reply:
        """Read an envelope, do the operation, write the answer's envelope."""
        self.asked.append(name)
        done: Mapping[str, Callable[[Mapping[str, str]], str]] = {
            "Cx": self.find,
            "Lb": self.page,
            "Dj": self.register,
            "CxDj": self.registered,
        }
        (call,) = etree.fromstring(request.body).find(f"{{{ENVELOPE}}}Body")
        given = {etree.QName(part).localname: part.text or "" for part in call.iter() if not len(part)}
        try:
            said = done[name](given)
        except PermissionError as why:
            return _fault("Client", str(why))
        return _envelope(f'<t:{name}Response xmlns:t="{NAMESPACE}">{said}</t:{name}Response>')


@contextmanager
def soap_office(records: dict[str, str]) -> Iterator[Office]:
    """Run the office behind a real port."""
    office, host = Office(records), Host(0)
    office.url = f"http://127.0.0.1:{host.port}{PATH}"
    wsdl = _wsdl(office.url).encode()

    def called(request: Request) -> Reply:
        name = request.headers.get("soapaction", "").strip('"').rpartition("/")[2]
        return office.answer(name, request)

    routes = (
        Route("POST", PATH, "call", called),
        Route("GET", PATH, "wsdl", lambda _: Reply(wsdl, content_type=XML)),
    )
    host.admit(
        System(
            name="civil",
            control=office.control,
            token="demo-control",
            routes=routes,
            busy=lambda: _fault("Server", "系统繁忙"),
        )
    )
    host.start()
    try:
        yield office
    finally:
        host.shutdown()
        host.server_close()


def _envelope(body: str, status: int = 200) -> Reply:
    whole = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'
    return Reply(whole.encode(), status, XML)


def _fault(code: str, sentence: str) -> Reply:
    said = f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{sentence}</faultstring></s:Fault>"
    return _envelope(said, 500)


def _wsdl(address: str) -> str:
    """Write the document: document/literal, one wrapper element for each question and each answer."""
    elements = "".join(
        _element(name, given) + _element(f"{name}Response", told)
        for name, (given, told) in OPERATIONS.items()
    )
    messages = "".join(
        f'<message name="{name}{end}"><part name="parameters" element="tns:{name}{end}"/></message>'
        for name in OPERATIONS
        for end in ("", "Response")
    )
    operations = "".join(
        f'<operation name="{name}"><input message="tns:{name}"/><output message="tns:{name}Response"/>'
        "</operation>"
        for name in OPERATIONS
    )
    body = '<soap:body use="literal"/>'
    bound = "".join(
        f'<operation name="{name}"><soap:operation soapAction="{NAMESPACE}/{name}"/>'
        f"<input>{body}</input><output>{body}</output></operation>"
        for name in OPERATIONS
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">
<types><xsd:schema targetNamespace="{NAMESPACE}">
<xsd:complexType name="Jl"><xsd:sequence>{_parts(("zjhm", "hyzt"))}</xsd:sequence></xsd:complexType>
<xsd:complexType name="Ry"><xsd:sequence>{_parts(("zjhm",))}</xsd:sequence></xsd:complexType>
<xsd:complexType name="Lb"><xsd:sequence>
<xsd:element name="jl" type="tns:Jl" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
{elements}</xsd:schema></types>{messages}
<portType name="Hunyin">{operations}</portType>
<binding name="HunyinBinding" type="tns:Hunyin">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding>
<service name="HunyinService"><port name="HunyinPort" binding="tns:HunyinBinding">
<soap:address location="{address}"/></port></service></definitions>"""


def _element(name: str, parts: tuple[str, ...]) -> str:
    inner = f"<xsd:complexType><xsd:sequence>{_parts(parts)}</xsd:sequence></xsd:complexType>"
    return f'<xsd:element name="{name}">{inner}</xsd:element>'


def _parts(names: tuple[str, ...]) -> str:
    return "".join(f'<xsd:element name="{name}" type="{KINDS.get(name, "xsd:string")}"/>' for name in names)
