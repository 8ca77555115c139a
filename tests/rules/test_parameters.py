"""Amounts and thresholds of the law, each from its day on."""

from datetime import date

import pytest

from tests.rules.town import GB, PARAMETERS
from tongban.kernel.errors import Invalid
from tongban.kernel.texts import Text
from tongban.rules.api import DatedValue, Kind, Parameter, Parameters

TITLE = Text("标准", "the standard")


def parameter(*values: tuple[date, object], kind: Kind = Kind.INTEGER, name: str = "standard") -> Parameter:
    dated = tuple(DatedValue(since, value, GB, "found") for since, value in values)
    return Parameter(name, TITLE, kind, "filing", dated)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), 60),
        (date(2025, 12, 31), 60),
        (date(2026, 1, 1), 65),
        (date(2099, 1, 1), 65),
    ],
)
def test_a_value_holds_from_its_first_day_and_there_is_none_before(day: date, value: int | None) -> None:
    assert PARAMETERS.at("pension_age", day) == value


def test_a_parameter_without_values_is_always_a_gap() -> None:
    assert parameter().at(date(2026, 1, 1)) is None


def test_values_ascend_by_their_first_day() -> None:
    with pytest.raises(ValueError, match="ascend"):
        parameter((date(2026, 1, 1), 1), (date(2025, 1, 1), 2))
    with pytest.raises(ValueError, match="ascend"):
        parameter((date(2026, 1, 1), 1), (date(2026, 1, 1), 2))


def test_a_value_is_of_the_parameters_kind() -> None:
    with pytest.raises(ValueError, match="not an integer"):
        parameter((date(2026, 1, 1), "65"))
    with pytest.raises(ValueError, match="not an amount"):
        parameter((date(2026, 1, 1), 65.5), kind=Kind.MONEY)


def test_a_parameter_cannot_take_the_name_of_a_date() -> None:
    with pytest.raises(ValueError, match="cannot be a parameter"):
        parameter(name="filing_date")


def test_two_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(Invalid, match="declared twice"):
        Parameters.of([parameter(), parameter()])
