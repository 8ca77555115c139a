"""Makes .venv from the locked requirements: run by the system's Python, before anything is installed.

    python3.11 tools/environment.py run     what `make run` needs
    python3.11 tools/environment.py test    the same and what `make test` and `make check` need

A stamp holds the hash of what was installed, so that a second run is done at once. A mark lies in
.venv while it is being filled: an environment that still has it was left half-built and is made anew.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
UNFINISHED = VENV / "unfinished"
PROJECTS = (ROOT, ROOT / "packages" / "verify")  # the platform, and the verifier that stands alone
WANTED = (3, 11)  # what the locks were made for


def stop(sentence: str) -> NoReturn:
    """Say what is wrong and what to do now, and end."""
    print(f"\ntongban: {sentence}\n", file=sys.stderr)
    raise SystemExit(1)


def lock_of(purpose: str) -> Path:
    return ROOT / "requirements" / f"{purpose}.txt"


def fingerprint(purpose: str) -> str:
    """Hash everything that decides what is installed, this interpreter included."""
    files = [lock_of(purpose), *(project / "pyproject.toml" for project in PROJECTS)]
    content = b"\0".join(path.read_bytes() for path in files)
    return hashlib.sha256(content + f"{sys.version}{ROOT}".encode()).hexdigest()


def is_ready(purpose: str) -> bool:
    """Tell whether this very lock is installed; a tested environment can also run."""
    wanted = {name: fingerprint(name) for name in ("run", "test")}
    stamps = {name: VENV / f"{name}.stamp" for name in wanted}
    return not UNFINISHED.exists() and any(
        stamps[name].is_file() and stamps[name].read_text("ascii") == wanted[name]
        for name in {purpose, "test"}
    )


def command(arguments: Sequence[str | Path], *, otherwise: str) -> None:
    """Run one step quietly; when it fails show what it said, then what to do."""
    done = subprocess.run(
        [str(a) for a in arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)
        stop(otherwise)


def create() -> None:
    """Make an empty environment, with Debian's missing piece fetched when that is allowed."""
    if not has_ensurepip():
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            stop(
                "this Python cannot make virtual environments. On Debian run"
                " `sudo apt-get install python3.11-venv`, then the same command again."
            )
        print("Installing python3.11-venv from Debian's packages …", flush=True)
        failed = (
            "python3.11-venv could not be installed; install it by hand, then run the same command again."
        )
        command(["apt-get", "update", "-qq"], otherwise=failed)
        command(["apt-get", "install", "-y", "-qq", "python3.11-venv"], otherwise=failed)
    command(
        [sys.executable, "-m", "venv", "--clear", VENV],
        otherwise="the virtual environment could not be made; see above; then `make clean` and try again.",
    )
    UNFINISHED.touch()


def has_ensurepip() -> bool:
    """Ask a fresh interpreter: Debian splits ensurepip off into python3.11-venv."""
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return probe.returncode == 0


def is_usable() -> bool:
    """Tell whether .venv was finished once and its pip still starts."""
    python = VENV / "bin" / "python"
    if UNFINISHED.exists() or not python.exists():
        return False
    return (
        subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def fill(purpose: str) -> None:
    """Install the lock, every file by its hash, then the projects themselves from this folder."""
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input"]
    command(
        [*pip, "--require-hashes", "--only-binary=:all:", "-r", lock_of(purpose)],
        otherwise="the locked packages could not be installed. Is the package registry reachable, is there"
        " room on the disk? See pip's own words above; then run the same command again.",
    )
    editable = [word for project in PROJECTS for word in ("-e", project)]
    command(
        [*pip, "--no-deps", "--no-build-isolation", *editable],
        otherwise="the project itself could not be installed into .venv; see above.",
    )


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info[:2] != WANTED:
        stop(
            f"Python {WANTED[0]}.{WANTED[1]} is needed, this is {sys.version.split()[0]}."
            " Install python3.11, or name one: `make run PYTHON=/path/to/python3.11`."
        )
    with os.fdopen(os.open(lock_of(purpose), os.O_RDONLY)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second waits and finds it done
        if is_ready(purpose):
            return
        if VENV.exists() and not is_usable():
            print("The environment in .venv was left half-built; making it anew.", flush=True)
            shutil.rmtree(VENV)
        print(f"Installing what `{purpose}` needs into .venv (once; about a minute) …", flush=True)
        if not VENV.exists():
            create()
        UNFINISHED.touch()
        fill(purpose)
        (VENV / f"{purpose}.stamp").write_text(fingerprint(purpose), "ascii")
        UNFINISHED.unlink()


if __name__ == "__main__":
    main()
