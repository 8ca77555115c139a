"""What a program is told when something is wrong."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from bench.town import Town
from tests.rest.program import Program, filing
from tests.sources import ROOT
from tongban.kernel.faults import WORDS, fault_of
from tongban.rest.interface import MOST_BYTES

Programs = Callable[[str], Program]
PROBLEM = {"type", "title", "status", "detail", "code", "todo"}


def raw(program: Program, body: bytes) -> tuple[int, dict[str, object]]:
    """Send bytes as they are."""
    answer = program.client.generic(
        "POST",
        "/api/v1/filings",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k"},
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert set(told) >= PROBLEM
    return answer.status_code, told


NO_OBJECTS = [
    b"{",
    b"\xff",
    b"[" * 100_000,
    b'{"bundle": NaN}',
    b'{"bundle": "\\ud800"}',
    b"",
    b"null",
    b"[]",
]


def test_a_body_that_is_no_object_is_a_problem(program: Programs) -> None:
    li = program("li_chunyan")
    for body in NO_OBJECTS:
        assert raw(li, body)[0] in {400, 422}, body[:40]


def test_a_body_too_large_is_refused_unread(program: Programs) -> None:
    status, told = raw(program("li_chunyan"), b" " * (MOST_BYTES + 1))
    assert (status, told["code"]) == (413, "rest.too_large")


UNFIT: list[dict[str, object]] = [
    {"notice_read": "true"},
    {"submit": 1},
    {"unknown": 1},
    {"division": 990121},
    {"division": "990121\x00"},
    {"participants": {"director": "applicant"}},
    {"participants": {"director": ["shareholder.7"]}},
    {"participants": {"applicant": ["director"]}},
    {"participants": {"company": ["applicant"]}},
    {"participants": {"director": [{"number": "1", "name": "一\x00"}]}},
    {"answers": {"company": {"trade_word": "燕\x00"}}},
    {"answers": {"company": {"trade_word": "\ud800"}}},
    {"answers": {"company": {"trade_word": 5}}},
    {"answers": {"company": {"staff_count": 1.5}}},
    {"answers": {"company": {"staff_count": True}}},
    {"answers": {"company": {"no_such_question": "x"}}},
    {"answers": {"nobody": {"trade_word": "燕归来"}}},
    {"answers": {"shareholder.3": {"contribution_method": "money"}}},
    {"answers": {"company": {"account_day": "tomorrow"}}},
]


def test_what_does_not_fit_is_refused_with_what_to_do(program: Programs) -> None:
    li = program("li_chunyan")
    for number, changes in enumerate(UNFIT):
        answer = li.post("/filings", {**filing(submit=False), **changes}, Idempotency_Key=f"k{number}")
        assert answer.status in {400, 422}, (changes, answer.body)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.body["todo"]


@pytest.mark.parametrize(("accepted", "said"), [("en", "A sign-in is needed"), ("zh-CN", "须登录")])
def test_a_problem_speaks_the_language_asked_for(town: Town, accepted: str, said: str) -> None:
    answer = Program("").send("GET", "/filings", Accept_Language=accepted)
    assert answer.body["title"] == said


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"unknown": 1}, "extra_forbidden"),
    ({"submit": 1}, "bool_type"),
    ({"division": 990121}, "string_type"),
    ({"division": "990121\x00"}, "string_pattern_mismatch"),
    ({"participants": {"director": "applicant"}}, "list_type"),
    ({"participants": {"director": []}}, "too_short"),
    ({"participants": [1]}, "dict_type"),
    ({"language": "fr"}, "literal_error"),
    ({"answers": {"company": {"staff_count": 10**16}}}, "less_than_equal"),
]


@pytest.mark.parametrize(("accepted", "chinese"), [("en", False), ("zh-CN", True)])
def test_each_place_of_a_malformed_body_is_named_by_a_code_and_in_the_language_asked_for(
    program: Programs, accepted: str, chinese: bool
) -> None:
    li = program("li_chunyan")
    for number, (changes, code) in enumerate(FAULTS):
        body = {**filing(submit=False), **changes}
        sent = {"Idempotency_Key": f"k{number}", "Accept_Language": accepted}
        told = li.post("/filings", body, **sent).body
        faults = {each["code"]: each["detail"] for each in told["errors"]}
        assert code in faults, told
        for said in (told["title"], told["detail"], told["todo"], *faults.values()):
            assert is_chinese(said) is chinese, said


def is_chinese(said: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)


@pytest.mark.parametrize("code", [*WORDS, "a_type_of_a_later_version"])
def test_every_fault_is_said_in_both_languages_even_one_that_is_not_known(code: str) -> None:
    given = {"max_length": 3, "min_length": 1, "pattern": "^a$", "ge": 1, "le": 5, "expected": "1"}
    fault = fault_of({"type": code, "ctx": given})
    assert fault.code == code
    assert is_chinese(fault.words.zh)
    assert not is_chinese(fault.words.en)
    assert "{" not in fault.words.zh + fault.words.en


@pytest.mark.parametrize(("accepted", "said"), [("en", "A fault of ours"), ("zh-CN", "系统出错")])
def test_a_fault_of_ours_is_a_problem_too(
    town: Town, monkeypatch: pytest.MonkeyPatch, accepted: str, said: str
) -> None:
    def broken(_code: str) -> object:
        raise RuntimeError("李春燕 must not be read by anybody")

    # Nothing in the interface fails by itself; what would is put in the place of one of its reads.
    monkeypatch.setattr("tongban.rest.bundles.items.bundle", broken)
    visitor = Program("", Client(raise_request_exception=False))
    answer = visitor.send("GET", "/bundles/open-company", Accept_Language=accepted)
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.body["title"], answer.body["code"]) == (said, "rest.failed")
    assert "李春燕" not in answer.content.decode()


def test_a_request_to_another_host_is_a_problem_too(town: Town) -> None:
    answer = Program("", Client(SERVER_NAME="elsewhere.example")).send(
        "GET", "/bundles", Accept_Language="en"
    )
    assert (answer.status, answer.body["code"]) == (400, "rest.not_a_request")


def test_the_description_names_every_answer(town: Town) -> None:
    described = Program("").get("/openapi.json").body
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            codes = set(operation["responses"])
            assert codes & {"200", "201"}, (method, path)
            if "/bundles" not in path:
                assert {"401", "404", "422", "503"} <= codes, (method, path)
            if method == "post" and path.endswith(
                ("/filings", "/submit", "/{material}", "/rating", "/reasons")
            ):
                named = {each["name"]: each for each in operation["parameters"]}
                assert named["Idempotency-Key"]["required"]


def test_the_description_can_be_read_in_a_browser_without_a_foreign_file(town: Town) -> None:
    page = Program("").client.get("/api/v1/docs")
    assert page.status_code == 200
    assert b"http://" not in page.content
    assert b"https://" not in page.content


def test_the_page_on_the_interface_names_every_endpoint(town: Town) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    paths = Program("").get("/openapi.json").body["paths"]
    ends = {end for path in paths if not (end := path.rpartition("/")[2]).startswith("{")}
    assert [end for end in sorted(ends) if f"/{end}" not in page] == []
