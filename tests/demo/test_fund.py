"""The housing fund centre: the key in the body, a repeat answers HTTP 409 with the earlier number."""

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

PATH = "/gjj/unit-accounts"
KEY = {"X-Client": "tongban", "X-Token": "demo-fund-key"}
FORM: dict[str, object] = {
    "request_no": "case-1",
    "unit_name": "云溪市燕归来餐饮有限公司",
    "credit_code": FIRM,
    "legal_rep": {"name": "李春燕", "id_no": PERSON},
    "address": "云溪市云东县城关镇春风路1号",
    "established": "2026年11月02日",
    "ratio_percent": 5,
    "staff_count": 1,
}


def register(fund: Hosted, **changes: object) -> httpx.Response:
    return fund.client.post(PATH, json=FORM | changes, headers=KEY)


def test_an_account_is_opened_with_the_date_in_words(hosted: Hosting) -> None:
    reply = register(hosted("fund"))
    assert reply.status_code == 201
    assert reply.json() == {"account_no": "GJJ0000000001", "opened_on": "2026年11月02日"}


def test_a_repeat_is_a_conflict_that_names_the_earlier_account(hosted: Hosting) -> None:
    fund = hosted("fund")
    register(fund)
    repeat = register(fund, unit_name="另一家公司")
    assert repeat.status_code == 409
    assert repeat.json() == {"error": "duplicate_request", "account_no": "GJJ0000000001"}
    assert len(fund.registrations()) == 1


def test_after_a_dropped_reply_the_repeat_names_the_account(hosted: Hosting) -> None:
    fund = hosted("fund")
    fund.control("drop_reply", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        register(fund)
    assert register(fund).json()["account_no"] == "GJJ0000000001"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request_no": ""}, "request_no"),
        ({"request_no": "x" * 101}, "request_no"),
        ({"credit_code": "x"}, "credit_code"),
        ({"legal_rep": {"name": "李春燕"}}, "legal_rep.id_no"),
        ({"legal_rep": "李春燕"}, "legal_rep.name"),
        ({"established": "2026-11-02"}, "established"),
        ({"established": "2026年02月30日"}, "established"),
        ({"ratio_percent": 4}, "ratio_percent"),
        ({"ratio_percent": 13}, "ratio_percent"),
        ({"staff_count": 0}, "staff_count"),
    ],
)
def test_a_wrong_form_is_refused_by_its_first_wrong_field(
    hosted: Hosting, changes: dict[str, object], field: str
) -> None:
    fund = hosted("fund")
    reply = register(fund, **changes)
    assert (reply.status_code, reply.json()["field"]) == (400, field)
    assert fund.registrations() == []


def test_a_closed_centre_answers_plain_text(hosted: Hosting) -> None:
    fund = hosted("fund")
    fund.control("failing")
    reply = register(fund)
    assert (reply.status_code, reply.text) == (503, "系统维护中")


def test_an_account_is_read_by_its_number(hosted: Hosting) -> None:
    fund = hosted("fund")
    number = register(fund).json()["account_no"]
    assert fund.client.get(f"{PATH}/{number}", headers=KEY).json()["request_no"] == "case-1"
    assert fund.client.get(f"{PATH}/GJJ9", headers=KEY).status_code == 404
    assert fund.client.get(f"{PATH}/{number}").status_code == 401


def test_strangers_and_broken_bodies_are_turned_away(hosted: Hosting) -> None:
    fund = hosted("fund")
    assert fund.client.post(PATH, json=FORM).status_code == 401
    assert fund.client.post(PATH, content=b"{", headers=KEY).status_code == 400
