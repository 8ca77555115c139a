"""The offices' status lists over HTTP; any other web server may serve the same files."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.site.places import status_lists

OFFICE = re.compile(r"[a-z_]{1,40}\.\d{6,12}")


@require_safe
def status_list(_request: HttpRequest, office: str) -> HttpResponse:
    """Give the whole list of an office: whoever asks says nothing about which licence they check."""
    path = status_lists() / f"{office}.jwt"
    if not OFFICE.fullmatch(office) or not path.is_file():
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type="application/statuslist+jwt")
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.headers["Access-Control-Allow-Origin"] = "*"  # public, and read by verifiers in a browser
    return answer
