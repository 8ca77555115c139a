"""The court's list of persons under enforcement: SOAP with a WSDL, faults as its error habit."""

import sqlite3
import sys
import threading
import warnings
from pathlib import Path

from soapbar import OperationParameter, SoapApplication, SoapFault, SoapService, soap_operation, xsd
from soapbar.core.xml import to_bytes

from demo.checks import is_resident_id
from demo.control import Control
from demo.host import Reply, Request, Route, System
from demo.program import Settings, require, serve

SCHEMA = """
CREATE TABLE BZXR (
  ZJHM TEXT NOT NULL, XM TEXT NOT NULL, AH TEXT NOT NULL, ZXFY TEXT NOT NULL, LARQ TEXT NOT NULL,
  BDJE_FEN INTEGER NOT NULL, SXBZ TEXT NOT NULL);
"""
INDEXES = "CREATE INDEX BZXR_ZJHM ON BZXR (ZJHM, LARQ);"
NAMESPACE = "urn:yunxi:fayuan:zhixing"
PATH = "/ws/zhixing"
XML = "text/xml; charset=utf-8"
INPUTS = ("zjhm", "xm", "sqdw", "key")
OUTPUTS = ("jg", "ah", "zxfy", "larq", "bdje", "sxbz")


def _strings(names: tuple[str, ...]) -> list[OperationParameter]:
    kind = xsd.resolve("string")
    assert kind is not None  # noqa: S101 - a built-in type of XML Schema
    return [OperationParameter(name=name, xsd_type=kind, required=True) for name in names]


class Enforcement(SoapService):
    """The service; one operation over its own store, read only."""

    __service_name__ = "ZhixingService"
    __tns__ = NAMESPACE
    __port_name__ = "ZhixingPort"

    def __init__(self, path: Path, key: str) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._store = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    @soap_operation(name="CxBzxr", input_params=_strings(INPUTS), output_params=_strings(OUTPUTS))
    def find(self, zjhm: str, xm: str, sqdw: str, key: str) -> dict[str, str]:
        """Whether a person is under enforcement: 0 no, 1 yes, 2 the number is but under another name."""
        if key != self._key:
            raise SoapFault("Client", "接入口令无效")
        if not is_resident_id(zjhm):
            raise SoapFault("Client", "证件号码格式错误")
        if not xm or not sqdw:
            raise SoapFault("Client", "姓名不能为空" if not xm else "申请单位不能为空")
        with self._lock:
            rows = self._store.execute(
                "SELECT XM, AH, ZXFY, LARQ, BDJE_FEN, SXBZ FROM BZXR WHERE ZJHM = ? ORDER BY LARQ DESC",
                (zjhm,),
            ).fetchall()
        named = [row for row in rows if row[0] == xm]
        if not named:
            return dict.fromkeys(OUTPUTS, "") | {"jg": "2" if rows else "0", "sxbz": "0"}
        _, case, court, filed, amount, dishonest = named[0]
        yuan = f"{amount // 100}.{amount % 100:02d}"
        return {"jg": "1", "ah": case, "zxfy": court, "larq": filed, "bdje": yuan, "sxbz": dishonest}


def build(settings: Settings) -> System:
    """The court's system over its own folder."""
    with warnings.catch_warnings():
        # soapbar warns of plain HTTP; this system is reached over loopback only.
        warnings.filterwarnings("ignore", message="service_url uses plain HTTP")
        application = SoapApplication(service_url=settings.public_url + PATH)
    application.register(Enforcement(require(settings.data / "court.db"), settings.key))
    wsdl = application.get_wsdl()

    def call(request: Request) -> Reply:
        status, content_type, body = application.handle_request(
            request.body,
            soap_action=request.headers.get("soapaction", "").strip('"'),
            content_type=request.headers.get("content-type", XML),
        )
        return Reply(body, status, content_type)

    return System(
        name=settings.name,
        control=Control(("CxBzxr", "wsdl")),
        token=settings.token,
        routes=(
            Route("POST", PATH, "CxBzxr", call),
            Route("GET", PATH, "wsdl", lambda _: Reply(wsdl, content_type=XML)),
        ),
        busy=lambda: _fault("Server", "系统繁忙，请稍后再试"),
        garbled=lambda: Reply(
            b'<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope><soapenv:Bo', content_type=XML
        ),
    )


def _fault(code: str, sentence: str) -> Reply:
    return Reply(to_bytes(SoapFault(code, sentence).to_soap11_envelope()), 500, XML)


if __name__ == "__main__":
    sys.exit(serve("court", build))
