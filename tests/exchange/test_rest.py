"""The REST connector at its edges: bytes as they come from a bad line."""

import json
import socket
import threading
from datetime import date
from typing import Any

import pytest

from tests.catalogue.making import element
from tests.exchange.conftest import endpoint
from tests.exchange.serving import Script, answering, serving
from tongban.exchange.api import (
    ActOutcome,
    ActRequest,
    Ask,
    Done,
    Looked,
    Nothing,
    Record,
    Refused,
    Unanswered,
)
from tongban.exchange.connectors.rest import RestConnector
from tongban.exchange.declared import RestDeclared
from tongban.kernel.errors import SourceDown, SourceRefused, SourceWrong

NAME = element("person.name", kind="text")
GOOD = json.dumps({"data": {"XM": "李春燕"}}).encode()


def declared(**words: Any) -> RestDeclared:
    given: dict[str, Any] = {
        "kind": "rest",
        "name": "police",
        "organisation": "police.990100",
        "endpoint": "police",
        "headers": {"X-Key": "{secret.key}"},
        "resources": {
            "police.population": {
                "request": {
                    "path": "/people/{person.resident_id}",
                    "query": {"unit": "{consumer}"},
                    "habits": [{"status": [404], "means": "none"}],
                },
                "record": "data",
                "values": {"person.name": {"path": "XM"}},
            }
        },
        "operations": {
            "register": {
                "request": {
                    "method": "POST",
                    "path": "/r",
                    "headers": {"Idempotency-Key": "{key}"},
                    "body": {"name": "{company_name}"},
                },
                "number": "no",
                "number_pattern": "N[0-9]{3}",
            }
        },
        "patience": {"timeout_s": 2, "max_bytes": 2048},
    }
    return RestDeclared.model_validate({**given, **words})


def ask(url: str, number: str = "990121198803129020", timeout_s: float = 2, **words: Any) -> Looked:
    connector = RestConnector(declared(**words), endpoint(url))
    try:
        key = {"person.resident_id": number}
        return connector.lookup(
            Ask("police.population", key, [NAME], "market.990121", date(2026, 11, 2), timeout_s)
        )
    finally:
        connector.close()


def do(url: str, **words: Any) -> ActOutcome:
    connector = RestConnector(declared(**words), endpoint(url))
    try:
        request = ActRequest("police", "register", {"company_name": "燕归来"}, "key-1")
        return connector.act(request, timeout_s=2)
    finally:
        connector.close()


def test_a_record_is_read_and_the_request_says_who_asks() -> None:
    with serving(answering(GOOD)) as served:
        found = ask(served.url)
    assert isinstance(found, Record)
    assert found.readings["person.name"].value == "李春燕"
    (request,) = served.requests
    assert request.startswith(b"GET /people/990121198803129020?unit=market.990121 HTTP/1.1")
    assert b"X-Key: demo-key" in request


def test_a_key_cannot_break_out_of_its_place_in_the_path() -> None:
    with serving(answering(GOOD)) as served:
        ask(served.url, "../../admin?x=1#y/..")
        ask(served.url, "..")
    assert served.requests[0].startswith(b"GET /people/..%2F..%2Fadmin%3Fx%3D1%23y%2F..?unit=")
    assert served.requests[1].startswith(b"GET /people/%2E%2E?unit=")


def test_a_declared_404_is_nothing_and_an_undeclared_one_a_refusal() -> None:
    with serving(answering(b"", "404 Not Found")) as served:
        assert ask(served.url) == Nothing()
        plain = {**declared().model_dump()["resources"]["police.population"]}
        plain["request"] = {**plain["request"], "habits": []}
        with pytest.raises(SourceRefused):
            ask(served.url, resources={"police.population": plain})


def stay_silent(connection: socket.socket) -> None:
    connection.recv(1)  # until the client goes away


def trickle(connection: socket.socket) -> None:
    """Send one byte at a time, for ever: each arrives in time, the whole never."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    never = threading.Event()
    while not never.wait(0.02):
        connection.sendall(b" ")


def hang_up(connection: socket.socket) -> None:
    connection.close()


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        (stay_silent, SourceDown),
        (trickle, SourceDown),
        (hang_up, SourceDown),
        (answering(GOOD, length=500), SourceDown),
        (answering(b"<html>busy</html>", "503 Service Unavailable"), SourceDown),
        (answering(b"", "429 Too Many Requests"), SourceDown),
        (answering(b"", "401 Unauthorized"), SourceRefused),
        (answering(GOOD, "302 Found", headers="Location: http://127.0.0.1:9/\r\n"), SourceWrong),
        (answering(b"<html>ok</html>"), SourceWrong),
        (answering(b'{"data": {"XM": "\xc0\xee"}}'), SourceWrong),
        (answering(b'{"data": null}'), SourceWrong),
        (answering(b'{"data": []}'), SourceWrong),
        (answering(b'{"data": {}}'), SourceWrong),
        (answering(b'{"data": {"XM": ["a"]}}'), SourceWrong),
        (answering(b"[" * 100_000), SourceWrong),
        (answering(b'{"data": {"XM": "' + b"a" * 5000 + b'"}}'), SourceWrong),
        (answering(b""), SourceWrong),
    ],
)
def test_whatever_a_bad_line_brings_is_trouble_and_never_nothing(
    script: Script, trouble: type[Exception]
) -> None:
    with serving(script) as served, pytest.raises(trouble):
        ask(served.url, timeout_s=0.5)


def test_a_body_that_ends_too_early_is_told_apart_from_one_that_is_wrong() -> None:
    with serving(answering(GOOD[:-3])) as served, pytest.raises(SourceWrong):
        ask(served.url)


def test_an_act_carries_its_key_and_takes_a_connection_of_its_own() -> None:
    with serving(answering(b'{"no": "N001"}', "201 Created")) as served:
        assert do(served.url) == Done("N001")
    (request,) = served.requests
    assert b"Idempotency-Key: key-1" in request
    assert json.loads(request.partition(b"\r\n\r\n")[2]) == {"name": "燕归来"}


@pytest.mark.parametrize(
    ("script", "maybe_done"),
    [
        (stay_silent, True),
        (hang_up, True),
        (answering(b"", "500 Internal Server Error"), True),
        (answering(b"", "503 Service Unavailable"), True),
        (answering(b"", "408 Request Timeout"), True),
        (answering(b"", "409 Conflict"), True),
        (answering(b"{}"), True),
        (answering(b'{"no": "N0"}'), True),
        (answering(b'{"no": "N001'), True),
    ],
)
def test_an_act_without_a_reliable_answer_is_open_whether_done(script: Script, maybe_done: bool) -> None:
    with serving(script) as served:
        outcome = do(served.url, patience={"timeout_s": 0.5})
    assert isinstance(outcome, Unanswered)
    assert outcome.maybe_done is maybe_done


def test_an_act_that_was_turned_away_is_refused() -> None:
    with serving(answering(b'{"error": "x"}', "422 Unprocessable")) as served:
        assert isinstance(do(served.url), Refused)


def test_a_port_where_nobody_listens_certainly_did_nothing() -> None:
    with serving(answering(b"")) as served:
        gone = served.url
    outcome = do(gone)
    assert isinstance(outcome, Unanswered)
    assert not outcome.maybe_done
    with pytest.raises(SourceDown, match="cannot be reached"):
        ask(gone)
