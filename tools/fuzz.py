"""`make fuzz`: hand the verifier bytes that nobody thought of, for a bounded time; ends with 1 at a finding.

What is found lies in build/fuzz-found/, and what was learnt on the way in build/fuzz-corpus/, where the next
run begins. A finding becomes a test beside its mending.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tools.apart import BUILD, python_apart

ROOT = Path(__file__).resolve().parents[1]
LOCK = Path(__file__).with_name("fuzz.txt")
TARGETS = (
    "files",
    "signed",
    "presented",
    "coded",
    "trust",
    "log",
    "keys",
)  # the functions of tests/verify/fuzzing.py
SECONDS = 60
LONGEST_INPUT_S, LARGEST_MEMORY_MB = 10, 1024  # beyond these, an input is a finding too


def fuzz(target: str, seconds: int) -> bool:
    """Run one target in a process of its own; say whether nothing was found."""
    corpus, found = BUILD / "fuzz-corpus" / target, BUILD / "fuzz-found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    packages = next((python_apart("fuzz", LOCK).parents[1] / "lib").glob("python*/site-packages"))
    parts = [str(ROOT / part) for part in ("src", "packages/verify/src", ".")] + [str(packages)]
    print(f"\n── {target}, {seconds} s", flush=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.verify.fuzzing", target, str(corpus)),
            *(f"-max_total_time={seconds}", f"-timeout={LONGEST_INPUT_S}"),
            *(f"-rss_limit_mb={LARGEST_MEMORY_MB}", f"-artifact_prefix={found}/{target}-"),
            *("-max_len=16384", "-print_final_stats=1", "-verbosity=0"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(parts)},
        check=False,
    )
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for all targets together")
    parser.add_argument("--only", choices=TARGETS, help="one target, for all of the time")
    asked = parser.parse_args()
    targets = (asked.only,) if asked.only else TARGETS
    each = max(1, asked.seconds // len(targets))
    failed = [target for target in targets if not fuzz(target, each)]
    found = BUILD / "fuzz-found"
    print(f"\nfound in {', '.join(failed)}: see {found}" if failed else "\nnothing was found")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
