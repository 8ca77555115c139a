"""How long things take by the city's own dated policies: what changed later touches nothing begun before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import pass_time
from tests.items import city
from tongban.cases import api as cases
from tongban.cases.models import Contest
from tongban.cases.rules import clocks
from tongban.items import api as items
from tongban.kernel.clock import civil_date

LATER = date(2027, 1, 1)


def with_policy(policies: items.Policies, key: str, *, value: int, starts: date) -> items.Policies:
    """Give the policies with another length from a day on."""
    [known] = (policy for policy in policies.all if policy.key == key)
    return items.Policies((*policies.all, replace(known, value=value, starts=starts)))


def jointly() -> items.Bundle:
    """Give the bundle as if its licences were decided together."""
    return replace(city.bundle(), joint_licensing=True)


@pytest.mark.parametrize(
    ("accepted_on", "cap", "more"),
    [(date(2026, 12, 31), 45, 15), (LATER, 40, 10), (date(2027, 6, 1), 40, 10)],
)
def test_the_joint_cap_is_the_one_of_the_day_of_acceptance(accepted_on: date, cap: int, more: int) -> None:
    policies = with_policy(city.around().policies, clocks.JOINT, value=40, starts=LATER)
    policies = with_policy(policies, clocks.JOINT_EXTENSION, value=10, starts=LATER)
    limits = clocks.limits_of(jointly().item("registration"), jointly(), policies, city.EAST, accepted_on)
    assert limits.statutory is not None
    assert limits.extension is not None
    assert (limits.statutory.amount, limits.extension.amount) == (cap, more)
    assert limits.statutory.basis.mark == "found"
    assert limits.extension_by is not None
    assert "government" in limits.extension_by.en


def test_only_licences_decided_jointly_have_the_joint_cap() -> None:
    apart, together = city.bundle(), jointly()
    for bundle, item in ((apart, "registration"), (together, "tax")):
        own = bundle.item(item)
        assert clocks.limits_of(own, bundle, items.Policies(), city.EAST, LATER) == own.limits


def dispute(town: Town, person: str) -> Contest:
    """Have somebody say, in a draft of theirs, that a fact about them is wrong."""
    owner = town.subject(person)
    number = draft(town, owner)
    cases.gather(number, at=town.workplace, again=False)
    fact = cases.form_page(number, owner, at=town.workplace).facts[0]
    id = cases.contest(number, fact.id, subject=owner, said="不对", at=town.workplace)
    return Contest.objects.get(pk=id)


def working_days(town: Town, contest: Contest) -> int:
    """Count by hand the working days that the source has."""
    day, found = civil_date(contest.raised_at), 0
    while day < civil_date(contest.due_at):
        day += timedelta(days=1)
        found += town.workplace.calendar.day(day).working
    return found


def test_a_source_has_as_long_to_answer_as_the_policy_of_that_day_says(town: Town) -> None:
    shorter_from = civil_date(town.now) + timedelta(days=1)
    policies = with_policy(town.workplace.policies, "contest.answer", value=5, starts=shorter_from)
    town.workplace = replace(town.workplace, policies=policies)
    before = dispute(town, "li_chunyan")
    pass_time(town, days=1)
    after = dispute(town, "wang_jianguo")
    assert (working_days(town, before), working_days(town, after)) == (10, 5)
