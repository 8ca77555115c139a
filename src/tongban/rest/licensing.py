"""The licences that one may show, and their files that anybody can verify."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Router

from tongban.cases import api as cases
from tongban.kernel.pages import A_PAGE
from tongban.licences import api as licences
from tongban.rest import stories, telling, told_licences
from tongban.rest.asking import Asking
from tongban.rest.bearer import SignedIn
from tongban.rest.filings import REFUSALS
from tongban.rest.proving import FILE, RENDERING, self_proving
from tongban.rest.shapes import After, LicenceName, Most

router = Router(tags=["licences 电子证照"], auth=SignedIn())


@router.get("", response={200: told_licences.LicenceList, **REFUSALS}, operation_id="list_licences")
def list_licences(request: Asking, after: After = "", most: Most = A_PAGE) -> told_licences.LicenceList:
    """List the licences that one holds, and those that one's own filings brought, the newest first."""
    found = cases.licences_for(request.auth, after=after, most=most)
    return told_licences.LicenceList(
        licences=[telling.licence(each) for each in found.lines], next=found.after or None
    )


@router.get(
    "/{identifier}", response={200: told_licences.LicenceTold, **REFUSALS}, operation_id="read_licence"
)
def read_licence(request: Asking, identifier: LicenceName) -> told_licences.LicenceTold:
    """Give one licence."""
    return telling.licence(cases.licence_for(identifier, request.auth))


@router.get(
    "/{identifier}/story",
    response={200: stories.LicenceStory, **REFUSALS},
    operation_id="read_licence_story",
)
def read_licence_story(request: Asking, identifier: LicenceName) -> stories.LicenceStory:
    """Tell what became of a licence: its versions, and every change of its status with reasons."""
    return stories.licence_story(cases.licence_for(identifier, request.auth).identifier)


@router.get(
    "/{identifier}/file",
    response=REFUSALS,
    operation_id="read_licence_file",
    openapi_extra=FILE,
)
def read_licence_file(request: Asking, identifier: LicenceName) -> HttpResponse:
    """Give the licence as one file that proves itself: hand it to tongban-verify (docs/licence-files.md)."""
    found = cases.licence_for(identifier, request.auth)
    return self_proving(licences.licence_file(found.identifier), f"{found.identifier}.json")


@router.get(
    "/{identifier}/file.{form}",
    response=REFUSALS,
    operation_id="read_licence_rendering",
    openapi_extra=RENDERING,
)
def read_licence_rendering(request: Asking, identifier: LicenceName, form: licences.Format) -> HttpResponse:
    """Give the licence on paper, so to say: `pdf` or `ofd`, the file that proves itself attached.

    Whether the office signed it, and which form is the original, stands on it (docs/licence-files.md, 7).
    """
    address = request.build_absolute_uri(reverse("portal:verify", args=[identifier]))
    made = cases.render_licence(identifier, request.auth, form, address=address, at=request.workplace)
    return self_proving(made.file, f"{identifier}.{form}", licences.MEDIA_TYPES[form])
