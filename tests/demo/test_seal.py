"""The seal maker: the key in the URL, problem details as its error habit."""

from typing import Any

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

KEY = {"X-Api-Key": "demo-seal-key"}
FORM: dict[str, object] = {
    "company": "云溪市燕归来餐饮有限公司",
    "creditCode": FIRM,
    "legalRepresentative": {"name": "李春燕", "idNumber": PERSON},
    "division": "990121",
    "seals": ["01", "02"],
    "establishedOn": "2026-11-02",
}


def register(seal: Hosted, key: str = "case-1", **changes: Any) -> httpx.Response:
    return seal.client.put(f"/api/seal-orders/{key}", json=FORM | changes, headers=KEY)


def test_an_order_gets_a_record_and_a_code_for_each_seal(hosted: Hosting) -> None:
    reply = register(hosted("seal"))
    assert reply.status_code == 201
    assert reply.json() == {
        "recordNumber": "YZ9901210000001",
        "seals": [
            {"type": "01", "name": "法定名称章", "code": "9901210000001"},
            {"type": "02", "name": "财务专用章", "code": "9901210000002"},
        ],
        "filedAt": "2026-11-02T10:20:30+08:00",
    }


def test_the_same_order_again_answers_the_same_record(hosted: Hosting) -> None:
    seal = hosted("seal")
    first = register(seal).json()
    again = register(seal)
    assert (again.status_code, again.json()) == (200, first)
    assert seal.client.get("/api/seal-orders/case-1", headers=KEY).json() == first
    assert len(seal.registrations()) == 1


def test_another_order_under_the_same_key_is_a_conflict(hosted: Hosting) -> None:
    seal = hosted("seal")
    register(seal)
    reply = register(seal, seals=["01"])
    assert reply.status_code == 409
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(seal.registrations()) == 1


def test_no_two_seals_have_one_code(hosted: Hosting) -> None:
    seal = hosted("seal")
    kinds = ["01", "02", "03", "04", "05"]
    codes = [
        made["code"]
        for order in range(4)
        for made in register(seal, f"case-{order}", seals=kinds).json()["seals"]
    ]
    assert len(set(codes)) == len(codes) == 20


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"company": ""}, "company"),
        ({"creditCode": "x"}, "creditCode"),
        ({"legalRepresentative": {"name": "李春燕", "idNumber": "x"}}, "legalRepresentative"),
        ({"division": "110000"}, "division"),
        ({"seals": ["02"]}, "seals"),
        ({"seals": ["01", "01"]}, "seals"),
        ({"seals": ["01", "09"]}, "seals"),
        ({"seals": ["01", ["02"]]}, "seals"),
        ({"establishedOn": "2026/11/02"}, "establishedOn"),
    ],
)
def test_a_wrong_order_is_refused_with_problem_details(
    hosted: Hosting, changes: dict[str, Any], name: str
) -> None:
    seal = hosted("seal")
    reply = register(seal, **changes)
    assert reply.status_code == 422
    assert [wrong["name"] for wrong in reply.json()["invalid"]] == [name]
    assert seal.registrations() == []


def test_after_a_dropped_reply_the_order_is_read_by_its_key(hosted: Hosting) -> None:
    seal = hosted("seal")
    seal.control("drop_reply", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        register(seal)
    assert seal.client.get("/api/seal-orders/case-1", headers=KEY).json()["recordNumber"] == "YZ9901210000001"
    assert seal.client.get("/api/seal-orders/case-2", headers=KEY).status_code == 404


def test_strangers_are_turned_away(hosted: Hosting) -> None:
    seal = hosted("seal")
    assert seal.client.put("/api/seal-orders/k", json=FORM).status_code == 401
    assert seal.client.get("/api/seal-orders/k").status_code == 401
    seal.control("failing")
    assert register(seal).status_code == 503
