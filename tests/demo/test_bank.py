"""The bank: forms in and out, neither key nor query."""

from urllib.parse import parse_qs

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

FORM = {
    "key": "demo-bank-key",
    "qymc": "云溪市燕归来餐饮有限公司",
    "tyshxydm": FIRM,
    "fddbr": "李春燕",
    "zjhm": PERSON,
    "sjh": "10000000001",
    "zhlx": "01",
    "yywd": "0001",
    "yyrq": "2026-11-05",
}


def register(bank: Hosted, **changes: str) -> httpx.Response:
    return bank.client.post("/yyzh/appoint", data=FORM | changes)


def answer(reply: httpx.Response) -> dict[str, str]:
    assert reply.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    return {name: values[0] for name, values in parse_qs(reply.text, strict_parsing=True).items()}


def test_an_appointment_comes_as_a_form(hosted: Hosting) -> None:
    assert answer(register(hosted("bank"))) == {
        "retcode": "0000",
        "retmsg": "预约成功",
        "yyh": "YY20260000001",
        "wdmc": "云溪银行城关支行",
    }


def test_each_call_is_one_more_appointment_and_none_can_be_found(hosted: Hosting) -> None:
    bank = hosted("bank")
    assert len({answer(register(bank))["yyh"] for _ in range(3)}) == 3
    assert [kept["reference"] for kept in bank.registrations()] == [None, None, None]
    assert bank.client.get("/yyzh/appoint").status_code == 404


def test_a_dropped_reply_leaves_the_asker_in_doubt(hosted: Hosting) -> None:
    bank = hosted("bank")
    bank.control("drop_reply", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        register(bank)
    assert len(bank.registrations()) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"qymc": ""}, "E001"),
        ({"sjh": "13800000000"}, "E001"),
        ({"yyrq": "20261105"}, "E002"),
        ({"tyshxydm": "x"}, "E003"),
        ({"zjhm": "x"}, "E004"),
        ({"yywd": "0009"}, "E005"),
        ({"zhlx": "02"}, "E006"),
        ({"key": "x"}, "E009"),
    ],
)
def test_a_wrong_form_is_refused_with_http_200(hosted: Hosting, changes: dict[str, str], code: str) -> None:
    bank = hosted("bank")
    reply = register(bank, **changes)
    assert (reply.status_code, answer(reply)["retcode"]) == (200, code)
    assert bank.registrations() == []


def test_bytes_that_are_no_form_are_refused(hosted: Hosting) -> None:
    reply = hosted("bank").client.post("/yyzh/appoint", content=b"\xff\xfe")
    assert answer(reply)["retcode"] == "E009"


def test_a_failing_bank_answers_html(hosted: Hosting) -> None:
    bank = hosted("bank")
    bank.control("failing")
    reply = register(bank)
    assert reply.status_code == 502
    assert "<html>" in reply.text
