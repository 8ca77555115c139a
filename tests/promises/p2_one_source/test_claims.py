"""Random registers over nested divisions and overlapping periods, against a count of places and days."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises.p2_one_source.writing import ELEMENTS, PARENTS, Register, write
from tongban.catalogue import api as catalogue
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration

OWNERS = ("alpha", "beta", "gamma", "delta", "epsilon")
ORGANISATIONS = {f"{owner}.990100" for owner in OWNERS}
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(9)]  # the last one only open ends reach
CELLS = list(product(PARENTS, DAYS))

HYPOTHESIS = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@st.composite
def register(draw: st.DrawFn, owner: str) -> Register:
    division = draw(st.sampled_from(sorted(PARENTS)))
    begins = draw(st.integers(0, 6))
    ends = draw(st.none() | st.integers(begins, 7))
    below = [code for code in PARENTS if code != division and code.startswith(division.rstrip("0"))]
    return Register(
        owner,
        tuple(draw(st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=3, unique=True))),
        division,
        DAYS[begins],
        None if ends is None else DAYS[ends],
        tuple(draw(st.lists(st.sampled_from(below), max_size=2, unique=True))) if below else (),
    )


def registers() -> st.SearchStrategy[list[Register]]:
    return st.integers(2, 5).flatmap(
        lambda count: st.tuples(*(register(owner) for owner in OWNERS[:count])).map(list)
    )


def meet(first: Register, second: Register) -> bool:
    """Say whether two registers would both be the source of some place on some day."""
    return any(first.covers(*cell) and second.covers(*cell) for cell in CELLS)


def second_claims(declared: list[Register]) -> list[tuple[str, Register, Register]]:
    """Count out who claims what somebody has claimed before: element, who, and the first owner."""
    found = []
    for element in ELEMENTS:
        accepted: list[Register] = []
        for each in declared:
            if element in each.elements:
                first = next((earlier for earlier in accepted if meet(earlier, each)), None)
                if first is None:
                    accepted.append(each)
                else:
                    found.append((element, each, first))
    return found


def refusals(city: Path, standing: list[str]) -> list[InvalidDeclaration]:
    try:
        catalogue.read_city(city, organisations=ORGANISATIONS, standing=standing)
    except DeclarationErrors as several:
        return list(several.errors)
    except InvalidDeclaration as one:
        return [one]
    return []


def book_of(city: Path) -> catalogue.Book:
    declared = catalogue.read_city(city, organisations=ORGANISATIONS)
    return catalogue.make_book(
        epoch=catalogue.Epoch(1, "mark"),
        on=FIRST,
        elements=declared.elements,
        resources=declared.resources,
        grants=(),
    )


def test_a_second_claim_is_refused_at_its_line_naming_the_first_owner_and_no_other_is(tmp_path: Path) -> None:
    @HYPOTHESIS
    @given(registers())
    def whoever_claims(declared: list[Register]) -> None:
        lines = write(tmp_path, declared)
        expected = {
            (lines[late.code], element, first.organisation)
            for element, late, first in second_claims(declared)
        }
        told = refusals(tmp_path, [])
        assert len(told) == len(expected)
        for line, element, organisation in expected:
            said = [error for error in told if error.line == line and error.what.en.startswith(f"{element} ")]
            assert len(said) == 1, (line, element)
            assert said[0].code == "catalogue.claimed"
            assert Path(said[0].file).name == "resources.yaml"
            for words in (said[0].what.zh, said[0].what.en, said[0].todo.zh, said[0].todo.en):
                assert organisation in words, words

    whoever_claims()


def test_everywhere_and_on_every_day_an_accepted_catalogue_has_at_most_one_source(tmp_path: Path) -> None:
    seen: set[int] = set()

    @HYPOTHESIS
    @given(registers())
    def whatever_is_accepted(declared: list[Register]) -> None:
        late = {each.code for _, each, _ in second_claims(declared)}
        kept = [each for each in declared if each.code not in late]
        write(tmp_path, kept)
        book = book_of(tmp_path)
        for element, (place, day) in product(ELEMENTS, CELLS):
            sources = [each.code for each in kept if element in each.elements and each.covers(place, day)]
            found = book.source_of(element, place, day)
            assert ([] if found is None else [found.code]) == sources
            seen.add(len(sources))

    whatever_is_accepted()
    assert seen == {0, 1}


def test_who_stands_in_the_book_keeps_the_element_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    @HYPOTHESIS
    @given(register("alpha"), register("beta"), st.booleans())
    def whoever_came_first(standing: Register, newcomer: Register, is_first_in_file: bool) -> None:
        newcomer = replace(newcomer, elements=standing.elements)
        write(tmp_path, [standing])
        lines = write(tmp_path, [newcomer, standing] if is_first_in_file else [standing, newcomer])
        told = refusals(tmp_path, [standing.code])
        assert bool(told) == meet(standing, newcomer)
        assert {error.line for error in told} <= {lines[newcomer.code]}
        assert all(standing.organisation in error.what.en for error in told)

    whoever_came_first()


def test_a_handover_leaves_no_day_without_and_none_with_two(tmp_path: Path) -> None:
    """The register passes from one office to another; a county keeps its own all along."""
    handover = DAYS[4]
    declared = [
        Register("alpha", ELEMENTS, "990100", FIRST, handover - timedelta(days=1), ("990122",)),
        Register("beta", ELEMENTS, "990100", handover, None, ("990122",)),
        Register("gamma", ELEMENTS, "990122", FIRST),
    ]
    write(tmp_path, declared)
    book = book_of(tmp_path)
    for place, day in CELLS:
        found = book.as_of(day).source_of("person.mobile", place)
        owner = "gamma" if place.startswith("990122") else "alpha" if day < handover else "beta"
        assert (
            (found is None)
            if place == "990200"
            else (found is not None and found.code == f"{owner}.register")
        )
    write(tmp_path, [replace(declared[0], valid_to=handover), *declared[1:]])
    assert [error.code for error in refusals(tmp_path, [])] == ["catalogue.claimed"] * len(ELEMENTS)
