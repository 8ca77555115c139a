"""The data bureau: which bundles are published, what each asks of a person, which sources do not answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.workbench.confirming import confirmed_cause
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import BUREAU

MOST_PLANNED = 10  # each of them is planned anew for the page
MOST_VERSIONS = 20
REASON = Text("撤回理由", "Reason")


@dataclass(frozen=True, slots=True)
class BundleRow:
    """One bundle's newest version with its plan's two totals and how each need is met."""

    card: items.BundleCard
    plan: items.Plan
    hows: tuple[tuple[str, int], ...]


@require_safe
@for_staff(BUREAU)
def bureau(request: StaffRequest) -> HttpResponse:
    """Show the disputes that no source answered in time, the bundles in force with their plans, and every
    version there ever was."""
    at = request.workplace
    now = at.clock.now()
    day = civil_date(now)
    book, known = catalogue.book(day), registry.directory()
    where = _where_people_file(at.node.code, day)
    rows = []
    bundles = items.bundle_page(after=request.GET.get("after", ""), most=MOST_PLANNED)
    for card in bundles.lines:
        bundle = items.pinned(card.digest)
        party = items.Answers(items.smallest_cast(bundle))
        plan = items.plan(bundle, book, where.code, party, day, policies=at.policies)
        rows.append(BundleRow(card, plan, _hows(plan)))
    said = {
        "at": "workbench:bureau",
        "rows": rows,
        "after": bundles.after,
        "versions": items.versions(after=request.GET.get("versions", ""), most=MOST_VERSIONS),
        "where": where,
        "done": request.GET.get("done") == "withdrawn",
        "unanswered": cases.unanswered_contests(now, after=request.GET.get("unanswered", "")).of(
            lambda line: _unanswered(line, book, known)
        ),
    }
    return page(request, "bureau", said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(BUREAU)
def withdraw(request: StaffRequest, code: str, version: int) -> HttpResponse:
    """Withdraw a published version: told what it will do, with a reason, confirmed."""
    card = items.version_card(code, version)
    said: dict[str, object] = {
        "at": "workbench:bureau",
        "card": card,
        "confirming": False,
        "reason": request.POST.get("reason", ""),
    }
    reason = confirmed_cause(request, "withdraw-version", said, field="reason", label=REASON)
    if isinstance(reason, HttpResponse):
        return reason
    at = request.workplace
    items.withdraw(code, version, request.staff, reason, at.clock.now(), chance=at.chance)
    return HttpResponseRedirect(f"{reverse('workbench:bureau')}?done=withdrawn#versions")


def _unanswered(
    line: cases.UnansweredContest, book: catalogue.Book, known: registry.Directory
) -> tuple[Text, Text, datetime]:
    element = book.element(line.element)
    name = Text(line.element, line.element) if element is None else element.name
    return known.organisation(line.source).name, name, line.due_at


def _where_people_file(node: str, day: date) -> registry.Division:
    """Give the first division below the node's own: sources are the counties', so a plan is for one."""
    below = [division for division in registry.directory().divisions(day) if division.parent == node]
    return below[0] if below else registry.division(node, day)


def _hows(plan: items.Plan) -> tuple[tuple[str, int], ...]:
    order = ("signed_in", "fetched", "derived", "produced", "pledged", "asked")
    return tuple((how, sum(need.how == how for need in plan.needs)) for how in order)
