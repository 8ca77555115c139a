"""The logs over HTTP: what a foreign reader and the monitor's command need, and no other file of the node."""

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.ledger.recording import SIGNER, decide, publish
from tongban.site.command import main


@pytest.mark.parametrize(
    "path",
    [
        "decisions/../keys/ledger.pem",
        "decisions/..%2f..%2fkeys/ledger.pem",
        "decisions-private/000000000000-3.jsonl",
        "decisions.pending",
        "decisions/tile/0/000.p/999999",
        "decisions/tile/64/000",
        "decisions/tile/0/0",
        "decisions/checkpoint.tmp",
        "keys/checkpoint",
        "decisions/",
    ],
)
def test_nothing_but_files_of_a_log_is_there(database: None, path: str) -> None:
    decide("1", "2", "3")
    publish()
    assert Client().get(f"/logs/{path}").status_code == 404


def test_tiles_are_kept_for_ever_and_the_checkpoint_is_not(database: None) -> None:
    decide("1", "2", "3")
    publish()
    checkpoint = Client().get("/logs/decisions/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=2" in checkpoint.headers["Cache-Control"]
    tile = Client().get("/logs/decisions/tile/0/000.p/3")
    assert len(tile.content) == 96
    assert "immutable" in tile.headers["Cache-Control"]
    assert Client().post("/logs/decisions/checkpoint").status_code == 405


def test_a_monitor_follows_over_http(
    live_server: LiveServer, database: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(*(str(at) for at in range(300)))
    publish()
    key = str(SIGNER.vkey("decisions"))
    log = f"{live_server.url}/logs/decisions"
    asked = ["monitor", "follow", log, "--vkey", key, "--folder", str(tmp_path / "m"), "--once", "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 300
    assert main(["monitor", "show", "--folder", str(tmp_path / "m"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"offices": {"-": {"case.decided": 300}}}
    assert main([*asked[:2], f"{live_server.url}/logs/none", *asked[3:]]) != 0
