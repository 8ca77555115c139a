"""`make check`: lint, types, import contracts and tidiness, in seconds."""

from tools.steps import Steps


def check(steps: Steps) -> None:
    """Run everything that reads the code and does not run it."""
    steps.run("lint", ["ruff", "check", "--quiet", "."])
    steps.run("format", ["ruff", "format", "--check", "--quiet", "."])
    steps.run("types", ["mypy", "--no-error-summary"])
    steps.run("import contracts", ["lint-imports", "--no-logo"])


if __name__ == "__main__":
    steps = Steps()
    check(steps)
    steps.run("tidiness", ["python", "-m", "pytest", "-q", "tests/test_tidy.py"])
    raise SystemExit(steps.sum_up())
