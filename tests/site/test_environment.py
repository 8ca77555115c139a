"""An environment is made once, completed when the lock changes, and made anew when it was left half-built."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.sources import ROOT
from tools.environment import PURPOSES, Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A checkout with locks of its own and an empty environment."""
    for name in ("pyproject.toml", "packages/verify/pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "requirements").mkdir()
    made = Environment(tmp_path)
    for purpose in PURPOSES:
        made.lock(purpose).write_text(f"{purpose}==1\n")
    venv.create(made.folder, with_pip=False, symlinks=True)
    return made


def _stamp(environment: Environment, purpose: str) -> None:
    environment.stamp(purpose).write_text(environment.fingerprint(purpose))


def test_an_environment_without_a_stamp_is_not_ready(environment: Environment) -> None:
    assert not any(environment.is_ready(purpose) for purpose in PURPOSES)


def test_what_can_test_can_run_but_not_the_other_way(environment: Environment) -> None:
    _stamp(environment, "run")
    assert (environment.is_ready("run"), environment.is_ready("test")) == (True, False)
    environment.stamp("run").unlink()
    _stamp(environment, "test")
    assert (environment.is_ready("run"), environment.is_ready("test")) == (True, True)


@pytest.mark.parametrize(
    "changed", ["requirements/run.txt", "pyproject.toml", "packages/verify/pyproject.toml"]
)
def test_a_changed_lock_or_project_is_installed_again(environment: Environment, changed: str) -> None:
    _stamp(environment, "run")
    (environment.root / changed).write_text("changed")
    assert not environment.is_ready("run")


def test_a_half_built_environment_is_neither_ready_nor_usable(
    environment: Environment,
) -> None:
    _stamp(environment, "run")
    environment.unfinished.touch()
    assert not environment.is_ready("run")
    assert not environment.is_usable()


def test_an_environment_whose_pip_does_not_start_is_made_anew(environment: Environment) -> None:
    assert not environment.is_usable()


def test_locks_name_no_place_and_every_file_has_its_hash() -> None:
    for purpose in PURPOSES:
        lines = Environment(ROOT).lock(purpose).read_text("utf-8").splitlines()
        pinned = [at for at, line in enumerate(lines) if "==" in line and not line.lstrip().startswith("#")]
        assert len(pinned) > 40
        assert [lines[at] for at in pinned if "--hash=sha256:" not in lines[at + 1]] == []
        assert not any("://" in line or line.startswith("--") for line in lines)


def test_whoever_runs_installs_no_browser_and_no_test_tool() -> None:
    run = Environment(ROOT).lock("run").read_text("utf-8")
    assert [
        name for name in ("playwright", "pytest", "mypy", "hypothesis", "ruff") if f"\n{name}==" in run
    ] == []


def test_a_purpose_that_is_not_known_is_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/environment.py", "fly"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "not 'fly'" in done.stderr
    assert "Traceback" not in done.stderr
