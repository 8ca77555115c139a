"""The first who signs in at a real city is given credentials at the machine, and only such a one."""

import json

import pytest

from bench.town import Town
from tests.openings import fields_of
from tongban.kernel.clock import SystemClock
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry
from tongban.site.command import main
from tongban.site.places import second_factor_key

NING = "security.yunxi.ning"


@pytest.fixture
def key(town: Town) -> registry.SecondFactorKey:
    """The key that a build makes."""
    return registry.make_second_factor_key(second_factor_key(), SystemChance())


def test_a_security_administrator_is_given_what_opens_the_workbench(
    key: registry.SecondFactorKey, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", NING, "--give", "--because", "首次开通", "--json"]) == 0
    given = json.loads(capsys.readouterr().out)
    assert given.pop("uri").startswith("otpauth://totp/")
    made, now = registry.Credentials(**given), SystemClock().now()
    entered = registry.sign_in(NING, made.password, made.code(now), now=now, key=key, chance=SystemChance())
    assert entered.staff.roles == {registry.Role.SECURITY_ADMIN}
    (said,) = fields_of(kind="staff.credentials_set").values()
    assert (said["login"], said["maker"], said["because"]) == (NING, "install", "首次开通")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["market.yundong.chen", "--because", "图省事"], 3),
        (["audit.yunxi.shang", "--because", "图省事"], 3),
        ([NING], 1),
        (["no.body", "--because", "试"], 4),
        (["--because", "试"], 1),
    ],
)
def test_nobody_else_is_and_never_without_a_cause(
    key: registry.SecondFactorKey, line: list[str], code: int
) -> None:
    assert main(["account", *line, "--give"]) == code
    assert fields_of(kind="staff.credentials_set") == {}
