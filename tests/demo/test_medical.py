"""The medical insurance bureau: numeric codes in HTTP 200, lookup by our reference."""

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

KEY = {"Authorization": "Bearer demo-medical-key"}
FORM = {
    "out_ref": "case-1",
    "unit_nm": "云溪市燕归来餐饮有限公司",
    "uscc": FIRM,
    "legal_psn": "李春燕",
    "legal_cert_no": PERSON,
    "estab_tm": "2026-11-02 00:00:00",
    "psn_cnt": 1,
    "unit_addr": "云溪市云东县城关镇春风路1号",
    "tel": "",
}


def register(medical: Hosted, **changes: object) -> httpx.Response:
    return medical.client.post("/ybj/unit/enroll", json=FORM | changes, headers=KEY)


def lookup(medical: Hosted, reference: str) -> dict[str, object]:
    return dict(medical.client.post("/ybj/unit/query", json={"out_ref": reference}, headers=KEY).json())


def test_a_registration_gets_a_number_that_is_a_number(hosted: Hosting) -> None:
    assert register(hosted("medical")).json() == {
        "code": 0,
        "data": {"unit_no": 990121000001, "enroll_tm": "2026-11-02 10:20:30"},
    }


def test_the_same_reference_twice_is_registered_twice_and_the_first_is_found(hosted: Hosting) -> None:
    medical = hosted("medical")
    first = register(medical).json()["data"]["unit_no"]
    register(medical)
    assert len(medical.registrations()) == 2
    found = lookup(medical, "case-1")["data"]
    assert found == {
        "unit_no": first,
        "out_ref": "case-1",
        "uscc": FIRM,
        "enroll_tm": "2026-11-02 10:20:30",
    }


def test_a_lookup_that_finds_nothing_has_its_own_code(hosted: Hosting) -> None:
    assert lookup(hosted("medical"), "case-9") == {"code": 4041, "msg": "not found"}


def test_a_busy_bureau_answers_200_and_5003(hosted: Hosting) -> None:
    medical = hosted("medical")
    medical.control("failing")
    reply = register(medical)
    assert (reply.status_code, reply.json()["code"]) == (200, 5003)
    assert medical.registrations() == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"unit_nm": ""}, 1001, "unit_nm"),
        ({"uscc": "91990121MA9K0001XX"}, 1002, "uscc"),
        ({"legal_cert_no": "1"}, 1002, "legal_cert_no"),
        ({"estab_tm": "2026-11-02"}, 1002, "estab_tm"),
        ({"psn_cnt": "1"}, 1002, "psn_cnt"),
        ({"out_ref": "x" * 101}, 1002, "out_ref"),
    ],
)
def test_a_wrong_form_is_refused_by_number(
    hosted: Hosting, changes: dict[str, object], code: int, field: str
) -> None:
    medical = hosted("medical")
    assert register(medical, **changes).json() == {"code": code, "msg": field}
    assert medical.registrations() == []


def test_strangers_and_broken_bodies_are_turned_away(hosted: Hosting) -> None:
    medical = hosted("medical")
    assert medical.client.post("/ybj/unit/enroll", json=FORM).json()["code"] == 4010
    assert medical.client.post("/ybj/unit/query", content=b"[", headers=KEY).json()["code"] == 1009
    assert medical.client.post("/ybj/unit/query", json={"out_ref": 7}, headers=KEY).json()["code"] == 1001
