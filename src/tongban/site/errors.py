"""What a person reads when something cannot be done: what is wrong and what to do now, never a traceback."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from tongban.kernel.errors import TongbanError
from tongban.kernel.texts import Text
from tongban.rest import api as rest

LOG = logging.getLogger("tongban.web")

HEADINGS = {
    HTTPStatus.BAD_REQUEST: Text("请求有误", "The request is not right"),
    HTTPStatus.UNAUTHORIZED: Text("请先登录", "Sign in first"),
    HTTPStatus.FORBIDDEN: Text("没有权限", "Not allowed"),
    HTTPStatus.NOT_FOUND: Text("没有查到", "Not found"),
    HTTPStatus.CONFLICT: Text("现在不能办理", "Not possible now"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Text("内容过大", "Too much at once"),
    HTTPStatus.TOO_MANY_REQUESTS: Text("操作过于频繁", "Too many attempts"),
    HTTPStatus.UNPROCESSABLE_ENTITY: Text("填写有误", "Something is not right"),
    HTTPStatus.SERVICE_UNAVAILABLE: Text("暂时无法办理", "Not available just now"),
}
UNROUTED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
API = "/api/"  # where programs read, who are answered with problem+json whatever went wrong
OURS = Text("系统出错", "A fault of ours")


class RefusalMiddleware:
    """Answer an error of the platform's own tree with a page in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        plain = answer.headers.get("Content-Type", "").startswith("text/html")
        if plain and request.path.startswith(API) and answer.status_code in UNROUTED:
            return rest.unrouted(request.path, answer)
        return answer

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Give the page for a refusal; anything else is Django's to report."""
        if not isinstance(trouble, TongbanError):
            return None
        if trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            LOG.error("%s: %s", trouble.code, trouble)
        return refusal(request, trouble.status, trouble.code, trouble.what, trouble.todo)


def refusal(request: HttpRequest, status: int, code: str, what: Text, todo: Text) -> HttpResponse:
    """Write the page that says what is wrong and what to do now."""
    said = {"heading": HEADINGS.get(HTTPStatus(status), OURS), "what": what, "todo": todo, "code": code}
    return render(request, "refusal.html", said, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's shape
    """Answer 400."""
    if request.path.startswith(API):
        return rest.not_a_request()
    return refusal(
        request,
        HTTPStatus.BAD_REQUEST,
        "web.bad_request",
        Text("浏览器发来的请求不完整或不符合要求。", "The browser sent something incomplete or malformed."),
        Text("请返回上一页重新操作。", "Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's shape
    """Answer 403."""
    return refusal(
        request,
        HTTPStatus.FORBIDDEN,
        "web.forbidden",
        Text("您没有权限打开该页面。", "You may not open this page."),
        Text("请确认登录身份。", "Check who you are signed in as."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's shape
    """Answer 404."""
    return refusal(
        request,
        HTTPStatus.NOT_FOUND,
        "web.not_found",
        Text("没有这个页面。", "There is no such page."),
        Text("请核对网址，或从首页进入。", "Check the address, or begin at the home page."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching anything that may have failed: no store, no session, no template."""
    if request.path.startswith(API):
        return rest.failed()
    zh = not (get_language() or "").startswith("en")
    what = "系统出错，未能完成您的操作。" if zh else "Something went wrong on our side."
    todo = "已提交的内容不会丢失，请稍后再试。" if zh else "Nothing you submitted is lost; try again later."
    page = f'<!doctype html><html lang="{"zh-Hans" if zh else "en"}"><meta charset="utf-8">'
    page += f'<title>{what}</title><main><h1>{what}</h1><p>{todo}</p><p><a href="/">↩</a></p></main></html>'
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's shape
    """Answer a form that did not come from a page of this visit (CSRF)."""
    return refusal(
        request,
        HTTPStatus.FORBIDDEN,
        "web.form_not_ours",
        Text(
            "该表单不是从本站页面提交的，或页面打开时间过长。",
            "This form did not come from a page of ours, or the page was open too long.",
        ),
        Text(
            "请刷新页面后重新提交；浏览器须允许本站Cookie。",
            "Reload the page and send it again; cookies must be allowed.",
        ),
    )
