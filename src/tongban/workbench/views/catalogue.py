"""The book of data: elements, resources, who may read what for which purpose, and the connectors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotAllowed, NotFound
from tongban.kernel.pages import Page, cut
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.workbench.confirming import confirmed_cause
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import CATALOGUE

POSITIONS = {
    "closed": Text("正常", "working"),
    "open": Text("熔断", "resting"),
    "half_open": Text("试探恢复", "being tried again"),
}
MOST_SEARCHED = 200  # letters of a search; no address is longer for a purpose
REASON = Text("撤回理由", "Reason")


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """One resource with the names of what it points to."""

    resource: catalogue.Resource
    owner: Text
    division: Text
    share_class: Text
    grants: int
    freshness: "Freshness"


@dataclass(frozen=True, slots=True)
class Freshness:
    """What an office promised of a resource, and what was seen of it."""

    promised: Text
    standing: catalogue.Standing
    words: Text
    seen: catalogue.Seen | None
    age_s: float | None


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy of a resource: who holds it, and how old it is."""

    resource: catalogue.Resource
    holder: Text
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element with its one source for each territory."""

    element: catalogue.Element
    when_none: Text
    sources: tuple[tuple[Text, catalogue.Resource], ...]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant with the names of what it points to, and how it stands today."""

    grant: catalogue.Grant
    consumer: Text
    purpose: Text
    elements: tuple[Text, ...]
    state: str  # in_force, withdrawn, expired, to_come


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """One connector and its breaker in the process that answers."""

    name: str
    resources: tuple[Text, ...]
    position: str
    words: Text
    failures: int
    idempotency: str


@require_safe
@for_staff(CATALOGUE)
def book(request: StaffRequest) -> HttpResponse:
    """Show the whole book: resources, elements with their one source, connectors."""
    found = _book(request)
    known, day = registry.directory(), found.on
    searched = request.GET.get("q", "")[:MOST_SEARCHED].strip()
    resources, candidates = _resources(request, found, searched)
    look = _look(request, resources.lines)
    elements = cut(found.elements.values(), _code, after=_place(request, "elements"))
    said = {
        "at": "workbench:catalogue",
        "epoch": found.epoch.number,
        "searched": searched,
        "candidates": candidates,
        "resources": resources.of(lambda each: _resource_row(each, found, known, day, look)),
        "elements": elements.of(lambda each: _element_row(each, found, known, day)),
        "how_many": {"resources": len(found.resources), "elements": len(found.elements)},
        "connectors": connector_page(request, found),
    }
    return page(request, "catalogue", said)


@require_safe
@for_staff(CATALOGUE)
def resource(request: StaffRequest, code: str) -> HttpResponse:
    """Show one resource and everybody who may read it."""
    found = _book(request)
    shown = found.resource(code)
    if shown is None:
        raise _no_such("resource", code)
    known, day = registry.directory(), found.on
    purposes = _purposes()
    copies = cut(found.copies_of(code), _code, after=_place(request, "copies"))
    look = _look(request, [shown, *copies.lines])
    elements = cut(
        (found.elements[each] for each in shown.elements), _code, after=_place(request, "elements")
    )
    grants = (grant for grant in found.grants if grant.resource == code)
    said = {
        "at": "workbench:catalogue",
        "row": _resource_row(shown, found, known, day, look),
        "words": _words(shown, found),
        "copies": copies.of(
            lambda each: CopyRow(each, known.organisation(each.organisation).name, look.freshness(each))
        ),
        "keys": [_element_name(found, key) for key in shown.keys],
        "elements": elements.of(lambda each: _element_row(each, found, known, day)),
        "grants": cut(grants, _code, after=_place(request, "grants")).of(
            lambda each: _grant_row(each, found, known, purposes)
        ),
        "may_withdraw": _may_withdraw(request.staff, shown),
        "done": request.GET.get("done") == "withdrawn",
    }
    return page(request, "resource", said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CATALOGUE)
def withdraw(request: StaffRequest, code: str) -> HttpResponse:
    """Withdraw a grant: told what it will do, with a reason, confirmed."""
    found = _book(request)
    grant = next((each for each in found.grants if each.code == code), None)
    if grant is None:
        raise _no_such("grant", code)
    owner = found.resources[grant.resource]
    if not _may_withdraw(request.staff, owner):
        raise _not_yours()
    said: dict[str, object] = {
        "at": "workbench:catalogue",
        "row": _grant_row(grant, found, registry.directory(), _purposes()),
        "resource": owner,
        "confirming": False,
        "reason": request.POST.get("reason", ""),
    }
    reason = confirmed_cause(request, "withdraw", said, field="reason", label=REASON)
    if isinstance(reason, HttpResponse):
        return reason
    at = request.workplace
    catalogue.withdraw_grant(code, request.staff, reason, at.clock.now(), chance=at.chance)
    return HttpResponseRedirect(f"{reverse('workbench:resource', args=[owner.code])}?done=withdrawn")


def connector_page(request: StaffRequest, found: catalogue.Book) -> Page[ConnectorRow]:
    """Give a page of this node's connectors, each with its resources and where its breaker stands."""
    road = request.workplace.road
    states = road.breaker_states()
    offered: dict[str, list[Text]] = {}
    for each in found.resources.values():
        if each.is_connected:
            offered.setdefault(each.connector, []).append(each.name)
    return cut(states, str, after=_place(request, "connectors")).of(
        lambda name: ConnectorRow(
            name=name,
            resources=tuple(offered.get(name, ())),
            position=states[name].position,
            words=POSITIONS[states[name].position],
            failures=states[name].failures,
            idempotency=exchange.idempotency(road, name),
        )
    )


def _resources(
    request: StaffRequest, found: catalogue.Book, searched: str
) -> tuple[Page[catalogue.Resource], int]:
    """Give a page of all resources, or of those found; and how many there may be."""
    after = _place(request, "resources")
    if not searched:
        return cut(found.resources.values(), _code, after=after), len(found.resources)
    hits = catalogue.search(searched, after=after)
    shown = tuple(found.resources[code] for code in hits.page.lines if code in found.resources)
    return Page(shown, hits.page.after), hits.candidates


def _place(request: StaffRequest, name: str) -> str:
    """Give where one of the page's lists begins."""
    return request.GET.get(name, "")


def _code(each: catalogue.Resource | catalogue.Element | catalogue.Grant) -> str:
    return each.code


def _book(request: StaffRequest) -> catalogue.Book:
    return catalogue.book(civil_date(request.workplace.clock.now()))


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of the resources on a page, read at once, and the moment of looking."""

    seen: Mapping[str, catalogue.Seen]
    now: datetime

    def freshness(self, shown: catalogue.Resource) -> Freshness:
        seen = self.seen.get(shown.code)
        standing = catalogue.standing(shown, seen, self.now)
        age = None if seen is None else seen.age(self.now)
        return Freshness(
            promised=catalogue.UPDATES[shown.update],
            standing=standing,
            words=catalogue.STANDINGS[standing],
            seen=seen,
            age_s=None if age is None else age.total_seconds(),
        )


def _look(request: StaffRequest, shown: Iterable[catalogue.Resource]) -> _Look:
    return _Look(catalogue.sightings([each.code for each in shown]), request.workplace.clock.now())


def _words(shown: catalogue.Resource, found: catalogue.Book) -> dict[str, object]:
    """Give an entry's closed fields in words."""
    return {
        "entry_class": catalogue.CLASSES[shown.entry_class],
        "coverage": catalogue.COVERAGES[shown.coverage],
        "grade": catalogue.GRADES[found.grade_of(shown)],
        "own_grade": catalogue.GRADES[shown.grade],
        "raised": found.grade_of(shown) != shown.grade,
        "format": catalogue.FORMATS[shown.data_format],
        "delivery": [catalogue.DELIVERIES[each] for each in shown.delivery],
        "opening": catalogue.OPENINGS[shown.open_to_public],
        "rank": None if shown.forbidden_by is None else catalogue.RANKS[shown.forbidden_by],
    }


def _resource_row(
    shown: catalogue.Resource, found: catalogue.Book, known: registry.Directory, day: date, look: _Look
) -> ResourceRow:
    return ResourceRow(
        resource=shown,
        owner=known.organisation(shown.organisation).name,
        division=_division(known, shown.division, day),
        share_class=catalogue.SHARE_CLASSES[shown.share_class],
        freshness=look.freshness(shown),
        grants=sum(grant.resource == shown.code and grant.in_force(day) for grant in found.grants),
    )


def _element_row(
    element: catalogue.Element, found: catalogue.Book, known: registry.Directory, day: date
) -> ElementRow:
    sources = (
        (_division(known, each.division, day), each)
        for each in found.resources.values()
        if element.code in each.elements and each.copy_of is None
    )
    return ElementRow(element, catalogue.WHEN_NONE[element.when_none], tuple(sources))


def _grant_row(
    grant: catalogue.Grant, found: catalogue.Book, known: registry.Directory, purposes: Mapping[str, Text]
) -> GrantRow:
    return GrantRow(
        grant=grant,
        consumer=known.organisation(grant.consumer).name,
        purpose=purposes.get(grant.purpose, Text(grant.purpose, grant.purpose)),
        elements=tuple(_element_name(found, code) for code in grant.elements),
        state=_state(grant, found.on),
    )


def _state(grant: catalogue.Grant, day: date) -> str:
    if grant.withdrawn_at is not None:
        return "withdrawn"
    if grant.in_force(day):
        return "in_force"
    return "to_come" if day < grant.valid_from else "expired"


def _purposes() -> dict[str, Text]:
    """Give what grants are made out to by its name: items by their basic codes, bundles while drafting."""
    bundles = [items.pinned(card.digest) for card in items.bundles()]
    drafting = {bundle.code: _drafting(bundle.name) for bundle in bundles}
    return drafting | {item.basic_code: item.name for bundle in bundles for item in bundle.items}


def _drafting(name: Text) -> Text:
    return Text(f"{name.zh}（申报阶段）", f"{name.en} (while it is drafted)")


def _element_name(found: catalogue.Book, code: str) -> Text:
    element = found.element(code)
    return Text(code, code) if element is None else element.name


def _division(known: registry.Directory, code: str, day: date) -> Text:
    try:
        return known.division(code, day).name
    except NotFound:
        return Text(code, code)


def _may_withdraw(staff: registry.Staff, shown: catalogue.Resource) -> bool:
    """Say whether to offer it; the catalogue itself decides again."""
    provider = staff.holds(registry.Role.SHARING_HEAD) and staff.organisation == shown.organisation
    return provider or staff.holds(registry.Role.BUREAU_OFFICER)


def _not_yours() -> NotAllowed:
    return NotAllowed(
        "catalogue.may_not_withdraw",
        what=Text("您无权撤回该共享授权。", "You may not withdraw this grant."),
        todo=Text(
            "请由数据提供单位的共享工作机构负责人或数据局办理。",
            "The provider's head of sharing or the data bureau may.",
        ),
    )


def _no_such(kind: str, code: str) -> NotFound:
    name = {"resource": Text("数据资源", "resource"), "grant": Text("共享授权", "grant")}[kind]
    return NotFound(
        f"workbench.no_{kind}",
        what=Text(f"没有编号为 {code} 的{name.zh}。", f"There is no {name.en} {code}."),
        todo=Text("请从数据目录进入。", "Open it from the catalogue."),
    )
