"""Check digits of the organisations' own systems."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.checks import (
    CREDIT_ALPHABET,
    MOBILE,
    credit_code,
    is_credit_code,
    is_iso_day,
    is_resident_id,
    resident_id,
)

DAYS = st.dates(date(1900, 1, 1), date(2026, 11, 2))
AREAS = st.sampled_from(["990121", "990122"])


@given(AREAS, DAYS, st.integers(0, 999))
def test_a_composed_resident_id_is_one(area: str, birth: date, sequence: int) -> None:
    assert is_resident_id(resident_id(area, birth, sequence))


@given(AREAS, DAYS, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_spoils_a_resident_id(
    area: str, birth: date, sequence: int, place: int, by: int
) -> None:
    number = resident_id(area, birth, sequence)
    other = str((int(number[place]) + by) % 10)
    assert not is_resident_id(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    "number",
    [
        "",
        "99012119880312902",
        "９90121198803129020",
        "990121099901010017",
        "990121198803129020 ",
        "990121198802309020",
    ],
)
def test_what_has_no_form_or_no_calendar_day_is_no_resident_id(number: str) -> None:
    assert not is_resident_id(number)


def test_published_examples_pass() -> None:
    # The example of GB 11643-1999 and a credit code found in public registers.
    assert is_resident_id("11010519491231002X")
    assert is_credit_code("91110000600037341L")


@given(st.text(st.sampled_from(CREDIT_ALPHABET), min_size=8, max_size=8), st.integers(0, 30))
def test_one_wrong_check_character_spoils_a_credit_code(organisation: str, by: int) -> None:
    code = credit_code("990121", organisation)
    other = CREDIT_ALPHABET[(CREDIT_ALPHABET.index(code[-1]) + by) % 31]
    assert is_credit_code(code[:-1] + other) == (by == 0)


def test_a_credit_code_whose_organisation_code_is_wrong_is_none() -> None:
    assert not is_credit_code("91990121MA9K0001YE")


def test_only_the_demonstrations_prefix_is_a_mobile() -> None:
    assert MOBILE.fullmatch("10000000001")
    assert not MOBILE.fullmatch("13800000000")


@pytest.mark.parametrize(
    ("text", "right"), [("2026-11-02", True), ("2026-02-30", False), ("20261102", False), ("2026-1-2", False)]
)
def test_a_day_is_written_with_hyphens_and_in_the_calendar(text: str, right: bool) -> None:
    assert is_iso_day(text) == right
