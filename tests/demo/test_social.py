"""The social insurance agency: no keys, HTTP 200 always, lookup by our reference."""

import httpx
import pytest

from tests.demo.hosting import FIRM, PERSON, Hosted, Hosting

KEY = {"apikey": "demo-social-key"}
FORM = {
    "wbdh": "case-1",
    "dwmc": "云溪市燕归来餐饮有限公司",
    "tyshxydm": FIRM,
    "fddbr": "李春燕",
    "fddbrzjhm": PERSON,
    "dwdz": "云溪市云东县城关镇春风路1号",
    "clrq": "20261102",
    "lxdh": "",
    "cbrs": 1,
}


def register(social: Hosted, **changes: object) -> httpx.Response:
    return social.client.post("/shbx/cbdj", json=FORM | changes, headers=KEY)


def lookup(social: Hosted, reference: str) -> dict[str, object]:
    return dict(social.client.get("/shbx/cbdj/cx", params={"wbdh": reference}, headers=KEY).json())


def test_a_registration_gets_a_number(hosted: Hosting) -> None:
    assert register(hosted("social")).json() == {
        "result": "1",
        "dwbh": "SB99012100000001",
        "blrq": "20261102",
        "bz": "参保登记成功",
    }


def test_the_same_reference_twice_is_registered_twice(hosted: Hosting) -> None:
    social = hosted("social")
    numbers = [register(social).json()["dwbh"] for _ in range(2)]
    found = lookup(social, "case-1")
    assert found["total"] == 2
    assert [one["dwbh"] for one in found["list"]] == numbers  # type: ignore[attr-defined]
    assert len(social.registrations()) == 2


def test_after_a_dropped_reply_the_lookup_finds_the_number(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("drop_reply", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        register(social)
    assert lookup(social, "case-1") == {
        "result": "1",
        "total": 1,
        "list": [
            {"dwbh": "SB99012100000001", "wbdh": "case-1", "tyshxydm": FIRM, "blrq": "20261102"},
        ],
    }


def test_a_lookup_that_finds_nothing_says_so(hosted: Hosting) -> None:
    assert lookup(hosted("social"), "case-9") == {"result": "1", "total": 0, "list": []}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dwmc": ""}, "缺少必填项：dwmc"),
        ({"tyshxydm": "91990121MA9K0001XX"}, "统一社会信用代码校验不通过"),
        ({"fddbrzjhm": "990121198803129021"}, "法定代表人证件号码有误"),
        ({"clrq": "2026-11-02"}, "成立日期格式应为YYYYMMDD"),
        ({"clrq": "２０２６１１０２"}, "成立日期格式应为YYYYMMDD"),
        ({"clrq": "20260230"}, "成立日期格式应为YYYYMMDD"),
        ({"cbrs": "1"}, "参保人数应为大于零的整数"),
        ({"cbrs": 0}, "参保人数应为大于零的整数"),
        ({"wbdh": "x" * 101}, "外部单号长度超过100"),
    ],
)
def test_a_wrong_form_is_refused_in_a_sentence_with_http_200(
    hosted: Hosting, changes: dict[str, object], sentence: str
) -> None:
    social = hosted("social")
    reply = register(social, **changes)
    assert (reply.status_code, reply.json()) == (200, {"result": "0", "bz": sentence})
    assert social.registrations() == []


def test_strangers_and_broken_bodies_are_turned_away(hosted: Hosting) -> None:
    social = hosted("social")
    assert social.client.post("/shbx/cbdj", json=FORM).json()["bz"] == "接口密钥无效"
    assert social.client.get("/shbx/cbdj/cx?wbdh=x").json()["bz"] == "接口密钥无效"
    assert social.client.post("/shbx/cbdj", content=b"{", headers=KEY).json()["bz"] == "报文格式错误"
    assert lookup(social, "")["bz"] == "缺少必填项：wbdh"
