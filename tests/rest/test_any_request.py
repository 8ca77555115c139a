"""Whatever is sent, the interface answers what its own description declares, and never breaks."""

import copy
import itertools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.town import Town
from tests.papers.conftest import pdf
from tests.rest.placing import settle
from tests.rest.program import Program, filing
from tongban.kernel.faults import WORDS

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["", "\x00", "燕归来", "applicant", "shareholder.1", "2026-13-45", "9" * 400])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=140)
MOSTLY = st.integers(0, 9).map(bool)
SENSIBLE: dict[str, Any] = {
    "open_filing": filing(),
    "put_answers": {key: filing()[key] for key in ("participants", "answers")},
    "confirm_filing": {"agrees": True},
    "contest_fact": {"fact": 1, "said": "不对"},
    "search_answer": {"participant": "place", "question": "address_code", "words": "春风路"},
    "rate_case": {"code": 1, "said": "很快"},
    "ask_reasons": {"said": "为什么"},
}


UPLOADS = {"hand_in_material"}


@st.composite
def bent(draw: st.DrawFn, sensible: Any) -> Any:
    """Give a sensible body with something in it replaced, taken away or added, up to three times."""
    body = copy.deepcopy(sensible)
    for _ in range(draw(st.integers(0, 3))):
        place: Any = body
        for _depth in range(draw(st.integers(0, 3))):
            inner = list(place.values()) if isinstance(place, dict) else place
            deeper = [each for each in inner if isinstance(each, dict | list) and each]
            if not deeper:
                break
            place = draw(st.sampled_from(deeper))
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        way = draw(st.sampled_from(["replace", "take away", "add"]))
        if way == "replace":
            place[key] = draw(JSON)
        elif way == "take away":
            del place[key]
        elif isinstance(place, dict):
            place[draw(st.text(max_size=12))] = draw(JSON)
        else:
            place.append(draw(JSON))
    return body


@st.composite
def requests(draw: st.DrawFn, operations: list[dict[str, Any]], known: dict[str, list[str]]) -> Any:
    """Give a request to one of the operations: parameters half known and half anything."""
    operation = draw(st.sampled_from(operations))
    path = operation["path"]
    query = {}
    for parameter in operation.get("parameters", []):
        value = draw(mostly(known.get(parameter["name"], ["x"]), st.text(min_size=1, max_size=45)))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
        elif parameter["in"] == "query" and draw(st.booleans()):
            query[parameter["name"]] = value
    if query:
        path += "?" + "&".join(f"{name}={quote(value)}" for name, value in query.items())
    body = None
    if operation["operationId"] in UPLOADS:
        body = draw(st.sampled_from([pdf(), b"", b"#!/bin/sh", b"%PDF-1.7"]) | st.binary(max_size=200) | JSON)
    elif "requestBody" in operation:
        sensible = SENSIBLE[operation["operationId"]]
        body = draw(bent(sensible)) if draw(MOSTLY) else draw(JSON)
    headers = {"Accept-Language": draw(st.sampled_from(["zh-CN", "en"]))}
    if draw(MOSTLY):
        headers["Idempotency-Key"] = draw(mostly(["k", "l", "m", "n"], KEYS))
    return operation, path, body, headers


def mostly(sensible: list[str], anything: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Give something sensible nine times of ten."""
    return MOSTLY.flatmap(lambda is_sensible: st.sampled_from(sensible) if is_sensible else anything)


def sentences(problem: dict[str, Any]) -> list[str]:
    """Give everything in a problem that a person reads."""
    told = [problem[name] for name in ("title", "detail", "todo")]
    return told + [each["detail"] for each in problem.get("errors", [])]


def speaks(said: str, language: str) -> bool:
    """Say whether a sentence is in the language; an English one may quote a Chinese name."""
    return re.search("[\u4e00-\u9fff]" if language == "zh-CN" else "[A-Za-z]{2}", said) is not None


def test_whatever_is_sent_gets_an_answer_that_was_declared(
    town: Town, program: Callable[[str], Program]
) -> None:
    li = program("li_chunyan")
    done = li.file(trade_word="古渡").body["number"]
    settle(town, done)
    draft = li.file("draft", submit=False, articles="own").body["number"]
    case = li.get(f"/filings/{done}").body["cases"][0]["number"]
    known = {
        "number": [done, draft],
        "identifier": [each["identifier"] for each in li.get("/licences").body["licences"]],
        "code": ["open-company"],
        "division": ["990121", "990122", "990100", "990000", "990121001"],
        "after": [str(li.get("/filings?most=1").body["next"]), done],
        "most": ["1", "100", "0", "101"],
        "Idempotency-Key": ["k"],
        "material": ["registration.articles_own", "registration.identity_paper"],
        "case": [case],
        "notice": [each["number"] for each in li.get(f"/filings/{done}/notices").body["notices"]],
    }
    paths = li.get("/openapi.json").body["paths"]
    operations = [
        {"path": path.removeprefix("/api/v1"), "method": method.upper(), **operation}
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]

    count = itertools.count()

    @settings(
        max_examples=150,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(requests(operations, known))
    def answered(request: Any) -> None:
        operation, path, body, headers = request
        if isinstance(body, bytes):
            answer = li.hand_in(path, body, **headers)
        else:
            answer = li.send(operation["method"], path, body, **headers)
        if operation["operationId"] in {"submit_filing", "withdraw_filing"}:
            opened = li.file(f"draft-{next(count)}", submit=False, articles="own")
            known["number"] = [done, opened.body["number"]]
        assert answer.status < 500, (path, answer.body)
        if answer.status == 404 and answer.headers["Content-Type"].startswith("text/html"):
            return  # no operation has an address like that
        assert str(answer.status) in operation["responses"], (path, body, answer.body)
        if answer.status >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.body["status"] == answer.status
            assert {each["code"] for each in answer.body.get("errors", [])} <= set(WORDS), answer.body
            assert all(speaks(said, headers["Accept-Language"]) for said in sentences(answer.body)), (
                answer.body
            )

    answered()
