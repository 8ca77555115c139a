"""Canonical JSON: the same value is the same bytes."""

import json
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.canonical import canonical, digest
from tongban.kernel.errors import Invalid


class Fee(int):
    """A number that is not quite Python's own."""


class Colour(StrEnum):
    """Texts that are not quite Python's own."""

    RED = "红\n"


letters = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | letters
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(letters, inner), max_leaves=20)
odd = st.floats() | st.integers() | st.text() | st.binary() | st.just(Fee(3)) | st.just(Colour.RED)
anything = st.recursive(
    scalars | odd,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(letters | st.sampled_from(["\ufb33", "\U0001f600", "甲"]), inner)
        | st.dictionaries(st.text() | st.integers() | st.just(Colour.RED), inner)
    ),
    max_leaves=20,
)


def test_the_example_of_rfc_8785_comes_out_as_published() -> None:
    example = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001]}
    assert canonical(example) == b'{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'


def test_keys_sort_by_utf_16_units_and_chinese_stays_itself() -> None:
    assert canonical({"乙": 1, "甲": 2, "a": 3}) == '{"a":3,"乙":1,"甲":2}'.encode()
    assert canonical({"\ufb33": 1, "\U0001f600": 2}).decode() == '{"\U0001f600":2,"\ufb33":1}'


def test_the_digest_is_sha_256_of_the_canonical_form() -> None:
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(values)
def test_a_value_survives_its_canonical_form(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(anything)
def test_what_is_written_or_refused_here_is_what_the_library_writes_or_refuses(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises(Invalid):
            canonical(value)
    else:
        assert canonical(value) == expected


@given(st.dictionaries(letters, scalars))
def test_the_order_of_keys_does_not_change_the_bytes(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize(
    "value", [2**53, float("nan"), float("inf"), "\ud800", {"\ud800": 1}, {1: 2}, {1, 2}, b"x"]
)
def test_what_json_cannot_carry_unchanged_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        canonical(value)
