"""An environment apart from the project's own, from a lock of its own: for tools nothing may depend on."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1] / "build"


def python_apart(name: str, lock: Path) -> Path:
    """Give the Python of build/<name>, filled from a lock, every file by its hash; made where it is missing.

    Raises CalledProcessError where the packages cannot be had.
    """
    folder = BUILD / name
    python, stamp = folder / "bin" / "python", folder / "stamp"
    wanted = hashlib.sha256(lock.read_bytes() + f"{sys.version}{folder}".encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text("ascii") != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes"]
        subprocess.run([*pip, "--only-binary=:all:", "-r", lock], check=True)
        stamp.write_text(wanted, "ascii")
    return python
