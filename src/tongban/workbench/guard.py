"""Who is at the desk: read again on every request, let in by role, and never kept in a cache."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tongban.cases import api as cases
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotAllowed, NotFound
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.workbench.pages import menu_of

STAFF, MARK = "staff_id", "staff_mark"
SEEN = "staff_seen_at"
# GB/T 22239-2019, level 3: a session that nobody uses ends by itself.
IDLE = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=5)


class StaffRequest(HttpRequest):
    """A request of a staff member: site's middleware put the workplace on it, the guard the person."""

    workplace: cases.Workplace
    staff: registry.Staff


View = Callable[..., HttpResponseBase]


def for_staff(roles: frozenset[registry.Role]) -> Callable[[View], View]:
    """Let in those who hold one of the roles today; others are refused, strangers sent to sign in.

    The registry is asked on every request: who has left, whose credentials were replaced or revoked and
    whose roles were changed is out at once, on every machine that they sat at.
    """

    def guarding(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *given: Any, **named: Any) -> HttpResponseBase:
            staff = staff_of(request)
            if staff is None:
                return HttpResponseRedirect(_sign_in_address(request))
            if not staff.holds(*roles):
                raise _not_theirs()
            request.staff = staff
            return view(request, *given, **named)

        guarded.roles = roles  # type: ignore[attr-defined]  # the permission matrix is tested against it
        return guarded

    return guarding


def staff_of(request: StaffRequest) -> registry.Staff | None:
    """Give who is signed in, None for nobody; a session that has ended is emptied."""
    staff_id = request.session.get(STAFF)
    if staff_id is None:
        return None
    try:
        return registry.staff_in_session(
            int(staff_id),
            request.session.get(MARK, ""),
            on=civil_date(request.workplace.clock.now()),
        )
    except NotFound:
        request.session.flush()
        return None


class IdleMiddleware:
    """End a staff member's session that nobody has used for half an hour, on whichever face's pages.

    What they read is kept in no cache, a refusal neither.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if STAFF not in request.session:
            return self.get_response(request)
        now: datetime = request.workplace.clock.now()  # type: ignore[attr-defined]  # set before this
        seen = datetime.fromisoformat(request.session.get(SEEN, now.isoformat()))
        if now - seen > IDLE:
            request.session.flush()
        elif SEEN not in request.session or now - seen > NOTED_EVERY:
            request.session[SEEN] = now.isoformat()
        answer = self.get_response(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def page(
    request: StaffRequest, name: str, said: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Write a page of the workbench, with the menu of whoever reads it."""
    staff = request.staff
    context = {
        "staff": staff,
        "organisation": registry.organisation(staff.organisation),
        "menu": tuple(menu_of(staff)),
        "read_only": ledger.is_read_only(),
        **(said or {}),
    }
    return render(request, f"workbench/{name}.html", context, status=status)


def _sign_in_address(request: HttpRequest) -> str:
    # What was sent by a form cannot be sent again after signing in: one begins at the front.
    onward = request.get_full_path() if request.method == "GET" else reverse("workbench:front")
    return f"{reverse('workbench:sign-in')}?{urlencode({'next': onward})}"


def _not_theirs() -> NotAllowed:
    return NotAllowed(
        "workbench.not_your_page",
        what=Text("您的角色不能使用该页面。", "This page is not for your role."),
        todo=Text(
            "请从菜单进入您的页面；角色由安全管理员设置。",
            "Use the pages in your menu; roles are set by the security administrator.",
        ),
    )
