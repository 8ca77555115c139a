"""The repository's own files, as the tidy tests read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ("src/", "packages/", "demo/", "tools/", "bench/", "tests/")


@cache
def tracked() -> list[Path]:
    """Give every file that git tracks, or would track: new ones count before they are added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    return sorted(
        {ROOT / name.decode() for name in listed.split(b"\0") if name and (ROOT / name.decode()).is_file()}
    )


def name_of(path: Path) -> str:
    """Give the path as people say it, from the repository's root."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_files(*folders: str) -> list[Path]:
    """Give the Python files under the folders (all code when none is named), migrations left out."""
    wanted = folders or CODE
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and name_of(path).startswith(wanted) and "migrations" not in path.parts
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse one file, once."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def rooms() -> list[str]:
    """Name the rooms of the house."""
    return sorted(p.name for p in (ROOT / "src/tongban").iterdir() if (p / "__init__.py").is_file())
