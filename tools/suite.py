"""`make test` and `make soak`: everything, on SQLite and again on PostgreSQL, then in a browser.

python -m tools.suite          everything but the long ones
python -m tools.suite soak     the long ones, on both stores
"""

import sys
from collections.abc import Mapping

from tools.check import check
from tools.debian import chromium, postgres_folder, provide
from tools.postgres import temporary_postgres
from tools.steps import Steps

TWO_CORES = ["-n", "2", "--dist", "worksteal"]
NO_SERVER = "PostgreSQL is not installed"


def pytest(
    steps: Steps, name: str, marks: str, *options: str, environment: Mapping[str, str] | None = None
) -> None:
    """Run the tests that the marks select."""
    steps.run(name, ["python", "-m", "pytest", "-q", "-m", marks, *options], environment=environment)


def on_postgres(steps: Steps, name: str, marks: str) -> None:
    """Run them on a server of their own; without one each is counted as skipped."""
    binaries = postgres_folder()
    if binaries is None:
        pytest(steps, name, marks, *TWO_CORES, "--count-as-skipped", NO_SERVER)
        return
    with temporary_postgres(binaries) as url:
        pytest(steps, name, marks, *TWO_CORES, environment={"DATABASE_URL": url})


def everything(steps: Steps) -> None:
    """Lint, types, contracts; all tests on SQLite; those that use the store again; journeys."""
    check(steps)
    pytest(steps, "tests on SQLite", "not browser and not soak", *TWO_CORES)
    on_postgres(steps, "tests on PostgreSQL", "(database or postgres) and not browser and not soak")
    pytest(steps, "journeys in a browser", "browser and not soak")


def long_ones(steps: Steps) -> None:
    """Run what is too long for every change."""
    pytest(steps, "soak on SQLite", "soak", "--durations=5")
    on_postgres(steps, "soak on PostgreSQL", "soak and (database or postgres)")


def main() -> int:
    steps = Steps()
    missing = provide()
    if sys.argv[1:] == ["soak"]:
        long_ones(steps)
    else:
        everything(steps)
    if chromium() is None:
        missing.append("so the journeys were counted as skipped")
    return steps.sum_up([f"{sentence}" for sentence in missing])


if __name__ == "__main__":
    raise SystemExit(main())
