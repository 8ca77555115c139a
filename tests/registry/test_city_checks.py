"""A city's files are refused for what cannot hold, at file and line."""

from pathlib import Path

import pytest

from tests.registry.conftest import YUNXI, Write
from tongban.kernel.declarations import DeclarationErrors, InvalidDeclaration
from tongban.registry import api as registry
from tongban.registry.values import Role

SUPERIOR = "line_superior: market.990100"


def breaches(city: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(InvalidDeclaration) as refusal:
        registry.check_city(city)
    error = refusal.value
    several = error.errors if isinstance(error, DeclarationErrors) else (error,)
    return [(Path(one.file).name, one.line, f"{one.what.en} {one.todo.en}") for one in several]


def test_the_demonstration_city_holds() -> None:
    files = registry.check_city(YUNXI)
    assert len(files.organisations.value.organisations) == 31


def test_every_office_of_the_demonstration_city_can_decide_and_has_a_head() -> None:
    files = registry.check_city(YUNXI)
    holding = {power.organisation for power in files.power_values()}
    holding |= {delegation.delegate for delegation in files.delegation_values()}
    for slug in holding:
        roles = {role for line in files.staff.value.staff if line.organisation == slug for role in line.roles}
        assert {Role.RECEPTIONIST, Role.APPROVER, Role.LEADER} <= roles, slug


def test_the_demonstration_city_has_each_role_once_at_least() -> None:
    files = registry.check_city(YUNXI)
    assert {role for line in files.staff.value.staff for role in line.roles} == set(Role)


def test_the_small_city_holds(city: Write) -> None:
    registry.check_city(city())


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        ("divisions", 'parent: "990100"', 'parent: "990200"', 3, "There is no division 990200."),
        ("divisions", 'parent: "990100"', 'parent: "990121001"', 3, "no higher level"),
        (
            "divisions",
            'parent: "990121", since: 2000-01-01',
            'since: 2000-01-01, until: 1999-01-01',
            4,
            "until lies before since",
        ),
        ("organisations", "11990121310121019A", "11990121310121000D", 26, "is taken by line 10"),
        ("organisations", "id: market.990121001", "id: market.990100", 24, "is taken by line 2"),
        ("organisations", "id: market.990121001", "id: town.990122", 24, "Write town.990121001."),
        ("organisations", SUPERIOR, "line_superior: market.990121001", 13, "no higher level"),
        ("organisations", SUPERIOR, "line_superior: tax.990100", 13, "cannot be above"),
        ("organisations", '"990121001"\n        kind', '"990100"\n        kind', 20, "the area of"),
        ("organisations", "to: market.990121001", "to: market.990121", 19, "no organisation market.990121"),
        ("organisations", 'item: "990131001000", ', 'item: "990131001001", ', 18, "does not hold the power"),
        ("organisations", '019A\n    nature: 1', '019A\n    nature: 2', 19, "Art. 24"),
        ("organisations", "-01}\n", "-01, with: [tax.990121]}\n", 16, "tax.990121"),
        ("staff", "county.he", "county.chen", 3, "is taken by line 2"),
        ("staff", "market.990121, roles: [l", "tax.990121, roles: [l", 3, "no organisation tax.990121"),
        ("staff", "[leader]", "[leader, auditor]", 3, "cannot be audit administrator and head of office"),
        ("staff", "[security_admin]", "[security_admin, system_admin]", 4, "hold no other role"),
        ("staff", "[leader]", "[leader], divisions: [\"990100\"]", 3, "the area of market.990121"),
        ("staff", "[leader]", "[leader], password: secret", 3, "staff[1].password is not known"),
        ("staff", "[leader]", "[]", 3, "at least 1 item"),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused_at_its_line(
    city: Write, file: str, old: str, new: str, line: int, said: str
) -> None:
    found = breaches(city(**{file: [(old, new)]}))
    assert any(name == f"{file}.yaml" and at == line and said in words for name, at, words in found), found


def test_two_holders_of_one_power_in_one_division_are_refused(city: Write) -> None:
    second = """
  - id: tax.990121
    name: {zh: 税务局, en: tax}
    credit_code: "119901213001210071"
    nature: 1
    division: "990121"
    since: 2000-01-01
    powers:
      - {item: "990131001000", basis: {zh: 某, en: some}, mark: gap, since: 2010-01-01, until: 2011-01-01}
  - id: market.990121001
"""
    found = breaches(city(organisations=[("\n  - id: market.990121001\n", second)]))
    assert [(name, line) for name, line, _ in found] == [("organisations.yaml", 31)]
    assert "is held already by line 16" in found[0][2]


def test_powers_that_follow_one_another_in_time_are_no_two_holders(city: Write) -> None:
    later = """until: 2025-12-31}
      - {item: "990131001000", basis: {zh: 新, en: new}, mark: recalled, since: 2026-01-01}
"""
    registry.check_city(city(organisations=[("since: 2000-01-01}\n", "since: 2000-01-01, " + later)]))


def test_a_division_code_is_not_in_force_twice_at_once(city: Write) -> None:
    again = """since: 2000-01-01}
  - {code: "990121", name: {zh: 又, en: again}, parent: "990100", since: 2020-01-01}
  - {code: "990121001","""
    found = breaches(city(divisions=[('since: 2000-01-01}\n  - {code: "990121001",', again)]))
    assert found == [
        ("divisions.yaml", 4, "990121 is in force already by line 3. Give the earlier one its until.")
    ]


def test_breaches_of_all_three_files_are_told_together(city: Write) -> None:
    found = breaches(
        city(
            divisions=[('parent: "990100"', 'parent: "990200"')],
            organisations=[("line_superior: market.990100", "line_superior: tax.990100")],
            staff=[("[leader]", "[leader, auditor]")],
        )
    )
    assert {name for name, _, _ in found} == {"divisions.yaml", "organisations.yaml", "staff.yaml"}


def test_a_devolved_licence_may_go_to_an_organisation_that_is_no_organ(city: Write) -> None:
    registry.check_city(
        city(organisations=[("019A\n    nature: 1", "019A\n    nature: 2"), ("entrusted", "devolved")])
    )
