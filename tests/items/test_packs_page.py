"""docs/packs.md leads from nothing to a tested pack: what it says to write is written here and tried."""

import re
import shutil
from pathlib import Path

import pytest

from tests.items import city
from tongban.items import api as items

PAGE = (city.ROOT / "docs" / "packs.md").read_text("utf-8")
FENCE = re.compile(r"```(?:yaml|json)\n(.*?)```", re.DOTALL)
FILED = re.compile(r"`packs/senior-card/(\S+)`\n```(?:yaml|json)\n(.*?)```", re.DOTALL)


@pytest.fixture
def mycity(tmp_path: Path) -> Path:
    """A copy of the city with exactly what the page says to write."""
    folder = tmp_path / "mycity"
    shutil.copytree(city.CITY, folder)
    power, element, grant, kind = FENCE.findall(PAGE)[:4]
    for file, block in (
        ("catalogue/elements.yaml", element),
        ("catalogue/grants.yaml", grant),
        ("licence-types.yaml", kind),
    ):
        path = folder / file
        path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + block, "utf-8")
    path = folder / "organisations.yaml"
    head, found, tail = path.read_text("utf-8").partition("  - id: social.990100\n")
    assert found
    own, address, rest = re.split(r"(    address: .*\n)", tail, maxsplit=1)
    path.write_text(head + found + own + address + power + rest, "utf-8")
    for file, block in FILED.findall(PAGE):
        target = folder / "packs" / "senior-card" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block, "utf-8")
    return folder


def test_the_pack_on_the_page_passes_all_that_it_is_put_to(mycity: Path) -> None:
    around = items.surroundings_of(mycity, city.TODAY)
    trial = items.try_pack(mycity / "packs" / "senior-card", around)
    assert [said for each in trial.tried for said in each.said] == []
    assert {each.kind for each in trial.tried} == {"pack", "rows", "sample", "journey"}


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
