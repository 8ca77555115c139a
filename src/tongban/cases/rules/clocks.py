"""Which clock runs for an item, and when it ends. Pure."""

from datetime import datetime
from math import ceil

from tongban.items import api as items
from tongban.kernel import deadlines
from tongban.kernel.calendar import Calendar
from tongban.kernel.clock import civil_date
from tongban.kernel.deadlines import Deadline
from tongban.kernel.errors import NotFound
from tongban.kernel.texts import Text

JOINT_BASIS = items.Basis(
    law="administrative-licensing-law",
    article="42",
    mark="found",
    note=Text(
        "统一办理、联合办理、集中办理不超过45个工作日", "joint licensing: no more than 45 working days"
    ),
)
JOINT = items.Period(amount=45, unit="working_day", basis=JOINT_BASIS)
JOINT_EXTENSION = items.Period(amount=15, unit="working_day", basis=JOINT_BASIS)


def end_of(period: items.Period, start: datetime, calendar: Calendar) -> Deadline:
    """Give the end of a period from a moment, in the unit that its basis names.

    A last day that is no working day moves to the next one for periods in days, months and years, as
    the counting convention for periods has it (recalled; litigation rule taken as convention).
    """
    return deadlines.add(
        start, period.amount, period.unit, calendar, moves_to_working_day=period.unit != "hour"
    )


def limits_of(item: items.Item, bundle: items.Bundle) -> items.Limits:
    """Give an item's limits; the joint cap replaces the statutory one only where licences (type 01) are
    decided jointly (Administrative Licensing Law art. 42)."""
    if not (bundle.joint_licensing and item.type == "01"):
        return item.limits
    return items.Limits(
        acceptance=item.limits.acceptance,
        statutory=JOINT,
        promised=item.limits.promised,
        extension=JOINT_EXTENSION,
        extension_by=Text("本级人民政府负责人批准", "approval of a leader of the government of that level"),
    )


def resumed(
    due: datetime, *, began: datetime, ended: datetime, period: items.Period, calendar: Calendar
) -> Deadline:
    """Give a deadline again after time that does not count: as many whole units later as it lasted.

    Working-day clocks move by the working days of the pause, others by its hours or days.
    """
    if period.unit == "working_day":
        span = deadlines.working_days_between(began, ended, calendar)
        return deadlines.add(due, span.working_days, "working_day", calendar)
    if period.unit == "hour":
        return deadlines.add(due, ceil((ended - began).total_seconds() / 3600), "hour", calendar)
    days = (civil_date(ended) - civil_date(began)).days
    return deadlines.add(due, days, "day", calendar, moves_to_working_day=True)


def policy_ends(policy: items.Policy | None, start: datetime, calendar: Calendar, *, key: str) -> Deadline:
    """Give the end of a period that the jurisdiction sets, for no national law does.

    Raises NotFound where the city has not said how long: a number is never invented.
    """
    if policy is None or policy.unit is None or not isinstance(policy.value, int):
        raise NotFound(
            "cases.no_policy",
            what=Text(f"本地未规定期限：{key}。", f"This jurisdiction has not set the period {key}."),
            todo=Text(f"请在policies.yaml中设置{key}。", f"Set {key} in policies.yaml."),
        )
    return deadlines.add(start, policy.value, policy.unit, calendar)
