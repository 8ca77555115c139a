"""A city is checked without a change, built as often as one likes, and copied to begin another."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tests.sources import ROOT
from tongban.kernel.clock import SystemClock
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration, TongbanError
from tongban.kernel.ids import SystemChance
from tongban.kernel.node import Node
from tongban.kernel.seals import AES_BYTES, SM4_BYTES
from tongban.kernel.texts import Text
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban.site.building import Builder, check, keep_secret
from tongban.site.city import here
from tongban.site.command import main
from tongban.site.places import demonstration_seed, second_factor_key

YUNXI = ROOT / "cities" / "yunxi"
TODAY = date(2026, 11, 23)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the demonstration city, to be spoilt."""
    return Path(shutil.copytree(YUNXI, tmp_path / "city"))


def _builder(city: Path, said: list[Text]) -> Builder:
    node = Node(code="990100", name="云溪市", city=city, var=Path(settings.VAR))
    return Builder(node, SystemClock(), SystemChance(), said.append)


def test_the_demonstration_city_is_in_order() -> None:
    check(YUNXI, TODAY)


def test_a_mistake_is_told_with_its_file_and_line(city: Path) -> None:
    path = city / "city.yaml"
    path.write_text(path.read_text("utf-8").replace('"990100"', '"990177"'), "utf-8")
    with pytest.raises(InvalidDeclaration, match=r"city\.yaml:2: .*990177"):
        check(city, TODAY)


@pytest.mark.parametrize("name", ["divisions.yaml", "organisations.yaml", "calendar.yaml", "endpoints.yaml"])
def test_a_file_with_a_word_that_means_nothing_is_refused(city: Path, name: str) -> None:
    path = city / name
    path.write_text(path.read_text("utf-8") + "\nnonsense: 1\n", "utf-8")
    with pytest.raises(InvalidDeclaration) as refused:
        check(city, TODAY)
    assert refused.value.file.endswith(name)
    assert refused.value.line > 0


@pytest.mark.parametrize(
    ("name", "old", "new", "says", "todo"),
    [
        (
            "catalogue/resources.yaml",
            "connector: police",
            "connector: polic",
            "no connector named polic",
            "mean police",
        ),
        (
            "connectors/police.yaml",
            "police.real_name:",
            "police.real_names:",
            "police.real_name: The catalogue offers it",
            "under `resources`",
        ),
        (
            "connectors/police.yaml",
            "person.birth_date: {",
            "person.birth_day: {",
            "Nothing says how to read person.birth_date",
            "Add person.birth_date",
        ),
    ],
)
def test_a_connector_that_is_not_as_the_catalogue_says_is_told_with_its_file_and_line(
    city: Path, name: str, old: str, new: str, says: str, todo: str
) -> None:
    path = city / name
    written = path.read_text("utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), "utf-8")
    with pytest.raises(InvalidDeclaration) as refused:
        check(city, TODAY)
    several = refused.value.errors if isinstance(refused.value, DeclarationErrors) else [refused.value]
    told = [one for one in several if says in one.what.en and todo in one.todo.en]
    assert [Path(one.file) for one in told] == [path]
    assert told[0].line > 1


def test_a_missing_file_is_a_refusal_not_a_traceback(city: Path) -> None:
    (city / "staff.yaml").unlink()
    with pytest.raises(TongbanError):
        check(city, TODAY)


def test_building_again_changes_no_key_and_no_account(database: None) -> None:
    said: list[Text] = []
    builder = _builder(YUNXI, said)
    builder.build()
    trust = json.loads((Path(settings.VAR) / "trust.json").read_bytes())["content"]
    keys = {path: path.read_bytes() for path in ledger.keys_folder().rglob("*") if path.is_file()}
    size = ledger.head("decisions").waiting
    builder.build()
    again = json.loads((Path(settings.VAR) / "trust.json").read_bytes())["content"]
    assert (again["offices"], again["root"]) == (trust["offices"], trust["root"])
    assert {path: path.read_bytes() for path in ledger.keys_folder().rglob("*") if path.is_file()} == keys
    assert ledger.head("decisions").waiting == size


def test_every_organisation_has_a_key_and_its_people_can_sign_in(database: None) -> None:
    _builder(YUNXI, []).build()
    trust = json.loads((Path(settings.VAR) / "trust.json").read_bytes())["content"]
    assert {office["office"] for office in trust["offices"]} == {o.slug for o in registry.organisations()}
    algorithms = {office["office"]: [key["alg"] for key in office["keys"]] for office in trust["offices"]}
    assert trust["root"]["alg"] == "sm2sig_sm3"
    assert algorithms.pop("bank.990100") == ["Ed25519"]
    assert algorithms.pop("fund.990100") == ["ES256"]
    assert set(map(tuple, algorithms.values())) == {("sm2sig_sm3",)}
    seed = bytes.fromhex(demonstration_seed().read_text("ascii"))
    logins = [line.login for line in registry.check_city(YUNXI).staff.value.staff]
    account = registry.demonstration_accounts(seed, logins)[0]
    now = SystemClock().now()
    key = registry.second_factor_key(second_factor_key())
    code = account.code(now)
    signed_in = registry.sign_in(
        account.login, account.password, code, now=now, key=key, chance=SystemChance()
    )
    assert signed_in.staff.login == account.login


@pytest.mark.parametrize(("profile", "length"), [("guomi", SM4_BYTES), ("international", AES_BYTES)])
def test_the_profile_says_how_the_logs_are_signed_and_what_seals(
    database: None, city: Path, profile: str, length: int
) -> None:
    (city / "signing.yaml").write_text(f"profile: {profile}\n", "utf-8")
    _builder(city, []).build()
    trust = json.loads((Path(settings.VAR) / "trust.json").read_bytes())["content"]
    named = [vkey.partition("+")[0] for vkey in trust["logs"]]
    assert [vkey.partition("+")[0] for vkey in trust.get("logs_sm2", [])] == named * (profile == "guomi")
    assert len(registry.second_factor_key(second_factor_key()).key) == length
    sealing = [path.read_bytes() for path in Path(settings.VAR).with_name("var-opening-keys").iterdir()]
    assert {len(key) for key in sealing} == {length}


def test_a_real_city_gets_no_demonstration_accounts(database: None, city: Path) -> None:
    path = city / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("demonstration: true", "demonstration: false"), "utf-8")
    _builder(city, []).build()
    assert not demonstration_seed().exists()


def test_a_secret_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "secret"
    assert keep_secret(path, "first")
    assert not keep_secret(path, "second")
    assert path.read_text() == "first"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_city_begins_as_a_copy_that_is_no_demonstration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "init",
        "mycity",
        "--code",
        "990100",
        "--zh",
        "我市",
        "--en",
        "My city",
        "--cities",
        str(tmp_path),
    ]
    assert main(line) == 0
    assert "city check" in capsys.readouterr().out
    check(tmp_path / "mycity", TODAY)
    assert "demonstration: false" in (tmp_path / "mycity" / "city.yaml").read_text("utf-8")
    assert licences.signing_profile(tmp_path / "mycity") == licences.SigningProfile(profile="guomi")
    assert main(line) == 5
    line[1] = "other"
    assert main([*line, "--profile", "international"]) == 0
    check(tmp_path / "other", TODAY)
    assert licences.signing_profile(tmp_path / "other").algorithm_of("market.990100") == "Ed25519"


def test_who_signs_otherwise_is_an_organisation_of_the_city(city: Path) -> None:
    path = city / "signing.yaml"
    path.write_text(path.read_text("utf-8").replace("fund.990100", "fund.990199"), "utf-8")
    with pytest.raises(InvalidDeclaration, match=r"signing.yaml:9: organisations.yaml has no fund.990199"):
        check(city, TODAY)
    path.write_text("profile: rot13\n", "utf-8")
    with pytest.raises(InvalidDeclaration, match=r"signing.yaml:1"):
        check(city, TODAY)


@pytest.mark.parametrize("name", ["My City", "../x", "", "9"])
def test_a_city_has_a_plain_name(tmp_path: Path, name: str) -> None:
    line = ["init", "--code", "990100", "--zh", "我市", "--en", "X", "--cities", str(tmp_path), "--", name]
    assert main(line) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", ["true", "false"])
def test_a_node_knows_whether_its_city_is_a_demonstration(city: Path, said: str) -> None:
    path = city / "city.yaml"
    path.write_text(path.read_text("utf-8").replace("demonstration: true", f"demonstration: {said}"), "utf-8")
    with override_settings(CITY=city):
        assert here().demonstration == (said == "true")
