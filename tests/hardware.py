"""A token as the tests have one: SoftHSM2, with everything of it in the test's own folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.licences.signer.keyfiles import Place

PIN = "271828"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def softhsm() -> str:
    """Find the module; a test that needs it is counted as skipped where it is not there."""
    found = next((each for each in MODULES if Path(each).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is not installed: run `sudo apt-get install softhsm2`")
    return found


def make_token(folder: Path, label: str = "tongban") -> Place:
    """Make a token in `folder`; the processes that the test starts find it by SOFTHSM2_CONF."""
    module = softhsm()
    (folder / "softhsm").mkdir(exist_ok=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'softhsm'}\nlog.level = ERROR\n")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "31415926"],
        env={**os.environ, "SOFTHSM2_CONF": str(folder / "softhsm2.conf")},
        check=True,
        capture_output=True,
    )
    pin = folder / f"{label}.pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    return Place(module, label, str(pin))


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A token of this run's own: the module reads where it lies once, when it is loaded."""
    folder = tmp_path_factory.mktemp("token")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    yield make_token(folder)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
