"""One's filings: the list, and one of them with its timeline, cases and what may be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.cases import api as cases
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.papers import api as papers
from tongban.portal.pages import page, self_proving
from tongban.portal.readers import PortalRequest, for_people, for_readers
from tongban.registry import api as registry

MOST_LISTED = 20

# The timeline's dots: what went well, what waits, what went wrong.
DOTS = {
    "wait": {
        "late",
        "awaiting",
        "to_person",
        "act_late",
        "correction",
        "contested",
        "paused",
        "in_doubt",
        "act_in_doubt",
    },
    "wrong": {
        "withheld",
        "declined",
        "refused",
        "not_accepted",
        "act_refused",
        "withdrawn",
        "case_withdrawn",
        "revoked",
        "expired",
    },
    "good": {"granted", "issued", "act_done", "confirmed", "verified"},
}
MAKERS = {
    "applicant": Text("申请人", "Applicant"),
    "rule": Text("规则", "Rule"),
    "person": Text("工作人员", "Officer"),
    "law": Text("依法视为", "By law"),
    "source": Text("数据共享", "Data shared"),
    "platform": Text("系统", "Platform"),
}
RATINGS = (
    (1, Text("非常满意", "Very satisfied")),
    (2, Text("满意", "Satisfied")),
    (3, Text("基本满意", "Fairly satisfied")),
    (4, Text("不满意", "Dissatisfied")),
    (5, Text("非常不满意", "Very dissatisfied")),
)
UNDER_WAY = {cases.FilingStatus.RUNNING}


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline with its dot and maker in words."""

    line: cases.Line
    dot: str
    maker: Text
    item: Text | None
    new_day: bool  # the first line of its day


@require_safe
@for_readers
def filings(request: PortalRequest, reader: cases.Reader) -> HttpResponse:
    """List one's filings, newest first."""
    listed = cases.filings(reader, after=request.GET.get("after", ""), most=MOST_LISTED)
    return page(request, "filings", {"filings": listed.lines, "after": listed.after, "at": "filings"})


@require_safe
@for_readers
def filing(request: PortalRequest, reader: cases.Reader, number: str) -> HttpResponse:
    """Show one filing: to its owner or helper whole, to another participant their own part of it."""
    shown = cases.filing_page(number, reader, after=request.GET.get("timeline", ""))
    if not (shown.is_owner or shown.is_filer):
        return HttpResponseRedirect(reverse("portal:part", args=[number]))
    if shown.stage == "draft":
        return HttpResponseRedirect(reverse("portal:form", args=[number]))
    names = {case.item: case.name for case in shown.cases}
    said = {
        "filing": shown,
        "moments": list(_moments(shown, names)),
        "after": shown.timeline.after,
        "here": request.get_full_path(),
        "took": None
        if shown.submitted_at is None or shown.ended_at is None
        else (shown.ended_at - shown.submitted_at).total_seconds(),
        "notices": papers.notices_of(
            [case.number for case in shown.cases if case.number], after=request.GET.get("notices", "")
        ),
        "under_way": shown.status in UNDER_WAY,
        "may_withdraw": shown.is_owner and shown.ended_at is None,
        "ratings": RATINGS,
        "at": "filings",
    }
    template = "filing-now" if request.htmx else "filing"
    return page(request, template, said)


def _moments(shown: cases.FilingPage, names: Mapping[str, Text]) -> Iterator[Moment]:
    last = None
    for line in shown.timeline.lines:
        dot = next((dot for dot, kinds in DOTS.items() if line.kind in kinds), "")
        today = civil_date(line.at)
        maker = MAKERS.get(line.maker, MAKERS["platform"])
        yield Moment(line, dot, maker, names.get(line.item), today != last)
        last = today


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def withdraw(request: PortalRequest, reader: registry.Subject, number: str) -> HttpResponse:
    """Ask once more, then withdraw the filing; whoever only takes part in it is led to their own part."""
    if request.method == "POST":
        cases.withdraw(number, subject=reader, at=request.workplace)
        return _back(number)
    filing = cases.filing_page(number, reader)
    return (
        page(request, "withdraw", {"filing": filing, "at": "filings"}) if filing.is_owner else _back(number)
    )


@require_POST
@for_people
def ask_for_person(request: PortalRequest, reader: registry.Subject, number: str) -> HttpResponse:
    """Have a person decide (PIPL art. 24)."""
    cases.ask_for_person(number, subject=reader, at=request.workplace)
    return _back(number)


@require_POST
@for_people
def ask_for_reasons(request: PortalRequest, reader: registry.Subject, number: str, case: str) -> HttpResponse:
    """Ask that a person look at a decision made by rule, and explain it (PIPL art. 24)."""
    said = request.POST.get("said", "")
    cases.ask_for_review(number, case, subject=reader, said=said, at=request.workplace)
    return _back(number)


@require_POST
@for_people
def rate(request: PortalRequest, reader: registry.Subject, number: str, case: str) -> HttpResponse:
    """Say how satisfied one was; once, and never required."""
    code = request.POST.get("code", "")
    rating = int(code) if code.isdecimal() and len(code) == 1 else 0
    said = request.POST.get("said", "")
    cases.rate(number, case, subject=reader, code=rating, said=said, at=request.workplace)
    return _back(number)


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:filing", args=[number]))


@require_safe
@for_readers
def decision_proof(_request: PortalRequest, reader: cases.Reader, number: str, case: str) -> HttpResponse:
    """Give the proof of a decision in a filing whose cases one may see, as a file that proves itself."""
    return self_proving(cases.decision_proof_for(number, case, reader), "decision.json")
