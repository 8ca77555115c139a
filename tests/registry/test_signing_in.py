"""Staff sign in: two factors, one answer to every failure, each code once, and evidence."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections

from tests.openings import opened
from tests.registry.conftest import NOW
from tongban.kernel.errors import InvalidValue, NotAllowed, NotFound
from tongban.kernel.ids import Chance
from tongban.kernel.transactions import whole
from tongban.ledger.models import Entry
from tongban.registry import api as registry
from tongban.registry import models
from tongban.registry.api import Credentials, Role, SecondFactorKey, SignedIn

pytestmark = pytest.mark.usefixtures("yunxi")

LOGIN = "market.yundong.chen"
SEED = b"the seed of these tests"
SignIn = Callable[..., SignedIn]


@pytest.fixture
def account(key: SecondFactorKey, chance: Chance) -> Credentials:
    (account,) = registry.demonstration_accounts(SEED, [LOGIN])
    registry.set_credentials(
        LOGIN,
        account.password,
        account.totp_secret,
        by=None,
        key=key,
        because="上岗",
        now=NOW,
        chance=chance,
    )
    return account


@pytest.fixture
def sign_in(account: Credentials, key: SecondFactorKey, chance: Chance) -> SignIn:
    """Sign in as the account, with whatever differs: sign_in(password="…", now=…)."""

    def with_changes(now: datetime = NOW, **changes: str) -> SignedIn:
        given = {"login": LOGIN, "password": account.password, "code": account.code(now), **changes}
        return registry.sign_in(**given, now=now, key=key, chance=chance)

    return with_changes


def refusal(sign_in: SignIn, **changes: str | datetime) -> NotAllowed:
    with pytest.raises(NotAllowed) as refused:
        sign_in(**changes)
    return refused.value


def evidence() -> list[tuple[str, str]]:
    found = []
    for opening in opened(kind="staff.signed_in").values():
        written = json.dumps(opening, ensure_ascii=False)
        results = [word for word in ("signed_in", "refused", "locked") if f'"{word}"' in written]
        found.append((results[0], LOGIN if LOGIN in written else ""))
    return sorted(found)


def test_login_password_and_code_give_the_staff_member(sign_in: SignIn) -> None:
    staff = sign_in().staff
    assert (staff.login, staff.organisation) == (LOGIN, "market.990121")
    assert staff.roles == {Role.RECEPTIONIST, Role.APPROVER}
    assert staff.divisions == ("990121",)
    assert evidence() == [("signed_in", LOGIN)]


def test_every_failure_is_answered_in_the_same_words(sign_in: SignIn, account: Credentials) -> None:
    answers = [
        refusal(sign_in, login="nobody.here"),
        refusal(sign_in, password="wrong password"),
        refusal(sign_in, code="000000"),
        refusal(sign_in, login="tax.yundong.lu"),  # in office, but without credentials
        refusal(sign_in, password=account.password + "x" * 10_000),
    ]
    assert len({(one.code, one.what, one.todo) for one in answers}) == 1


def test_a_code_opens_once_only(sign_in: SignIn) -> None:
    sign_in()
    assert refusal(sign_in).code == "staff.sign_in"
    assert sign_in(now=NOW + timedelta(seconds=30)).staff.login == LOGIN


def test_a_code_older_than_a_used_one_opens_nothing(sign_in: SignIn, account: Credentials) -> None:
    sign_in()
    refusal(sign_in, code=account.code(NOW - timedelta(seconds=30)))


def test_two_sign_ins_at_once_with_one_code_open_once(sign_in: SignIn) -> None:
    barrier = Barrier(2)

    def attempt(_: int) -> bool:
        barrier.wait()
        try:
            sign_in()
        except NotAllowed:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


@pytest.mark.parametrize("login", [LOGIN, "nobody.here"])
def test_the_fifth_failure_locks_a_login_whether_it_exists_or_not(sign_in: SignIn, login: str) -> None:
    codes = [refusal(sign_in, login=login, password="wrong password").code for _ in range(5)]
    assert codes == ["staff.sign_in"] * 4 + ["staff.locked"]
    locked = refusal(sign_in, login=login)
    assert (locked.code, locked.todo.en) == ("staff.locked", "Try again in 15 minutes.")


def test_a_locked_login_opens_again_after_its_time_and_counts_anew(sign_in: SignIn) -> None:
    for _ in range(5):
        refusal(sign_in, code="000000")
    assert refusal(sign_in, now=NOW + timedelta(minutes=14)).code == "staff.locked"
    assert sign_in(now=NOW + timedelta(minutes=15)).staff.login == LOGIN
    assert refusal(sign_in, code="000000").code == "staff.sign_in"


def test_failures_that_are_not_in_a_row_do_not_lock(sign_in: SignIn) -> None:
    for round_number in range(3):
        now = NOW + timedelta(minutes=round_number)
        for _ in range(4):
            assert refusal(sign_in, now=now, code="000000").code == "staff.sign_in"
        sign_in(now=now)


def test_failures_and_locks_of_staff_are_evidence_and_those_of_nobody_are_not(sign_in: SignIn) -> None:
    for _ in range(5):
        refusal(sign_in, code="000000")
        refusal(sign_in, login="nobody.here")
    assert evidence() == [("locked", LOGIN)] + [("refused", LOGIN)] * 4


def test_the_table_of_failures_tells_nobody_which_logins_were_tried(sign_in: SignIn) -> None:
    refusal(sign_in, login="nobody.here")
    (row,) = models.SignInFailure.objects.values_list("login_digest", flat=True)
    assert "nobody" not in row


def test_old_failures_are_forgotten(sign_in: SignIn) -> None:
    refusal(sign_in, code="000000")
    assert registry.tidy(NOW + timedelta(hours=23)) == 0
    assert registry.tidy(NOW + timedelta(hours=25)) == 1
    assert not models.SignInFailure.objects.exists()


def test_who_has_left_office_signs_in_no_more(sign_in: SignIn) -> None:
    models.Staff.objects.filter(login=LOGIN).update(until=NOW.date() - timedelta(days=1))
    refusal(sign_in)


def test_new_credentials_end_the_old_ones_and_a_lock(
    sign_in: SignIn, account: Credentials, key: SecondFactorKey, chance: Chance
) -> None:
    for _ in range(5):
        refusal(sign_in, code="000000")
    security = registry.staff("security.yunxi.ning")
    (fresh,) = registry.demonstration_accounts(b"the seed of another install", [LOGIN])
    registry.set_credentials(
        LOGIN,
        fresh.password,
        fresh.totp_secret,
        by=security,
        key=key,
        because="上岗",
        now=NOW,
        chance=chance,
    )
    refusal(sign_in)
    assert sign_in(password=fresh.password, code=fresh.code(NOW)).staff.login == LOGIN
    assert Entry.objects.filter(kind="staff.credentials_set").count() == 2


def test_credentials_are_set_by_the_security_administrator_alone_and_must_be_good(
    key: SecondFactorKey, chance: Chance
) -> None:
    secret = "A" * 32
    security = registry.staff("security.yunxi.ning")
    for by, login in (("market.yundong.he", LOGIN), ("security.yunxi.ning", "security.yunxi.ning")):
        with pytest.raises(NotAllowed):
            registry.set_credentials(
                login,
                "long enough it is",
                secret,
                by=registry.staff(by),
                key=key,
                because="上岗",
                now=NOW,
                chance=chance,
            )
    with pytest.raises(InvalidValue):
        registry.set_credentials(
            LOGIN, "short", secret, by=security, key=key, because="上岗", now=NOW, chance=chance
        )
    with pytest.raises(NotFound):
        registry.set_credentials(
            "no.body",
            "long enough it is",
            secret,
            by=security,
            key=key,
            because="上岗",
            now=NOW,
            chance=chance,
        )


def test_neither_password_nor_secret_lies_in_the_store_in_clear(account: Credentials) -> None:
    row = models.Staff.objects.get(login=LOGIN)
    assert row.password.startswith("$argon2id$")
    assert account.password not in row.password
    assert account.totp_secret not in row.totp_sealed


def test_demonstration_accounts_open_and_leave_set_credentials_alone(
    account: Credentials, key: SecondFactorKey, chance: Chance
) -> None:
    others = models.Staff.objects.exclude(login__in=[LOGIN, "fund.yunxi.qian", "audit.yunxi.shang"])
    others.update(password="$taken", totp_sealed="$taken")  # three accounts to hash are enough here
    before = models.Staff.objects.get(login=LOGIN).password
    made = registry.make_demonstration_accounts(
        b"the seed of another install", key=key, now=NOW, chance=chance
    )
    assert models.Staff.objects.get(login=LOGIN).password == before
    fund = next(one for one in made if one.login == "fund.yunxi.qian")
    entered = registry.sign_in(fund.login, fund.password, fund.code(NOW), now=NOW, key=key, chance=chance)
    assert entered.staff.organisation == "fund.990100"
    again = registry.make_demonstration_accounts(
        b"the seed of another install", key=key, now=NOW, chance=chance
    )
    assert again == made


def test_a_password_is_never_checked_inside_a_transaction(
    sign_in: SignIn,
) -> None:
    with pytest.raises(RuntimeError, match="must not happen inside"):
        whole(sign_in)()
