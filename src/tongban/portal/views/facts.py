"""The facts that are one's own to read, and saying that one is wrong (Decree 809 art. 26)."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases import api as cases
from tongban.kernel.errors import Invalid, NotFound
from tongban.kernel.texts import Text
from tongban.portal.forms.fields import Wrong
from tongban.portal.known import facts_in_words
from tongban.portal.pages import page, self_proving
from tongban.portal.readers import PortalRequest, for_people
from tongban.registry import api as registry


@require_safe
@for_people
def facts(request: PortalRequest, reader: registry.Subject, number: str) -> HttpResponse:
    """List what was fetched about oneself, and for the owner about the company and its place."""
    form = cases.form_page(number, reader, at=request.workplace)
    shown = facts_in_words(form.sight.bundle, form.facts)
    is_owner = form.sight.snapshot.owner_id == reader.id
    apart = [role for role in form.sight.bundle.participants if role.kind != "person" and is_owner]
    matters = [(role.name, [each for each in shown if each.role == role.role]) for role in apart]
    said = {
        "facts": [each for each in shown if each.role not in {role.role for role in apart}],
        "matters": [(name, facts) for name, facts in matters if facts],
        "number": number,
        "at": "filings",
    }
    return page(request, "facts-of-filing", said)


@require_safe
@for_people
def receipt(request: PortalRequest, reader: registry.Subject, number: str, fact_id: int) -> HttpResponse:
    """Give the receipt of the share that brought a fact about oneself, as a file that proves itself."""
    data = cases.share_receipt_for(number, fact_id, reader, at=request.workplace)
    return self_proving(data, "share-receipt.json")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def fact(request: PortalRequest, reader: registry.Subject, number: str, fact_id: int) -> HttpResponse:
    """Show a fact about oneself; take in that it is wrong and have its source verify it."""
    at = request.workplace
    form = cases.form_page(number, reader, at=at)
    shown = [each for each in facts_in_words(form.sight.bundle, form.facts) if each.id == fact_id]
    if not shown:
        raise NotFound(
            "portal.no_fact",
            what=Text("没有查到这条信息。", "There is no such fact about you."),
            todo=Text("请从申报页面选择要更正的信息。", "Choose it on the page of the filing."),
        )
    wrong = None
    if request.method == "POST":
        try:
            cases.contest(number, fact_id, subject=reader, said=request.POST.get("said", ""), at=at)
        except Invalid as refusal:
            wrong = Wrong(refusal.what, refusal.todo)
        else:
            return HttpResponseRedirect(reverse("portal:filing", args=[number]))
    said = {"fact": shown[0], "number": number, "wrong": wrong, "at": "filings"}
    return page(request, "fact", said, status=422 if wrong else 200)
