"""The security administrator gives credentials and sets roles: for others, for a cause, as evidence."""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.town import Town
from tests.openings import fields_of
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import staff
from tongban.kernel.errors import NotAllowed
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.registry.api import Role

CHEN = "market.yundong.chen"
NING = "security.yunxi.ning"


@pytest.fixture
def security(town: Town, visit: Visit) -> registry.Staff:
    """The security administrator, at the workbench."""
    registry.make_second_factor_key(registry.second_factor_file(ledger.keys_folder()), SystemChance())
    ning = staff(town, NING)
    visit.as_staff(ning)
    return ning


def step(visit: Visit, address: str, **fill: str | list[str]) -> Page:
    """Fill a deed's form, check it, confirm it; give what comes of it."""
    asked = visit.press(visit.open(address), fill=fill)
    assert asked.status == 200, asked.text
    return visit.press(asked, fill={"step": "do"})


def handed_over(page: Page) -> registry.Credentials:
    """Read what stands on the page, as whoever takes it over does."""
    found = re.findall(r"<dd><code>([^<]+)</code></dd>", page.html)
    return registry.Credentials(*found)


def test_what_is_handed_over_opens_the_workbench_and_what_was_before_does_not(
    town: Town, visit: Visit, security: registry.Staff
) -> None:
    key = registry.second_factor_key(registry.second_factor_file(ledger.keys_folder()))
    given = []
    for _ in range(2):
        page = step(visit, f"/workbench/security/{CHEN}/credentials", because="动态口令设备遗失")
        assert page.headers["Cache-Control"] == "no-store"
        given.append(handed_over(page))
    assert given[0].password != given[1].password
    assert given[0].totp_secret != given[1].totp_secret
    now = town.now + timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        registry.sign_in(CHEN, given[0].password, given[0].code(now), now=now, key=key, chance=SystemChance())
    entered = registry.sign_in(
        CHEN, given[1].password, given[1].code(now), now=now, key=key, chance=SystemChance()
    )
    assert entered.staff.login == CHEN
    for opening in fields_of(kind="staff.credentials_set").values():
        assert (opening["because"], opening["maker"]) == ("动态口令设备遗失", str(security.id))
        assert given[1].password not in str(opening)


def test_credentials_are_given_only_once_they_are_confirmed_and_never_without_a_cause(
    visit: Visit, security: registry.Staff
) -> None:
    address = f"/workbench/security/{CHEN}/credentials"
    assert visit.press(visit.open(address), fill={"because": " "}).status == 422
    assert "新到岗" in visit.press(visit.open(address), fill={"because": "新到岗"}).text
    assert fields_of(kind="staff.credentials_set") == {}


def test_roles_are_given_and_taken_for_a_cause(town: Town, visit: Visit, security: registry.Staff) -> None:
    address = f"/workbench/security/{CHEN}/roles"
    page = step(visit, address, roles=["approver", "leader"], divisions="990121", because="转任负责人")
    assert page.address.startswith("/workbench/security")
    assert staff(town, CHEN).roles == {Role.APPROVER, Role.LEADER}
    step(visit, address, roles=[], because="已调离岗位")
    assert staff(town, CHEN).roles == frozenset()
    causes = [opening["because"] for opening in fields_of(kind="staff.roles_set").values()]
    assert sorted(causes) == sorted(["转任负责人", "已调离岗位"])
    visit.as_staff(staff(town, "audit.yunxi.shang"))
    assert "转任负责人" in visit.open("/workbench/audit?kind=staff.roles_set").text


@pytest.mark.parametrize(
    ("roles", "division", "said"),
    [
        (["security_admin", "approver"], "990121", "不能同时担任"),
        (["approver"], "990122", "不在其机构辖区内"),
    ],
)
def test_what_the_law_of_roles_forbids_is_told_on_the_form(
    town: Town, visit: Visit, security: registry.Staff, roles: list[str], division: str, said: str
) -> None:
    before = staff(town, CHEN).roles
    address = f"/workbench/security/{CHEN}/roles"
    page = step(visit, address, roles=roles, divisions=division, because="试一试")
    assert said in page.text
    assert staff(town, CHEN).roles == before


@pytest.mark.parametrize("deed", ["roles", "credentials", "revoke"])
def test_nobody_sets_their_own(visit: Visit, security: registry.Staff, deed: str) -> None:
    assert visit.open(f"/workbench/security/{NING}/{deed}").status == 403
    assert f"/workbench/security/{NING}/{deed}" not in visit.open("/workbench/security").html


def test_a_taken_role_is_gone_from_the_next_page(town: Town, visit: Visit, security: registry.Staff) -> None:
    other = Visit(town)
    other.as_staff(staff(town, CHEN))
    assert other.open("/workbench/desk").status == 200
    step(visit, f"/workbench/security/{CHEN}/roles", roles=["data_officer"], because="轮岗")
    assert other.open("/workbench/desk").address.startswith("/workbench/sign-in")
    other.as_staff(staff(town, CHEN))
    assert other.open("/workbench/desk").status == 403


DEEDS = {
    "credentials": {"because": "动态口令设备遗失"},
    "revoke": {"because": "离岗"},
    "roles": {"because": "离岗", "roles": []},
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_about_an_account_ends_every_session_of_it_and_nobody_elses(
    town: Town, visit: Visit, security: registry.Staff, deed: str
) -> None:
    """Two machines and both faces: where somebody else may sit with a password that was stolen."""
    step(visit, f"/workbench/security/{CHEN}/credentials", because="新到岗")
    machines = Visit(town), Visit(town)
    for machine in machines:
        machine.as_staff(staff(town, CHEN))
        assert machine.open("/workbench/desk").address == "/workbench/desk"
    at_the_portal = Visit(town)
    at_the_portal.as_staff(staff(town, CHEN))
    assert at_the_portal.open("/filings/").address == "/filings/"
    colleague = Visit(town)
    colleague.as_staff(staff(town, "market.yundong.ye"))
    step(visit, f"/workbench/security/{CHEN}/{deed}", **DEEDS[deed])
    for machine in machines:
        assert machine.open("/workbench/desk").address.startswith("/workbench/sign-in")
        assert "staff_id" not in machine.client.session
    assert at_the_portal.open("/filings/").address != "/filings/"
    assert colleague.open("/workbench/desk").address == "/workbench/desk"
    assert visit.open("/workbench/security").status == 200


def test_revoked_credentials_open_nothing_and_are_revoked_once(
    town: Town, visit: Visit, security: registry.Staff
) -> None:
    key = registry.second_factor_key(registry.second_factor_file(ledger.keys_folder()))
    given = handed_over(step(visit, f"/workbench/security/{CHEN}/credentials", because="新到岗"))
    assert CHEN in step(visit, f"/workbench/security/{CHEN}/revoke", because="离岗").text
    now = town.now + timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        registry.sign_in(CHEN, given.password, given.code(now), now=now, key=key, chance=SystemChance())
    assert step(visit, f"/workbench/security/{CHEN}/revoke", because="离岗").status == 409
    [opening] = fields_of(kind="staff.credentials_revoked").values()
    assert (opening["because"], opening["maker"]) == ("离岗", str(security.id))


def test_a_session_whose_mark_was_left_out_is_none(town: Town) -> None:
    visit = Visit(town)
    visit.as_staff(staff(town, CHEN))
    session = visit.client.session
    del session["staff_mark"]
    session.save()
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")


def test_the_page_lists_the_keys_of_consumers_with_their_end(
    town: Town, visit: Visit, security: registry.Staff
) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert "数据使用方公钥" not in visit.open("/workbench/security").text
    key = registry.register_consumer_key(
        "market.990121", pem, by=security, because="接入", now=town.now, chance=SystemChance()
    )
    page = visit.open("/workbench/security").text
    assert "数据使用方公钥" in page
    assert key.key_id in page
