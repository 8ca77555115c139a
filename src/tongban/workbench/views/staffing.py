"""The security administrator's deeds: credentials handed over, and roles, for others and for a cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.kernel.clock import civil_date
from tongban.kernel.errors import NotAllowed, TongbanError
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.workbench import reading
from tongban.workbench.confirming import MOST_WRITTEN, confirmed_cause
from tongban.workbench.guard import StaffRequest, for_staff, page
from tongban.workbench.pages import SECURITY

BECAUSE = Text("事由", "Cause")
DIVISIONS = Text("区划代码", "Division codes")
ROLE = Text("角色", "Role")


@dataclass(frozen=True, slots=True)
class Deed:
    """What the page of a deed on somebody's credentials says."""

    title: Text
    effect: Text
    example: Text  # of a cause
    confirm: Text
    cancel: Text


GIVING = Deed(
    Text("发放登录凭证", "Give credentials"),
    Text(
        "系统生成新的密码和动态口令密钥，只显示一次，由您当面交给本人；此人原有的密码和动态口令立即失效，"
        "正在使用的登录全部结束，登录锁定解除。",
        "A new password and one-time secret are made and shown once, for you to hand over in person; what"
        " this person had stops working at once, every session begun with it ends, and so does a lock on"
        " the login.",
    ),
    Text(
        "新到岗；动态口令设备遗失，已当面核验身份",
        "has joined the office; telephone lost, identity seen in person",
    ),
    Text("确认发放", "Give them"),
    Text("不发放", "Do not give them"),
)
REVOKING = Deed(
    Text("收回登录凭证", "Revoke credentials"),
    Text(
        "此人的密码和动态口令立即失效，其正在使用的登录全部结束；职务和角色不变，可再次发放。",
        "The password and one-time secret stop working at once, and every session of this person ends; office"
        " and roles stay, and credentials can be given again.",
    ),
    Text("已离岗；怀疑密码被他人知悉", "has left the office; somebody else may know the password"),
    Text("确认收回", "Revoke them"),
    Text("不收回", "Do not revoke them"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SECURITY)
def credentials(request: StaffRequest, login: str) -> HttpResponse:
    """Give somebody a new password and second factor: for a cause, confirmed, shown in that one answer."""
    _, said = _about(request, login)
    said["deed"] = GIVING
    because = confirmed_cause(request, "credentials", said, field="because", label=BECAUSE)
    if isinstance(because, HttpResponse):
        return because
    at = request.workplace
    made = registry.give_credentials(
        login,
        by=request.staff,
        because=because,
        key=registry.second_factor_key(registry.second_factor_file(ledger.keys_folder())),
        now=at.clock.now(),
        chance=at.chance,
    )
    drawn = segno.make(made.uri(at.node.name), error="m", micro=False).svg_data_uri(scale=5, border=2)
    return page(request, "handed-over", {**said, "made": made, "drawn": drawn})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SECURITY)
def revoke(request: StaffRequest, login: str) -> HttpResponse:
    """Take away what somebody signs in with: for a cause, confirmed; their sessions end."""
    _, said = _about(request, login)
    said["deed"] = REVOKING
    because = confirmed_cause(request, "credentials", said, field="because", label=BECAUSE)
    if isinstance(because, HttpResponse):
        return because
    at = request.workplace
    try:
        registry.revoke_credentials(
            login, by=request.staff, because=because, now=at.clock.now(), chance=at.chance
        )
    except TongbanError as wrong:
        return page(request, "credentials", {**said, "wrong": wrong}, status=wrong.status)
    return HttpResponseRedirect(f"{reverse('workbench:security')}?revoked={login}#staff")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SECURITY)
def roles(request: StaffRequest, login: str) -> HttpResponse:
    """Give somebody exactly the roles that are ticked, in the divisions that are written; confirmed."""
    one, said = _about(request, login)
    home = registry.organisation(one.organisation).division
    said |= {
        "held": one.roles,
        "divisions": " ".join(one.divisions or (home,)),
        "roles": tuple(registry.Role),
    }
    if request.method != "POST":
        return page(request, "roles", said)
    ticked = request.POST.getlist("roles")
    said |= {"held": ticked, "divisions": request.POST.get("divisions", "")}
    try:
        because = reading.text(request.POST, "because", BECAUSE, most=MOST_WRITTEN)
        wanted = _wanted(ticked, request.POST)
        if request.POST.get("step") != "do":
            chosen = [role.label for role in registry.Role if role in ticked]
            return page(request, "roles", {**said, "confirming": True, "chosen": chosen})
        at = request.workplace
        registry.set_roles(
            login, wanted, by=request.staff, because=because, now=at.clock.now(), chance=at.chance
        )
    except TongbanError as wrong:
        return page(request, "roles", {**said, "wrong": wrong}, status=wrong.status)
    return HttpResponseRedirect(f"{reverse('workbench:security')}?done={login}#staff")


def _about(request: StaffRequest, login: str) -> tuple[registry.Staff, dict[str, object]]:
    """Say whom it is about: somebody in office, and never whoever sits here."""
    one = registry.staff(login, on=civil_date(request.workplace.clock.now()))
    if one.login == request.staff.login:
        raise NotAllowed(
            "workbench.own_account",
            what=Text("不能为自己设置角色和登录凭证。", "Nobody sets roles or credentials for themselves."),
            todo=Text("请另一名安全管理员办理。", "Another security administrator does it."),
        )
    return one, {
        "at": "workbench:security",
        "one": one,
        "office": registry.organisation(one.organisation).name,
        "because": request.POST.get("because", ""),
        "confirming": False,
    }


def _wanted(ticked: Sequence[str], sent: Mapping[str, str]) -> list[tuple[registry.Role, str]]:
    """Read each ticked role in each written division; nothing ticked takes every role away."""
    among = {role.value: role.label for role in registry.Role}
    chosen = [registry.Role(reading.one_of({"role": word}, "role", ROLE, among)) for word in ticked]
    places = reading.text(sent, "divisions", DIVISIONS, most=MOST_WRITTEN).split()
    return [(role, place) for role in chosen for place in places]
