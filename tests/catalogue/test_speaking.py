"""Values are said as their elements mean them."""

from datetime import date

import pytest

from tongban.catalogue.rules import Element, ElementType
from tongban.catalogue.speaking import in_words
from tongban.kernel.texts import Text

CODES = {"commercial": Text("商业", "commercial")}


def element(kind: ElementType) -> Element:
    return Element(
        code="place.usage",
        name=Text("用途", "usage"),
        kind=kind,
        about="place",
        grade="general_2",
        sensitive=False,
        when_none="unknown",
        codes=CODES if kind == "code" else {},
    )


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("boolean", True, "是", "yes"),
        ("boolean", False, "否", "no"),
        ("code", "commercial", "商业", "commercial"),
        ("code", "unheard-of", "unheard-of", "unheard-of"),
        ("money_cents", 10_000_000, "100,000.00元", "CNY 100,000.00"),
        ("date", "2026-11-23", "2026年11月23日", "2026-11-23"),
        ("date", date(2026, 11, 23), "2026年11月23日", "2026-11-23"),
        ("list", ["餐饮服务", "食品销售"], "餐饮服务、食品销售", "餐饮服务, 食品销售"),
        ("integer", 0, "0", "0"),
        ("text", None, "无", "none"),
        ("list", [], "无", "none"),
    ],
)
def test_a_value_is_said_as_its_element_means_it(kind: ElementType, value: object, zh: str, en: str) -> None:
    assert in_words(element(kind), value) == Text(zh, en)


def test_a_value_of_an_element_that_is_gone_stands_as_it_was() -> None:
    assert in_words(None, "commercial") == Text("commercial", "commercial")
