"""docs/packs.md leads from nothing to a tested pack: what it says is written and typed here."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.items import city
from tests.items.packs_page import PAGE, write_city, write_what_the_page_says
from tongban.items import api as items

TYPED = re.compile(r"^(?:\.venv/bin/tongban|export) .*$", re.MULTILINE)


class Reader:
    """Somebody at a terminal, whose folders `cities` and `var-…` lie in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = dict(os.environ)

    def type(self, line: str) -> str:
        """Type one line of the page; give what the command answers, which must be that all went well."""
        first, *words = shlex.split(line)
        if first == "export":
            named = dict(word.split("=", 1) for word in words)
            self.environment |= {name: str(self.folder / value) for name, value in named.items()}
            return ""
        if words[0] == "init":
            words += ["--cities", str(self.folder / "cities")]
        command = [sys.executable, "-m", "tongban.site.command", *words, "--json"]
        done = subprocess.run(
            command, cwd=city.ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture
def mycity(tmp_path: Path) -> Path:
    """A copy of the city with exactly what the page says to write."""
    return write_city(tmp_path / "mycity")


def test_whoever_follows_the_page_ends_with_a_pack_that_was_rehearsed(tmp_path: Path) -> None:
    first, second, *later = TYPED.findall(PAGE)
    reader = Reader(tmp_path)
    reader.type(first)
    reader.type(second)
    write_what_the_page_says(tmp_path / "cities" / "mycity")
    assert [shlex.split(line)[1:3] for line in later] == [["pack", "test"], ["pack", "show"]]
    tried, _ = (json.loads(reader.type(line)) for line in later)
    assert [each for each in tried["tried"] if each["said"] or each["skipped"]] == []
    assert {each["kind"] for each in tried["tried"]} == {"pack", "rows", "sample", "journey"}


def test_its_plan_is_what_the_page_promises(mycity: Path) -> None:
    around = items.surroundings_of(mycity, city.TODAY)
    bundle = items.bundle_of(items.load_pack(mycity / "packs" / "senior-card"), around.book)
    party = items.Answers(items.smallest_cast(bundle))
    made = items.plan(bundle, around.book, "990122", party, city.TODAY, policies=around.policies)
    assert made.totals.here.all == 1
    assert made.totals.separately.all == 4
    assert {need.element: need.how for need in made.needs} == {
        "person.name": "signed_in",
        "person.resident_id": "signed_in",
        "person.birth_date": "fetched",
        "person.card_delivery": "asked",
    }


def test_the_question_that_the_page_warns_of_is_refused(mycity: Path) -> None:
    path = mycity / "packs" / "senior-card" / "pack.yaml"
    born = (
        "  - id: born\n    of: applicant\n    element: person.birth_date\n    type: date\n"
        "    label: {zh: 出生日期, en: Born on}\n    why: {zh: 核对年龄, en: to check the age}\n"
        "    basis: {law: elderly, mark: recalled}\nitems: [card]\n"
    )
    path.write_text(path.read_text("utf-8").replace("items: [card]\n", born), "utf-8")
    around = items.surroundings_of(mycity, city.TODAY)
    faults = items.find_faults(items.load_pack(path.parent), around)
    assert ["supplies person.birth_date" in fault.what.en for fault in faults] == [True]


def test_the_city_itself_still_stands_its_check_with_the_new_lines(mycity: Path) -> None:
    around = items.surroundings_of(mycity, city.TODAY)
    assert items.find_faults(items.load_pack(mycity / "packs" / "open-company"), around) == ()


def test_every_word_of_the_schema_is_on_the_page() -> None:
    made = items.schema()
    shapes = [*made["properties"].values(), *made["$defs"].values()]
    words = {word for shape in shapes for word in shape.get("properties", {})} - {"zh", "en"}
    unexplained = sorted(word for word in words if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", PAGE))
    assert unexplained == []
