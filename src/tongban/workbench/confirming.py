"""A deed that is told, asked its cause, and confirmed, on one page."""

from django.http import HttpResponse

from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.workbench import reading
from tongban.workbench.guard import StaffRequest, page

MOST_WRITTEN = 400


def confirmed_cause(
    request: StaffRequest, template: str, said: dict[str, object], *, field: str, label: Text
) -> str | HttpResponse:
    """Give the cause of a deed that was confirmed; until then the page to answer with."""
    if request.method != "POST":
        return page(request, template, said)
    try:
        cause = reading.text(request.POST, field, label, most=MOST_WRITTEN)
    except Invalid as wrong:
        return page(request, template, {**said, "wrong": wrong}, status=wrong.status)
    if request.POST.get("step") != "do":
        return page(request, template, {**said, "confirming": True})
    return cause
