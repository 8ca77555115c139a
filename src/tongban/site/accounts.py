"""Who can sign in at the demonstration: its staff, with what they sign in with, and people of its stories."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tongban.kernel.errors import Conflict, NotFound
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.site.places import demonstration_seed

PEOPLE = Path("demo") / "characters.json"  # written by the other organisations' side; read as data
PEOPLE_CODE = "900100"  # what the demonstration's identity provider takes from everybody


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff with what they sign in with; `code` is the one-time code of this half minute."""

    login: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    password: str
    secret: str
    code: str

    def line(self) -> str:
        """Put it into one line."""
        return f"  {self.login:<24} {self.password}  {self.code}  {self.name} {'/'.join(self.roles)}"


def accounts(now: datetime) -> tuple[Account, ...]:
    """Give every member of a demonstration's staff, derived anew from this install's seed."""
    if not demonstration_seed().is_file():
        raise Conflict(
            "accounts.no_demonstration",
            what=Text("本节点没有演示账号。", "This node has no demonstration accounts."),
            todo=Text(
                "演示城市请先执行 make run；真实城市的人员由安全管理员开立账号。",
                "For the demonstration run `make run` first; a real city's staff get theirs by hand.",
            ),
        )
    seed = bytes.fromhex(demonstration_seed().read_text("ascii"))
    return accounts_of(Path(settings.CITY), seed, now)


def accounts_of(city: Path, seed: bytes, now: datetime) -> tuple[Account, ...]:
    """Give every member of a city's staff, derived from a demonstration's seed."""
    staff = registry.check_city(city).staff.value.staff
    made = registry.demonstration_accounts(seed, [each.login for each in staff])
    return tuple(
        Account(
            login=each.login,
            name=each.name,
            organisation=each.organisation,
            roles=tuple(role.value for role in each.roles),
            password=account.password,
            secret=account.totp_secret,
            code=account.code(now),
        )
        for each, account in zip(staff, made, strict=True)
    )


def account(login: str, now: datetime) -> Account:
    """Give one member of staff; raises NotFound."""
    for each in accounts(now):
        if each.login == login:
            return each
    raise NotFound(
        "accounts.no_such_login",
        what=Text(f"没有登录名为 {login} 的人员。", f"Nobody signs in as {login}."),
        todo=Text("tongban account 列出全部账号。", "`tongban account` lists them all."),
    )


def one_of_each(listed: tuple[Account, ...]) -> Iterator[Account]:
    """Give the first member of staff for each set of roles, in the order of the city's file."""
    shown: set[tuple[str, ...]] = set()
    for each in listed:
        if each.roles not in shown:
            shown.add(each.roles)
            yield each


def people() -> tuple[dict[str, str], ...]:
    """Give the people of the demonstration's stories who can sign in at its identity provider."""
    path = Path(settings.ROOT) / PEOPLE
    if not path.is_file():
        return ()
    told = json.loads(path.read_text("utf-8"))["persons"]
    return tuple(
        {"name": each["name"], "number": each["resident_id"], "note": each["note"]}
        for each in told.values()
        if each["note"] != "deceased"
    )
