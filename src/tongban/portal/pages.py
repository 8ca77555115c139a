"""Rendering: one place that adds who is reading and keeps what is about people out of every cache."""

from collections.abc import Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from tongban.kernel.texts import Language
from tongban.portal.readers import PortalRequest, View, is_helper, reader_of
from tongban.portal.shelf import shelf
from tongban.registry import api as registry


def language() -> Language:
    """Give the language that the reader chose."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def same_for_strangers(view: View) -> View:
    """Write a page once for everybody who has not signed in, as long as what is on offer stands.

    Without a session cookie and without a question the page depends on its address and language alone.
    """

    @wraps(view)
    def shared(request: PortalRequest, *given: Any, **named: Any) -> HttpResponse:
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if known or request.method != "GET" or request.META.get("QUERY_STRING"):
            return view(request, *given, **named)
        pages, key = shelf(request.workplace).pages, f"{language()} {request.path}"
        if key not in pages:
            answer = view(request, *given, **named)
            if answer.status_code != HTTPStatus.OK:
                return answer
            pages[key] = answer.content
        return HttpResponse(pages[key])

    return shared


def page(
    request: HttpRequest, name: str, said: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Write a page of the portal."""
    reader = reader_of(request)
    context = {
        "reader": reader,
        "is_person": isinstance(reader, registry.Subject),
        "is_helper": is_helper(reader),
        **(said or {}),
    }
    answer = render(request, f"portal/{name}.html", context, status=status)
    if reader is not None:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def self_proving(data: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    """Give a file that anybody can verify alone, to be kept by whoever asked and by no cache."""
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
