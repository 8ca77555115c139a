"""A city's catalogue files: every mistake at its file and line, with what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources import ROOT
from tongban.catalogue.api import (
    CLASSES,
    COVERAGES,
    DELIVERIES,
    FORMATS,
    GRADES,
    RANKS,
    SHARE_CLASSES,
    UPDATES,
    CityCatalogue,
    read_city,
)
from tongban.catalogue.declared import Assessed, ResourceDeclared, Share
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration

OWNERS = {
    *("police.990100", "court.990100", "market.990100", "health.990100"),
    *("land.990121", "land.990122"),
}
FORBIDDEN = "      reason: {zh: 法律明确禁止, en: a law forbids it}\n      forbidden_by: law"
USE = "      use: {zh: 用, en: use}"
DAY = "2025-11-01"
ASSESSED = f"    assessed: {{secrecy_on: {DAY}, personal_information_on: {DAY}, approved_on: {DAY}}}"
MARRIED = (
    "{code: person.married, name: {zh: 已婚, en: married}, kind: boolean, about: person, "
    "grade: general_4, when_none: unknown}"
)


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
    standing = ["court.enforcement"]
    error = refused(lambda: read_city(city, organisations=everybody(city), standing=standing))
    assert "court.990100" in error.what.en


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("resources.yaml", "organisation: police.990100", "organisation: polise.990100", "polise.990100"),
        ("resources.yaml", "keys: [person.resident_id]", "keys: [person.resident_no]", "person.resident_no"),
        ("resources.yaml", "person.birth_date, person.sex", "person.birthday, person.sex", "person.birthday"),
        ("resources.yaml", "grade: general_4", "grade: state_secret", "Art. 3"),
        ("resources.yaml", "grade: general_4", "grade: work_secret", "Art. 3"),
        ("elements.yaml", "grade: general_4", "grade: state_secret", "Art. 3"),
        ("resources.yaml", "class: people", "class: persons", "licences"),
        ("resources.yaml", "class: people", "class: theme", "theme"),
        ("resources.yaml", "class: people", "class: people\n    theme: {zh: 养老, en: old age}", "theme"),
        ("resources.yaml", "class: people", "class: people\n    number: A1", "number"),
        ("resources.yaml", "connector: police", 'connector: ""', "stand together"),
        ("resources.yaml", "delivery: [interface]", "delivery: []", "delivery"),
        ("resources.yaml", "update: realtime", "update: often", "yearly"),
        ("resources.yaml", "format: database", "format: paper", "spreadsheet"),
        ("resources.yaml", "class: unconditional", f"class: unconditional\n{USE}", "Art. 15"),
        ("resources.yaml", "class: conditional", f"class: conditional\n{FORBIDDEN}", "only what"),
        ("resources.yaml", "class: conditional", "class: none", "`reason`"),
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
    spoil(city, "resources.yaml", "class: conditional", f"class: none\n{FORBIDDEN}")
    spoil(
        city,
        "resources.yaml",
        "      scope: {zh: 依法履职需要的政务部门, en: offices whose statutory duties need it}\n",
        "",
    )
    spoil(
        city, "resources.yaml", "      use: {zh: 核对办理人身份和基本情况, en: checking who people are}\n", ""
    )
    error = refused(lambda: read(city))
    told = error.errors if isinstance(error, DeclarationErrors) else (error,)
    assert {Path(one.file).name for one in told} == {"grants.yaml"}
    assert all("forbids" in one.what.en for one in told)


def test_a_conditional_resource_says_its_scope_and_use(city: Path) -> None:
    spoil(
        city,
        "resources.yaml",
        "      scope: {zh: 依法履职需要的政务部门, en: offices whose statutory duties need it}\n",
        "",
    )
    assert "Art. 15" in refused(lambda: read(city)).what.en


@pytest.mark.parametrize(
    ("ground", "says"),
    [
        ("{text: {zh: 某法第三条, en: Some Law Art. 3}, source: x, mark: gap}", "no legal ground"),
        ("{text: {zh: 内部规定, en: own rules}, source: x, mark: found}", "names the article"),
    ],
)
def test_not_shared_without_an_express_ground_is_refused_at_its_line(
    city: Path, ground: str, says: str
) -> None:
    line = list_only(
        city, f"{{class: none, reason: {{zh: 不宜, en: no}}, forbidden_by: law, basis: {ground}}}"
    )
    error = refused(lambda: read(city))
    assert (Path(error.file).name, error.line) == ("resources.yaml", line)
    assert says in error.what.en + error.todo.en


def test_an_entry_may_be_listed_without_being_connected_and_nobody_is_granted_it(city: Path) -> None:
    list_only(city, UNCONDITIONAL)
    (listed,) = [one for one in read(city).resources if one.code == "civil.marriages"]
    assert not listed.is_connected
    grants = city / "catalogue" / "grants.yaml"
    grants.write_text(grants.read_text("utf-8").replace("police.real_name", "civil.marriages"), "utf-8")
    error = refused(lambda: read(city))
    told = error.errors if isinstance(error, DeclarationErrors) else (error,)
    assert any("not connected" in one.what.en for one in told)


def test_a_number_of_the_national_catalogue_stands_once(city: Path) -> None:
    list_only(city, UNCONDITIONAL, number="301001/000001")
    line = spoil(city, "resources.yaml", "class: people", 'class: people\n    number: "301001/000001"')
    error = refused(lambda: read(city))
    assert error.line > line
    assert "police.population" in error.what.en


UNCONDITIONAL = "{class: unconditional, basis: {text: {zh: 依据, en: basis}, source: x, mark: found}}"


def list_only(city: Path, share: str, number: str = "") -> int:
    """Enter one resource that no connector reaches; give the line of its share."""
    elements = city / "catalogue" / "elements.yaml"
    elements.write_text(f"{elements.read_text('utf-8')}\n  - {MARRIED}\n", "utf-8")
    resources = city / "catalogue" / "resources.yaml"
    lines = [
        "  - code: civil.marriages",
        "    name: {zh: 婚姻登记, en: marriage register}",
        "    class: people",
        "    summary: {zh: 婚姻登记信息, en: who is married}",
        "    organisation: police.990100",
        "    elements: [person.married]",
        '    division: "990100"',
        "    coverage: all",
        "    format: database",
        "    update: daily",
        f"    share: {share}",
        *([f'    number: "{number}"'] if number else []),
        "    grade: general_1",
        "    delivery: [batch, file]",
        "    valid_from: 2026-01-01",
        ASSESSED,
    ]
    text = resources.read_text("utf-8").rstrip("\n")
    resources.write_text(text + "\n" + "\n".join(lines) + "\n", "utf-8")
    return text.count("\n") + 2 + next(n for n, line in enumerate(lines) if "share:" in line)


def test_the_page_on_the_catalogue_explains_every_word_of_an_entry() -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text("utf-8")
    models = (ResourceDeclared, Share, Assessed)
    words = {field.alias or name for model in models for name, field in model.model_fields.items()}
    closed = {*GRADES, *CLASSES, *FORMATS, *DELIVERIES, *UPDATES, *SHARE_CLASSES, *RANKS, *COVERAGES}
    spoken = {f"general_{n}" for n in (2, 3)}  # written as a range
    assert {"open", "format", "forbidden_by", "secrecy_on"} <= words
    assert not {word for word in (words | closed) - spoken if f"`{word}`" not in page}
