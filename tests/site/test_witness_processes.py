"""Witnesses as processes of their own: reached over HTTP, killed, started again, never forgetting."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from django.conf import settings as node_settings
from pytest_django import Settings

from tests.ledger.branches import Branch
from tests.ledger.recording import SIGNER, decide, logs
from tests.ledger.worked_example import NOON
from tests.processes import Servers
from tests.sources import ROOT
from tongban.kernel.errors import InvalidDeclaration, SourceDown
from tongban.ledger import api as ledger
from tongban.site.command import main
from tongban.site.witnesses import (
    declared_witnesses,
    post,
    require_witnesses_known,
    witness_policy,
    write_witnesses,
)

NAMES = ("court", "bank", "fund")


class Office:
    """One office's witness: its folder, its port, its process."""

    def __init__(self, name: str, folder: Path, port: int, servers: Servers) -> None:
        self.name, self.folder, self.port, self.servers = name, folder, port, servers
        self.key = ledger.make_witness(folder, f"witness.example/{name}")
        for log in ("decisions", "shares-2026"):
            ledger.trust_log(folder, str(SIGNER.vkey(log)))
        self.start()

    def start(self) -> None:
        # By its own program, as the demonstration starts it; one by the command that an office types.
        alone, typed = ("tongban.ledger.witness",), ("tongban.site.command", "witness", "serve")
        serving = ("-m", *(typed if self.name == NAMES[-1] else alone), "--folder", str(self.folder))
        self.process = self.servers.start([*serving, "--port", str(self.port)])
        self.servers.wait_for_port(self.process, self.port)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self) -> dict[str, str]:
        return {"organisation": self.name, "vkey": str(self.key), "url": self.url}


@pytest.fixture
def three(
    database: None, servers: Servers, tmp_path: Path, free_port: Callable[[], int], settings: Settings
) -> list[Office]:
    made = [Office(name, tmp_path / name, free_port(), servers) for name in NAMES]
    write_witnesses(2, [office.told() for office in made])
    return made


def publish() -> int:
    done = ledger.sequence(logs(), SIGNER, NOON, holder="one", witnesses=witness_policy())
    return next(each for each in done if each.log == "decisions").published


def test_a_killed_witness_is_missed_and_remembers_when_it_is_back(three: list[Office]) -> None:
    decide("1", "2")
    assert publish() == 2
    three[0].kill()
    decide("3")
    assert publish() == 3
    three[1].kill()
    decide("4")
    assert publish() == 3, "two of three are gone"
    assert ledger.head("decisions").pending == 4
    for office in three[:2]:
        office.start()
    assert publish() == 4
    assert "witness.example/court" in ledger.head("decisions").checkpoint
    fork = Branch("false", 0).request(4, 9)
    answer = httpx.post(f"{three[0].url}/add-checkpoint", content=fork.body())
    assert answer.status_code == 422
    assert "accusations: 1" in httpx.get(three[0].url).text


def test_the_page_of_a_witness_says_its_key_and_how_far_it_vouches(three: list[Office]) -> None:
    decide("1", "2")
    publish()
    page = httpx.get(three[2].url).text
    assert page.splitlines()[0] == str(three[2].key)
    assert f"{SIGNER.origin('decisions')} 2 " in page


def test_a_body_without_end_is_not_taken_in(three: list[Office]) -> None:
    parts = (b"x" * 10_000 for _ in range(100))
    try:
        status = httpx.post(f"{three[0].url}/add-checkpoint", content=parts).status_code
    except httpx.HTTPError:
        status = 413  # it closed the connection on us
    assert status == 413
    assert httpx.get(three[0].url).status_code == 200


def test_who_does_not_answer_is_said_so(free_port: Callable[[], int]) -> None:
    with pytest.raises(SourceDown):
        post(f"http://127.0.0.1:{free_port()}/add-checkpoint", b"old 0\n\n")


def test_a_node_without_a_list_has_no_witnesses(database: None) -> None:
    assert witness_policy() is ledger.NO_WITNESSES


def test_the_citys_witnesses_are_its_own_organisations(tmp_path: Path) -> None:
    declared = declared_witnesses(ROOT / "cities" / "yunxi")
    assert (declared.quorum, len(declared.witnesses)) == (2, 3)
    require_witnesses_known(ROOT / "cities" / "yunxi", {each.organisation for each in declared.witnesses})
    with pytest.raises(InvalidDeclaration) as wrong:
        require_witnesses_known(ROOT / "cities" / "yunxi", {"court.990100"})
    assert "bank.990100" in wrong.value.what.en
    (tmp_path / "witnesses.yaml").write_text("quorum: 2\nwitnesses: []\n", "utf-8")
    with pytest.raises(InvalidDeclaration):
        declared_witnesses(tmp_path)
    assert declared_witnesses(tmp_path / "none").quorum == 0


def test_the_command_makes_a_witness_trusts_a_log_and_shows_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "w")
    assert main(["witness", "init", "--name", "witness.example/w", "--folder", folder, "--json"]) == 0
    vkey = json.loads(capsys.readouterr().out)["vkey"]
    assert main(["witness", "init", "--name", "another", "--folder", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["vkey"] == vkey, "a key is never made anew"
    log = str(SIGNER.vkey("decisions"))
    assert main(["witness", "trust", log, "--folder", folder]) == 0
    assert main(["witness", "trust", vkey, "--folder", folder]) != 0, "a witness's key is no log's"
    capsys.readouterr()
    assert main(["witness", "show", "--folder", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"vkey": vkey, "heads": {}, "accusations": []}
    assert main(["witness", "show", "--folder", str(tmp_path / "nowhere")]) != 0
    assert oct((tmp_path / "w" / "ledger.pem").stat().st_mode)[-3:] == "600"
    assert node_settings.VAR is not None
