"""Loading a city: whole or not at all, once or often the same, never losing what past acts name."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.registry.conftest import NOW, YUNXI, Write
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import Conflict, NotAllowed, NotFound
from tongban.kernel.ids import Chance
from tongban.ledger.models import Entry
from tongban.registry import api as registry
from tongban.registry import models
from tongban.registry.api import Role

pytestmark = pytest.mark.usefixtures("database")


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def load(city: Path, chance: Chance) -> registry.Loaded:
    return registry.load_city(city, now=NOW, chance=chance)


def roles_of(login: str) -> set[Role]:
    return set(registry.staff(login).roles)


def test_a_second_load_changes_nothing_and_leaves_no_evidence(chance: Chance) -> None:
    first = load(YUNXI, chance)
    assert first.changed
    assert first.counts["organisations"] == 31
    rows = list(models.StaffRole.objects.order_by("id").values_list("id", "staff_id", "role"))
    second = load(YUNXI, chance)
    assert not second.changed
    assert entries("registry.loaded") == 1
    assert list(models.StaffRole.objects.order_by("id").values_list("id", "staff_id", "role")) == rows


def test_what_is_loaded_is_what_the_files_say(chance: Chance) -> None:
    load(YUNXI, chance)
    files = registry.check_city(YUNXI)
    directory = registry.directory()
    assert set(directory.all_divisions) == set(files.division_values())
    assert set(directory.all_organisations) == set(files.organisation_values())
    assert set(directory.powers) == set(files.power_values())
    assert set(directory.delegations) == set(files.delegation_values())


def test_a_changed_file_is_loaded_and_seen_at_once(city: Write, chance: Chance) -> None:
    load(city(), chance)
    assert registry.organisation("market.990121").name.zh == "县局"
    loaded = load(city(organisations=[("县局", "县市场监管局")]), chance)
    assert loaded.changed
    assert registry.organisation("market.990121").name.zh == "县市场监管局"
    assert entries("registry.loaded") == 2


def test_a_file_with_one_breach_changes_nothing(city: Write, chance: Chance) -> None:
    load(city(), chance)
    broken = city(organisations=[("县局", "新名")], staff=[("[leader]", "[leader, auditor]")])
    with pytest.raises(InvalidDeclaration):
        load(broken, chance)
    assert registry.organisation("market.990121").name.zh == "县局"


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        ("staff", "county.chen", "county.wang", "county.chen"),
        ("divisions", '"990121001"', '"990121002"', "990121001"),
    ],
)
def test_what_was_loaded_may_end_but_never_vanish(
    city: Write, chance: Chance, file: str, old: str, new: str, name: str
) -> None:
    load(city(), chance)
    changes = {file: [(old, new)]}
    if file == "divisions":
        changes["organisations"] = [
            ("id: market.990121001", "id: market.990121002"),
            ("to: market.990121001", "to: market.990121002"),
            ('"990121001"', '"990121002"'),
        ]
    with pytest.raises(InvalidDeclaration, match=f"{name} was loaded before"):
        load(city(**changes), chance)


def test_who_has_left_is_still_named_but_no_longer_in_office(city: Write, chance: Chance) -> None:
    load(city(), chance)
    load(
        city(
            staff=[
                (
                    "roles: [leader], since: 2026-01-01",
                    "roles: [leader], since: 2026-01-01, until: 2026-11-22",
                )
            ]
        ),
        chance,
    )
    assert registry.staff("county.he").name == "何"
    assert registry.staff("county.he", on=date(2026, 11, 22)).holds(Role.LEADER)
    with pytest.raises(NotFound):
        registry.staff("county.he", on=date(2026, 11, 23))
    assert [one.login for one in registry.staff_of("market.990121", on=date(2026, 11, 23))] == ["county.chen"]


def test_roles_in_the_file_follow_the_file(city: Write, chance: Chance) -> None:
    load(city(), chance)
    assert load(city(staff=[("[approver]", "[receptionist, approver]")]), chance).changed
    assert roles_of("county.chen") == {Role.RECEPTIONIST, Role.APPROVER}


def test_roles_that_a_security_administrator_set_stand(city: Write, chance: Chance) -> None:
    load(city(), chance)
    security = registry.staff("security.ning")
    changed = registry.set_roles(
        "county.chen",
        [(role, place) for role in (Role.LEADER, Role.APPROVER) for place in ("990121", "990121001")],
        by=security,
        because="上岗",
        now=NOW,
        chance=chance,
    )
    assert changed.roles == {Role.LEADER, Role.APPROVER}
    assert changed.divisions == ("990121", "990121001")
    assert entries("staff.roles_set") == 1
    (difference,) = load(city(), chance).differences
    assert "county.chen" in difference.en
    assert roles_of("county.chen") == {Role.LEADER, Role.APPROVER}


def test_roles_that_may_not_be_combined_are_refused_by_the_action_too(city: Write, chance: Chance) -> None:
    load(city(), chance)
    security = registry.staff("security.ning")
    for roles in ([Role.AUDITOR, Role.APPROVER], [Role.SYSTEM_ADMIN, Role.AUDITOR]):
        with pytest.raises(Conflict):
            registry.set_roles(
                "county.chen",
                [(role, "990121") for role in roles],
                by=security,
                because="上岗",
                now=NOW,
                chance=chance,
            )
    assert roles_of("county.chen") == {Role.APPROVER}


def test_only_the_security_administrator_sets_roles_and_never_their_own(city: Write, chance: Chance) -> None:
    load(city(), chance)
    for by, login in (("county.he", "county.chen"), ("security.ning", "security.ning")):
        with pytest.raises(NotAllowed):
            registry.set_roles(
                login,
                [(Role.LEADER, "990121")],
                by=registry.staff(by),
                because="上岗",
                now=NOW,
                chance=chance,
            )


def test_a_role_is_not_given_outside_the_organisations_area(city: Write, chance: Chance) -> None:
    load(city(), chance)
    with pytest.raises(NotFound, match="990100 does not lie"):
        registry.set_roles(
            "county.chen",
            [(Role.LEADER, "990100")],
            by=registry.staff("security.ning"),
            because="上岗",
            now=NOW,
            chance=chance,
        )


def test_the_database_itself_refuses_two_administrator_roles(city: Write, chance: Chance) -> None:
    load(city(), chance)
    staff = models.Staff.objects.get(login="security.ning")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.StaffRole.objects.create(staff=staff, role="auditor", division="990100")


def test_the_office_of_an_item_costs_one_query_once_the_directory_is_known(chance: Chance) -> None:
    load(YUNXI, chance)
    today = (NOW + timedelta(days=1)).date()
    registry.office_for("990131001000", "990121001", at=today)
    with CaptureQueriesContext(connection) as queries:
        competence = registry.office_for("990131001000", "990121001", at=today)
    assert competence.office.slug == "market.990121001"
    assert len(queries) == 1


def test_an_empty_registry_is_answered_with_what_to_do() -> None:
    with pytest.raises(NotFound, match="load the city's files first"):
        registry.organisation("market.990121")
