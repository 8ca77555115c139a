"""Answers that are files which prove themselves, and how the interface describes them."""

from typing import Any, Final

from django.http import HttpResponse

FILE: Final[dict[str, Any]] = {
    "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
}


def self_proving(data: bytes, name: str) -> HttpResponse:
    """Give a file that anybody can verify alone, to be kept by whoever asked and by no cache."""
    answer = HttpResponse(data, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
