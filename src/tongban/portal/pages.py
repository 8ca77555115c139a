"""Rendering: one place that adds who is reading and keeps what is about people out of every cache."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from tongban.kernel.texts import Language
from tongban.portal.readers import is_helper, reader_of
from tongban.registry import api as registry


def language() -> Language:
    """Give the language that the reader chose."""
    return "en" if (get_language() or "").startswith("en") else "zh"


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
