"""Filling the form in: save, check, submit; everything that can be put right is put right here."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases import api as cases
from tongban.items import api as items
from tongban.kernel.canonical import digest
from tongban.kernel.clock import budget
from tongban.kernel.errors import Conflict, Invalid, NotAllowed, StepUpNeeded
from tongban.kernel.ids import new_id
from tongban.kernel.texts import Text
from tongban.portal.forms import names, reading
from tongban.portal.forms.showing import Complaint, Judgement, current_facts, form_of
from tongban.portal.handing_in import slots_of, take_in
from tongban.portal.known import facts_in_words
from tongban.portal.own import OwnForm, own_form
from tongban.portal.pages import page
from tongban.portal.readers import PortalRequest, for_readers, key_of, step_up
from tongban.registry import api as registry

GATHER_S, CARRY_S = 0.8, 0.9  # seconds that a page may wait for sources, and for a filing that goes through

SAVED = Text("已保存。", "Saved.")
CLEAN = Text("检查通过，可以提交。", "Everything is in order; you can submit.")
IDENTIFIED = Text(
    "身份已核验，您填写的内容都在，请提交。", "You are identified; all you filled in is here. Submit it."
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def form(request: PortalRequest, reader: cases.Reader, number: str) -> HttpResponse:
    """Show the form of a draft, or take in what was filled in."""
    own = own_form(number, reader, at=request.workplace)
    if own.sight.snapshot.stage.value != "draft":
        return _to_filing(number)  # submitted by the click before this one, or long ago
    if request.method != "POST":
        return _shown(request, own, Judgement(), said=_said(request, own, reader))
    return _take(request, reader, own)


def _said(request: PortalRequest, own: OwnForm, reader: cases.Reader) -> Text | None:
    """Say what has just been done: the draft saved, or the person identified as surely as it takes."""
    if request.GET.get("identified") and step_up(reader, own.sight.bundle, "") is None:
        return IDENTIFIED
    return SAVED if request.GET.get("saved") else None


def _take(request: PortalRequest, reader: cases.Reader, own: OwnForm) -> HttpResponse:
    """Store what was sent, then do what the button says."""
    number, bundle = own.sight.snapshot.number, own.sight.bundle
    wish, _, detail = request.POST.get("do", "save").partition(":")
    sent = reading.Sent(dict(request.POST.lists()))
    try:
        if request.POST.get("ask_for_person"):  # before anything can be decided by rule (PIPL art. 24)
            cases.ask_for_person(number, subject=own.owner, at=request.workplace)
        given = _as_wished(reading.read(sent, bundle, own.owner), wish, detail, own)
        cases.put_answers(number, bundle, parties=given.parties, answers=given.answers, at=request.workplace)
        take_in(request.FILES, request.POST, own, reader, at=request.workplace)
    except (Invalid, NotAllowed) as refusal:
        given = reading.read(sent, bundle, own.owner)
        return _again(request, reader, number, Judgement(given, refusal=_complaint(refusal)))
    except Conflict:
        return _to_filing(number)
    if wish == "find" and (place := names.read_field(detail, "words")) is not None:
        return _find(request, number, reader, place, sent.one(detail))
    if given.wrong:
        return _again(request, reader, number, Judgement(given))
    if wish in {"submit", "check", "take"}:
        return (_submit if wish == "submit" else _check)(request, reader, number)
    cases.gather(number, at=request.workplace, again=True, limit=budget(GATHER_S))
    there = reverse("portal:form", args=[number])
    return HttpResponseRedirect(f"{there}?saved=1" if wish == "save" else f"{there}#{_part_of(detail)}")


def _as_wished(given: reading.Given, wish: str, detail: str, own: OwnForm) -> reading.Given:
    """Change what was sent as the button asks: one more of a role, one less, an alternative taken."""
    roles = {role.role for role in own.sight.bundle.participants if role.known_by == "named"}
    if wish == "add" and detail in roles:
        return reading.with_one_more(given, own.sight.bundle, detail)
    if wish == "remove" and (ref := names.read_ref(detail)) is not None:
        return reading.without(given, ref)
    return reading.with_candidate(given, detail, own.sight.bundle) if wish in {"take", "pick"} else given


def _part_of(detail: str) -> str:
    picked = reading.picked(detail)
    return "part-" + names.anchor(detail.partition(".")[0] if picked is None else picked.role)


def _find(
    request: PortalRequest, number: str, reader: cases.Reader, place: tuple[items.Ref, str], words: str
) -> HttpResponse:
    """Show what the words find beside the question; what was filled in so far is kept."""
    hits = cases.find(number, *place, words, at=request.workplace)
    own = own_form(number, reader, at=request.workplace)
    return _shown(request, own, Judgement(search=(place, words, hits)))


def _check(request: PortalRequest, reader: cases.Reader, number: str) -> HttpResponse:
    checked = cases.check(number, at=request.workplace, limit=budget(GATHER_S))
    judged = Judgement(problems=checked.problems, stops=checked.stops)
    own = own_form(number, reader, at=request.workplace)
    said = CLEAN if checked.is_clean else None
    return _shown(request, own, judged, said=said, status=200 if checked.is_clean else 422)


def _submit(request: PortalRequest, reader: cases.Reader, number: str) -> HttpResponse:
    """Submit; a filing whose sources answer is finished when the page comes back."""
    asked = cases.Request(
        f"submit:{key_of(reader)}", request.POST.get("key", "")[:100], digest({"of": number})
    )
    try:
        checked, lease = cases.submit(
            number,
            by=reader,
            request=asked if asked.key else None,
            at=request.workplace,
            limit=budget(GATHER_S),
        )
    except StepUpNeeded as wanting:  # what was filled in is saved by now; the page says how to go on
        own = own_form(number, reader, at=request.workplace)
        return _shown(request, own, Judgement(), status=wanting.status)
    except (Conflict, NotAllowed) as refusal:
        return _again(request, reader, number, Judgement(refusal=_complaint(refusal)))
    if not checked.is_clean:
        return _again(request, reader, number, Judgement(problems=checked.problems, stops=checked.stops))
    if lease is not None:
        cases.carry_within(lease, at=request.workplace, seconds=CARRY_S)
    return _to_filing(number)


def _again(request: PortalRequest, reader: cases.Reader, number: str, judged: Judgement) -> HttpResponse:
    own = own_form(number, reader, at=request.workplace)
    if own.sight.snapshot.stage.value != "draft":
        return _to_filing(number)
    return _shown(request, own, judged, status=422)


def _shown(
    request: PortalRequest, own: OwnForm, judged: Judgement, *, said: Text | None = None, status: int = 200
) -> HttpResponse:
    sight = own.sight
    shown = form_of(sight, owner_name=own.owner.name, own=own.own, judged=judged)
    facts = facts_in_words(sight.bundle, current_facts(sight, own.page.facts))
    persons = {role.role for role in sight.bundle.participants if role.kind == "person"}
    at = request.workplace
    context: Mapping[str, object] = {
        "form": shown,
        "own": own,
        "bundle": sight.bundle,
        "number": sight.snapshot.number,
        "division": registry.division(sight.snapshot.division, sight.plan.on).name,
        "facts": [fact for fact in facts if fact.role in persons],
        "matter_facts": [fact for fact in facts if fact.role not in persons],
        "matter_roles": {fact.role for fact in facts} - persons,
        "slots": slots_of(sight, at=at),
        "step_up": step_up(own.owner, sight.bundle, f"{request.path}?identified=1") if own.own else None,
        "step_up_now": status == HTTPStatus.UNAUTHORIZED,
        "human_asked": sight.snapshot.human_asked_at is not None,
        "expires_at": own.page.expires_at,
        "key": new_id(at.clock.now(), at.chance),
        "said": said,
        "at": "filings",
    }
    return page(request, "form", context, status=status)


def _complaint(refusal: Invalid | NotAllowed | Conflict) -> Complaint:
    return Complaint("form", refusal.what, refusal.todo)


def _to_filing(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:filing", args=[number]))
