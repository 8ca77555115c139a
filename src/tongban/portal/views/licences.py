"""One's licences, and what anybody who was shown one may verify."""

import io
from typing import cast

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

import tongban_verify
from tongban.cases import api as cases
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidValue, NotFound, SourceDown
from tongban.kernel.texts import Text
from tongban.kernel.values import licence_identifier
from tongban.licences import api as licences
from tongban.papers import api as papers
from tongban.portal.forms.fields import Wrong
from tongban.portal.pages import page, self_proving
from tongban.portal.readers import PortalRequest, for_people
from tongban.registry import api as registry
from tongban_verify.page import policy

MARKS = {licences.Status.VALID: "good", licences.Status.SUSPENDED: "wait"}
OVER = (Text("已过有效期", "Expired"), "wrong")
QR_SCALE = 4
MOST_LISTED = 24


@require_safe
@for_people
def mine(request: PortalRequest, reader: registry.Subject) -> HttpResponse:
    """List the licences that one holds or that one's filings brought."""
    listed = cases.licences_for(reader, after=request.GET.get("after", ""), most=MOST_LISTED)
    shown = [(each, status_of(each, request)) for each in listed.lines]
    return page(request, "licences", {"licences": shown, "after": listed.after, "at": "licences"})


@require_safe
@for_people
def licence(request: PortalRequest, reader: registry.Subject, identifier: str) -> HttpResponse:
    """Show one licence whole, as its holder may print it."""
    found = cases.licence_for(identifier, reader)
    original = cases.original_of(found, request.workplace.policies)
    said = {
        "licence": found,
        "status": status_of(found, request),
        "pages": licences.pages_of(found),
        "original": "" if original is None else original.value,
        "history": licences.history(identifier),
        "versions": licences.versions(identifier),
        "notices": cases.notices_on_licence(identifier, reader),
        "looks": cases.looks_at_licence(
            identifier, reader, after=request.GET.get("looks", ""), most=MOST_LISTED
        ),
        "verify": request.build_absolute_uri(reverse("portal:verify", args=[identifier])),
        "at": "licences",
    }
    return page(request, "licence", said)


def status_of(found: licences.Licence, request: PortalRequest) -> tuple[Text, str]:
    """Give a licence's status in words, with how it is marked."""
    if found.status is licences.Status.VALID and found.is_over(civil_date(request.workplace.clock.now())):
        return OVER
    return found.status.words, MARKS.get(found.status, "wrong")


@require_safe
@for_people
def file(_request: PortalRequest, reader: registry.Subject, identifier: str) -> HttpResponse:
    """Give the licence as a file that proves itself to anybody's verifier."""
    found = cases.licence_for(identifier, reader)
    return self_proving(licences.licence_file(found.identifier), f"{found.identifier}.json")


@require_safe
@for_people
def notice(request: PortalRequest, reader: registry.Subject, identifier: str, number: str) -> HttpResponse:
    """Show the notice of what was done to a licence one may show, laid out to be printed."""
    found = cases.notice_on_licence(identifier, number, reader)
    return page(request, "notice", {"notice": found, "identifier": identifier, "at": "licences"})


@require_safe
@for_people
def notice_file(
    _request: PortalRequest, reader: registry.Subject, identifier: str, number: str
) -> HttpResponse:
    """Give that notice as a file that proves itself."""
    found = cases.notice_on_licence(identifier, number, reader)
    return self_proving(papers.notice_file(found.number), "notice.json")


@require_safe
@for_people
def rendering(request: PortalRequest, reader: registry.Subject, identifier: str, form: str) -> HttpResponse:
    """Give the licence as PDF or OFD, the file that proves itself attached."""
    if form not in licences.MEDIA_TYPES:
        raise Http404
    address = request.build_absolute_uri(reverse("portal:verify", args=[identifier]))
    made = cases.render_licence(
        identifier, reader, cast(licences.Format, form), address=address, at=request.workplace
    )
    return self_proving(made.file, f"{identifier}.{form}", licences.MEDIA_TYPES[form])


@require_safe
@for_people
def own_code(request: PortalRequest, reader: registry.Subject, identifier: str) -> HttpResponse:
    """Draw the QR code of a licence that verifies offline too; for its holder, as it says who that is.

    While the office's signer is silent it leads to the page alone.
    """
    found, signers = cases.licence_for(identifier, reader), request.workplace.signers
    address = request.build_absolute_uri(reverse("portal:verify", args=[identifier]))
    try:
        said = licences.code_of(found.identifier, signers, address=address)
    except SourceDown:
        said = address
    return _drawn(said)


def _drawn(said: str) -> HttpResponse:
    drawn = io.BytesIO()
    licences.drawn(said).save(drawn, kind="svg", scale=QR_SCALE, border=2)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _checked(identifier: str) -> str:
    return str(licence_identifier.parse(identifier))


@require_safe
def verify(request: PortalRequest, identifier: str) -> HttpResponse:
    """Tell anybody who was shown a licence whether it is in force, and nothing of its holder."""
    try:
        found = licences.licence(_checked(identifier))
    except (NotFound, InvalidValue) as absent:
        wrong = Wrong(absent.what, absent.todo)
        return page(request, "verify", {"identifier": identifier, "wrong": wrong, "at": "verify"}, status=404)
    said = {
        "licence": found,
        "status": status_of(found, request),
        "identifier": found.identifier,
        "at": "verify",
    }
    return page(request, "verify", said)


@require_safe
def verifier(_request: PortalRequest) -> HttpResponse:
    """Give the page that verifies files in the browser alone; what it may do stands in its own policy."""
    answer = HttpResponse(tongban_verify.page())
    answer.headers["Content-Security-Policy"] = f"{policy()}; frame-ancestors 'none'"
    answer.headers["Cache-Control"] = "no-cache"  # whoever keeps it wants the newest
    return answer


@require_safe
def verify_any(request: PortalRequest) -> HttpResponse:
    """Ask for the identifier to verify."""
    wanted = request.GET.get("identifier", "").strip()
    if wanted:
        return HttpResponseRedirect(reverse("portal:verify", args=[wanted[:100].replace("/", "")]))
    return page(request, "verify", {"identifier": "", "at": "verify"})
