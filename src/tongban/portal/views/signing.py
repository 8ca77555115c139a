"""Signing in at the national identity provider, and signing out."""

from typing import Any, get_args
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.kernel.assurance import RANKS, WORDS, Level
from tongban.kernel.errors import NotAllowed, TongbanError
from tongban.kernel.texts import Text
from tongban.portal.identity.flow import begin, finish, require_same_issuer, take_begun
from tongban.portal.identity.provider import provider_at
from tongban.portal.identity.tokens import not_believed
from tongban.portal.pages import language, page
from tongban.portal.readers import ASSURANCE, PERSON, PortalRequest
from tongban.registry import api as registry


@never_cache
@require_safe
def sign_in(request: PortalRequest) -> HttpResponse:
    """Send the person to the identity provider, for the level that the page they come from asks."""
    at, endpoint = request.workplace, request.provider
    now = at.clock.now()
    address = begin(
        request.session,
        provider_at(endpoint, now=now),
        endpoint.secrets.get("client", ""),
        redirect_uri=_return_address(request),
        onward=_inside(request.GET.get("next", "")),
        level=_level(request.GET.get("level", "")),
        language=language(),
        now=now,
        chance=at.chance,
    )
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def signed_in(request: PortalRequest) -> HttpResponse:
    """Take a person back from the identity provider: who it says they are, they are.

    One who was sent for a surer sign-in and comes back without it stays signed in as before.
    """
    at, endpoint = request.workplace, request.provider
    now = at.clock.now()
    begun = take_begun(request.session, request.GET.get("state", ""), now=now)
    provider = provider_at(endpoint, now=now)
    require_same_issuer(request.GET.get("iss", ""), provider)
    if request.GET.get("error") or not request.GET.get("code"):
        raise not_believed(request.GET.get("error", "code")[:40])
    known = finish(
        begun,
        provider,
        endpoint,
        code=request.GET["code"],
        redirect_uri=_return_address(request),
        now=now,
    )
    if begun.level is not None and known.assurance < RANKS[begun.level]:
        raise _less_sure(begun.level)
    person = registry.subject_for(
        known.identity_type,
        known.number,
        known.name,
        known.assurance,
        now,
        demonstration=at.node.demonstration,
    )
    request.session.flush()  # nothing of the visit before, nor a staff member's, goes on under this person
    request.session[PERSON] = person.id
    request.session[ASSURANCE] = known.assurance
    return HttpResponseRedirect(begun.onward)


@require_POST
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the visit here, and offer to end it at the provider too: counters share their machines."""
    request.session.flush()
    return HttpResponseRedirect(reverse("portal:signed-out"))


@require_safe
def signed_out(request: PortalRequest) -> HttpResponse:
    """Say that the visit has ended."""
    said: dict[str, Any] = {"provider_out": ""}
    try:
        known = provider_at(request.provider, now=request.workplace.clock.now())
    except TongbanError:
        known = None  # the provider is silent; here the person is signed out all the same
    if known is not None and known.end_session:
        back = {
            "client_id": request.provider.secrets.get("client", ""),
            "post_logout_redirect_uri": request.build_absolute_uri(reverse("portal:home")),
        }
        said["provider_out"] = f"{known.end_session}?{urlencode(back)}"
    return page(request, "signed-out", said)


def _return_address(request: PortalRequest) -> str:
    return request.build_absolute_uri(reverse("portal:signed-in"))


def _level(asked: str) -> Level | None:
    return next((level for level in get_args(Level) if level == asked), None)


def _less_sure(level: Level) -> NotAllowed:
    way = WORDS[level]
    return NotAllowed(
        "portal.less_sure",
        what=Text(
            f"需要{way.zh}（{level}），身份认证系统返回的等级较低。",
            f"{way.en.capitalize()} ({level}) was asked for; the identity provider gave less.",
        ),
        todo=Text(
            f"请重新登录并选择{way.zh}；草稿已保存。无法核验的，可持证件到窗口办理。",
            f"Sign in again by {way.en}; the draft is kept. Or bring your document to a counter.",
        ),
    )


def _inside(onward: str) -> str:
    """Give where to go on here; never an address elsewhere."""
    if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        return onward
    return reverse("portal:home")
