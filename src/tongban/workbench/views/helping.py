"""Filing for others: what can be begun, and how what I typed goes."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HELPING


@require_safe
@for_staff(HELPING)
def helping(request: StaffRequest) -> HttpResponse:
    """Offer what can be filed for somebody, and list the filings I typed with their status alone."""
    said = {
        "at": "workbench:helping",
        "bundles": items.bundle_page(after=request.GET.get("bundles", "")),
        "filings": cases.filings(request.staff, after=request.GET.get("after", "")),
    }
    return page(request, "helping", said)
