"""What linters cannot say: lengths, words, doors, clocks, and that papers keep up with the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.sources import ROOT, name_of, python_files, rooms, tracked, tree_of

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 70
REFUSED_NAMES = {"services", "service", "utils", "util", "common", "helpers", "misc", "manager", "core"}
# One for the platform, and one for the verifier, which stands alone.
CLOCKS = {"src/tongban/kernel/clock.py", "packages/verify/src/tongban_verify/documents.py"}
CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("timezone", "now"),
    ("timezone", "localdate"),
}
TEXT_FILES = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".html",
    ".css",
    ".js",
    ".sql",
    ".cfg",
    "",
}


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        name_of(p): n
        for p in python_files()
        if (n := len(p.read_text("utf-8").splitlines())) > LINES_OF_A_FILE
    }
    assert not long, f"make a folder of the same name: {long}"


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name_of(path)}:{function.name}": length
        for path in python_files()
        for function in _functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LINES_OF_A_FUNCTION
    }
    assert not long, f"keep the branches in the parent and move pure leaves out: {long}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [
        name_of(p) for p in python_files() if REFUSED_NAMES & {part.removesuffix(".py") for part in p.parts}
    ]
    assert not found, f"name it after what it knows: {found}"


def test_only_the_clock_reads_the_clock() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("src/", "packages/")
        if name_of(path) not in CLOCKS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (_last_name(node.value), node.attr) in CLOCK_READS
    ]
    assert not found, f"take `now` as an argument: {found}"


def _last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def test_imports_stand_at_the_top() -> None:
    found = [
        f"{name_of(path)}:{inner.lineno}"
        for path in python_files()
        for function in _functions(path)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, f"an import inside a function hides a cycle: {found}"


def _imported(path: Path) -> Iterator[tuple[str, int]]:
    """Give each module that a file imports, `from x import y` as x and as x.y, with its line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def test_a_room_is_entered_by_its_door_alone() -> None:
    found = []
    for path in python_files("src/tongban/"):
        room = path.relative_to(ROOT / "src/tongban").parts[0]
        for module, line in _imported(path):
            parts = module.split(".")
            if parts[0] != "tongban" or len(parts) < 3 or room == "site":
                continue
            if parts[1] not in ("kernel", room) and parts[2] != "api":
                found.append(f"{name_of(path)}:{line} imports {module}")
    assert not found, f"write `from tongban.<room> import api as <room>`: {found}"


def test_the_verifier_and_the_outside_systems_know_nothing_of_tongban() -> None:
    found = [
        f"{name_of(path)}:{line} imports {module}"
        for path in python_files("packages/verify/src/", "demo/")
        for module, line in _imported(path)
        if module.split(".")[0] in ("tongban", "django")
    ]
    assert not found


# Split in two, so that this file does not find itself.
PLACES_OF_ONE_MACHINE = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/", "/" + "opt/"]))
REGISTRIES = re.compile(r"(pypi\.|files\.python" + r"hosted|registry\.npm|deb\.debian\.)", re.IGNORECASE)


def test_no_file_names_a_place_on_one_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        if path.suffix not in TEXT_FILES or path.name == "LICENSE":
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if PLACES_OF_ONE_MACHINE.search(line) or REGISTRIES.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:90]}")
    assert not found, f"each machine configures its own: {found}"


def test_every_room_stands_in_the_architecture_and_in_the_order_of_imports() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    order = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.importlinter]")[1]
    assert [room for room in rooms() if f"`{room}`" not in architecture] == []
    assert [room for room in rooms() if not re.search(rf"\b{room}\b", order)] == []


def test_every_setting_is_explained() -> None:
    variable = re.compile(r"\b(TONGBAN_[A-Z_]+[A-Z]|DATABASE_URL)\b")
    settings = (ROOT / "docs/settings.md").read_text("utf-8")
    used = {
        name
        for path in [*python_files("src/", "packages/", "demo/", "tools/", "bench/"), ROOT / "Makefile"]
        for name in variable.findall(path.read_text("utf-8"))
    }
    explained = set(re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE))
    assert used - explained == set(), "add a line to docs/settings.md"
    assert {n for n in explained - used if variable.fullmatch(n)} == set(), "explained, but nothing reads it"


def _decisions() -> list[Path]:
    return sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def test_every_decision_says_its_context_the_decision_and_what_was_rejected() -> None:
    assert _decisions()
    for path in _decisions():
        headings = re.findall(r"^## (\w+)", path.read_text("utf-8"), re.MULTILINE)
        assert [h for h in ("Context", "Decision", "Rejected") if h not in headings] == [], path.name


def test_decisions_are_numbered_without_gap_or_double() -> None:
    numbers = [int(path.name[:4]) for path in _decisions()]
    assert numbers == list(range(1, len(numbers) + 1))


def _sentence(node: ast.expr) -> str | None:
    """Give what a literal says, without what is filled in; None when it is not written here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
    return None


def _texts_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """Give (line, zh, en) of each Text whose two sentences are written in the code."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            said = [_sentence(a) for a in [*node.args, *(k.value for k in node.keywords)]]
            if len(said) == 2 and said[0] and said[1]:
                yield node.lineno, said[0], said[1]


CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTER = re.compile(r"[A-Za-z]")


def test_every_sentence_is_there_in_both_languages() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files("src/")
        for line, zh, en in _texts_of(path)
        if (zh != en and LETTER.search(zh) and not CHINESE.search(zh))  # a name like PDF is the same
        or len(CHINESE.findall(en)) > len(LETTER.findall(en))
    ]
    assert not found, f"Text(zh, en): Chinese first, English second: {found}"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_between_papers_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [t for t in targets if not (ROOT / t).exists()] == []


# What the standard demands (publiccode.yml 0.4), and what a platform for China must say besides.
PUBLICCODE = {
    "": {
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    },
    "legal": {"license"},
    "maintenance": {"type", "contacts"},
    "localisation": {"localisationReady", "availableLanguages"},
    "description.zh-Hans": {"shortDescription", "longDescription", "features"},
    "description.en": {"shortDescription", "longDescription", "features"},
}


def test_publiccode_says_what_its_standard_demands() -> None:
    whole = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    for place, keys in PUBLICCODE.items():
        said = whole
        for step in filter(None, place.split(".")):
            said = said[step]
        assert {key for key in keys if said.get(key) in (None, "", [], {})} == set(), place
    assert re.fullmatch(r"https://[^\s/]+/\S+", whole["url"])
    assert whole["legal"]["license"] == "Apache-2.0"
    assert set(whole["description"]) == set(whole["localisation"]["availableLanguages"])
    for language, said in whole["description"].items():
        assert len(said["shortDescription"]) <= 150, language
        assert 150 <= len(said["longDescription"]) <= 10_000, language
