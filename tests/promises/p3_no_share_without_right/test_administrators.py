"""Nobody combines the administration of system, security and audit, however the roles would come about."""

import shutil
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from bench.town import CITY, Town
from tests.promises.p3_no_share_without_right.matrix import PAGES
from tests.promises.p3_no_share_without_right.walking import Walker
from tests.promises.p3_no_share_without_right.world import World, everything
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import Conflict, NotAllowed
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry
from tongban.registry.api import Role

ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
COMBINED = [
    *combinations(ADMINISTRATORS, 2),
    ADMINISTRATORS,
    *((one, other) for one in ADMINISTRATORS for other in Role if other not in ADMINISTRATORS),
]
OWN = {
    "workbench:system": Role.SYSTEM_ADMIN,
    "workbench:security": Role.SECURITY_ADMIN,
    "workbench:audit": Role.AUDITOR,
}
Hiring = Callable[..., Path]


@pytest.fixture
def hiring(tmp_path: Path) -> Hiring:
    """Copy the demonstration city with one member of staff given these roles."""

    def city_with(*roles: Role) -> Path:
        city = tmp_path / "-".join(roles)
        shutil.copytree(CITY, city)
        file = city / "staff.yaml"
        words = file.read_text("utf-8")
        assert "roles: [bureau_officer]" in words
        file.write_text(words.replace("roles: [bureau_officer]", f"roles: [{', '.join(roles)}]"), "utf-8")
        return city

    return city_with


def test_a_city_whose_files_combine_them_is_refused_whole(town: Town, hiring: Hiring) -> None:
    before = everything()
    for roles in COMBINED[:4]:
        with pytest.raises(InvalidDeclaration, match="at once"):
            registry.load_city(hiring(*roles), now=town.now, chance=SystemChance())
    assert everything() == before
    for role in ADMINISTRATORS:  # each alone is in order: it is the combining that is refused
        registry.check_city(hiring(role))


def test_no_security_administrator_can_combine_them_for_anybody(town: Town) -> None:
    on = town.now.date()
    security = registry.staff("security.yunxi.ning", on=on)
    before = everything()
    for login in ("bureau.yunxi.tao", "audit.yunxi.shang", "system.yunxi.gu"):
        for roles in COMBINED:
            with pytest.raises(Conflict, match="at once"):
                registry.set_roles(
                    login,
                    [(role, "990100") for role in roles],
                    by=security,
                    because="上岗",
                    now=town.now,
                    chance=SystemChance(),
                )
    for one in registry.everybody(on, most=1000).lines:
        if not one.holds(Role.SECURITY_ADMIN):
            with pytest.raises(NotAllowed):
                registry.set_roles(
                    "bureau.yunxi.tao",
                    [(Role.LEADER, "990100")],
                    by=one,
                    because="上岗",
                    now=town.now,
                    chance=SystemChance(),
                )
    with pytest.raises(NotAllowed):  # nor gives herself another role
        registry.set_roles(
            security.login,
            [(Role.AUDITOR, "990100")],
            by=security,
            because="上岗",
            now=town.now,
            chance=SystemChance(),
        )
    assert everything() == before


def test_the_store_itself_takes_no_second_administrators_role(town: Town) -> None:
    """Whoever reaches past every door, into the tables, is refused there."""
    roles, members = apps.get_model("registry", "StaffRole"), apps.get_model("registry", "Staff")
    for login in ("system.yunxi.gu", "security.yunxi.ning", "audit.yunxi.shang"):
        held = registry.staff(login, on=town.now.date()).roles
        for role in set(ADMINISTRATORS) - held:
            with pytest.raises(IntegrityError), transaction.atomic():
                roles.objects.create(
                    staff=members.objects.get(login=login), role=role.value, division="990100"
                )


def test_no_member_of_staff_opens_the_pages_of_two_administrators_and_none_opens_a_case(world: World) -> None:
    for one in registry.everybody(world.town.now.date(), most=1000).lines:
        walker = Walker(world, one.login)
        opened = {name for name in OWN if walker.read(PAGES[name].address).status == 200}
        assert opened == {name for name, role in OWN.items() if role in one.roles}, one.login
        assert len(opened) <= 1
        if opened:
            for matter in world.matters.values():
                for name in ("workbench:case", "workbench:facts", "portal:filing", "portal:form"):
                    assert walker.read(PAGES[name].at(matter)).status in {403, 404}, (one.login, name)
