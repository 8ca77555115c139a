"""What an endpoint answers when something is wrong: application/problem+json (RFC 9457)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from tongban.kernel.errors import StepUpNeeded, TongbanError
from tongban.kernel.faults import fault_of
from tongban.kernel.problems import problem_shape
from tongban.kernel.texts import Language, Text

LOG = logging.getLogger("tongban.rest")
CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 20  # of one malformed body


class ProblemError(BaseModel):
    """One place in a malformed request; `code` names the fault in every language."""

    pointer: str
    detail: str
    code: str


class Problem(BaseModel):
    """What is wrong (`detail`), and what to do now (`todo`); `code` is stable, for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    todo: str
    errors: list[ProblemError] | None = None
    acr_values: str | None = None  # of a sign-in that is not sure enough: what to ask the next one for


def language() -> Language:
    """Give the language that the request asked for."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def problem(
    status: int, code: str, what: Text, todo: Text, *, errors: Iterable[Mapping[str, str]] = ()
) -> HttpResponse:
    """Write a problem in the language of the request."""
    listed = list(errors)
    told = problem_shape(status, code, what, todo, language()) | ({"errors": listed} if listed else {})
    answer = _written(told, status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'  # RFC 6750 §3
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = "5"
    return answer


def _written(told: Mapping[str, object], status: int) -> HttpResponse:
    answer = JsonResponse(
        told, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _less_sure(_request: HttpRequest, trouble: StepUpNeeded) -> HttpResponse:
    """Say at which level to sign in again, as a program reads it in the header too (RFC 9470 §3)."""
    told = problem_shape(trouble.status, trouble.code, trouble.what, trouble.todo, language())
    answer = _written(told | {"acr_values": trouble.level}, trouble.status)
    challenge = f'Bearer error="insufficient_user_authentication", acr_values="{trouble.level}"'
    answer["WWW-Authenticate"] = challenge
    return answer


def _refused(_request: HttpRequest, trouble: TongbanError) -> HttpResponse:
    if trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("%s: %s", trouble.code, trouble)
    return problem(trouble.status, trouble.code, trouble.what, trouble.todo)


def _malformed(_request: HttpRequest, trouble: ValidationError) -> HttpResponse:
    """List what in the request does not fit its schema; what was sent is not repeated."""
    return problem(
        422,
        "rest.malformed",
        Text("请求内容不符合接口规定的格式。", "The request does not fit the schema of this endpoint."),
        Text("请按 errors 逐项改正。", "Correct each place named in `errors`."),
        errors=[_error(each) for each in trouble.errors[:MOST_ERRORS]],
    )


def _error(found: Mapping[str, Any]) -> dict[str, str]:
    """Give where (a JSON pointer, or the parameter's name) and what."""
    place, *inside = [str(part) for part in found.get("loc", ())]
    pointer = "/" + "/".join(inside[1:]) if place == "body" else ".".join([place, *inside])
    fault = fault_of(found)
    return {"pointer": pointer, "detail": fault.words.spoken(language()), "code": fault.code}


def _unreadable(_request: HttpRequest, trouble: HttpError) -> HttpResponse:
    return problem(
        trouble.status_code,
        "rest.unreadable",
        Text("请求正文不是有效的 JSON。", "The body of the request is not JSON."),
        Text("请以 UTF-8 编码的 JSON 对象提交。", "Send a JSON object in UTF-8."),
    )


def _unreadable_form(_request: HttpRequest, _trouble: Exception) -> HttpResponse:
    return problem(
        400,
        "rest.unreadable",
        Text("请求正文不是有效的表单数据。", "The body of the request is no form that can be read."),
        Text(
            "请以 multipart/form-data 提交，文件字段名为 file。", "Send multipart/form-data with one `file`."
        ),
    )


def _nowhere(_request: HttpRequest, _trouble: Http404) -> HttpResponse:
    return _nothing_there()


def _nothing_there() -> HttpResponse:
    return problem(
        404,
        "rest.nowhere",
        Text("没有这个地址。", "There is nothing at this address."),
        Text("接口清单见 /api/v1/openapi.json。", "What there is stands in /api/v1/openapi.json."),
    )


def unrouted(path: str, answer: HttpResponseBase) -> HttpResponse:
    """Give in this face's form what was refused before any operation was reached: 404 or 405."""
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return _nothing_there()
    told = problem(
        405,
        "rest.method",
        Text(f"{path} 不接受这种请求方法。", f"{path} does not take this method."),
        Text("请按接口清单使用方法。", "Use a method that /api/v1/openapi.json names for it."),
    )
    if "Allow" in answer.headers:
        told["Allow"] = answer.headers["Allow"]
    return told


def _too_big(_request: HttpRequest, _trouble: RequestDataTooBig) -> HttpResponse:
    return problem(
        413,
        "rest.too_large",
        Text("请求正文过大。", "The body of the request is too large."),
        Text("请缩减后再提交；材料请逐份上传。", "Send less at once; each document apart."),
    )


def failed() -> HttpResponse:
    """Answer for a fault of ours; what it was stands in the node's own log and nowhere else."""
    return problem(
        500,
        "rest.failed",
        Text("系统出错，未能完成该请求。", "Something went wrong on our side."),
        Text(
            "已提交的内容不会丢失；请用同一幂等键重试。",
            "Nothing is lost; try again with the same Idempotency-Key.",
        ),
    )


def not_a_request() -> HttpResponse:
    """Answer a request that is refused before any operation is looked for."""
    return problem(
        400,
        "rest.not_a_request",
        Text("请求不完整或不符合要求。", "The request is incomplete or malformed."),
        Text("请核对地址、主机名和请求头。", "Check its address, its host and its headers."),
    )


HANDLERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    TongbanError: _refused,
    StepUpNeeded: _less_sure,
    ValidationError: _malformed,
    HttpError: _unreadable,
    Http404: _nowhere,
    RequestDataTooBig: _too_big,
    MultiPartParserError: _unreadable_form,
    SuspiciousOperation: _unreadable_form,  # too many fields or files, a name that is none
}


def answer_problems(api: NinjaAPI) -> None:
    """Have an interface answer every error that it foresees with a problem."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
