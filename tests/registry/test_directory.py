"""Who is competent for what where, from the demonstration city's files alone."""

from dataclasses import replace
from datetime import date

import pytest

from tests.registry.conftest import YUNXI
from tongban.kernel.errors import Conflict, NotFound
from tongban.registry.city_checks import read_city
from tongban.registry.directory import Directory

REGISTRATION = "990131001000"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def yunxi() -> Directory:
    files = read_city(YUNXI)
    return Directory(
        files.division_values(), files.organisation_values(), files.power_values(), files.delegation_values()
    )


@pytest.mark.parametrize(
    ("item", "place", "office", "in_name_of"),
    [
        (REGISTRATION, "990121", "market.990121", "market.990121"),
        (REGISTRATION, "990121001", "market.990121001", "market.990121"),
        (REGISTRATION, "990122", "market.990122", "market.990122"),
        (REGISTRATION, "990122001", "market.990122", "market.990122"),
        (REGISTRATION, "990122001201", "market.990122", "market.990122"),
        ("991009001000", "990121001", "police.990121", "police.990121"),
        ("991030001000", "990122", "tax.990122", "tax.990122"),
        ("992014001000", "990121", "social.990121", "social.990121"),
        ("992017001000", "990121", "fund.990100", "fund.990100"),
        ("992017001000", "990122001", "fund.990100", "fund.990100"),
        ("992090001000", "990122", "bank.990100", "bank.990100"),
    ],
)
def test_the_same_item_finds_its_office_in_every_place(
    yunxi: Directory, item: str, place: str, office: str, in_name_of: str
) -> None:
    competence = yunxi.office_for(item, place, TODAY)
    assert (competence.office.slug, competence.in_name_of.slug) == (office, in_name_of)


def test_an_entrusted_office_says_why_it_decides_and_uses_the_code_of_the_delegator(yunxi: Directory) -> None:
    competence = yunxi.office_for(REGISTRATION, "990121001", TODAY)
    assert "委托云东县城关镇人民政府办理，以云东县市场监督管理局名义作出决定" in competence.because.zh
    assert competence.basis.zh == "《中华人民共和国行政许可法》第二十四条"
    assert competence.implementation_code == "11990121310121000D4990131001000"


def test_who_entrusted_a_power_knows_to_whom_though_its_time_be_over_and_who_devolved_it_nobody(
    yunxi: Directory,
) -> None:
    for until in (None, date(2026, 6, 30)):
        known = replace(yunxi, delegations=tuple(replace(one, until=until) for one in yunxi.delegations))
        assert known.entrusted_by("market.990121") == {"market.990121001"}
        assert known.entrusted_by("market.990121001") == known.entrusted_by("market.990100") == frozenset()
    devolved = replace(yunxi, delegations=tuple(replace(one, kind="devolved") for one in yunxi.delegations))
    assert devolved.entrusted_by("market.990121") == frozenset()


def test_before_its_first_day_a_delegation_counts_for_nothing(yunxi: Directory) -> None:
    assert yunxi.office_for(REGISTRATION, "990121001", date(2025, 12, 31)).office.slug == "market.990121"


def test_after_its_last_day_a_delegation_counts_for_nothing(yunxi: Directory) -> None:
    ended = replace(
        yunxi, delegations=tuple(replace(one, until=date(2026, 6, 30)) for one in yunxi.delegations)
    )
    assert ended.office_for(REGISTRATION, "990121001", date(2026, 6, 30)).office.slug == "market.990121001"
    assert ended.office_for(REGISTRATION, "990121001", date(2026, 7, 1)).office.slug == "market.990121"


def test_a_devolved_power_is_exercised_in_ones_own_name(yunxi: Directory) -> None:
    devolved = replace(yunxi, delegations=tuple(replace(one, kind="devolved") for one in yunxi.delegations))
    competence = devolved.office_for(REGISTRATION, "990121001", TODAY)
    assert competence.in_name_of.slug == "market.990121001"
    assert competence.implementation_code == "11990121310121019A5990131001000"


def test_nobody_hands_on_a_power_that_is_no_longer_theirs(yunxi: Directory) -> None:
    lost = replace(
        yunxi,
        powers=tuple(
            replace(one, until=date(2026, 3, 31)) if one.organisation == "market.990121" else one
            for one in yunxi.powers
        ),
    )
    with pytest.raises(NotFound):
        lost.office_for(REGISTRATION, "990121001", TODAY)


def test_insurance_names_the_medical_body_of_the_same_county(yunxi: Directory) -> None:
    (cooperating,) = yunxi.office_for("992014001000", "990122", TODAY).cooperating
    assert cooperating.slug == "medical.990122"


def test_an_item_that_nobody_handles_is_answered_with_where_was_looked(yunxi: Directory) -> None:
    with pytest.raises(NotFound) as refusal:
        yunxi.office_for("990199999999", "990121001", TODAY)
    assert "城关镇、云东县、云溪市、云江省" in refusal.value.what.zh


def test_two_holders_in_one_division_are_a_conflict_and_never_a_guess(yunxi: Directory) -> None:
    first = yunxi.powers[0]
    holder = next(one for one in yunxi.powers if one.organisation == "market.990121")
    doubled = replace(yunxi, powers=(*yunxi.powers, replace(holder, organisation="tax.990121")))
    assert first in doubled.powers
    with pytest.raises(Conflict, match="two hold item"):
        doubled.office_for(REGISTRATION, "990121", TODAY)


def test_a_division_that_ended_says_what_took_its_place(yunxi: Directory) -> None:
    assert yunxi.division("990121201", date(2021, 6, 30)).name.zh == "柳荫乡"
    with pytest.raises(NotFound) as refusal:
        yunxi.office_for(REGISTRATION, "990121201", date(2021, 7, 1))
    assert "990121001" in refusal.value.todo.zh


def test_an_unknown_division_or_organisation_is_not_found(yunxi: Directory) -> None:
    with pytest.raises(NotFound):
        yunxi.division("990199", TODAY)
    with pytest.raises(NotFound):
        yunxi.organisation("market.990199")


def test_a_county_holds_its_towns_and_not_its_neighbours(yunxi: Directory) -> None:
    assert yunxi.within("990122") == {"990122", "990122001", "990122001201"}


@pytest.mark.parametrize(
    ("function", "place", "body"),
    [
        ("tax", "990121001", "tax.990121"),
        ("fund", "990122001201", "fund.990100"),
        ("market", "990121001", "market.990121001"),
        ("bureau", "990122", "bureau.990100"),
    ],
)
def test_the_body_of_a_function_is_the_nearest_upward(
    yunxi: Directory, function: str, place: str, body: str
) -> None:
    assert yunxi.body_for(function, place, TODAY).slug == body


def test_a_body_that_has_ended_is_passed_over(yunxi: Directory) -> None:
    ended = replace(
        yunxi,
        all_organisations=tuple(
            replace(one, until=date(2026, 1, 1)) if one.slug == "tax.990121" else one
            for one in yunxi.all_organisations
        ),
    )
    assert ended.body_for("tax", "990121", TODAY).slug == "tax.990100"
    with pytest.raises(NotFound):
        ended.body_for("fund", "990121", date(2019, 2, 28))


def test_organisations_of_a_day_are_those_that_exist_on_it(yunxi: Directory) -> None:
    slugs = [one.slug for one in yunxi.organisations(date(2018, 1, 1))]
    assert slugs == ["hall.990121"]
    assert len(yunxi.organisations()) == 31
