"""Notices of the offices, to be read, printed and verified."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.papers import api as papers
from tongban.portal.pages import page, self_proving
from tongban.portal.readers import PortalRequest, for_readers


@require_safe
@for_readers
def notice(request: PortalRequest, reader: cases.Reader, number: str, notice_number: str) -> HttpResponse:
    """Show a notice of a case of one's filing, laid out to be printed."""
    found = cases.notice_for(number, notice_number, reader)
    return page(request, "notice", {"notice": found, "number": number, "at": "filings"})


@require_safe
@for_readers
def notice_file(
    _request: PortalRequest, reader: cases.Reader, number: str, notice_number: str
) -> HttpResponse:
    """Give the notice as a file that proves itself."""
    found = cases.notice_for(number, notice_number, reader)
    return self_proving(papers.notice_file(found.number), "notice.json")
