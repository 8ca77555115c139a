"""Files that name a second source change nothing: the old book stays in force, for filings under way too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import states, submit
from tests.promises.p2_one_source.writing import change, copy_of_the_city
from tests.promises.together import at_once
from tongban.cases import api as cases
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.ids import SystemChance
from tongban.ledger.models import Entry

DEATHS = "elements: [person.under_enforcement, person.enforcement_case]"
ALSO_DEATHS = "elements: [person.under_enforcement, person.enforcement_case, person.deceased]"
BOTH_COUNTIES = 'division: "990122"'


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The demonstration city's catalogue, to be spoilt."""
    return copy_of_the_city(tmp_path / "city")


def load(town: Town, city: Path) -> catalogue.Loaded:
    return catalogue.load(city, now=town.now, chance=SystemChance())


def book(town: Town) -> catalogue.Book:
    return catalogue.book(civil_date(town.now))


def court_claims_deaths(city: Path) -> tuple[int, str, str]:
    return change(city, "resources.yaml", DEATHS, ALSO_DEATHS), "person.deceased", "police.990100"


def one_county_claims_both(city: Path) -> tuple[int, str, str]:
    path = city / "catalogue" / "resources.yaml"
    path.write_text(path.read_text("utf-8").replace(BOTH_COUNTIES, 'division: "990121"'), "utf-8")
    after = path.read_text("utf-8")
    at = after.index("elements: [place.address_text", after.index("- code: land.addresses_990122"))
    return after[:at].count("\n") + 1, "place.usage", "land.990121"


@pytest.mark.parametrize("spoil", [court_claims_deaths, one_county_claims_both])
def test_a_second_source_in_the_files_leaves_the_old_book_in_force(
    town: Town, city: Path, spoil: Callable[[Path], tuple[int, str, str]]
) -> None:
    number = draft(town, town.subject("li_chunyan"))
    before, entries = book(town), Entry.objects.count()
    line, element, owner = spoil(city)
    with pytest.raises(InvalidDeclaration) as refused:
        load(town, city)
    told = getattr(refused.value, "errors", (refused.value,))
    said = [error for error in told if error.what.en.startswith(element)]
    assert [(Path(error.file).name, error.line) for error in said] == [("resources.yaml", line)]
    assert owner in said[0].what.zh
    assert owner in said[0].what.en
    assert f"resources.yaml:{line}" in str(said[0])
    assert book(town) is before
    assert Entry.objects.count() == entries
    submit(town, number)
    assert set(states(number).values()) == {"granted"}
    assert {fact.source for fact in Fact.objects.filter(element=element)} == {
        source.organisation for source in [before.source_of(element, "990121")] if source
    }


def test_right_and_wrong_files_at_the_same_moment_leave_one_source_for_everything(
    town: Town, city: Path, tmp_path: Path
) -> None:
    """Two people load: one lets deaths pass from the police to the court, the other gives them to both."""
    moved, doubled = city, copy_of_the_city(tmp_path / "doubled")
    change(doubled, "resources.yaml", DEATHS, ALSO_DEATHS)
    change(moved, "resources.yaml", DEATHS, ALSO_DEATHS)
    change(moved, "resources.yaml", "person.mobile, person.deceased]", "person.mobile]")
    grants = moved / "catalogue" / "grants.yaml"
    grants.write_text(
        grants.read_text("utf-8").replace("person.birth_date, person.deceased", "person.birth_date"), "utf-8"
    )
    number = draft(town, town.subject("li_chunyan"))
    results = at_once(
        lambda: load(town, moved), lambda: load(town, doubled), lambda: cases.check(number, at=town.workplace)
    )
    assert isinstance(results[0], catalogue.Loaded), results[0]
    assert isinstance(results[1], InvalidDeclaration), results[1]
    assert isinstance(results[2], cases.Checked), results[2]
    now = book(town)
    for element in now.elements:
        for place in ("990100", "990121", "990122", "990121001"):
            claims = [
                claim
                for resource in now.resources.values()
                for claim in catalogue.claims_of(resource)
                if claim.element == element and claim.covers(place, now.on)
            ]
            assert len(claims) <= 1, (element, place)
    source = now.source_of("person.deceased", "990121")
    assert source is not None
    assert source.organisation == "court.990100"
