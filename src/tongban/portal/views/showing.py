"""Showing parts of a licence to somebody: chosen by the holder, for one purpose, once or as a file."""

import io
from collections.abc import Mapping
from datetime import timedelta

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.cases import api as cases
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.portal.forms.fields import Wrong
from tongban.portal.pages import page
from tongban.portal.readers import PortalRequest, for_people
from tongban.registry import api as registry

DAYS = {"1": Text("1日", "1 day"), "7": Text("7日", "7 days"), "30": Text("30日", "30 days")}
LINK = "shown_link"  # in the session, until the page with it was shown once
QR_SCALE = 4
MOST_LISTED = 24


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def show(request: PortalRequest, reader: registry.Subject, identifier: str) -> HttpResponse:
    """Let the holder choose what to show, to whom, for what and how long; then show the link once."""
    found = cases.licence_for(identifier, reader)
    now = request.workplace.clock.now()
    offered = licences.showable(licences.licence_type(found.type_code), found.content, civil_date(now))
    wrong = None
    if request.method == "POST":
        try:
            wanted = licences.Showing(
                shown=tuple(name for name in offered if name in request.POST.getlist("shown")),
                audience=request.POST.get("audience", ""),
                purpose=request.POST.get("purpose", ""),
                until=now + timedelta(days=int(_days(request.POST))),
            )
            _, secret = cases.show_licence(
                identifier, wanted, subject=reader, origin=settings.ORIGIN, at=request.workplace
            )
        except (Invalid, Conflict) as refused:
            wrong = Wrong(refused.what, refused.todo)
        else:
            request.session[LINK] = secret
            return HttpResponseRedirect(reverse("portal:shown", args=[identifier]))
    said = {
        "licence": found,
        "offered": [(name, label) for name, (label, _) in offered.items()],
        "chosen": request.POST.getlist("shown"),
        "written": request.POST,
        "days": DAYS.items(),
        "wrong": wrong,
        "at": "licences",
    }
    return page(request, "show", said, status=422 if wrong else 200)


@require_safe
@for_people
def shown(request: PortalRequest, reader: registry.Subject, identifier: str) -> HttpResponse:
    """List what was shown of a licence; the link that was just made is on this page this once."""
    found = cases.licence_for(identifier, reader)
    secret = request.session.pop(LINK, "")
    address = request.build_absolute_uri(reverse("portal:link", args=[secret])) if secret else ""
    listed = licences.presentations_of(found.identifier, after=request.GET.get("after", ""), most=MOST_LISTED)
    said = {
        "licence": found,
        "link": address,
        "code": _drawn(address) if address else "",
        "shown": [(each, _lines(each, found.type_code)) for each in listed.lines],
        "after": listed.after,
        "now": request.workplace.clock.now(),
        "at": "licences",
    }
    answer = page(request, "shown", said)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@for_people
def withdraw(request: PortalRequest, reader: registry.Subject, identifier: str, number: int) -> HttpResponse:
    """Close a link that nobody has used."""
    cases.withdraw_showing(identifier, number, subject=reader, at=request.workplace)
    return HttpResponseRedirect(reverse("portal:shown", args=[identifier]))


@require_safe
@for_people
def shown_file(
    _request: PortalRequest, reader: registry.Subject, identifier: str, number: int
) -> HttpResponse:
    """Give a presentation as the file that programs verify."""
    found = cases.licence_for(identifier, reader)
    made = licences.presentation_of(found.identifier, number)
    if made is None or not made.file:
        raise NotFound(
            "portal.no_presentation",
            what=Text("没有这次出示的文件。", "There is no such file."),
            todo=Text("请从出示记录下载。", "Take it from the list of what was shown."),
        )
    answer = HttpResponse(made.file, content_type="application/dc+sd-jwt")
    answer.headers["Content-Disposition"] = 'attachment; filename="shown.sd-jwt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask whoever has a one-time link to open it, and show it when they do: once, on record.

    Opening takes a pressed button, so that a program that only looks at the address uses nothing up.
    """
    workplace: cases.Workplace = request.workplace  # type: ignore[attr-defined]  # site's middleware
    now = workplace.clock.now()
    opened = None
    try:
        if request.method == "POST":
            opened = licences.open_link(secret, now=now, chance=workplace.chance)
        else:
            licences.require_link(secret, now)
    except NotFound as absent:
        wrong = Wrong(absent.what, absent.todo)
        return _kept_nowhere(page(request, "link", {"wrong": wrong, "at": "verify"}, status=404))
    said: dict[str, object] = {"at": "verify"}
    if opened is not None:
        issued = licences.licence(opened.identifier)
        said |= {
            "opened": opened,
            "lines": _lines(opened, issued.type_code),
            "issuer": issued.issuer_name,
            "status": issued.status.words,
            "in_force": issued.is_in_force(civil_date(now)),
        }
    return _kept_nowhere(page(request, "link", said))


def _kept_nowhere(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _lines(made: licences.Presentation, type_code: str) -> list[tuple[Text, Text]]:
    return list(licences.shown_in_words(made.shown, licences.licence_type(type_code)))


def _days(sent: Mapping[str, str]) -> str:
    return sent.get("days", "") if sent.get("days", "") in DAYS else "1"


def _drawn(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=QR_SCALE, border=2, xmldecl=False, svgns=True
    )
    return drawn.getvalue().decode()
