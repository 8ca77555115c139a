"""My desk, one case, and opening it."""

from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.cases import api as cases
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.workbench import reading
from tongban.workbench.causes import cause_of, remember_cause
from tongban.workbench.forms import FORMS
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HANDLING

CHOICES = {
    cases.Choice.PERSON: Text("待人工办理", "Needs a person"),
    cases.Choice.MINE: Text("我领取的", "Mine"),
    cases.Choice.ALL: Text("全部在办", "All open"),
}
URGENCIES = {
    cases.Urgency.OVERDUE: Text("已超期", "Overdue"),
    cases.Urgency.TODAY: Text("今日到期", "Due today"),
    cases.Urgency.LATER: Text("未到期", "Later"),
}
CAUSE = Text("查看事由", "Why you look")
MOST_BESIDE = 5  # of each of the short lists above the cases


@require_safe
@for_staff(HANDLING)
def desk(request: StaffRequest) -> HttpResponse:
    """List the office's open cases by urgency, a page at a time."""
    wanted = request.GET.get("show", "")
    choice = cases.Choice(wanted) if wanted in {each.value for each in cases.Choice} else cases.Choice.PERSON

    def place(name: str) -> str:
        return request.GET.get(name, "")

    found = cases.desk(request.staff, now=request.workplace.clock.now(), choice=choice, after=place("after"))
    groups = [
        (urgency, URGENCIES[urgency], [line for line in found.lines if line.urgency is urgency])
        for urgency in cases.Urgency
    ]
    return page(
        request,
        "desk",
        {
            "at": "workbench:desk",
            "choices": CHOICES.items(),
            "choice": choice,
            "counts": [(urgency, URGENCIES[urgency], found.counts[urgency]) for urgency in cases.Urgency],
            "groups": [group for group in groups if group[2]],
            "after": found.after,
            "is_first": "after" not in request.GET,
            "reviews": cases.reviews_at(
                request.staff,
                now=request.workplace.clock.now(),
                after=place("reviews"),
                most=MOST_BESIDE,
            ),
            "pledges": cases.pledges_at(request.staff, after=place("pledges"), most=MOST_BESIDE),
            "resting": cases.resting_on_revoked(request.staff, after=place("resting"), most=MOST_BESIDE),
        },
    )


@require_safe
@for_staff(HANDLING)
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Show one case of the office, and nothing that was fetched about anybody."""
    done = FORMS.get(request.GET.get("done", ""))
    return page(
        request,
        "case",
        {
            "at": "workbench:desk",
            "case": cases.officer_case(
                number, request.staff, at=request.workplace, after=request.GET.get("timeline", "")
            ),
            "cause": cause_of(request.session, number),
            "pledges": cases.pledges_of(number, request.staff),
            "done": None if done is None else done.done,
            "claimed": request.GET.get("done") == "claim",
        },
    )


@require_POST
@for_staff(HANDLING)
def open_case(request: StaffRequest, number: str) -> HttpResponse:
    """Take the cause for which the officer opens the case; each look is then recorded under it."""
    cases.filing_of_case(number, request.staff)  # NotFound, before anything is kept of it
    remember_cause(request.session, number, reading.text(request.POST, "cause", CAUSE, most=200))
    return HttpResponseRedirect(reverse("workbench:facts", args=[number]))


@require_safe
@for_staff(HANDLING)
def facts(request: StaffRequest, number: str) -> HttpResponse:
    """Show claims, sources and rules; each time this is shown is evidence first."""
    shown = cases.officer_case(number, request.staff, at=request.workplace)
    cause = cause_of(request.session, number)
    if not cause:
        return HttpResponseRedirect(f"{reverse('workbench:case', args=[number])}#open")
    opened = cases.examine(number, request.staff, cause=cause, at=request.workplace)
    return page(request, "facts", {"at": "workbench:desk", "case": shown, "opened": opened, "cause": cause})


@require_safe
@for_staff(HANDLING)
def material(request: StaffRequest, number: str, material_id: int) -> HttpResponseBase:
    """Give a document that was handed in for a case that the officer has opened."""
    shown = cases.officer_case(number, request.staff, at=request.workplace)
    cause = cause_of(request.session, number)
    if not cause:
        return HttpResponseRedirect(f"{reverse('workbench:case', args=[number])}#open")
    uploads = request.workplace.node.var / "uploads"
    found, file = papers.material_file(material_id, filing=shown.filing, uploads=uploads)
    if not found.material.startswith(f"{shown.item}."):
        raise NotFound(
            "papers.no_material",
            what=Text("没有该材料，或其已按期限销毁。", "There is no such material, or it was destroyed."),
            todo=Text("请返回材料清单核对。", "Look at the list of materials."),
        )
    cases.open_facts(number, staff=request.staff, cause=f"{cause}（{found.name}）", at=request.workplace)
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type
    )


@require_POST
@for_staff(HANDLING)
def claim(request: StaffRequest, number: str) -> HttpResponse:
    """Take a case."""
    filing = cases.filing_of_case(number, request.staff)
    cases.claim_case(filing, number, staff=request.staff, at=request.workplace)
    return HttpResponseRedirect(f"{reverse('workbench:case', args=[number])}?done=claim")
