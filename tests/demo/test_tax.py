"""The tax office: an idempotency key in the header, honoured for 24 hours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

PATH = "/etax/api/v2/registrations"
FORM = {
    "taxpayerId": FIRM,
    "taxpayerName": "云溪市燕归来餐饮有限公司",
    "legalRepName": "李春燕",
    "legalRepIdNo": PERSON,
    "registeredAddress": "云溪市云东县城关镇春风路1号",
    "establishDate": "2026/11/02",
}


def register(tax: Hosted, key: str | None = "case-1", **changes: Any) -> httpx.Response:
    headers = {"X-App-Key": "demo-tax-key"} | ({"Idempotency-Key": key} if key else {})
    return tax.client.post(PATH, json=FORM | changes, headers=headers)


def test_a_registration_gets_a_number_in_the_offices_own_words(hosted: Hosting) -> None:
    reply = register(hosted("tax"))
    assert reply.status_code == 201
    assert reply.json() == {
        "status": "SUCCESS",
        "registrationNo": "YXS2026110000001",
        "taxOffice": "国家税务总局云东县税务局",
        "acceptedAt": "2026/11/02 10:20:30",
    }


def test_the_same_key_within_a_day_answers_the_same_number(hosted: Hosting) -> None:
    tax = hosted("tax")
    first = register(tax)
    tax.clock.move(timedelta(hours=23, minutes=59))
    again = register(tax)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replay"] == "true"
    assert len(tax.registrations()) == 1


def test_the_key_is_forgotten_after_a_day(hosted: Hosting) -> None:
    tax = hosted("tax")
    first = register(tax)
    tax.clock.move(timedelta(hours=24))
    later = register(tax)
    assert later.status_code == 201
    assert later.json()["registrationNo"] != first.json()["registrationNo"]
    assert [kept["reference"] for kept in tax.registrations()] == ["case-1", "case-1"]


def test_many_at_once_under_one_key_make_one_registration(hosted: Hosting) -> None:
    tax = hosted("tax")
    with ThreadPoolExecutor(8) as clerks:
        replies = list(clerks.map(lambda _: register(tax), range(24)))
    assert sorted(reply.status_code for reply in replies) == [200] * 23 + [201]
    assert len({reply.json()["registrationNo"] for reply in replies}) == len(tax.registrations()) == 1


def test_many_at_once_under_many_keys_get_a_number_each(hosted: Hosting) -> None:
    tax = hosted("tax")
    with ThreadPoolExecutor(8) as clerks:
        numbers = list(
            clerks.map(lambda case: register(tax, f"case-{case}").json()["registrationNo"], range(24))
        )
    assert len(set(numbers)) == len(tax.registrations()) == 24


def test_one_key_for_two_forms_is_refused(hosted: Hosting) -> None:
    tax = hosted("tax")
    register(tax)
    reply = register(tax, taxpayerName="另一家公司")
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["code"] == "KEY_REUSED"
    assert len(tax.registrations()) == 1


def test_the_order_of_fields_makes_no_other_form(hosted: Hosting) -> None:
    tax = hosted("tax")
    register(tax)
    headers = {"X-App-Key": "demo-tax-key", "Idempotency-Key": "case-1"}
    assert tax.client.post(PATH, json=dict(reversed(FORM.items())), headers=headers).status_code == 200


def test_another_key_makes_a_double_which_the_control_shows(hosted: Hosting) -> None:
    tax = hosted("tax")
    register(tax, "case-1")
    register(tax, "case-2")
    assert [kept["credit_code"] for kept in tax.registrations()] == [FIRM, FIRM]


def test_a_dropped_reply_has_done_the_work_once(hosted: Hosting) -> None:
    tax = hosted("tax")
    tax.control("drop_reply", times=1, operation="register")
    with pytest.raises(httpx.RemoteProtocolError):
        register(tax)
    assert len(tax.registrations()) == 1
    assert register(tax).status_code == 200
    assert len(tax.registrations()) == 1


def test_what_was_registered_outlives_the_program(hosted: Hosting) -> None:
    first = register(hosted("tax")).json()
    restarted = hosted("tax")  # another program over the same folder
    assert register(restarted).json() == first


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"establishDate": "2026-11-02"}, "establishDate", "BAD_DATE"),
        ({"establishDate": "2026/02/30"}, "establishDate", "BAD_DATE"),
        ({"establishDate": 20261102}, "establishDate", "BAD_DATE"),
        ({"taxpayerId": "91990121MA9K0001XX"}, "taxpayerId", "BAD_CREDIT_CODE"),
        ({"legalRepIdNo": "990121198803129021"}, "legalRepIdNo", "BAD_ID_NO"),
        ({"contactMobile": "13800000000"}, "contactMobile", "BAD_VALUE"),
        ({"invoiceNeeded": "yes"}, "invoiceNeeded", "BAD_VALUE"),
        ({"taxpayerName": ""}, "taxpayerName", "MISSING"),
        ({"nickname": "x"}, "nickname", "UNKNOWN_FIELD"),
    ],
)
def test_a_wrong_form_is_refused_field_by_field(
    hosted: Hosting, changes: dict[str, Any], field: str, code: str
) -> None:
    tax = hosted("tax")
    reply = register(tax, **changes)
    assert reply.status_code == 400
    assert [(error["field"], error["code"]) for error in reply.json()["errors"]] == [(field, code)]
    assert tax.registrations() == []


def test_a_key_is_required(hosted: Hosting) -> None:
    assert register(hosted("tax"), key=None).json()["errors"][0]["code"] == "MISSING"


def test_strangers_and_broken_bodies_are_turned_away(hosted: Hosting) -> None:
    tax = hosted("tax")
    assert tax.client.post(PATH, json=FORM, headers={"Idempotency-Key": "k"}).status_code == 401
    headers = {"X-App-Key": "demo-tax-key", "Idempotency-Key": "k"}
    for body in (b"{", b"[]", b"\xff"):
        assert tax.client.post(PATH, content=body, headers=headers).json()["errors"][0]["code"] == "BAD_JSON"


def test_a_busy_office_says_when_to_come_back(hosted: Hosting) -> None:
    tax = hosted("tax")
    tax.control("failing")
    reply = register(tax)
    assert (reply.status_code, reply.json(), reply.headers["Retry-After"]) == (503, {"status": "BUSY"}, "2")
    assert tax.registrations() == []


def test_a_registration_is_read_by_its_number(hosted: Hosting) -> None:
    tax = hosted("tax")
    made = register(tax).json()
    key = {"X-App-Key": "demo-tax-key"}
    assert tax.client.get(f"{PATH}/{made['registrationNo']}", headers=key).json() == made | {
        "taxpayerId": FIRM
    }
    assert tax.client.get(f"{PATH}/YXS0", headers=key).status_code == 404
    assert tax.client.get(f"{PATH}/YXS0").status_code == 401
