"""Doing something with a case: the form, the confirmation, the act."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases import api as cases
from tongban.kernel.errors import Conflict, Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.workbench.forms import FORMS, Deed, Form, read, shown
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import HANDLING


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(HANDLING)
def deed(request: StaffRequest, number: str, word: str, part: str = "") -> HttpResponse:
    """Show a form, then what it will do; do it only when it comes back confirmed."""
    case = cases.officer_case(number, request.staff, at=request.workplace)
    form = FORMS.get(word)
    if form is None or _about_parts(form) != bool(part):
        raise _no_such_form()
    if form.power is not None and form.power not in case.powers:
        raise _not_now(form)
    asked = Deed(
        staff=request.staff,
        case=case,
        prepared=cases.prepare_decision(number, request.staff, at=request.workplace),
        part=part,
        at=request.workplace,
    )
    if request.method != "POST":
        return _form(request, form, asked, {})
    try:
        sent = read(form.fields, form, asked, request.POST)
    except Invalid as wrong:
        return _form(request, form, asked, request.POST, wrong)
    if request.POST.get("step") == "back":
        return _form(request, form, asked, sent)
    if request.POST.get("step") != "do":
        return _written(request, "confirm", form, asked, sent)
    try:
        form.do(asked, sent)
    except Invalid as wrong:
        return _form(request, form, asked, sent, wrong)
    return HttpResponseRedirect(f"{reverse('workbench:case', args=[number])}?done={word}")


def _about_parts(form: Form[Deed]) -> bool:
    return form.power is cases.Power.FIND_OUT or form.power is None


def _form(
    request: StaffRequest,
    form: Form[Deed],
    asked: Deed,
    written: Mapping[str, str],
    wrong: Invalid | None = None,
) -> HttpResponse:
    return _written(request, "deed", form, asked, written, wrong)


def _written(
    request: StaffRequest,
    name: str,
    form: Form[Deed],
    asked: Deed,
    written: Mapping[str, str],
    wrong: Invalid | None = None,
) -> HttpResponse:
    said = {
        "at": "workbench:desk",
        "case": asked.case,
        "form": form,
        "fields": shown(form.fields, asked, written),
        "wrong": wrong,
        "act": _act_named(asked),
        "pledge": _pledge_named(asked),
    }
    return page(request, name, said, status=200 if wrong is None else wrong.status)


def _act_named(asked: Deed) -> tuple[Text, cases.ActLine] | None:
    return next((pair for pair in asked.case.acts if str(pair[1].id) == asked.part), None)


def _pledge_named(asked: Deed) -> cases.PledgeLine | None:
    open_ones = cases.pledges_of(asked.case.number, asked.staff) if asked.part else ()
    return next((line for line in open_ones if line.pledge == asked.part and line.is_open), None)


def _no_such_form() -> NotFound:
    return NotFound(
        "workbench.no_form",
        what=Text("没有这项操作。", "There is no such act."),
        todo=Text("请从办件页面选择。", "Choose it on the page of the case."),
    )


def _not_now(form: Form[Deed]) -> Conflict:
    return Conflict(
        "workbench.not_now",
        what=Text(
            f"该办件现在不能办理“{form.title.zh}”，或您的角色无此权限。",
            f"Not possible on this case now, or not for your role: {form.title.en}.",
        ),
        todo=Text("请返回办件页面查看当前可办理的操作。", "The page of the case says what is possible."),
    )
