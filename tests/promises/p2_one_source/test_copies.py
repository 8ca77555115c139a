"""A copy claims nothing, names the register that it is a copy of, and says how old it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from bench import offices
from bench.filing import draft
from bench.offices import AS_OF
from bench.town import CITY, Town
from tests.cases.acting import states, submit
from tests.promises.p2_one_source.writing import ASSESSED, BASIS, Register, copy_of_the_city, write
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.ids import SystemChance
from tongban.licences import api as licences

FIRST = date(2026, 1, 1)
ORIGINAL = Register("alpha", ("person.mobile", "person.deceased"), "990100", FIRST)
COPY = Register("beta", ("person.mobile",), "990121", FIRST, copy_of="alpha.register")
ORGANISATIONS = {"alpha.990100", "beta.990100", "gamma.990100"}

DEPOT = f"""
  - code: bureau.people
    name: {{zh: 人口信息副本, en: copy of the population register}}
    class: people
    summary: {{zh: 市局人口信息的副本, en: copied from the population register}}
    organisation: bureau.990100
    connector: police
    keys: [person.resident_id]
    elements: [person.birth_date, person.deceased]
    division: "990100"
    coverage: all
    copy_of: police.population
    share:
      class: conditional
      scope: {{zh: 依法履职需要的政务部门, en: offices whose statutory duties need it}}
      use: {{zh: 核对办理人身份和基本情况, en: checking who people are}}
      basis: {BASIS}
    grade: general_4
    update: daily
    format: database
    delivery: [interface]
    valid_from: 2025-08-01
    assessed: {ASSESSED}
"""
ITS_GRANT = f"""
  - code: copied-people
    resource: bureau.people
    consumers: [market.990121]
    elements: [person.birth_date, person.deceased]
    purposes: ["990131001000"]
    basis: {BASIS}
    valid_from: 2025-09-01
    valid_until: 2028-08-31
"""


def test_a_copy_beside_its_original_is_no_second_claim(tmp_path: Path) -> None:
    write(tmp_path, [ORIGINAL, COPY])
    declared = catalogue.read_city(tmp_path, organisations=ORGANISATIONS)
    book = catalogue.make_book(
        epoch=catalogue.Epoch(1, "mark"),
        on=FIRST,
        elements=declared.elements,
        resources=reversed(declared.resources),
        grants=(),
    )
    for place in ("990100", "990121", "990121001"):
        found = book.source_of("person.mobile", place)
        assert found is not None
        assert found.code == ORIGINAL.code
    copy = book.resource(COPY.code)
    assert copy is not None
    assert copy.copy_of == ORIGINAL.code


COPY_OF_THE_COPY = Register("gamma", ("person.mobile",), "990121", FIRST, copy_of=COPY.code)
COPIES_OF_NOTHING = {
    "of itself": ([ORIGINAL, replace(COPY, copy_of=COPY.code)], "beta.register"),
    "of a copy": ([ORIGINAL, COPY, COPY_OF_THE_COPY], "copy_of: alpha.register"),
    "of each other": ([replace(ORIGINAL, copy_of=COPY.code), COPY], "beta.register is a copy itself"),
    "of what is not there": ([ORIGINAL, replace(COPY, elements=("place.usage",))], "place.usage"),
    "of elsewhere": ([ORIGINAL, replace(COPY, division="990200")], "990200"),
    "of nobody": ([COPY], "alpha.register"),
}


@pytest.mark.parametrize("what", COPIES_OF_NOTHING)
def test_a_copy_that_is_of_no_original_is_refused_at_its_line(tmp_path: Path, what: str) -> None:
    """Otherwise `copy_of` would be the way to be a second source without claiming to be one."""
    declared, says = COPIES_OF_NOTHING[what]
    lines = write(tmp_path, declared)
    with pytest.raises(InvalidDeclaration) as refused:
        catalogue.read_city(tmp_path, organisations=ORGANISATIONS)
    told = getattr(refused.value, "errors", (refused.value,))
    assert all(Path(error.file).name == "resources.yaml" for error in told)
    assert any(says in error.what.en + error.todo.en for error in told)
    assert all(any(abs(error.line - line) <= 12 for line in lines.values()) for error in told)


def with_copy(town: Town, folder: Path) -> exchange.ShareRequest:
    """Load the city with a copy of the population register, and ask that copy."""
    city = copy_of_the_city(folder / "city")
    for name, more in (("resources.yaml", DEPOT), ("grants.yaml", ITS_GRANT)):
        path = city / "catalogue" / name
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    catalogue.load(city, now=town.now, chance=SystemChance())
    return exchange.ShareRequest(
        consumer="market.990121",
        purpose="990131001000",
        case_or_filing="99010020261123000001",
        resource="bureau.people",
        elements=("person.birth_date", "person.deceased"),
        key={"person.resident_id": town.subject("li_chunyan").number},
        subject_of_record="applicant",
    )


@dataclass
class Undated(offices.Register):
    """A register that never says as of when its records are."""

    def lookup(self, ask: exchange.Ask) -> exchange.Looked:
        looked = super().lookup(ask)
        return replace(looked, as_of=None)


@pytest.fixture
def road(town: Town) -> Iterator[exchange.Road]:
    """A road on which the police's system answers from a copy too, and dates nothing."""
    police = town.registers["police"]
    found = {**police.resources, "bureau.people": police.resources["police.population"]}
    others = [each for name, each in town.registers.items() if name != "police"]
    opened = exchange.open_road(
        CITY / "connectors",
        exchange.read_endpoints(CITY / "endpoints.yaml", {}),
        [Undated("police", found), *others, *town.offices.values(), licences.LicenceSource()],
        clock=town.workplace.clock,
        chance=SystemChance(),
    )
    yield opened
    opened.close()


def test_a_copy_says_how_old_it_is(town: Town, tmp_path: Path) -> None:
    police = town.registers["police"]
    police.resources = {**police.resources, "bureau.people": police.resources["police.population"]}
    request = with_copy(town, tmp_path)
    (answer,) = exchange.fetch(town.workplace.road, [request], now=town.now, timeout_s=5)
    assert {value.status for value in answer.values.values()} == {"known"}
    assert answer.as_of == AS_OF


def test_a_copy_that_does_not_say_how_old_it_is_is_not_used(
    town: Town, road: exchange.Road, tmp_path: Path
) -> None:
    """The moment of asking is the age of a register that answers itself, never of a copy of it."""
    request = with_copy(town, tmp_path)
    (answer,) = exchange.fetch(road, [request], now=town.now, timeout_s=5)
    assert {value.status for value in answer.values.values()} == {"late"}
    assert (answer.share, answer.as_of) == (None, None)
    original = replace(request, resource="police.population")
    (answer,) = exchange.fetch(road, [original], now=town.now, timeout_s=5)
    assert {value.status for value in answer.values.values()} == {"known"}
    assert answer.as_of == town.now


def test_no_need_of_any_filing_is_ever_met_by_a_copy(town: Town, tmp_path: Path) -> None:
    with_copy(town, tmp_path)
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert set(states(number).values()) == {"granted"}
    assert Fact.objects.filter(element="person.birth_date", resource="police.population").exists()
    assert not Fact.objects.filter(resource="bureau.people").exists()
