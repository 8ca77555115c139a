"""Small true values of the catalogue for tests."""

from datetime import date
from typing import Any

from tongban.catalogue.api import Basis, Element, Grant, Resource
from tongban.kernel.texts import Text

BASIS = Basis(Text("政务数据共享条例第十四条", "Data Sharing Regulation Art. 14"), "docs/law", "found")
DAY = date(2026, 11, 2)


def element(code: str = "person.deceased", **more: Any) -> Element:
    """Make an element; a boolean that means False where nothing is found, unless told otherwise."""
    given: dict[str, Any] = {
        "name": Text("数据元", "element"),
        "kind": "boolean",
        "about": "person",
        "grade": "general_3",
        "sensitive": False,
        "when_none": "none_on_record",
    }
    return Element(code, **{**given, **more})


def resource(code: str = "police.population", **more: Any) -> Resource:
    """Make a resource of the city's police, open since 2026."""
    given: dict[str, Any] = {
        "name": Text("人口基本信息", "population register"),
        "organisation": "police.990100",
        "connector": "police",
        "keys": ("person.resident_id",),
        "elements": ("person.deceased", "person.birth_date"),
        "division": "990100",
        "coverage": "all",
        "share_class": "conditional",
        "basis": BASIS,
        "valid_from": date(2026, 1, 1),
    }
    return Resource(code, **{**given, **more})


def grant(code: str = "g/market.990121/open-company", **more: Any) -> Grant:
    """Make a grant to a county registry for opening companies, in force in 2026."""
    given: dict[str, Any] = {
        "consumer": "market.990121",
        "resource": "police.population",
        "elements": ("person.deceased",),
        "purpose": "open-company",
        "basis": BASIS,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
    }
    return Grant(code, **{**given, **more})
