"""The control interface, at one system that has every mode."""

import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.control import BadWish, Control, Mood
from tests.demo.hosting import TOKEN, Hosted, Hosting

LOOKUP = "/shbx/cbdj/cx?wbdh=none"
KEY = {"apikey": "demo-social-key"}


def lookup(social: Hosted) -> httpx.Response:
    return social.client.get(LOOKUP, headers=KEY)


def test_without_the_token_nothing_is_told_or_changed(hosted: Hosting) -> None:
    social = hosted("social")
    assert social.client.get("/_control").status_code == 403
    assert social.client.post("/_control", json={"mode": "down"}).status_code == 403
    assert social.client.get("/_control/registrations", headers={"X-Control-Token": "x"}).status_code == 403
    assert social.state()["mode"] == "normal"


def test_slow_waits_as_long_as_asked_and_then_works(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("slow", seconds=1.5)
    assert lookup(social).json()["total"] == 0
    assert social.pauses == [1.5]


def test_failing_answers_in_the_systems_own_habit(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("failing")
    assert lookup(social).json() == {"result": "0", "bz": "系统繁忙，请稍后再试"}


def test_wrong_answers_what_cannot_be_parsed(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("wrong")
    reply = lookup(social)
    assert reply.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        reply.json()


def test_down_closes_without_an_answer_and_the_control_goes_on(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("down")
    with pytest.raises(httpx.RemoteProtocolError):
        lookup(social)
    assert social.control("normal").status_code == 200
    assert lookup(social).status_code == 200


def test_times_ends_the_mode_by_itself(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("failing", times=2)
    assert [lookup(social).json()["result"] for _ in range(3)] == ["0", "0", "1"]
    assert social.state()["mode"] == "normal"


def test_a_mode_for_one_operation_leaves_the_others_alone(hosted: Hosting) -> None:
    social = hosted("social")
    social.control("down", operation="register", times=1)
    assert lookup(social).json()["result"] == "1"
    assert social.state()["times_left"] == 1
    with pytest.raises(httpx.RemoteProtocolError):
        social.client.post("/shbx/cbdj", json={}, headers=KEY)


def test_every_request_that_reached_an_operation_is_counted(hosted: Hosting) -> None:
    social = hosted("social")
    lookup(social)
    social.control("failing", times=1)
    lookup(social)
    assert social.state()["counts"] == {"register": 0, "lookup": 2}
    assert social.command("/reset").json()["counts"] == {"register": 0, "lookup": 0}


@pytest.mark.parametrize(
    "wish",
    [
        {"mode": "sleepy"},
        {},
        {"mode": "slow", "seconds": -1},
        {"mode": "slow", "seconds": True},
        {"mode": "down", "times": 0},
        {"mode": "down", "operation": "dance"},
        {"mode": "down", "until": "noon"},
    ],
)
def test_a_wish_that_is_not_understood_changes_nothing(hosted: Hosting, wish: dict[str, object]) -> None:
    social = hosted("social")
    reply = social.client.post("/_control", json=wish, headers=TOKEN)
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert social.state()["mode"] == "normal"


@given(
    st.lists(st.sampled_from(["register", "lookup"]), max_size=20),
    st.integers(1, 5),
    st.sampled_from([None, "lookup"]),
)
def test_a_mode_meets_exactly_the_first_of_its_requests(
    asked: list[str], times: int, operation: str | None
) -> None:
    control = Control(("register", "lookup"))
    control.wish({"mode": "down", "times": times, "operation": operation})
    met = [control.meet(one) for one in asked]
    concerned = [mood for one, mood in zip(asked, met, strict=True) if operation in (None, one)]
    others = [mood for one, mood in zip(asked, met, strict=True) if operation not in (None, one)]
    assert all(mood.mode == "down" for mood in concerned[:times])
    assert all(mood == Mood() for mood in concerned[times:] + others)


def test_a_mode_that_a_system_has_not_is_refused() -> None:
    with pytest.raises(BadWish, match="mode is one of normal"):
        Control((), modes=("normal",)).wish({"mode": "down"})


def test_a_body_that_is_too_large_is_refused_before_it_is_read(hosted: Hosting) -> None:
    social = hosted("social")
    reply = social.client.post("/shbx/cbdj", content=b"x" * 65_537, headers=KEY)
    assert reply.status_code == 413
    assert social.state()["counts"] == {"register": 0, "lookup": 0}


def test_a_connection_serves_many_requests(hosted: Hosting) -> None:
    social = hosted("social")
    request = f"GET {LOOKUP} HTTP/1.1\r\nHost: x\r\napikey: demo-social-key\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", social.host.port)) as line:
        for _ in range(3):
            line.sendall(request)
            assert line.recv(4096).startswith(b"HTTP/1.1 200")


def test_an_unknown_address_is_not_found(hosted: Hosting) -> None:
    assert hosted("social").client.get("/elsewhere").status_code == 404
