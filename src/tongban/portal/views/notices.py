"""Notices of the offices, to be read, printed and verified."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.portal.pages import page
from tongban.portal.readers import PortalRequest, for_readers


@require_safe
@for_readers
def notice(request: PortalRequest, reader: cases.Reader, number: str, notice_number: str) -> HttpResponse:
    """Show a notice of a case of one's filing, laid out to be printed."""
    found = _own_notice(number, notice_number, reader)
    return page(request, "notice", {"notice": found, "number": number, "at": "filings"})


@require_safe
@for_readers
def notice_file(
    _request: PortalRequest, reader: cases.Reader, number: str, notice_number: str
) -> HttpResponse:
    """Give the notice as a file that proves itself."""
    found = _own_notice(number, notice_number, reader)
    answer = HttpResponse(papers.notice_file(found.number), content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="notice.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own_notice(number: str, notice_number: str, reader: cases.Reader) -> papers.Notice:
    """Give a notice of one's filing's cases; one of another filing is not there."""
    shown = cases.filing_page(number, reader)
    for each in papers.notices_of([case.number for case in shown.cases if case.number]):
        if each.number == notice_number:
            return each
    raise NotFound(
        "portal.no_notice",
        what=Text(f"没有编号为 {notice_number} 的文书。", f"There is no notice {notice_number}."),
        todo=Text("请从申报页面打开。", "Open it from the page of the filing."),
    )
