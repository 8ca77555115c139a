"""No request is taken in that is larger than anything a page asks for: every body has a limit."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tongban.kernel.texts import Text
from tongban.site.errors import refusal


class BodyLimitMiddleware:
    """Refuse a body by its announced length before a byte of it is read.

    A body without a length is not read at all (PEP 3333), so that the announcement is the limit.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) <= settings.BODY_LIMIT_BYTES:
            return self.get_response(request)
        megabytes = settings.BODY_LIMIT_BYTES // (1024 * 1024)
        return refusal(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "web.body_too_large",
            Text(
                f"一次提交的内容超过{megabytes} MB，未予接收。",
                f"More than {megabytes} MB was sent at once; nothing of it was taken.",
            ),
            Text("请分几次上传，或压缩图片。", "Send the documents one by one, or make pictures smaller."),
        )
