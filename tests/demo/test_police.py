"""The population library: JSON by POST, HTTP 200 always."""

import pytest

from demo.characters import PERSONS
from tests.demo.hosting import PERSON, Hosted, Hosting

KEY = {"X-RKK-KEY": "demo-police-key"}


def ask(police: Hosted, operation: str, **form: object) -> dict[str, object]:
    reply = police.client.post(f"/rkk/v1/{operation}", json=form, headers=KEY)
    assert reply.status_code == 200
    return dict(reply.json())


def test_a_person_is_found_by_resident_id(hosted: Hosting) -> None:
    assert ask(hosted("police"), "ryxx", GMSFHM=PERSON) == {
        "code": "00",
        "msg": "成功",
        "data": {
            "GMSFHM": "990121198803129020",
            "XM": "李春燕",
            "XB": "2",
            "MZ": "01",
            "CSRQ": "19880312",
            "HJDXZQH": "990121",
            "HJDZ": "云溪市云东县城关镇柳荫街6号",
            "HJDDZBM": "9901210010002000006",
            "HH": "990121000000001",
            "YHZGX": "01",
            "SWBZ": "0",
            "SWRQ": "",
            "LXDH": "10000000001",
            "GXSJ": "20261001083000",
        },
    }


def test_the_dead_are_marked(hosted: Hosting) -> None:
    data = ask(hosted("police"), "ryxx", GMSFHM=PERSONS["ma_guoqiang"].resident_id)["data"]
    assert isinstance(data, dict)
    assert (data["SWBZ"], data["SWRQ"]) == ("1", "20251203")


def test_who_is_missing_is_nobody_and_no_error_of_the_name_check(hosted: Hosting) -> None:
    police, missing = hosted("police"), PERSONS["wu_xiaoxue"]
    assert ask(police, "ryxx", GMSFHM=missing.resident_id)["code"] == "01"
    assert ask(police, "smhy", GMSFHM=missing.resident_id, XM=missing.name)["data"] == {"HYJG": "3"}


@pytest.mark.parametrize(("name", "result"), [("李春燕", "1"), ("李春艳", "2")])
def test_a_name_goes_with_its_number_or_not(hosted: Hosting, name: str, result: str) -> None:
    assert ask(hosted("police"), "smhy", GMSFHM=PERSON, XM=name)["data"] == {"HYJG": result}


def test_the_contradicting_household_shows_two_addresses(hosted: Hosting) -> None:
    found = ask(hosted("police"), "hcy", HH=PERSONS["zhou_wenbin"].household_number)["data"]
    assert isinstance(found, dict)
    assert [member["XM"] for member in found["CY"]] == ["周文斌", "许静怡"]
    assert len({member["HJDZ"] for member in found["CY"]}) == 2


def test_batches_give_everybody_once_in_order(hosted: Hosting) -> None:
    police, numbers, after = hosted("police"), [], ""
    while True:
        data = ask(police, "plcx", QSH=after, SL=100)["data"]
        assert isinstance(data, dict)
        numbers += [row["GMSFHM"] for row in data["RY"]]
        after = data["XYQSH"]
        if not after:
            break
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 400


@pytest.mark.parametrize(
    ("operation", "form"),
    [
        ("ryxx", {}),
        ("ryxx", {"GMSFHM": 7}),
        ("ryxx", {"GMSFHM": "123"}),
        ("smhy", {"GMSFHM": PERSON}),
        ("hcy", {"HH": ""}),
        ("plcx", {"SL": 1001}),
        ("plcx", {"QSH": None}),
    ],
)
def test_wrong_forms_are_code_02(hosted: Hosting, operation: str, form: dict[str, object]) -> None:
    assert ask(hosted("police"), operation, **form) == {"code": "02", "msg": "参数错误", "data": None}


def test_strangers_broken_bodies_and_busy_hours_are_codes_too(hosted: Hosting) -> None:
    police = hosted("police")
    assert police.client.post("/rkk/v1/ryxx", json={"GMSFHM": PERSON}).json()["code"] == "03"
    assert police.client.post("/rkk/v1/ryxx", content=b"{", headers=KEY).json()["code"] == "02"
    police.control("failing")
    assert ask(police, "ryxx", GMSFHM=PERSON) == {"code": "99", "msg": "系统繁忙", "data": None}
