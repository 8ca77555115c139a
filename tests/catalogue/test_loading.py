"""A city's catalogue files: every mistake at its file and line, with what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.catalogue.making import resource
from tests.sources import ROOT
from tongban.catalogue.api import CityCatalogue, read_city
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration

OWNERS = {
    *("police.990100", "court.990100", "market.990100", "health.990100"),
    *("land.990121", "land.990122"),
}


def everybody(city: Path) -> set[str]:
    words = (city / "catalogue" / "grants.yaml").read_text("utf-8").replace("[", " ").replace("]", " ")
    return OWNERS | {word.strip(",") for word in words.split() if "." in word}


def read(city: Path) -> CityCatalogue:
    return read_city(city, organisations=everybody(city))


def spoil(city: Path, name: str, old: str, new: str) -> int:
    """Change a file once; give the line (from 1) where the change begins."""
    path = city / "catalogue" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def refused(act: Callable[[], object]) -> InvalidDeclaration:
    with pytest.raises(InvalidDeclaration) as caught:
        act()
    return caught.value


def test_the_demonstration_citys_catalogue_is_right(city: Path) -> None:
    declared = read(city)
    assert {one.code for one in declared.elements} >= {"person.deceased", "place.usage", "company.name"}
    assert len(declared.grants) == len({one.code for one in declared.grants})


def test_reading_the_same_files_twice_gives_the_same_digest(city: Path) -> None:
    assert read(city).digest == read(city).digest
    spoil(city, "grants.yaml", "valid_until: 2028-08-31", "valid_until: 2028-08-30")
    assert read(city).digest != read_city(ROOT / "cities" / "yunxi", organisations=everybody(city)).digest


def test_a_second_claim_is_refused_at_its_line_naming_the_first_owner(city: Path) -> None:
    line = spoil(city, "resources.yaml", "elements: [person.under_enforcement", "elements: [person.deceased")
    error = refused(lambda: read(city))
    assert (Path(error.file).name, error.line) == ("resources.yaml", line)
    assert "police.990100" in error.what.en
    assert "police.population" in error.what.zh
    assert "copy_of: police.population" in error.todo.en


def test_a_county_claims_inside_the_city_only_where_the_city_excludes_it(city: Path) -> None:
    path = city / "catalogue" / "resources.yaml"
    text = path.read_text("utf-8")
    for county in ("990121", "990122"):
        text = text.replace(f'division: "{county}"', 'division: "990100"')
    path.write_text(text, "utf-8")
    assert "land.990121" in refused(lambda: read(city)).what.en
    one = text.index('division: "990100"', text.index("land.addresses_990121"))
    excluded = text[:one] + 'division: "990100"\n    excludes: ["990122"]' + text[one + 18 :]
    path.write_text(excluded.replace("    excludes", "    excludes", 1), "utf-8")
    assert "land.990121" in refused(lambda: read(city)).what.en  # the other still claims the whole city
    other = excluded.rindex('division: "990100"', 0, excluded.index("licences.company_registration"))
    path.write_text(excluded[:other] + 'division: "990122"' + excluded[other + 18 :], "utf-8")
    assert read(city).resources


def test_who_stands_in_the_book_is_the_first_owner_whatever_the_order_of_the_file(city: Path) -> None:
    spoil(city, "resources.yaml", "elements: [person.under_enforcement", "elements: [person.deceased")
    standing = [resource("court.enforcement")]
    error = refused(lambda: read_city(city, organisations=everybody(city), standing=standing))
    assert "court.990100" in error.what.en


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("resources.yaml", "organisation: police.990100", "organisation: polise.990100", "polise.990100"),
        ("resources.yaml", "keys: [person.resident_id]", "keys: [person.resident_no]", "person.resident_no"),
        ("resources.yaml", "person.birth_date, person.sex", "person.birthday, person.sex", "person.birthday"),
        ("resources.yaml", "grade: general_4", "grade: state_secret", "Art. 3"),
        ("resources.yaml", "scope: {zh: 依法履职", "scpoe: {zh: 依法履职", "scpoe"),
        ("resources.yaml", 'division: "990121"', 'division: "99012"', "6, 9 or 12 digits"),
        ("resources.yaml", "    coverage: all", '    excludes: ["990200"]\n    coverage: all', "990200"),
        ("resources.yaml", "    assessed:", "    valid_to: 2025-07-01\n    assessed:", "lies"),
        ("elements.yaml", "kind: date, about: person", "kind: dates, about: person", "dates"),
        ("elements.yaml", "none_value: false", 'none_value: "no"', "none_value"),
        ("elements.yaml", "code: person.name", "code: person.resident_id", "person.resident_id"),
        ("grants.yaml", "elements: [person.birth_date", "elements: [person.mood", "person.mood"),
        ("grants.yaml", "[person.birth_date", "[person.under_enforcement", "person.under_enforcement"),
        ("grants.yaml", "resource: police.population", "resource: police.people", "police.people"),
        ("grants.yaml", "valid_until: 2028-08-31", "valid_until: 2024-08-31", "valid_until"),
        ("grants.yaml", "code: registration-real-name", "code: registration-population", "twice"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_file_near_its_line(
    city: Path, name: str, old: str, new: str, says: str
) -> None:
    organisations = everybody(city)
    line = spoil(city, name, old, new)
    error = refused(lambda: read_city(city, organisations=organisations))
    told = error.errors if isinstance(error, DeclarationErrors) else (error,)
    there = [one for one in told if Path(one.file).name == name and says in one.what.en + one.todo.en]
    assert there, str(error)
    assert min(abs(one.line - line) for one in there) <= 24  # the line itself, or the head of its entry


def test_an_exact_line_is_given_for_a_wrong_word(city: Path) -> None:
    organisations = everybody(city)
    line = spoil(city, "grants.yaml", "elements: [person.birth_date", "elements: [person.mood")
    assert refused(lambda: read_city(city, organisations=organisations)).line == line


def test_what_the_law_forbids_to_share_is_granted_to_nobody(city: Path) -> None:
    spoil(city, "resources.yaml", "class: conditional", "class: none")
    error = refused(lambda: read(city))
    assert Path(error.file).name == "grants.yaml"
    assert "forbids" in error.what.en


def test_a_conditional_resource_says_its_scope_and_use(city: Path) -> None:
    spoil(
        city,
        "resources.yaml",
        "      scope: {zh: 依法履职需要的政务部门, en: offices whose statutory duties need it}\n",
        "",
    )
    assert "Art. 15" in refused(lambda: read(city)).what.en
