"""Dated parameters: amounts, ages and thresholds of the law, each with its basis and since when."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from tongban.kernel.errors import Invalid, InvalidValue
from tongban.kernel.texts import Text
from tongban.rules.checking import GivenType
from tongban.rules.kinds import Kind, Scalar, fits

Mark = Literal["found", "recalled", "gap"]
TakenAt = Literal["filing", "acceptance", "decision", "event", "month_of_payment"]

# The dates that a rule may be handed; month_of_payment is the first day of that month.
DATES: Final[Mapping[str, Text]] = {
    "filing_date": Text("申请日", "the filing date"),
    "acceptance_date": Text("受理日", "the acceptance date"),
    "decision_date": Text("决定日", "the decision date"),
    "event_date": Text("事实发生日", "the date of the event"),
    "month_of_payment": Text("发放月份", "the month of payment"),
}
DATE_OF: Final[Mapping[TakenAt, str]] = {
    "filing": "filing_date",
    "acceptance": "acceptance_date",
    "decision": "decision_date",
    "event": "event_date",
    "month_of_payment": "month_of_payment",
}
Dates = Mapping[str, date]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value from a day on; None from the day when there is none (or none that we know of)."""

    since: date
    value: Scalar | None
    basis: Text
    mark: Mark


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number, amount, text or date of the law that changes with time.

    `taken_at` says which date of the filing chooses the value; `values` ascend by their first day.
    """

    name: str
    title: Text
    kind: Kind
    taken_at: TakenAt
    values: tuple[DatedValue, ...]
    unit: Text | None = None

    def __post_init__(self) -> None:
        days = [dated.since for dated in self.values]
        if days != sorted(set(days)):
            raise ValueError(f"the values of :{self.name} must ascend by their first day, one a day")
        if self.kind is Kind.LIST or self.name in DATES:
            raise ValueError(f":{self.name} cannot be a parameter")
        for dated in self.values:
            if dated.value is not None and not fits(self.kind, dated.value):
                raise ValueError(f"a value of :{self.name} is not {self.kind.spoken.en}")

    def at(self, day: date) -> Scalar | None:
        """Give the value in force on a day; before the first day None, never the nearest."""
        place = bisect_right(self.values, day, key=lambda dated: dated.since)
        return self.values[place - 1].value if place else None


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters of a pack or a city, by name."""

    by_name: Mapping[str, Parameter] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Iterable[Parameter]) -> "Parameters":
        """Collect parameters by name; two of one name are refused."""
        collected: dict[str, Parameter] = {}
        for parameter in parameters:
            if collected.setdefault(parameter.name, parameter) is not parameter:
                raise Invalid(
                    "rules.parameter_twice",
                    what=Text(
                        zh=f"参数“:{parameter.name}”声明了两次。",
                        en=f"The parameter :{parameter.name} is declared twice.",
                    ),
                    todo=Text(
                        zh="请合并为一个参数，按日期列出各值。",
                        en="Make it one parameter with its values by date.",
                    ),
                )
        return cls(collected)

    def at(self, name: str, day: date) -> Scalar | None:
        """Give a parameter's value in force on a day, or None where the law leaves a gap."""
        return self.by_name[name].at(day)

    def types(self) -> dict[str, GivenType]:
        """Give what a rule may write after a colon: these parameters and the filing's dates."""
        dates = {name: GivenType(Kind.DATE, title) for name, title in DATES.items()}
        return dates | {name: GivenType(p.kind, p.title) for name, p in self.by_name.items()}

    def given(self, name: str, dates: Dates) -> tuple[Scalar | None, str]:
        """Give the value of what stands after a colon, and which name to call missing if it is None.

        A parameter whose own date is not there yet is missing that date, not its value.
        """
        if name in DATES:
            return dates.get(name), f":{name}"
        chosen_by = DATE_OF[self.by_name[name].taken_at]
        day = dates.get(chosen_by)
        if day is None:
            return None, f":{chosen_by}"
        return self.at(name, day), f":{name}"


NO_PARAMETERS: Final = Parameters()
NO_DATES: Final[Dates] = {}


def require_dates(dates: Dates) -> None:
    """Refuse dates by names that no rule knows, and moments in place of days."""
    for name, day in dates.items():
        if name not in DATES or not fits(Kind.DATE, day):
            raise InvalidValue(
                "rules.date_by_that_name",
                what=Text(
                    zh=f"规则不认识日期“{name}”，或其值不是日期。",
                    en=f"Rules know no date `{name}`, or its value is not a day.",
                ),
                todo=Text(zh=f"可用：{', '.join(DATES)}。", en=f"Use one of: {', '.join(DATES)}."),
            )
