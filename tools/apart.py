"""What stands apart from the project's own packages, each by its hash: for tools nothing may depend on."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
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


def file_from_npm(package: str, member: str, *, sha512: str) -> Path | None:
    """Give one file of a package that npm fetches, kept as build/npm/<package>; nothing is run or installed.

    `package` is its name and version, `sha512` the hash of what npm brings, in hexadecimal. None where there
    is no npm; raises CalledProcessError where it cannot bring the package, ValueError for another hash.
    """
    npm, kept = shutil.which("npm"), BUILD / "npm" / package / member
    if kept.is_file():
        return kept
    if npm is None:
        return None
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        asked = [npm, "pack", "--silent", "--ignore-scripts", f"--pack-destination={folder}", package]
        subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
        [brought] = Path(folder).iterdir()
        if hashlib.sha512(brought.read_bytes()).hexdigest() != sha512:
            raise ValueError(f"{package} is not what was locked")
        with tarfile.open(brought) as packed:
            packed.extract(f"package/{member}", folder, filter="data")
        (Path(folder) / "package" / member).replace(kept)  # at once, whoever else fetches it meanwhile
    return kept
