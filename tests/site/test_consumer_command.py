"""`tongban consumer`: from a file with a public key to a system that may ask, and back."""

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.town import Town
from tongban.site.command import main

NING = ["--by", "security.yunxi.ning", "--because", "接入共享网关"]


def public_key(folder: Path, name: str) -> str:
    """Make a pair of keys as a consumer does, with openssl."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return str(public)


def said(capsys: pytest.CaptureFixture[str], *line: str) -> Any:
    assert main(["consumer", *line, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_key_is_registered_replaced_and_withdrawn_by_command(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "list") == []
    first, second = public_key(tmp_path, "first"), public_key(tmp_path, "second")
    (old,) = said(capsys, "register", "market.990121", "--key", first, *NING)
    until = (town.now + timedelta(days=30)).replace(microsecond=0)
    listed = said(capsys, "replace", old["key_id"], "--key", second, "--until", until.isoformat(), *NING)
    ends = {key["key_id"]: key["until"] for key in listed}
    assert datetime.fromisoformat(ends.pop(old["key_id"])) == until
    ((new, none),) = ends.items()
    assert none is None
    (ended,) = said(capsys, "withdraw", new, *NING)
    assert ended["until"] is not None
    assert len(said(capsys, "list", "market.990121")) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["register", "market.990121", "--key", "/nowhere", *NING], 4),
        (["list", "no.body"], 4),
        (["withdraw", "0" * 32, *NING], 4),
    ],
)
def test_what_is_not_there_is_said(town: Town, line: list[str], code: int) -> None:
    assert main(["consumer", *line]) == code
