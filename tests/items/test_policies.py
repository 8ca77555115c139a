"""What a jurisdiction decides for itself: the nearest division speaks first."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.items import city
from tongban.items import api as items
from tongban.kernel.errors import Invalid, InvalidDeclaration, NotFound
from tongban.kernel.texts import Text

POLICIES = city.around().policies
FILED = {"filing_date": city.TODAY}
KEY = "pledge.address.allowed"


@pytest.mark.parametrize(
    ("division", "allowed"),
    [("990100", True), ("990121", True), ("990121001", True), ("990122", False), ("990122001", False)],
)
def test_a_county_overrides_its_city_and_its_towns_follow_it(division: str, allowed: bool) -> None:
    assert POLICIES.allows(KEY, division, FILED) is allowed


def test_before_its_first_day_nothing_is_decided_and_nothing_means_no() -> None:
    before = {"filing_date": date(2025, 12, 31)}
    assert POLICIES.at(KEY, "990121", before) is None
    assert POLICIES.allows(KEY, "990121", before) is False
    assert POLICIES.allows("pledge.nothing.allowed", "990121", FILED) is False


def test_a_policy_is_taken_at_the_date_that_it_names_and_at_no_other() -> None:
    [longer] = (
        replace(policy, starts=date(2027, 1, 1), value=90)
        for policy in POLICIES.all
        if policy.key == "joint_licensing.statutory"
    )
    changed = items.Policies((*POLICIES.all, longer))

    def cap(**dates: date) -> int:
        return changed.period(longer.key, "990121", dates).amount

    new_year, before = date(2027, 1, 1), date(2026, 12, 31)
    assert cap(filing_date=new_year, acceptance_date=before) == 45
    assert cap(filing_date=before, acceptance_date=new_year) == 90
    with pytest.raises(Invalid) as unknown:
        cap(filing_date=new_year)
    assert "acceptance" in unknown.value.what.en
    assert "filing_date" in unknown.value.todo.en


def test_a_period_comes_with_its_unit_and_its_mark() -> None:
    period = POLICIES.period("pledge.address.post_check", "990121", {"decision_date": city.TODAY})
    assert (period.amount, period.unit, period.basis.mark) == (60, "working_day", "found")


def test_a_pledge_is_told_with_the_periods_of_its_jurisdiction_and_their_mark() -> None:
    [shorter] = (
        replace(
            policy, division="990121", says=Text("三十个工作日内核查。", "Checked in thirty working days.")
        )
        for policy in POLICIES.all
        if policy.key == "pledge.address.post_check"
    )
    policies = items.Policies((*POLICIES.all, shorter))

    def offered(policies: items.Policies) -> items.Pledge:
        unknown = city.answers("address-unknown")
        book, offices = city.around().book, city.offices(city.EAST)
        made = items.plan(
            city.bundle(), book, city.EAST, unknown, city.TODAY, offices=offices, policies=policies
        )
        return made.pledges[0]

    assert offered(POLICIES).tells[-1].zh == "自作出决定之日起六十个工作日内核查。"
    assert offered(policies).tells[-1] == shorter.says
    assert offered(POLICIES).on_breach[0].zh == "与承诺不符的，十五个工作日内改正（本地设定）。"
    assert offered(POLICIES).on_breach[0].en.endswith("within fifteen working days (local setting).")


def test_a_pledges_period_without_words_is_refused() -> None:
    silent = tuple(
        replace(policy, says=None) if policy.key == "pledge.address.rectification" else policy
        for policy in POLICIES.all
    )
    around = replace(city.around(), policies=items.Policies(silent))
    faults = items.find_faults(items.load_pack(city.FOLDER), around)
    assert ["pledge.address.rectification" in fault.what.en for fault in faults] == [True]


def test_a_period_that_nobody_decided_says_which_line_to_write() -> None:
    with pytest.raises(NotFound) as missing:
        POLICIES.period("pledge.address.nothing", "990121", {})
    assert "pledge.address.nothing" in missing.value.todo.en


def test_a_mistake_in_the_policies_is_found_at_its_line(tmp_path: Path) -> None:
    written = (city.CITY / "policies.yaml").read_text("utf-8")
    path = tmp_path / "policies.yaml"
    path.write_text(written.replace("unit: day\n", "unit: days\n", 1), "utf-8")
    with pytest.raises(InvalidDeclaration) as refused:
        items.load_policies(path)
    assert "unit: days" in path.read_text("utf-8").splitlines()[refused.value.line - 1]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value: 30\n    unit: day", "value: -1\n    unit: day", "cannot be counted"),
        ("value: 30\n    unit: day", "value: 36501\n    unit: day", "cannot be counted"),
        ("value: 30\n    unit: day", "value: thirty\n    unit: day", "this is thirty"),
        ("value: 30\n    unit: day", "value: true\n    unit: day", "this is True"),
        ('division: "990122"', 'division: "990129"', "no division 990129"),
    ],
)
def test_a_period_or_a_place_that_cannot_be_is_found_at_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    written = (city.CITY / "policies.yaml").read_text("utf-8")
    assert old in written
    path = tmp_path / "policies.yaml"
    path.write_text(written.replace(old, new, 1), "utf-8")
    places = ["990000", "990100", "990121", "990122"]
    with pytest.raises(InvalidDeclaration) as refused:
        items.load_policies(path, places)
    assert says in refused.value.what.en
    changed = zip(written.splitlines(), path.read_text("utf-8").splitlines(), strict=True)
    line = next(number for number, (was, now) in enumerate(changed, start=1) if was != now)
    assert line - 5 <= refused.value.line <= line, "the value, or the policy that it stands in"


def test_a_city_that_does_not_say_how_long_a_source_may_take_is_not_loaded(tmp_path: Path) -> None:
    written = (city.CITY / "policies.yaml").read_text("utf-8")
    path = tmp_path / "policies.yaml"
    path.write_text(written.replace("key: contest.answer", "key: contest.answers"), "utf-8")
    with pytest.raises(InvalidDeclaration) as refused:
        items.load_policies(path)
    assert "contest.answer" in refused.value.todo.en
