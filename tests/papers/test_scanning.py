"""The node's own scanner: a command that gets the file and answers by its exit code, in bounded time."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.papers.conftest import pdf, store
from tongban.kernel.errors import Invalid, NotAllowed
from tongban.papers import api as papers

HARM = "import sys; sys.exit(1 if b'harm' in sys.stdin.buffer.read() else 0)"
CLEAN, HARMFUL, NOT_SCANNED = (
    papers.ScanVerdict.CLEAN,
    papers.ScanVerdict.HARMFUL,
    papers.ScanVerdict.NOT_SCANNED,
)


def program(code: str, timeout_s: float = 30.0) -> papers.CommandScanner:
    return papers.CommandScanner((sys.executable, "-c", code), timeout_s)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(pdf())
    return path


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("", CLEAN),
        ("import sys; sys.exit(1)", HARMFUL),
        ("import sys; sys.exit(2)", NOT_SCANNED),
        ("import sys; sys.exit(255)", NOT_SCANNED),
        ("import os; os.kill(os.getpid(), 9)", NOT_SCANNED),
    ],
)
def test_the_exit_code_is_the_verdict(file: Path, code: str, verdict: papers.ScanVerdict) -> None:
    assert program(code).scan(file) is verdict


def test_the_whole_file_comes_on_standard_input(file: Path) -> None:
    code = f"import sys; sys.exit(0 if len(sys.stdin.buffer.read()) == {len(pdf())} else 1)"
    assert program(code).scan(file) is CLEAN


def test_a_scanner_that_is_not_there_or_never_answers_has_not_scanned(file: Path, tmp_path: Path) -> None:
    assert papers.CommandScanner((str(tmp_path / "none"),)).scan(file) is NOT_SCANNED
    kept = tmp_path / "pid"
    code = f"import os, time; open({str(kept)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    assert program(code, timeout_s=2).scan(file) is NOT_SCANNED
    with pytest.raises(ProcessLookupError):
        os.kill(int(kept.read_text("ascii")), 0)


def test_a_scanner_learns_nothing_of_the_nodes_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched: the environment is the process's own.
    monkeypatch.setenv("TONGBAN_SECRET_KEY", "secret")
    assert program("import os, sys; sys.exit('TONGBAN_SECRET_KEY' in os.environ)").scan(file) is CLEAN


def test_a_setting_is_a_command_line_and_an_empty_one_is_no_scanner(uploads: Path) -> None:
    scanner = papers.scanner_of(shlex.join([sys.executable, "-c", HARM]))
    assert store(uploads, pdf(), scanner=scanner).scan is CLEAN
    with pytest.raises(NotAllowed, match="harmful"):
        store(uploads, pdf("harm"), scanner=scanner)
    assert len([path for path in uploads.rglob("*") if path.is_file()]) == 1
    assert store(uploads, pdf(), scanner=papers.scanner_of("  ")).scan is NOT_SCANNED
    with pytest.raises(Invalid, match="TONGBAN_SCANNER"):
        papers.scanner_of("scan 'it")
