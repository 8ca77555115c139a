"""`tongban key`: what the security administrator does about a key, and what is told to them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as node_settings
from pytest_django import Settings

from tests.licences.conftest import MARKET, TAX, Issuing
from tests.licences.test_rotation import SECURITY
from tongban.kernel.clock import SetClock, SystemClock
from tongban.kernel.ids import SystemChance
from tongban.ledger import api as ledger
from tongban.licences import api as licences
from tongban.licences.signer.keyfiles import Place
from tongban.registry import api as registry
from tongban.site import places
from tongban.site.command import main
from tongban_verify import anchor_from_bytes, verify_licence


@pytest.fixture
def node(database: None, tmp_path: Path) -> Iterator[Issuing]:
    """A node by the machine's clock with the running signers of two offices."""
    city, clock, chance = Path(node_settings.CITY), SetClock(SystemClock().now()), SystemChance()
    keys = ledger.keys_folder()
    ledger.make_log_key(keys, "990100")
    ledger.make_sm2_log_key(keys, chance)
    registry.load_city(city, now=clock.now(), chance=chance)
    licences.load_types(city)
    profile = licences.signing_profile(city)
    licences.make_node_keys([MARKET, TAX], profile=profile, now=clock.now(), chance=chance)
    with licences.SignerPool.start([MARKET, TAX], keys, places.sockets(), journals=tmp_path / "signed"):
        signers = licences.Signers(places.sockets())
        yield Issuing(clock, chance, signers, ledger.load_log_key(keys, "990100"))
    ledger.check_ledger()


def told(capsys: pytest.CaptureFixture[str], *line: str) -> Any:
    assert main([*line, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def codes(identifier: str) -> list[str]:
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_licence(licences.licence_file(identifier), anchor, SystemClock().now())
    return [reason.code for reason in report.reasons]


def test_a_stolen_key_from_its_revocation_to_licences_that_verify_again(
    node: Issuing, capsys: pytest.CaptureFixture[str]
) -> None:
    identifier = node.issue().identifier
    node.publish()
    since = node.now.replace(minute=0, second=0, microsecond=0)
    line = ["key", "revoke", MARKET, "--by", SECURITY, "--reason", "被盗", "--since", f"{since:%Y-%m-%dT%H}"]
    done = told(capsys, *line)
    assert [each["number"] for each in done["affected"]] == [identifier]
    assert done["affected"][0] | {"at": ""} == {
        "kind": "licence",
        "number": identifier,
        "holder": "云东县知味面馆有限公司",
        "at": "",
        "kid": done["revoked"]["kid"],
    }
    assert done["revoked"]["revoked"] == {"since": since.isoformat(), "reason": "被盗"}
    assert done["taken_up"]
    assert codes(identifier) == ["key_revoked"]
    assert told(capsys, "key", "affected", MARKET)["affected"] == done["affected"]
    assert told(capsys, "key", "affected", MARKET, "--sign-again")["signed_again"]
    assert codes(identifier) == []
    assert told(capsys, "key", "affected", MARKET)["affected"] == []
    listed = told(capsys, "key", "list", MARKET)
    assert [each["kid"] for each in listed] == [done["revoked"]["kid"], done["key"]["kid"]]
    assert {each["organisation"] for each in told(capsys, "key", "list")} == {MARKET, TAX}


def test_a_key_is_renewed_and_the_signer_has_it(node: Issuing, capsys: pytest.CaptureFixture[str]) -> None:
    done = told(capsys, "key", "renew", TAX, "--by", SECURITY)
    assert licences.Signers(places.sockets()).key_of(TAX) == done["key"]["kid"]
    trust = json.loads(licences.trust_file().read_bytes())["content"]
    kids = {each["office"]: [key["kid"] for key in each["keys"]] for each in trust["offices"]}
    assert kids[TAX][1:] == [done["key"]["kid"]]
    assert len(kids[MARKET]) == 1


def test_a_key_is_made_in_a_token_and_the_list_says_so(
    node: Issuing, token: Place, capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    city.mkdir()
    (city / "city.yaml").write_text('code: "990100"\nname: {zh: 云溪市, en: Yunxi}\n', "utf-8")
    (city / "signing.yaml").write_text("profile: international\n", "utf-8")
    settings.CITY = city
    where = ["--module", token.module, "--token", token.token, "--pin-file", token.pin_file]
    done = told(capsys, "key", "renew", MARKET, "--by", SECURITY, *where)
    assert done["taken_up"]
    assert licences.Signers(places.sockets()).key_of(MARKET) == done["key"]["kid"]
    assert [each.get("token") for each in told(capsys, "key", "list", MARKET)] == [None, token.token]
    identifier = node.issue().identifier
    node.publish()
    assert (licences.licence(identifier).kid, codes(identifier)) == (done["key"]["kid"], [])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("吊销（丢失）", "受影响的证照和文书 1 份", "信任文件已更新")),
        ("en", ("(丢失)", "1 licences and notices are affected", "then sign them again")),
    ],
)
def test_a_person_is_told_in_either_language(
    node: Issuing, capsys: pytest.CaptureFixture[str], language: str, words: tuple[str, ...]
) -> None:
    identifier = node.issue().identifier
    since = ["--since", node.now.isoformat()]  # an hour may have begun since
    line = ["key", "revoke", MARKET, "--by", SECURITY, "--reason", "丢失", *since, "--lang", language]
    assert main(line) == 0
    said = capsys.readouterr().out
    for each in (*words, identifier, f"tongban key affected {MARKET} --sign-again"):
        assert each in said


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["renew", MARKET, "--by", "nobody"], 4, "no such staff member"),
        (["renew", "nobody.990100", "--by", SECURITY], 4, "nobody.990100"),
        (["affected", "nobody.990100"], 4, "nobody.990100"),
        (
            ["revoke", MARKET, "--by", SECURITY, "--reason", "x", "--since", "2099-01-01T00"],
            1,
            "still to come",
        ),
        (["revoke", MARKET, "--by", SECURITY, "--reason", "x", "--since", "soon"], 2, "YYYY-MM-DDTHH"),
        (["revoke", MARKET, "--by", SECURITY], 2, "--reason"),
        (["renew", MARKET, "--by", SECURITY, "--token", "tongban"], 1, "go together"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    node: Issuing, capsys: pytest.CaptureFixture[str], line: list[str], code: int, said: str
) -> None:
    assert main(["key", *line, "--lang", "en"]) == code
    assert said in capsys.readouterr().err
    assert len(licences.public_keys(ledger.keys_folder(), MARKET)) == 1
