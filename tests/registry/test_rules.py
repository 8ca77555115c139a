"""Roles that exclude each other, locks, passwords, identities."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.conftest import NOW
from tongban.kernel.errors import Conflict, InvalidValue, NotAllowed
from tongban.registry import rules
from tongban.registry.rules import ADMINISTRATORS, CASE_ROLES, Failures
from tongban.registry.values import Role, Staff, Subject


@given(st.frozensets(st.sampled_from(Role), min_size=1))
def test_an_administrator_holds_that_one_role_alone(roles: frozenset[Role]) -> None:
    if roles & ADMINISTRATORS and len(roles) > 1:
        with pytest.raises(Conflict):
            rules.check_separation("a", roles)
    else:
        rules.check_separation("a", roles)


@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("case_role", sorted(CASE_ROLES))
def test_no_administrator_handles_cases(administrator: Role, case_role: Role) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.check_separation("a", [administrator, case_role])
    assert administrator.label.zh in refusal.value.what.zh


def member(login: str, *roles: Role) -> Staff:
    return Staff(1, login, "某", "market.990121", frozenset(roles), ("990121",))


def test_only_another_person_who_is_security_administrator_sets_accounts() -> None:
    rules.require_security_administrator(member("ning", Role.SECURITY_ADMIN), "chen")
    for by, login in (
        (member("ning", Role.SECURITY_ADMIN), "ning"),
        (member("gu", Role.SYSTEM_ADMIN), "chen"),
        (member("he", Role.LEADER), "chen"),
    ):
        with pytest.raises(NotAllowed):
            rules.require_security_administrator(by, login)


def test_the_fifth_failure_in_a_row_locks_for_a_quarter_of_an_hour() -> None:
    failures = Failures()
    for _ in range(rules.MOST_FAILURES - 1):
        failures = failures.after_one_more(NOW)
        assert not failures.is_locked(NOW)
    failures = failures.after_one_more(NOW)
    assert failures.is_locked(NOW + timedelta(minutes=14, seconds=59))
    assert not failures.is_locked(NOW + timedelta(minutes=15))


@given(st.timedeltas(timedelta(seconds=1), timedelta(minutes=15)))
def test_a_lock_says_for_how_many_minutes_and_never_zero(left: timedelta) -> None:
    said = rules.locked_sign_in(NOW + left, NOW).todo.en
    minutes = int(said.split()[-2])
    assert timedelta(minutes=minutes) >= left - timedelta(seconds=1)
    assert 1 <= minutes <= 15


@pytest.mark.parametrize("password", ["short", "a" * 129, "xx-Market.Chen-xx"])
def test_a_password_that_will_not_do_is_refused(password: str) -> None:
    with pytest.raises(InvalidValue):
        rules.check_password("market.chen", password)


def test_a_long_enough_password_without_the_login_will_do() -> None:
    rules.check_password("market.chen", "correct horse")


@pytest.mark.parametrize(
    ("identity_type", "number", "kept"),
    [
        ("111", "11010519491231002x", "11010519491231002X"),
        ("001", "11990121310121000d", "11990121310121000D"),
        ("414", "e 12345678", "E12345678"),
    ],
)
def test_a_number_is_kept_in_its_one_form(identity_type: str, number: str, kept: str) -> None:
    assert rules.identity_number(identity_type, number) == kept


@pytest.mark.parametrize(
    ("identity_type", "number"),
    [("111", "110105194912310021"), ("001", "x"), ("414", "12"), ("414", "证件12345"), ("999", "1")],
)
def test_a_number_that_does_not_fit_its_type_is_refused(identity_type: str, number: str) -> None:
    with pytest.raises(InvalidValue):
        rules.identity_number(identity_type, number)


@pytest.mark.parametrize(
    ("known", "name", "assurance", "better"),
    [(0, "乙", 2, True), (2, "乙", 0, False), (2, "乙", 2, True), (2, "甲", 2, False), (2, "甲", 3, True)],
)
def test_a_name_is_replaced_only_by_who_is_at_least_as_sure(
    known: int, name: str, assurance: int, better: bool
) -> None:
    subject = Subject(1, "person", "111", "11010519491231002X", "甲", known)
    assert rules.better_known(subject, name, assurance) == better


@pytest.mark.parametrize("unsaid", ["", "  ", "\u200b", "。"])
def test_who_may_sign_in_is_not_changed_for_a_cause_that_says_nothing(unsaid: str) -> None:
    with pytest.raises(InvalidValue):
        rules.require_cause(unsaid)
    rules.require_cause("新到岗")
