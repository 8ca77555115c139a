"""Three administrators, three persons, three pages: system, security, audit (GB/T 22239-2019, level 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import AUDIT, SECURITY, SYSTEM
from tongban.workbench.views.catalogue import connector_page

SIGN_IN_RESULTS = {
    "signed_in": Text("登录成功", "signed in"),
    "refused": Text("登录失败", "refused"),
    "locked": Text("已锁定", "locked"),
}
WATCHED = {
    "facts.opened": Text("查看当事人信息", "Facts opened"),
    "licence.opened": Text("查看证照", "Licences opened"),
    "grant.withdrawn": Text("撤回共享授权", "Grants withdrawn"),
    "staff.roles_set": Text("设置角色", "Roles set"),
    "staff.credentials_set": Text("设置登录凭证", "Credentials set"),
    "staff.credentials_revoked": Text("收回登录凭证", "Credentials revoked"),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing that a staff member did, with their name."""

    opening: ledger.Opening
    name: str
    entry: str
    at: datetime
    about: str
    purpose: str
    elements: tuple[Text, ...]
    result: Text | None


@require_safe
@for_staff(SYSTEM)
def system(request: StaffRequest) -> HttpResponse:
    """Show how the node runs: work that waits, logs, connectors; nothing about anybody."""
    now = request.workplace.clock.now()
    said = {
        "at": "workbench:system",
        "work": cases.waiting_work(now),
        "heads": [ledger.head(log) for log in ledger.log_names()],
        "connectors": connector_page(request, catalogue.book(civil_date(now))),
        "node": request.workplace.node,
        "process": request.workplace.worker,
        "now": now,
    }
    return page(request, "system", said)


@require_safe
@for_staff(SECURITY)
def security(request: StaffRequest) -> HttpResponse:
    """Show who holds which roles, and the newest sign-ins, refused ones too."""
    known = registry.directory()
    today = civil_date(request.workplace.clock.now())
    people = registry.everybody(today, after=request.GET.get("people", ""))
    groups = [
        (known.organisation(slug).name, [(one, _roles(one)) for one in members])
        for slug, members in groupby(people.lines, key=lambda one: one.organisation)
    ]
    openings = ledger.openings_of("staff.signed_in", after=request.GET.get("after", ""))
    said = {
        "at": "workbench:security",
        "groups": groups,
        "count": registry.count_staff(today),
        "more_people": people.after,
        "done": request.GET.get("done", ""),
        "revoked": request.GET.get("revoked", ""),
        "events": _watched(openings.lines, None),
        "after": openings.after,
        "keys": [(known.organisation(key.organisation).name, key) for key in registry.consumer_keys()],
    }
    return page(request, "security", said)


@require_safe
@for_staff(AUDIT)
def audit(request: StaffRequest) -> HttpResponse:
    """Show who opened whose facts and why, who withdrew a grant, who set roles."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in WATCHED else "facts.opened"
    openings = ledger.openings_of(kind, after=request.GET.get("after", ""))
    said = {
        "at": "workbench:audit",
        "kinds": WATCHED.items(),
        "kind": kind,
        "events": _watched(openings.lines, catalogue.book(civil_date(request.workplace.clock.now()))),
        "after": openings.after,
        "heads": [ledger.head(log) for log in ledger.log_names()],
    }
    return page(request, "audit", said)


def _roles(one: registry.Staff) -> list[Text]:
    return [role.label for role in registry.Role if role in one.roles]


def _watched(openings: Sequence[ledger.Opening], book: catalogue.Book | None) -> list[Watched]:
    ids = {int(said) for opening in openings if str(said := opening.value("staff")).isdecimal()}
    names = registry.staff_names(ids)
    return [_one(opening, names, book) for opening in openings]


def _one(opening: ledger.Opening, names: Mapping[int, str], book: catalogue.Book | None) -> Watched:
    staff = str(opening.value("staff"))
    about = opening.value("case_number") or opening.value("filing_number") or opening.value("grant")
    about = about or opening.value("licence_identifier")
    codes = opening.value("elements") or ()
    return Watched(
        opening=opening,
        name=names.get(int(staff), staff) if staff.isdecimal() else staff,
        entry=str(opening.value("entry")),
        at=datetime.fromisoformat(str(opening.value("at"))),
        about=str(about or opening.value("login") or ""),
        purpose=str(opening.value("purpose") or opening.value("because") or ""),
        elements=tuple(_named(book, str(code)) for code in codes),
        result=SIGN_IN_RESULTS.get(str(opening.value("result"))),
    )


def _named(book: catalogue.Book | None, code: str) -> Text:
    element = None if book is None else book.element(code)
    return Text(code, code) if element is None else element.name
