"""Who is reading: a person who signed in, or staff who file for somebody; asked once a request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from tongban.cases import api as cases
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.assurance import WORDS, Level, reaches
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry

# In the session; the workbench sets the last two.
PERSON, ASSURANCE, STAFF, MARK = "subject_id", "assurance", "staff_id", "staff_mark"
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
            # What counts is this sign-in: a telephone that was found shows nobody's face.
            return replace(registry.subject(int(person)), assurance=request.session.get(ASSURANCE, 0))
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


def sign_in_address(onward: str, level: Level | None = None) -> str:
    """Give where to sign in, at this level where one is given, and then go on."""
    asked = {"next": onward} | ({} if level is None else {"level": level})
    return f"{reverse('portal:sign-in')}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class StepUp:
    """A surer sign-in that is wanted before a person files or confirms: how, on what basis, and where to."""

    way: Text
    basis: Text
    address: str


def step_up(reader: cases.Reader, bundle: items.Bundle, onward: str) -> StepUp | None:
    """Give the surer sign-in that a bundle still wants of this reader; None where theirs will do."""
    asked = bundle.assurance
    if asked is None or not isinstance(reader, registry.Subject) or reaches(reader.assurance, asked.level):
        return None
    basis = items.spoken_basis(bundle.laws, asked.basis)
    return StepUp(WORDS[asked.level], basis, sign_in_address(onward, asked.level))


def is_helper(reader: cases.Reader | None) -> bool:
    """Say whether these are staff who file for others, at a counter or in a village."""
    return isinstance(reader, registry.Staff) and reader.holds(*HELPERS)


def key_of(reader: cases.Reader) -> str:
    """Give the scope of a reader's idempotency keys."""
    return f"{'person' if isinstance(reader, registry.Subject) else 'staff'}:{reader.id}"
