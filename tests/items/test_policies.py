"""What a jurisdiction decides for itself: the nearest division speaks first."""

from datetime import date
from pathlib import Path

import pytest

from tests.items import city
from tongban.items import api as items
from tongban.kernel.errors import InvalidDeclaration, NotFound

POLICIES = city.around().policies
KEY = "pledge.address.allowed"


@pytest.mark.parametrize(
    ("division", "allowed"),
    [("990100", True), ("990121", True), ("990121001", True), ("990122", False), ("990122001", False)],
)
def test_a_county_overrides_its_city_and_its_towns_follow_it(division: str, allowed: bool) -> None:
    assert POLICIES.allows(KEY, division, city.TODAY) is allowed


def test_before_its_first_day_nothing_is_decided_and_nothing_means_no() -> None:
    assert POLICIES.at(KEY, "990121", date(2025, 12, 31)) is None
    assert POLICIES.allows(KEY, "990121", date(2025, 12, 31)) is False
    assert POLICIES.allows("pledge.nothing.allowed", "990121", city.TODAY) is False


def test_a_period_comes_with_its_unit_and_its_mark() -> None:
    period = POLICIES.period("pledge.address.post_check", "990121", city.TODAY)
    assert (period.amount, period.unit, period.basis.mark) == (60, "working_day", "found")


def test_a_period_that_nobody_decided_says_which_line_to_write() -> None:
    with pytest.raises(NotFound) as missing:
        POLICIES.period("pledge.address.nothing", "990121", city.TODAY)
    assert "pledge.address.nothing" in missing.value.todo.en


def test_a_mistake_in_the_policies_is_found_at_its_line(tmp_path: Path) -> None:
    written = (city.CITY / "policies.yaml").read_text("utf-8")
    path = tmp_path / "policies.yaml"
    path.write_text(written.replace("unit: day\n", "unit: days\n", 1), "utf-8")
    with pytest.raises(InvalidDeclaration) as refused:
        items.load_policies(path)
    assert "unit: days" in path.read_text("utf-8").splitlines()[refused.value.line - 1]
