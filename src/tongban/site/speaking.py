"""Choosing the language of the pages: a plain link, so that it works without script and before sign-in."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

OTHER = {"zh-hans": "en", "en": "zh-hans"}


class OtherLanguageMiddleware:
    """Put on each request where the same page is found in the other language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = OTHER.get(get_language() or "", "zh-hans")
        here = request.get_full_path() if request.method == "GET" else request.path
        address = f"{reverse('language', args=[wanted])}?{urlencode({'next': here})}"
        request.other_language = address  # type: ignore[attr-defined]  # templates ask for it
        return self.get_response(request)


@require_safe
def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Remember the language for a year and go back to the page; a page elsewhere is never gone to."""
    onward = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = "/"
    answer = HttpResponseRedirect(onward)
    if language in OTHER:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return answer
