"""A notice of a case, as it was sealed."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.papers import api as papers
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HANDLING


@require_safe
@for_staff(HANDLING)
def notice(request: StaffRequest, number: str, notice: str) -> HttpResponse:
    """Show a sealed notice of a case of the office."""
    case = cases.officer_case(number, request.staff, at=request.workplace)
    found = papers.notice(notice, of=[number])
    return page(request, "notice", {"at": "workbench:desk", "case": case, "notice": found})
