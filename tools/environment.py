"""Makes .venv from the locked requirements: run by the system's Python, before anything is installed.

    python3.11 tools/environment.py run     what `make run` needs
    python3.11 tools/environment.py test    the same and what `make test` and `make check` need

A stamp holds the hash of what was installed, so that a second run is done at once. A mark lies in
.venv while it is being filled: an environment that still has it was left half-built and is made anew.
"""

from __future__ import annotations  # so that an older Python can still read as far as the refusal

import csv
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

WANTED = (3, 11)  # what the locks were made for
PURPOSES = ("run", "test")


def stop(sentence: str) -> NoReturn:
    """Say what is wrong and what to do now, and end."""
    print(f"\ntongban: {sentence}\n", file=sys.stderr)
    raise SystemExit(1)


def command(root: Path, arguments: Sequence[str | Path], *, otherwise: str) -> None:
    """Run one step quietly; when it fails show what it said, then what to do."""
    done = subprocess.run(
        [str(a) for a in arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)
        stop(otherwise)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def has_ensurepip() -> bool:
    """Ask a fresh interpreter: Debian splits ensurepip off into python3.11-venv."""
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return probe.returncode == 0


@dataclass(frozen=True)
class Environment:
    """The environment of one checkout."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def unfinished(self) -> Path:
        """Lies there from before the first file is installed until the stamp is written."""
        return self.folder / "unfinished"

    @property
    def projects(self) -> tuple[Path, ...]:
        """The platform, and the verifier that stands alone."""
        return (self.root, self.root / "packages" / "verify")

    def lock(self, purpose: str) -> Path:
        return self.root / "requirements" / f"{purpose}.txt"

    def stamp(self, purpose: str) -> Path:
        return self.folder / f"{purpose}.stamp"

    def fingerprint(self, purpose: str) -> str:
        """Hash everything that decides what is installed, this interpreter and the place included."""
        files = [self.lock(purpose), *(project / "pyproject.toml" for project in self.projects)]
        content = b"\0".join(path.read_bytes() for path in files)
        here = f"{sys.version}{os.path.realpath(sys.executable)}{self.root}"
        return hashlib.sha256(content + here.encode()).hexdigest()

    def is_ready(self, purpose: str) -> bool:
        """Tell whether this very lock is installed; an environment for tests can run as well."""
        if self.unfinished.exists() or not (self.folder / "bin" / "python").exists():
            return False
        installed = any(
            self.stamp(name).is_file() and self.stamp(name).read_text("ascii") == self.fingerprint(name)
            for name in {purpose, "test"}
        )
        return installed and self.is_whole()

    def made_by(self) -> str:
        """Give the interpreter that the environment was made with, as it noted it itself."""
        noted = self.folder / "pyvenv.cfg"
        lines = noted.read_text("utf-8").splitlines() if noted.is_file() else []
        pairs = (line.partition(" = ") for line in lines)
        return next((value.strip() for name, _, value in pairs if name.strip() == "executable"), "")

    def is_whole(self) -> bool:
        """Tell whether every file that the packages say they installed is there, in its size."""
        for record in self.folder.glob("lib/python*/site-packages/*.dist-info/RECORD"):
            place = record.parent.parent
            for name, _, size in csv.reader(record.read_text("utf-8").splitlines()):
                if size and "__pycache__" not in name and not _has_size(place / name, int(size)):
                    return False
        return True

    def is_usable(self) -> bool:
        """Tell whether what is there was finished once and its pip still starts."""
        python = self.folder / "bin" / "python"
        if self.unfinished.exists() or not python.exists() or not self.is_whole():
            return False
        if self.made_by() not in {"", os.path.realpath(sys.executable)}:
            return False
        asked = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
        return asked.returncode == 0

    def create(self) -> None:
        """Make it empty, with Debian's missing piece fetched when that is allowed."""
        if not has_ensurepip():
            if os.geteuid() != 0 or shutil.which("apt-get") is None:
                stop(
                    "this Python cannot make virtual environments. On Debian run"
                    " `sudo apt-get install python3.11-venv`, then the same command again."
                )
            print("Installing python3.11-venv from Debian's packages …", flush=True)
            failed = "python3.11-venv could not be installed; install it by hand, then run the same again."
            command(self.root, ["apt-get", "update", "-qq"], otherwise=failed)
            command(self.root, ["apt-get", "install", "-y", "-qq", "python3.11-venv"], otherwise=failed)
        command(
            self.root,
            [sys.executable, "-m", "venv", self.folder],
            otherwise="the virtual environment could not be made; see above; `make clean`, then try again.",
        )

    def fill(self, purpose: str) -> None:
        """Install the lock, every file by its hash, then the projects themselves from this folder."""
        python = self.folder / "bin" / "python"
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-input"]
        command(
            self.root,
            [*pip, "--require-hashes", "--only-binary=:all:", "-r", self.lock(purpose)],
            otherwise="the locked packages could not be installed. Is the package registry reachable, is"
            " there room on the disk? See pip's own words above; then run the same command again.",
        )
        editable = [word for project in self.projects for word in ("-e", project)]
        command(
            self.root,
            [*pip, "--no-deps", "--no-build-isolation", *editable],
            otherwise="the project itself could not be installed into .venv; see above.",
        )

    def provide(self, purpose: str) -> None:
        """Make it ready for the purpose: nothing to do, complete it, or make it anew."""
        if self.is_ready(purpose):
            return
        if self.folder.exists() and not self.is_usable():
            print(
                "The .venv was left half-built, damaged or made by another Python: making it anew.",
                flush=True,
            )
            shutil.rmtree(self.folder)
        print(f"Installing what `{purpose}` needs into .venv (once; about a minute) …", flush=True)
        if not self.folder.exists():
            self.create()
        self.unfinished.touch()
        self.fill(purpose)
        self.stamp(purpose).write_text(self.fingerprint(purpose), "ascii")
        self.unfinished.unlink()


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if purpose not in PURPOSES:
        stop(f"tools/environment.py knows {' and '.join(PURPOSES)}, not {purpose!r}.")
    if sys.version_info[:2] != WANTED:
        stop(
            f"Python {WANTED[0]}.{WANTED[1]} is needed, this is {sys.version.split()[0]}."
            " Install python3.11, or name one: `make run PYTHON=/path/to/python3.11`."
        )
    environment = Environment(Path(__file__).resolve().parents[1])
    with os.fdopen(os.open(environment.lock(purpose), os.O_RDONLY)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second waits and finds it done
        environment.provide(purpose)


if __name__ == "__main__":
    main()
