"""Staff sign in with a password and a one-time code; who they are is read again on every request."""

from datetime import timedelta

import pytest

from bench.town import Town
from tests.cases.acting import pass_time
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import approver, looks, staff
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.registry import api as registry
from tongban.registry.models import Staff
from tongban.workbench.gate import MOST_FAILURES

LOGIN = "market.yundong.chen"


@pytest.fixture
def account(town: Town) -> registry.Credentials:
    """The approver's password and second factor."""
    key = registry.make_second_factor_key(registry.second_factor_file(ledger.keys_folder()), SystemChance())
    (made,) = registry.demonstration_accounts(b"a seed of this test", [LOGIN])
    registry.set_credentials(
        LOGIN,
        made.password,
        made.totp_secret,
        by=None,
        key=key,
        because="上岗",
        now=town.now,
        chance=SystemChance(),
    )
    return made


def sign_in(visit: Visit, account: registry.Credentials, *, onward: str = "", **other: str) -> Page:
    page = visit.open("/workbench/sign-in" + (f"?next={onward}" if onward else ""))
    given = {
        "login": account.login,
        "password": account.password,
        "code": account.code(visit.town.now),
        **other,
    }
    return visit.press(page, action="/workbench/sign-in", fill=given)


def test_the_right_password_and_code_lead_to_ones_own_first_page(
    visit: Visit, account: registry.Credentials
) -> None:
    page = sign_in(visit, account)
    assert (page.status, page.address) == (200, "/workbench/desk")
    assert "陈砚秋" in page.text
    assert looks("staff.signed_in") == 1


@pytest.mark.parametrize(
    "wrong",
    [{"password": "not the password at all"}, {"code": "000000"}, {"login": "nobody.at.all"}, {"code": ""}],
)
def test_every_failure_is_told_in_the_same_words(
    visit: Visit, account: registry.Credentials, wrong: dict[str, str]
) -> None:
    page = sign_in(visit, account, **wrong)
    assert page.status == 403
    assert "登录名、密码或动态口令不正确" in page.text
    assert account.password not in page.html
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")


def test_a_code_opens_one_session_only(visit: Visit, account: registry.Credentials) -> None:
    assert sign_in(visit, account).status == 200
    assert sign_in(Visit(visit.town), account).status == 403


def test_too_many_failures_from_one_address_are_not_even_checked(
    visit: Visit, account: registry.Credentials
) -> None:
    for attempt in range(MOST_FAILURES):
        assert sign_in(visit, account, login=f"guess.{attempt}").status == 403
    refused = sign_in(visit, account)
    assert refused.status == 429
    assert "失败次数过多" in refused.text
    pass_time(visit.town, minutes=6)
    assert sign_in(visit, account).status == 200


def test_a_resident_who_was_signed_in_on_this_browser_is_not_any_more(
    visit: Visit, account: registry.Credentials
) -> None:
    visit.as_person("li_chunyan")
    before = visit.client.session.session_key
    assert sign_in(visit, account).status == 200
    session = visit.client.session
    assert session.session_key != before
    assert "subject_id" not in session


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:0"])
def test_signing_in_never_leads_elsewhere(
    visit: Visit, account: registry.Credentials, elsewhere: str
) -> None:
    assert sign_in(visit, account, onward=elsewhere).address == "/workbench/desk"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(
    visit: Visit, account: registry.Credentials
) -> None:
    asked = visit.open("/workbench/evidence?log=decisions")
    assert asked.address.startswith("/workbench/sign-in")
    given = {"login": LOGIN, "password": account.password, "code": account.code(visit.town.now)}
    assert visit.press(asked, action="/workbench/sign-in", fill=given).address.startswith(
        "/workbench/evidence"
    )


def test_signing_out_ends_the_session(visit: Visit, account: registry.Credentials) -> None:
    page = sign_in(visit, account)
    assert visit.press(page, action="/workbench/sign-out").address == "/workbench/sign-in"
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")


def test_a_session_that_nobody_uses_ends_by_itself(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    assert visit.open("/workbench/desk").status == 200
    for _ in range(4):  # used now and then, it goes on
        pass_time(town, minutes=20)
        assert visit.open("/workbench/desk").address == "/workbench/desk"
    pass_time(town, minutes=31)
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")


def test_who_has_left_office_is_out_on_the_next_request(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    assert visit.open("/workbench/desk").status == 200
    Staff.objects.filter(login=LOGIN).update(until=town.now.date() - timedelta(days=1))
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")


def test_a_role_that_was_taken_away_is_gone_on_the_next_request(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    assert visit.open("/workbench/desk").status == 200
    security = staff(town, "security.yunxi.ning")
    roles = [(registry.Role.COUNTER, "990121")]
    registry.set_roles(LOGIN, roles, by=security, because="上岗", now=town.now, chance=SystemChance())
    assert visit.open("/workbench/desk").address.startswith("/workbench/sign-in")
    visit.as_staff(approver(town))
    refused = visit.open("/workbench/desk")
    assert refused.status == 403
    assert "/workbench/" in refused.read.links  # and back to one's own pages
    assert visit.open("/workbench/").address == "/workbench/helping"


def test_who_has_no_role_at_all_is_told_so(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    security = staff(town, "security.yunxi.ning")
    registry.set_roles(LOGIN, [], by=security, because="上岗", now=town.now, chance=SystemChance())
    visit.as_staff(approver(town))
    assert visit.open("/workbench/").status == 403
