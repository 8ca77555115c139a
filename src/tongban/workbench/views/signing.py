"""Staff sign in with a password and a one-time code, and sign out."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.kernel.errors import NotAllowed, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.workbench.gate import Gate, TooManyAttempts, address_of
from tongban.workbench.guard import MARK, SEEN, STAFF, StaffRequest, staff_of
from tongban.workbench.pages import menu_of

GATE = Gate()
MOST_LOGIN, MOST_PASSWORD, MOST_CODE = 80, 200, 12


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: StaffRequest) -> HttpResponse:
    """Ask for login, password and code; whoever gives them right begins a session of their own."""
    onward = _inside(request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        if staff_of(request) is not None:
            return HttpResponseRedirect(onward)
        return _form(request, onward)
    address, now = address_of(request.META), request.workplace.clock.now()
    try:
        GATE.enter(address, now)
        entered = registry.sign_in(
            request.POST.get("login", "").strip()[:MOST_LOGIN],
            request.POST.get("password", "")[:MOST_PASSWORD],
            request.POST.get("code", "")[:MOST_CODE],
            now=now,
            key=registry.second_factor_key(registry.second_factor_file(ledger.keys_folder())),
            chance=request.workplace.chance,
        )
    except (NotAllowed, TooManyAttempts) as refused:
        return _form(request, onward, refused)
    GATE.give_back(address)
    request.session.flush()  # nothing of the visit before, nor a resident's, goes on under this person
    request.session[STAFF], request.session[MARK] = entered.staff.id, entered.mark
    request.session[SEEN] = now.isoformat()
    return HttpResponseRedirect(onward)


@require_POST
def sign_out(request: StaffRequest) -> HttpResponse:
    """End the session here."""
    request.session.flush()
    return HttpResponseRedirect(reverse("workbench:sign-in"))


@never_cache
@require_safe
def front(request: StaffRequest) -> HttpResponse:
    """Lead to the first page of whoever is signed in."""
    staff = staff_of(request)
    if staff is None:
        return HttpResponseRedirect(reverse("workbench:sign-in"))
    first = next(menu_of(staff), None)
    if first is None:
        raise NotAllowed(
            "workbench.no_role",
            what=Text("您的账号还没有角色。", "Your account has no role yet."),
            todo=Text("请联系本单位安全管理员。", "Ask your security administrator."),
        )
    return HttpResponseRedirect(reverse(first.address))


def _form(request: StaffRequest, onward: str, refused: TongbanError | None = None) -> HttpResponse:
    said = {"onward": onward, "refused": refused, "login": request.POST.get("login", "")[:MOST_LOGIN]}
    return render(request, "workbench/sign-in.html", said, status=200 if refused is None else refused.status)


def _inside(onward: str) -> str:
    """Give where to go on here; never an address elsewhere."""
    if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        return onward
    return reverse("workbench:front")
