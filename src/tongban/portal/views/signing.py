"""Signing in at the national identity provider, and signing out."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.kernel.errors import TongbanError
from tongban.portal.identity.flow import begin, finish, require_same_issuer, take_begun
from tongban.portal.identity.provider import provider_at
from tongban.portal.identity.tokens import not_believed
from tongban.portal.pages import language, page
from tongban.portal.readers import PERSON, PortalRequest
from tongban.registry import api as registry

ASSURANCE = "assurance"


@never_cache
@require_safe
def sign_in(request: PortalRequest) -> HttpResponse:
    """Send the person to the identity provider."""
    at, endpoint = request.workplace, request.provider
    now = at.clock.now()
    address = begin(
        request.session,
        provider_at(endpoint, now=now),
        endpoint.secrets.get("client", ""),
        redirect_uri=_return_address(request),
        onward=_inside(request.GET.get("next", "")),
        language=language(),
        now=now,
        chance=at.chance,
    )
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def signed_in(request: PortalRequest) -> HttpResponse:
    """Take a person back from the identity provider: who it says they are, they are."""
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


def _inside(onward: str) -> str:
    """Give where to go on here; never an address elsewhere."""
    if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        return onward
    return reverse("portal:home")
