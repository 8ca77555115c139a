"""Brings what tests need from Debian's packages: PostgreSQL, Chromium, a key module, a Chinese font."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that tests need from the system, and how to see that it is there."""

    word: str
    packages: tuple[str, ...]
    found: Callable[[], bool]


def postgres_folder() -> Path | None:
    """Find the folder of initdb and postgres, the newest version first.

    Debian keeps them off the PATH; its own are taken before any that a PATH offers.
    """
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    places = [*kept, *([Path(on_path)] if on_path else [])]
    return next((place.parent for place in places if (place.parent / "postgres").exists()), None)


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def chromium() -> str | None:
    """Find the browser."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


NEEDS = (
    Need("PostgreSQL", ("postgresql",), lambda: postgres_folder() is not None),
    Need("Chromium", ("chromium",), lambda: chromium() is not None),
    Need("curl", ("curl",), lambda: shutil.which("curl") is not None),
    Need("SoftHSM2", ("softhsm2",), lambda: shutil.which("softhsm2-util") is not None),
    Need("a Chinese font", ("fonts-noto-cjk", "fontconfig"), _has_chinese_font),
)


def provide() -> list[str]:
    """Install what is missing when that is allowed; give a sentence for each thing still missing."""
    missing = [need for need in NEEDS if not need.found()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        names = [package for need in missing for package in need.packages]
        print(f"Installing {', '.join(names)} from Debian's packages …", flush=True)
        if _apt("update") and not _apt("install", "--no-install-recommends", *names):
            print("  that failed; see above", flush=True)
        missing = [need for need in missing if not need.found()]
    return [
        f"{need.word} is not installed: run `sudo apt-get install {' '.join(need.packages)}`"
        for need in missing
    ]


def _apt(verb: str, *arguments: str) -> bool:
    """Run apt-get without questions; RUNLEVEL=1 keeps it from starting a database server."""
    done = subprocess.run(
        ["apt-get", verb, "-y", "-qq", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout[-2000:], flush=True)
    return done.returncode == 0
