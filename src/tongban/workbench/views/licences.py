"""The licences that the office has issued, and what its officers do with them."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.cases import api as cases
from tongban.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.workbench import reading
from tongban.workbench.causes import cause_of, remember_cause
from tongban.workbench.forms import LICENCE_FORMS, Form, OnLicence, fields_of, read, shown
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import DECIDING, HANDLING, READING_TYPES

CAUSE = Text("查看事由", "Why you look")
CASE = Text("办件编号", "Case")
KIND = Text("证照类型", "Type of licence")
WANTED = Text("持证主体代码或证照标识", "Holder's number or identifier")


@require_safe
@for_staff(HANDLING)
def register(request: StaffRequest) -> HttpResponse:
    """List the office's licences, those whose time has run out before the others."""
    wanted = request.GET.get("wanted", "").strip()[:100]
    found = cases.licences_at(
        request.staff,
        wanted=wanted,
        after=request.GET.get("after", ""),
        over=request.GET.get("over", ""),
        at=request.workplace,
    )
    return page(request, "licences", {"at": "workbench:licences", "found": found, "wanted": wanted})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(HANDLING)
def look_up(request: StaffRequest) -> HttpResponse:
    """Look up another office's licence in place of paper: for a case, under a grant, for a cause."""
    kinds = {each.code: each.name for each in licences.licence_types()}
    written, found, wrong = request.POST, None, None
    if request.method == "POST":
        try:
            found = cases.look_up_licence(
                reading.text(written, "case", CASE, most=60),
                reading.one_of(written, "kind", KIND, kinds),
                reading.text(written, "wanted", WANTED, most=100),
                staff=request.staff,
                cause=reading.text(written, "cause", CAUSE, most=licences.LONGEST_CAUSE),
                at=request.workplace,
            )
        except (Invalid, NotAllowed, NotFound) as refused:
            wrong = refused
    said = {
        "at": "workbench:licence-look-up",
        "kinds": kinds.items(),
        "written": written or {"case": request.GET.get("case", "")},
        "found": found,
        "wrong": wrong,
    }
    return page(request, "licence-look-up", said, status=200 if wrong is None else wrong.status)


@require_safe
@for_staff(READING_TYPES)
def types(request: StaffRequest) -> HttpResponse:
    """Show every type of licence that the city declares, and how sure its code is."""
    return page(
        request, "licence-types", {"at": "workbench:licence-types", "kinds": licences.licence_types()}
    )


@require_safe
@for_staff(HANDLING)
def licence(request: StaffRequest, identifier: str) -> HttpResponse:
    """Show one licence of the office; what it says only once a cause was given, each look on record."""
    found = cases.officer_licence(identifier, request.staff, at=request.workplace)
    cause = cause_of(request.session, _thing(identifier))
    opened = None
    if cause:
        opened = cases.open_licence(identifier, staff=request.staff, cause=cause, at=request.workplace)
    done = LICENCE_FORMS.get(request.GET.get("done", ""))
    said = {
        "at": "workbench:licences",
        "shown": found,
        "forms": [(word, form) for word, form in LICENCE_FORMS.items() if form.power in found.powers],
        "pages": () if opened is None else licences.pages_of(opened),
        "changes": [(change, found.people.get(change.staff, "")) for change in found.history],
        "cause": cause,
        "done": None if done is None else done.done,
    }
    return page(request, "licence", said)


@require_POST
@for_staff(HANDLING)
def open_licence(request: StaffRequest, identifier: str) -> HttpResponse:
    """Take the cause for which the officer opens a licence."""
    cases.officer_licence(identifier, request.staff, at=request.workplace)  # NotFound, before it is kept
    remember_cause(request.session, _thing(identifier), reading.text(request.POST, "cause", CAUSE, most=200))
    return HttpResponseRedirect(reverse("workbench:licence", args=[identifier]))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(DECIDING)
def deed(request: StaffRequest, identifier: str, word: str) -> HttpResponse:
    """Show a form about a licence, then what it will do; do it only when it comes back confirmed."""
    found = cases.officer_licence(identifier, request.staff, at=request.workplace)
    form = LICENCE_FORMS.get(word)
    if form is None:
        raise _no_such_form()
    if form.power not in found.powers:
        raise _not_now(form)
    if form.power is cases.LicencePower.CHANGE:  # its form shows what is written: that is a look
        cause = cause_of(request.session, _thing(identifier))
        if not cause:
            return HttpResponseRedirect(f"{reverse('workbench:licence', args=[identifier])}#open")
        cases.open_licence(identifier, staff=request.staff, cause=cause, at=request.workplace)
    kind = licences.licence_type(found.licence.type_code)
    asked = OnLicence(staff=request.staff, shown=found, kind=kind, at=request.workplace)
    fields = fields_of(form, kind)
    if request.method != "POST":
        return _written(request, "licence-deed", form, asked, {})
    try:
        sent = read(fields, form, asked, request.POST)
        if request.POST.get("step") == "do":
            form.do(asked, sent)
    except Invalid as wrong:
        return _written(
            request,
            "licence-deed",
            form,
            asked,
            {name: str(value) for name, value in request.POST.items()},
            wrong,
        )
    if request.POST.get("step") == "back":
        return _written(request, "licence-deed", form, asked, sent)
    if request.POST.get("step") != "do":
        return _written(request, "licence-confirm", form, asked, sent)
    standing = cases.settle_licence(found.licence.case_number, at=request.workplace)
    return HttpResponseRedirect(f"{reverse('workbench:licence', args=[standing])}?done={word}")


def _written(
    request: StaffRequest,
    name: str,
    form: Form[OnLicence],
    asked: OnLicence,
    written: Mapping[str, str],
    wrong: Invalid | None = None,
) -> HttpResponse:
    said = {
        "at": "workbench:licences",
        "shown": asked.shown,
        "form": form,
        "fields": shown(fields_of(form, asked.kind), asked, written),
        "wrong": wrong,
    }
    return page(request, name, said, status=200 if wrong is None else wrong.status)


def _thing(identifier: str) -> str:
    return f"licence:{identifier}"


def _no_such_form() -> NotFound:
    return NotFound(
        "workbench.no_form",
        what=Text("没有这项操作。", "There is no such act."),
        todo=Text("请从证照页面选择。", "Choose it on the page of the licence."),
    )


def _not_now(form: Form[OnLicence]) -> Conflict:
    return Conflict(
        "workbench.not_now",
        what=Text(
            f"该证照现在不能办理“{form.title.zh}”，或您的角色无此权限。",
            f"Not possible with this licence now, or not for your role: {form.title.en}.",
        ),
        todo=Text("请返回证照页面查看当前可办理的操作。", "The page of the licence says what is possible."),
    )
