"""The data officer verifies what somebody says is wrong at their organisation."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.workbench import reading
from tongban.workbench.causes import cause_of, remember_cause
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import VERIFYING

CAUSE = Text("查看事由", "Why you look")
SAID = Text("校核意见", "What was verified")
RESULTS = {
    "upheld": Text("核实无误，维持原信息", "Verified: it stands"),
    "corrected": Text("确有错误，予以更正", "It is wrong: corrected"),
}
RESULT = Text("校核结论", "Result")


@require_safe
@for_staff(VERIFYING)
def contests(request: StaffRequest) -> HttpResponse:
    """List the disputes at one's organisation, the first due first, without any value."""
    book = _book(request)
    now = request.workplace.clock.now()
    rows = cases.contests_at(request.staff, after=request.GET.get("after", "")).of(
        lambda line: (line, _name(book.element(line.element), line.element), line.due_at < now)
    )
    said = {"at": "workbench:contests", "rows": rows, "done": request.GET.get("done") == "answered"}
    return page(request, "contests", said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(VERIFYING)
def contest(request: StaffRequest, contest_id: int) -> HttpResponse:
    """Ask for the cause, then show the value beside what is said; each look is evidence first."""
    thing = f"contest:{contest_id}"
    if request.method == "POST":
        remember_cause(request.session, thing, reading.text(request.POST, "cause", CAUSE, most=200))
        return HttpResponseRedirect(reverse("workbench:contest", args=[contest_id]))
    cause = cause_of(request.session, thing)
    if not cause:
        return page(request, "contest-closed", {"at": "workbench:contests", "contest_id": contest_id})
    opened = cases.open_contest(contest_id, staff=request.staff, cause=cause, at=request.workplace)
    return _shown(request, "contest", opened, {})


@require_http_methods(["POST"])
@for_staff(VERIFYING)
def answer(request: StaffRequest, contest_id: int) -> HttpResponse:
    """Take the answer, show it once more, and give it when it comes back confirmed."""
    cause = cause_of(request.session, f"contest:{contest_id}") or "校核当事人异议"
    opened = cases.open_contest(contest_id, staff=request.staff, cause=cause, at=request.workplace)
    element = _book(request).element(opened.element)
    try:
        corrected = reading.one_of(request.POST, "result", RESULT, RESULTS) == "corrected"
        value = reading.value_of(element, request.POST.get("value", "")) if corrected else None
        said = reading.text(request.POST, "said", SAID, most=1000)
    except Invalid as wrong:
        return _shown(request, "contest", opened, request.POST, wrong)
    if request.POST.get("step") != "do":
        return _shown(request, "contest-confirm", opened, request.POST)
    cases.answer_contest(
        contest_id, staff=request.staff, corrected=corrected, value=value, said=said, at=request.workplace
    )
    return HttpResponseRedirect(f"{reverse('workbench:contests')}?done=answered")


def _shown(
    request: StaffRequest,
    name: str,
    opened: cases.OpenedContest,
    written: Mapping[str, str],
    wrong: Invalid | None = None,
) -> HttpResponse:
    book = _book(request)
    element, resource = book.element(opened.element), book.resource(opened.resource)
    value = written.get("value", "").strip()
    said = {
        "at": "workbench:contests",
        "contest": opened,
        "element": element,
        "element_name": _name(element, opened.element),
        "resource_name": Text(opened.resource, opened.resource) if resource is None else resource.name,
        "status": cases.FACT_WORDS.get(opened.status),
        "value": catalogue.in_words(element, opened.value),
        "new_value": catalogue.in_words(element, _tried(element, value)),
        "results": RESULTS,
        "written": written,
        "result": RESULTS.get(written.get("result", "")),
        "wrong": wrong,
        "overdue": opened.due_at < request.workplace.clock.now(),
    }
    return page(request, name, said, status=200 if wrong is None else wrong.status)


def _tried(element: catalogue.Element | None, written: str) -> catalogue.Value | None:
    """Give the value as written where it can be read, for the confirmation to say it in words."""
    try:
        return reading.value_of(element, written)
    except Invalid:
        return None


def _book(request: StaffRequest) -> catalogue.Book:
    return catalogue.book(civil_date(request.workplace.clock.now()))


def _name(element: catalogue.Element | None, code: str) -> Text:
    return Text(code, code) if element is None else element.name
