"""Hands each request the process's workplace, so that faces are given what they work with."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from tongban.site.runtime import workplace


class WorkplaceMiddleware:
    """Set `request.workplace`; faces never reach up for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.workplace = workplace()  # type: ignore[attr-defined]  # faces name the type of their request
        return self.get_response(request)
