"""Passwords, one-time codes, sealed secrets and demonstration accounts."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.conftest import NOW
from tongban.kernel.errors import InvalidValue
from tongban.kernel.ids import SeededChance, SystemChance
from tongban.registry import credentials, rules
from tongban.registry.credentials import SecondFactorKey

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238 appendix B, "12345678901234567890"
KEY = SecondFactorKey(bytes(range(32)))


def test_the_published_code_of_rfc_6238_is_accepted() -> None:
    """At 1111111109 seconds the eight digits are 07081804: the last six are ours."""
    moment = NOW.fromtimestamp(1111111109, NOW.tzinfo)
    assert credentials.matching_step(SECRET, "081804", moment) == 1111111109 // 30


@given(st.integers(-90, 90))
def test_a_code_is_good_for_its_step_and_one_either_way(seconds: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    step = credentials.matching_step(SECRET, code, NOW + timedelta(seconds=seconds))
    apart = (int(NOW.timestamp()) + seconds) // 30 - int(NOW.timestamp()) // 30
    assert step == (int(NOW.timestamp()) // 30 if abs(apart) <= 1 else None)


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "12345"])
def test_what_is_no_code_matches_no_step(code: str) -> None:
    assert credentials.matching_step(SECRET, code, NOW) is None


def test_a_password_matches_its_hash_only() -> None:
    hashed = credentials.hash_password("correct horse", SystemChance())
    assert credentials.password_matches(hashed, "correct horse")
    assert not credentials.password_matches(hashed, "correct horsf")
    assert not credentials.password_matches("", "correct horse")
    assert not credentials.needs_rehash(hashed)


def test_the_hash_for_unknown_logins_costs_what_a_real_one_costs() -> None:
    real = credentials.hash_password("correct horse", SystemChance())
    assert credentials.NOBODYS_HASH.split("$")[:4] == real.split("$")[:4]
    assert credentials.password_matches(credentials.NOBODYS_HASH, "nobody has this password")


@given(st.binary(min_size=1, max_size=8))
def test_a_sealed_secret_opens_for_its_login_and_key_alone(seed: bytes) -> None:
    sealed = KEY.seal("chen", SECRET, SeededChance(seed))
    assert SECRET not in sealed
    assert KEY.open("chen", sealed) == SECRET
    with pytest.raises(ValueError, match="another key"):
        KEY.open("he", sealed)
    with pytest.raises(ValueError, match="another key"):
        SecondFactorKey(bytes(32)).open("chen", sealed)
    of_sm4 = SecondFactorKey(bytes(16))
    assert of_sm4.open("chen", of_sm4.seal("chen", SECRET, SeededChance(seed))) == SECRET
    with pytest.raises(ValueError, match="another key"):
        of_sm4.open("chen", sealed)


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "second-factor.key"
    made = credentials.make_second_factor_key(path, SystemChance())
    assert credentials.make_second_factor_key(path, SystemChance()) == made
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("00" * 15, "ascii")
    with pytest.raises(ValueError, match="has 32, or 16 for SM4"):
        credentials.second_factor_key(path)
    path.unlink()
    of_sm4 = credentials.make_second_factor_key(path, SystemChance(), length_bytes=16)
    assert credentials.second_factor_key(path) == of_sm4
    assert len(of_sm4.key) == 16


@pytest.mark.parametrize("secret", ["", "MFRGG", "not base 32!", "a" * 32])
def test_a_short_or_malformed_secret_is_refused(secret: str) -> None:
    with pytest.raises(InvalidValue):
        credentials.check_secret(secret)


def test_demonstration_accounts_repeat_for_a_seed_and_differ_between_seeds() -> None:
    one = credentials.demonstration_accounts(b"seed of one install", ["chen", "he"])
    assert one == credentials.demonstration_accounts(b"seed of one install", ["chen", "he"])
    other = credentials.demonstration_accounts(b"seed of the other install", ["chen", "he"])
    assert len({account.password for account in (*one, *other)}) == 4
    assert len({account.totp_secret for account in (*one, *other)}) == 4
    for account in one:
        rules.check_password(account.login, account.password)
        credentials.check_secret(account.totp_secret)


def test_a_seed_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        credentials.demonstration_accounts(b"short", ["chen"])


def test_the_code_of_a_demonstration_account_is_the_one_that_matches() -> None:
    (account,) = credentials.demonstration_accounts(b"seed of one install", ["chen"])
    assert credentials.matching_step(account.totp_secret, account.code(NOW), NOW) is not None
    assert "secret=" + account.totp_secret in account.uri("云溪市")
