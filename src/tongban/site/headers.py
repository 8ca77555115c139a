"""What every page tells the browser not to do."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def content_policy(form_targets: list[str]) -> str:
    """Write the Content-Security-Policy: own files only, no inline script, framed by nobody.

    `form_targets` are further origins a form may end at: a browser applies form-action to the
    redirects behind a form as well, so that signing in by a form needs the identity provider here.
    """
    return "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action " + " ".join(["'self'", *form_targets]),
        ]
    )


class PolicyMiddleware:
    """Put the content policy and the refusal of devices on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.policy = content_policy(settings.FORM_TARGETS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
