"""What a form sent is read in its own type, or explained."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.catalogue.rules import Element, ElementType
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text, is_readable
from tongban.workbench import reading

LABEL = Text("理由", "Reasons")
CODES = {"commercial": Text("商业", "commercial")}


def element(kind: ElementType) -> Element:
    return Element(
        code="x.y",
        name=Text("某", "some"),
        kind=kind,
        about="place",
        grade="general_2",
        sensitive=False,
        when_none="unknown",
        codes=CODES if kind == "code" else {},
    )


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("boolean", "yes", True),
        ("boolean", "no", False),
        ("integer", " 12 ", 12),
        ("money_cents", "100,000.50".replace(",", ""), 10_000_050),
        ("date", "2026-11-23", date(2026, 11, 23)),
        ("list", "餐饮服务，外卖递送服务", ("餐饮服务", "外卖递送服务")),
        ("code", "commercial", "commercial"),
        ("text", " 春风路1号 ", "春风路1号"),
        ("text", "   ", None),
        ("boolean", "", None),
    ],
)
def test_a_corrected_value_has_its_elements_type(kind: ElementType, written: str, value: Any) -> None:
    assert reading.value_of(element(kind), written) == value


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("boolean", "maybe"),
        ("integer", "twelve"),
        ("integer", "9" * 5000),
        ("money_cents", "-1"),
        ("money_cents", "1.234"),
        ("date", "2026-02-30"),
        ("code", "residential"),
    ],
)
def test_a_value_that_will_not_do_is_explained(kind: ElementType, written: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.value_of(element(kind), written)
    assert refused.value.status == 422


@given(st.text(max_size=40), st.sampled_from(["boolean", "integer", "money_cents", "date", "list", "code"]))
def test_whatever_is_written_is_read_or_explained(written: str, kind: ElementType) -> None:
    try:
        value = reading.value_of(element(kind), written)
    except Invalid:
        return
    assert value is None or isinstance(value, bool | int | date | tuple | str)


@given(st.text(max_size=30))
def test_a_number_is_a_number_within_its_bounds(written: str) -> None:
    try:
        read = reading.number({"n": written}, "n", LABEL, least=1, most=180)
    except Invalid:
        return
    assert 1 <= read <= 180


@given(st.text(max_size=60))
def test_a_text_can_be_read_and_is_not_too_long(written: str) -> None:
    try:
        read = reading.text({"t": written}, "t", LABEL, most=20)
    except Invalid:
        assert not is_readable(written) or len(written.strip()) > 20
        return
    assert any(sign.isalnum() for sign in read)
    assert len(read) <= 20


def test_only_what_was_offered_can_be_chosen() -> None:
    offered = {"a": LABEL}
    assert reading.one_of({"c": "a"}, "c", LABEL, offered) == "a"
    for wrong in ({"c": "b"}, {}, {"c": ""}):
        with pytest.raises(Invalid):
            reading.one_of(wrong, "c", LABEL, offered)
