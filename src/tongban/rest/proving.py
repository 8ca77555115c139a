"""Answers that are files which prove themselves, and how the interface describes them."""

from typing import Any, Final

from django.http import HttpResponse

from tongban.licences import api as licences

FILE: Final[dict[str, Any]] = {
    "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
}


RENDERING: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "OK",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in licences.MEDIA_TYPES.values()
            },
        }
    }
}


def self_proving(data: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    """Give a file that anybody can verify alone, to be kept by whoever asked and by no cache."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
