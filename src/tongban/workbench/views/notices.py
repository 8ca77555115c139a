"""A notice of a case, as it was sealed."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HANDLING


@require_safe
@for_staff(HANDLING)
def notice(request: StaffRequest, number: str, notice: str) -> HttpResponse:
    """Show a sealed notice of a case of the office."""
    case = cases.officer_case(number, request.staff, at=request.workplace)
    found = next((each for each in case.notices if each.number == notice), None)
    if found is None:
        raise NotFound(
            "papers.no_notice",
            what=Text(f"没有编号为 {notice} 的文书。", f"There is no notice {notice}."),
            todo=Text("请从办件页面进入。", "Open it from the page of the case."),
        )
    return page(request, "notice", {"at": "workbench:desk", "case": case, "notice": found})
