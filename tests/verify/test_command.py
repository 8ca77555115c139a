"""The command as anybody runs it: one sentence, one exit code, nothing else needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources import ROOT
from tests.verify.conftest import Handed
from tests.verify.forging import trust_statement, written
from tests.verify.test_codes import forge_code
from tongban_verify import page

AT = ["--at", "2026-11-23T12:10:00+08:00"]


def run(
    *arguments: str, lang: str = "en_GB.UTF-8", given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the verifier in a process that can import nothing but it and the standard library's neighbours."""
    return subprocess.run(
        [sys.executable, "-m", "tongban_verify", *arguments],
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        env={"PYTHONPATH": str(ROOT / "packages/verify/src"), "LANG": lang, "PATH": os.environ["PATH"]},
        cwd="/",
    )


@pytest.fixture
def file(specimen: Handed, tmp_path: Path) -> Path:
    path = tmp_path / "licence.json"
    path.write_bytes(specimen.data)
    return path


@pytest.fixture
def trust(specimen: Handed, tmp_path: Path) -> str:
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(specimen.tree["trust"]))
    return str(path)


def test_a_valid_licence_is_one_sentence_and_zero(file: Path, trust: str) -> None:
    told = run(str(file), "--trust", trust, *AT)
    assert told.returncode == 0
    assert told.stdout.decode().count("\n") == 1
    assert told.stdout.decode().startswith("Valid: Business licence")
    assert told.stderr == b""


def test_it_speaks_chinese_where_the_language_is_chinese_or_asked_for(file: Path, trust: str) -> None:
    assert (
        run(str(file), "--trust", trust, *AT, lang="zh_CN.UTF-8").stdout.decode().startswith("有效：营业执照")
    )
    assert run(str(file), "--trust", trust, *AT, "--lang", "zh").stdout.decode().startswith("有效：")


def test_without_trust_it_prints_the_fingerprint_and_two(file: Path) -> None:
    told = run(str(file), *AT)
    assert told.returncode == 2
    assert "sha256:" in told.stdout.decode()
    assert "no trusted root key" in told.stdout.decode()


def test_the_fingerprint_may_be_typed(file: Path, specimen: Handed) -> None:
    assert run(str(file), "--trust", specimen.anchor.fingerprint, *AT).returncode == 0
    assert run(str(file), "--trust", "sha256:" + "0" * 64, *AT).returncode == 1


def test_a_tampered_licence_is_one(file: Path, trust: str) -> None:
    file.write_bytes(file.read_bytes().replace("知味".encode(), "知意".encode()))
    told = run(str(file), "--trust", trust, *AT)
    assert told.returncode == 1
    assert "changed after it was signed" in told.stdout.decode()


def test_no_licence_at_all_is_three(tmp_path: Path, trust: str) -> None:
    assert run(str(tmp_path / "none.json"), "--trust", trust).returncode == 3
    (tmp_path / "picture.json").write_bytes(b"\x89PNG")
    assert run(str(tmp_path / "picture.json"), "--trust", trust).returncode == 3


def test_an_unreadable_anchor_is_three_and_said_apart(file: Path, specimen: Handed, tmp_path: Path) -> None:
    told = run(str(file), "--trust", str(tmp_path / "none.json"))
    assert told.returncode == 3
    assert b"trust anchor" in told.stderr
    spoilt = specimen.tree["trust"]
    spoilt["content"]["node"] = "990200"
    (tmp_path / "spoilt.json").write_text(json.dumps(spoilt))
    assert run(str(file), "--trust", str(tmp_path / "spoilt.json")).returncode == 3


def test_json_is_for_programs_and_standard_input_is_read(file: Path, trust: str) -> None:
    told = run("-", "--trust", trust, "--json", *AT, given=file.read_bytes())
    report = json.loads(told.stdout)
    assert (told.returncode, report["verdict"], report["evidence"]) == (0, "valid", "published")


@pytest.mark.parametrize(
    "asked",
    [[], ["a", "b"], ["a", "--quorum", "many"], ["a", "--lang", "fr"], ["a", "--at", "x"], ["--what"]],
)
def test_a_command_that_is_asked_wrongly_never_ends_as_if_a_file_were_undecided(asked: list[str]) -> None:
    told = run(*asked)
    assert told.returncode == 3
    assert b"usage: tongban-verify" in told.stderr


def test_a_moment_keeps_its_offset_however_it_is_written(file: Path, trust: str) -> None:
    for at in (
        "2026-11-23T12:10:00+08:00",
        "2026-11-23T12:10+08:00",
        "20261123T121000+0800",
        "2026-11-23T04:10",
    ):
        assert run(str(file), "--trust", trust, "--at", at).returncode == 0, at
    early = run(str(file), "--trust", trust, "--at", "2026-11-22T23:59+08:00")
    assert "not yet in force" in early.stdout.decode()


def test_it_writes_the_page_that_verifies(specimen: Handed) -> None:
    told = run("--page")
    assert (told.returncode, told.stdout) == (0, page())


def test_a_terminal_without_chinese_still_gets_its_sentence(file: Path, trust: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tongban_verify", str(file), "--trust", trust, *AT],
        capture_output=True,
        check=False,
        timeout=60,
        env={
            "PYTHONPATH": str(ROOT / "packages/verify/src"),
            "PYTHONIOENCODING": "ascii",
            "PATH": os.environ["PATH"],
            "LANG": "en",
        },
    )
    assert told.returncode == 0
    assert told.stdout.startswith(b"Valid: Business licence")


def test_a_code_is_verified_as_it_was_scanned_or_from_a_file(tmp_path: Path) -> None:
    trust, file = tmp_path / "trust.json", tmp_path / "code.txt"
    trust.write_bytes(written(trust_statement()))
    file.write_bytes(forge_code() + b"\n")
    for said in (forge_code().decode(), str(file)):
        told = run(said, "--trust", str(trust), *AT)
        assert (told.returncode, told.stderr) == (2, b"")
        assert "知味面馆有限公司" in told.stdout.decode()
        assert "--status-list" in told.stdout.decode()
