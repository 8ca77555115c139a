"""Documents of a filing: which are asked for, handing one in, and the notices that offices gave."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from tongban.cases import api as cases
from tongban.kernel.canonical import digest
from tongban.kernel.pages import A_PAGE
from tongban.papers import api as papers
from tongban.rest import telling, told
from tongban.rest.asking import Asking
from tongban.rest.bearer import SignedIn
from tongban.rest.filings import REFUSALS, IdempotencyKey
from tongban.rest.proving import FILE, self_proving
from tongban.rest.shapes import After, FilingNumber, MaterialName, Most, NoticeNumber

router = Router(tags=["filings 申报"], auth=SignedIn())


@router.get("/{number}/materials", response={200: told.Materials, **REFUSALS}, operation_id="list_materials")
def list_materials(request: Asking, number: FilingNumber) -> told.Materials:
    """List the documents that one's own filing asks for now, and those that were handed in."""
    cases.require_owner(number, request.auth)
    sight = cases.see(cases.snapshot(number), at=request.workplace)
    asked = cases.asked_materials(sight, at=request.workplace)
    return told.Materials(
        asked=[telling.asked_material(number, each) for each in asked],
        handed_in=[telling.material(each) for each in papers.materials(number)],
    )


@router.post(
    "/{number}/materials/{material}",
    response={200: told.MaterialTold, **REFUSALS},
    operation_id="hand_in_material",
)
def hand_in_material(
    request: Asking,
    number: FilingNumber,
    material: MaterialName,
    idempotency_key: IdempotencyKey,
    file: File[UploadedFile],
    confirmed: Form[bool] = False,
) -> told.MaterialTold:
    """Hand in a document that is asked for: PDF, JPG, PNG or OFD. The same file twice is one material.

    One whose `signature` is ordinary needs `confirmed`: that whoever signed in confirms it.
    """
    cases.require_owner(number, request.auth)
    sent = {"filing": number, "material": material, "sha256": _digest_of(file), "confirmed": confirmed}
    taken = cases.hand_in(
        cases.see(cases.snapshot(number), at=request.workplace),
        material,
        file.chunks(),
        file.name or "",
        by=request.auth,
        confirmed=confirmed,
        request=cases.Request(f"rest:material:{number}", idempotency_key, digest(sent)),
        largest_bytes=settings.UPLOAD_LIMIT_BYTES,
        at=request.workplace,
    )
    return telling.material(taken)


def _digest_of(file: UploadedFile) -> str:
    whole = sha256()
    for chunk in file.chunks():
        whole.update(chunk)
    return whole.hexdigest()


@router.get("/{number}/notices", response={200: told.NoticeList, **REFUSALS}, operation_id="list_notices")
def list_notices(
    request: Asking, number: FilingNumber, after: After = "", most: Most = A_PAGE
) -> told.NoticeList:
    """List the notices that offices gave in one's own filing, oldest first; who only takes part has none."""
    found = cases.notices_for(number, request.auth, after=after, most=most)
    return told.NoticeList(
        notices=[telling.notice(number, each) for each in found.lines], next=found.after or None
    )


@router.get(
    "/{number}/notices/{notice}/file",
    response=REFUSALS,
    operation_id="read_notice_file",
    openapi_extra=FILE,
)
def read_notice_file(request: Asking, number: FilingNumber, notice: NoticeNumber) -> HttpResponse:
    """Give a notice as one file that proves itself: hand it to tongban-verify (docs/licence-files.md)."""
    found = cases.notice_for(number, notice, request.auth)
    return self_proving(papers.notice_file(found.number), "notice.json")
