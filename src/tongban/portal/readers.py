"""Who is reading: a person who signed in, or staff who file for somebody; asked once a request."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry

# In the session; the workbench sets the second and third.
PERSON, STAFF, MARK = "subject_id", "staff_id", "staff_mark"
HELPERS = (registry.Role.COUNTER, registry.Role.VILLAGE_WORKER)


class PortalRequest(HttpRequest):
    """A request with what site's middlewares put on it."""

    workplace: cases.Workplace
    provider: exchange.Endpoint
    htmx: HtmxDetails
    reader: cases.Reader | None


View = Callable[..., HttpResponse]


def reader_of(request: HttpRequest) -> cases.Reader | None:
    """Give who is signed in, or None; somebody who is no longer there is signed out."""
    asked = cast(PortalRequest, request)
    if not hasattr(asked, "reader"):
        asked.reader = _signed_in(asked)
    return asked.reader


def _signed_in(request: PortalRequest) -> cases.Reader | None:
    try:
        if (person := request.session.get(PERSON)) is not None:
            return registry.subject(int(person))
        if (staff := request.session.get(STAFF)) is not None:
            day = civil_date(request.workplace.clock.now())
            return registry.staff_in_session(int(staff), request.session.get(MARK, ""), on=day)
    except NotFound:
        request.session.flush()
    return None


def for_readers(view: View) -> View:
    """Let in whoever is signed in; send others to sign in and back to this page."""

    @wraps(view)
    def guarded(request: PortalRequest, *given: Any, **named: Any) -> HttpResponse:
        reader = reader_of(request)
        if reader is None:
            return HttpResponseRedirect(sign_in_address(request.get_full_path()))
        return view(request, reader, *given, **named)

    return guarded


def for_people(view: View) -> View:
    """Let in people who signed in for themselves; staff are told that this is theirs alone to do."""

    @wraps(view)
    def guarded(request: PortalRequest, *given: Any, **named: Any) -> HttpResponse:
        reader = reader_of(request)
        if reader is None:
            return HttpResponseRedirect(sign_in_address(request.get_full_path()))
        if not isinstance(reader, registry.Subject):
            raise NotAllowed(
                "portal.for_people",
                what=Text(
                    "该操作须由当事人本人登录后进行。", "Only the person concerned can do this, signed in."
                ),
                todo=Text("请当事人本人登录通办办理。", "Have the person sign in to Tongban."),
            )
        return view(request, reader, *given, **named)

    return guarded


def sign_in_address(onward: str) -> str:
    """Give where to sign in and then go on."""
    return f"{reverse('portal:sign-in')}?{urlencode({'next': onward})}"


def is_helper(reader: cases.Reader | None) -> bool:
    """Say whether these are staff who file for others, at a counter or in a village."""
    return isinstance(reader, registry.Staff) and reader.holds(*HELPERS)


def key_of(reader: cases.Reader) -> str:
    """Give the scope of a reader's idempotency keys."""
    return f"{'person' if isinstance(reader, registry.Subject) else 'staff'}:{reader.id}"
