"""Filing for others: what can be begun, and how what I typed goes."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HELPING

MOST_LISTED = 50


@require_safe
@for_staff(HELPING)
def helping(request: StaffRequest) -> HttpResponse:
    """Offer what can be filed for somebody, and list the filings I typed with their status alone."""
    before = request.GET.get("before", "")
    place = int(before) if before.isdecimal() and len(before) < 18 else None
    listed = cases.filings(request.staff, before=place, most=MOST_LISTED)
    said = {
        "at": "workbench:helping",
        "bundles": items.bundles(),
        "filings": listed,
        "more": listed[-1].id if len(listed) == MOST_LISTED else "",
    }
    return page(request, "helping", said)
