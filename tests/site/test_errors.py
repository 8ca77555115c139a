"""What a person reads when something cannot be done."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from tongban.kernel import errors
from tongban.kernel.texts import Text
from tongban.site.errors import HEADINGS, RefusalMiddleware, failed

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.TongbanError) and kind is not errors.TongbanError
]
MORE = {errors.StepUpNeeded: {"level": "L3"}}  # what a kind holds beside its sentences
SAID = {"what": Text("出了什么事。", "What is wrong."), "todo": Text("怎么办。", "What to do.")}


@pytest.fixture
def request_for_a_page() -> HttpRequest:
    return RequestFactory().get("/filings/")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if not issubclass(kind, errors.InvalidDeclaration)],
    ids=lambda k: k.__name__,
)
def test_each_kind_of_refusal_says_what_and_what_to_do_with_its_own_status(
    request_for_a_page: HttpRequest, kind: type[errors.TongbanError]
) -> None:
    refusal = kind("some.code", **SAID, **MORE.get(kind, {}))
    answer = RefusalMiddleware(failed).process_exception(request_for_a_page, refusal)
    assert answer is not None
    assert answer.status_code == kind.status
    page = answer.content.decode()
    assert "出了什么事。" in page
    assert "怎么办。" in page
    assert "some.code" in page
    assert answer.status_code >= 500 or HEADINGS[answer.status_code].zh in page


def test_what_is_no_refusal_is_left_to_be_reported(request_for_a_page: HttpRequest) -> None:
    assert RefusalMiddleware(failed).process_exception(request_for_a_page, KeyError("x")) is None


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "系统出错"), ("en", "Something went wrong on our side")]
)
def test_a_fault_of_ours_is_said_without_the_store(
    request_for_a_page: HttpRequest, language: str, said: str
) -> None:
    with translation.override(language):
        answer = failed(request_for_a_page)
    assert answer.status_code == 500
    assert said in answer.content.decode()
