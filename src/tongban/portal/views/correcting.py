"""Completing a filing after its one correction notice (许可法 32): answer, hand in, done."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases import api as cases
from tongban.kernel.errors import Invalid, NotAllowed
from tongban.kernel.texts import Text
from tongban.portal.forms import reading
from tongban.portal.forms.showing import Complaint, Form, Judgement, form_of
from tongban.portal.handing_in import slots_of, take_in
from tongban.portal.own import OwnForm, own_form
from tongban.portal.pages import page
from tongban.portal.readers import PortalRequest, for_readers

SAVED = Text("已保存，尚未提交补正。", "Saved; not handed in yet.")


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def correction(request: PortalRequest, reader: cases.Reader, number: str) -> HttpResponse:
    """Show what is missing, and take it in; once it is handed in, the office looks again."""
    at = request.workplace
    own = own_form(number, reader, at=at)
    waiting = [
        each for each in cases.filing_page(number, reader).cases if each.state == cases.CaseState.CORRECTION
    ]
    if not waiting:
        return _to_filing(number)
    judged, said = Judgement(), None
    if request.method == "POST":
        judged = _take(request, reader, own)
        if judged.is_clean and request.POST.get("do") == "supply":
            cases.supply(number, at=at)  # a worker goes on with it at once; the page follows
            return _to_filing(number)
        own = own_form(number, reader, at=at)
        said = SAVED if judged.is_clean else None
    shown = _only_open(form_of(own.sight, owner_name=own.owner.name, own=own.own, judged=judged))
    context = {
        "form": shown,
        "own": own,
        "number": number,
        "waiting": waiting,
        "slots": slots_of(own.sight, at=at),
        "said": said,
        "at": "filings",
    }
    return page(request, "correction", context, status=200 if judged.is_clean else 422)


def _take(request: PortalRequest, reader: cases.Reader, own: OwnForm) -> Judgement:
    """Store what was answered and handed in; gives what could not be."""
    number, at = own.sight.snapshot.number, request.workplace
    given = reading.read(reading.Sent(dict(request.POST.lists())), own.sight.bundle, own.owner)
    try:
        cases.put_answers(number, own.sight.bundle, parties=[], answers=given.answers, at=at)
        take_in(request.FILES, request.POST, own, reader, at=at)
    except (Invalid, NotAllowed) as refusal:
        return Judgement(given, refusal=Complaint("form", refusal.what, refusal.todo))
    return Judgement(given)


def _only_open(form: Form) -> Form:
    """Keep what is still to be answered; what was answered on submission stands (cases.answer_settled)."""
    sections = []
    for section in form.sections:
        parties = tuple(
            replace(party, fields=tuple(field for field in party.fields if field.is_open))
            for party in section.parties
        )
        kept = replace(
            section,
            fields=tuple(field for field in section.fields if field.is_open),
            parties=tuple(party for party in parties if party.fields),
            statements=(),
        )
        if kept.fields or kept.parties:
            sections.append(kept)
    names = [field.name for section in sections for field in section.all_fields()]
    return replace(form, sections=tuple(sections), asked=tuple(names))


def _to_filing(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:filing", args=[number]))
