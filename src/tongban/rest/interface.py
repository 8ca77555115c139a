"""The interface for machines, put together: /api/v1, described by its own OpenAPI document."""

from typing import Any

import pydantic_core
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from tongban.rest import bundles, filings, following, handing_in, licensing
from tongban.rest.problems import answer_problems

MOST_BYTES = 256 * 1024  # of one body
UPLOADS = frozenset({handing_in.hand_in_material.__name__})  # whose body may be as large as a document


class StrictParser(Parser):
    """Reads a body as JSON proper: no NaN, no endless nesting, and only so much of it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Give the JSON value; raises ValueError where it is none."""
        return pydantic_core.from_json(request.body, allow_inf_nan=False)


class Interface(NinjaAPI):
    """The interface; a body that is too large is told apart from one that cannot be read."""

    def create_temporal_response(self, request: HttpRequest) -> Any:
        """Refuse a body that is too large before anything of it is read."""
        length = request.headers.get("Content-Length", "")
        place = request.resolver_match
        is_upload = place is not None and place.url_name in UPLOADS
        most = MOST_BYTES + (settings.UPLOAD_LIMIT_BYTES if is_upload else 0)
        if length.isdigit() and int(length) > most:
            raise RequestDataTooBig
        return super().create_temporal_response(request)


DESCRIPTION = """\
File once, and every office concerned acts. Sign in at the identity provider (OpenID Connect, scopes
`openid profile identity`) and send its access token as `Authorization: Bearer …`.

POSTs that open, submit, hand in, rate or ask for reasons take an `Idempotency-Key`: the same key never does
it twice. Documents are sent as `multipart/form-data`, everything else as JSON. Errors are
`application/problem+json` (RFC 9457), with `code` for programs and `todo` for people.
"""

interface = Interface(
    title="通办 Tongban",
    version="1",
    description=DESCRIPTION,
    urls_namespace="rest",
    parser=StrictParser(),
)
interface.add_router("/bundles", bundles.router)
interface.add_router("/filings", filings.router)
interface.add_router("/filings", following.router)
interface.add_router("/filings", handing_in.router)
interface.add_router("/licences", licensing.router)
answer_problems(interface)
