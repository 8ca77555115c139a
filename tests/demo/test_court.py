"""The court's list: SOAP with a WSDL, faults as its error habit; asked with a client that read the WSDL."""

from collections.abc import Iterator

import httpx
import pytest
import requests
import zeep
from zeep.exceptions import Fault, TransportError, XMLSyntaxError
from zeep.transports import Transport

from demo.characters import PERSONS
from tests.demo.hosting import Hosted, Hosting


class Court:
    """The court and a SOAP client of it."""

    def __init__(self, hosted: Hosted) -> None:
        self.hosted = hosted
        self.session = requests.Session()
        transport = Transport(session=self.session)  # type: ignore[no-untyped-call]
        self.client = zeep.Client(  # type: ignore[no-untyped-call]
            f"{hosted.url}/ws/zhixing?wsdl", transport=transport
        )

    def ask(self, number: str, name: str, key: str = "demo-court-key") -> dict[str, str | None]:
        answer = self.client.service.CxBzxr(zjhm=number, xm=name, sqdw="云溪市数据局", key=key)
        return {field: answer[field] for field in ("jg", "ah", "zxfy", "larq", "bdje", "sxbz")}


@pytest.fixture
def court(hosted: Hosting) -> Iterator[Court]:
    asked = Court(hosted("court"))
    yield asked
    asked.session.close()


def test_somebody_under_enforcement_is_found_with_the_case(court: Court) -> None:
    listed = PERSONS["zhang_dahai"]
    assert court.ask(listed.resident_id, listed.name) == {
        "jg": "1",
        "ah": "（2026）云9901执1024号",
        "zxfy": "云溪市云东县人民法院",
        "larq": "2026-04-16",
        "bdje": "350000.00",
        "sxbz": "1",
    }


def test_somebody_clean_is_on_no_record(court: Court) -> None:
    clean = PERSONS["li_chunyan"]
    answer = court.ask(clean.resident_id, clean.name)
    assert (answer["jg"], answer["sxbz"]) == ("0", "0")
    assert not answer["ah"]


def test_the_number_under_another_name_is_told_apart_and_gives_nothing_away(court: Court) -> None:
    answer = court.ask(PERSONS["zhang_dahai"].resident_id, "张大河")
    assert answer["jg"] == "2"
    assert not answer["ah"]


@pytest.mark.parametrize(
    ("number", "name", "key", "sentence"),
    [
        ("990121198803129021", "李春燕", "demo-court-key", "证件号码格式错误"),
        ("990121198803129020", "", "demo-court-key", "姓名不能为空"),
        ("990121198803129020", "李春燕", "x", "接入口令无效"),
    ],
)
def test_a_wrong_question_is_a_client_fault(
    court: Court, number: str, name: str, key: str, sentence: str
) -> None:
    with pytest.raises(Fault, match=sentence) as fault:
        court.ask(number, name, key)
    assert fault.value.code == "soapenv:Client"


def test_a_busy_court_is_a_server_fault(court: Court) -> None:
    court.hosted.control("failing")
    with pytest.raises(Fault, match="系统繁忙") as fault:
        court.ask(PERSONS["li_chunyan"].resident_id, "李春燕")
    assert fault.value.code == "soapenv:Server"


def test_a_cut_envelope_cannot_be_read(court: Court) -> None:
    court.hosted.control("wrong")
    with pytest.raises((XMLSyntaxError, TransportError)):
        court.ask(PERSONS["li_chunyan"].resident_id, "李春燕")


def test_bytes_that_are_no_envelope_are_a_fault(court: Court) -> None:
    reply = httpx.post(f"{court.hosted.url}/ws/zhixing", content=b"<no", headers={"Content-Type": "text/xml"})
    assert reply.status_code >= 400
    assert "Fault" in reply.text
