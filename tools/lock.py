"""`make lock`: resolve the requirements and write each with its hashes.

The registry and its mirrors are each machine's own matter: nothing of them is written down.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "lock"
PIP_TOOLS = "pip-tools==7.6.2"  # resolves only; nothing of it is installed with the platform
QUIET_ABOUT_THE_MACHINE = (
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
)
HEADING = "# Made by `make lock` from pyproject.toml. Do not edit.\n"


def resolve(purpose: str, *options: str) -> None:
    """Write requirements/<purpose>.txt; setuptools is in it, since it installs the project itself."""
    target = ROOT / "requirements" / f"{purpose}.txt"
    subprocess.run(
        [
            FOLDER / "bin" / "python",
            *("-m", "piptools", "compile", "--quiet", "--no-header", "--generate-hashes", "--strip-extras"),
            *("--allow-unsafe", "--build-deps-for=editable", *QUIET_ABOUT_THE_MACHINE, *options),
            f"--output-file={target.relative_to(ROOT)}",
            "pyproject.toml",
        ],
        cwd=ROOT,
        check=True,
    )
    target.write_text(HEADING + target.read_text("utf-8").lstrip("\n"), "utf-8")


def main() -> None:
    if sys.argv[1:]:
        raise SystemExit("tools.lock takes no arguments: edit pyproject.toml, then make lock")
    if not (FOLDER / "bin" / "python").exists():
        venv.create(FOLDER, with_pip=True)
    subprocess.run([FOLDER / "bin" / "python", "-m", "pip", "install", "--quiet", PIP_TOOLS], check=True)
    resolve("test", "--extra=test", "--extra=pkcs11")
    resolve("run", "--constraint=requirements/test.txt")
    resolve("pkcs11", "--extra=pkcs11", "--constraint=requirements/test.txt")


if __name__ == "__main__":
    main()
