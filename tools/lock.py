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
APART = ("bench/peer.in", "tools/fuzz.in")  # installed apart, by the tools that use it
FOR_THE_PROJECT = ("--strip-extras", "--allow-unsafe", "--build-deps-for=editable")


def resolve(target: Path, source: str, *options: str) -> None:
    """Write a lock of what a source asks for."""
    subprocess.run(
        [
            FOLDER / "bin" / "python",
            *("-m", "piptools", "compile", "--quiet", "--no-header", "--generate-hashes"),
            *(*QUIET_ABOUT_THE_MACHINE, *options),
            f"--output-file={target.relative_to(ROOT)}",
            source,
        ],
        cwd=ROOT,
        check=True,
    )
    heading = f"# Made by `make lock` from {source}. Do not edit.\n"
    target.write_text(heading + target.read_text("utf-8").lstrip("\n"), "utf-8")


def main() -> None:
    if sys.argv[1:]:
        raise SystemExit("tools.lock takes no arguments: edit pyproject.toml, then make lock")
    if not (FOLDER / "bin" / "python").exists():
        venv.create(FOLDER, with_pip=True)
    subprocess.run([FOLDER / "bin" / "python", "-m", "pip", "install", "--quiet", PIP_TOOLS], check=True)
    # setuptools is in these three, since they install the project itself.
    test, run, token = (ROOT / "requirements" / f"{purpose}.txt" for purpose in ("test", "run", "pkcs11"))
    resolve(test, "pyproject.toml", *FOR_THE_PROJECT, "--extra=test", "--extra=pkcs11")
    resolve(run, "pyproject.toml", *FOR_THE_PROJECT, "--constraint=requirements/test.txt")
    resolve(token, "pyproject.toml", *FOR_THE_PROJECT, "--extra=pkcs11", "--constraint=requirements/test.txt")
    for alone in APART:
        resolve(
            (ROOT / alone).with_suffix(".txt"), alone, "--strip-extras", "--constraint=requirements/test.txt"
        )


if __name__ == "__main__":
    main()
