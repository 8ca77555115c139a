"""Searching the catalogue: every entry that has the words and no other, in two queries whatever is asked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.catalogue.conftest import NOW
from tongban.catalogue import api as catalogue
from tongban.catalogue.indexing import (
    Posting,
    Words,
    found,
    grams_of,
    places_in,
    postings_of,
    terms_of,
    unpacked,
    wanted,
    words_of,
)
from tongban.catalogue.models import ResourceEntry
from tongban.kernel.ids import SystemChance


def codes(searched: str, most: int = 50) -> list[str]:
    """Turn every page of a search; no entry comes twice."""
    all_found: list[str] = []
    after = ""
    while True:
        page = catalogue.search(searched, after=after, most=most).page
        all_found += page.lines
        after = page.after
        if not after:
            assert len(all_found) == len(set(all_found))
            return all_found


@pytest.mark.parametrize(
    ("searched", "first"),
    [
        ("人口", "police.population"),
        ("户籍地址", "police.population"),  # an element
        ("云溪市公安局 实名", "police.real_name"),  # an office and a part of a name
        ("警", None),
        ("被执行人", "court.enforcement"),
        ("ＰＯＰＵＬＡＴＩＯＮ", "police.population"),  # width and case are not looked at
        ("birth cert", "licences.birth_certificate"),
        ("market.names", "market.names"),
        ("人口 云东", None),
        ("registerson", None),  # every pair of it stands in “register” and “person”, and it nowhere
        ("公民身份号", None),  # of an element that police.population is asked by, and does not offer
    ],
)
def test_an_entry_is_found_by_any_part_of_its_words(loaded: Path, searched: str, first: str | None) -> None:
    assert codes(searched)[:1] == ([] if first is None else [first])


def test_those_that_have_it_in_their_names_come_first(loaded: Path) -> None:
    whole = codes("地址")
    assert whole[:2] == ["land.addresses_990121", "land.addresses_990122"]
    assert len(whole) > 2


@pytest.mark.parametrize("searched", ["信息", "licences", "市", "登记 信息", "e"])
@pytest.mark.parametrize("most", [1, 3, 50])
def test_pages_hold_every_entry_that_has_the_words_and_no_other(
    loaded: Path, searched: str, most: int
) -> None:
    from_the_words = {
        code
        for code, words in catalogue_words().items()
        if all(term in words for term in searched.casefold().split())
    }
    assert from_the_words
    assert set(codes(searched, most)) == from_the_words


def catalogue_words() -> dict[str, str]:
    return dict(ResourceEntry.objects.filter(ended_at=None).values_list("code", "words"))


@pytest.mark.parametrize("searched", ["人口", "市 信息 登记", "x" * 500, "a b c d e f g h", "没有这个目录"])
def test_a_search_is_two_queries_at_most(
    loaded: Path, searched: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        catalogue.search(searched, most=1)


@pytest.mark.parametrize("nothing", ["", "   ", "\x00\n"])
def test_nothing_is_found_by_nothing(
    loaded: Path, nothing: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert catalogue.search(nothing).page.lines == ()


@pytest.mark.parametrize("after", ["?", "x" * 90, "WzAsIDk5OTldCg", "WzksIDk5OTk5OTk5OTk5OTk5XQ"])
def test_a_place_that_nobody_gave_breaks_nothing(loaded: Path, after: str) -> None:
    assert catalogue.search("人口", after=after).candidates >= 1


def test_an_entry_that_left_the_files_is_found_no_more_and_a_new_name_is(loaded: Path) -> None:
    path = loaded / "catalogue" / "resources.yaml"
    path.write_text(path.read_text("utf-8").replace("zh: 人口基本信息", "zh: 居民底册"), "utf-8")
    catalogue.load(loaded, now=NOW, chance=SystemChance())
    assert codes("居民底册") == ["police.population"]
    assert "police.population" not in codes("人口基本信息")


def test_words_that_stand_apart_are_not_taken_for_one() -> None:
    entries = [words_of(["甲乙", "乙丙"], []), words_of(["甲乙丙"], [])]
    assert "乙乙" not in grams_of(entries[0].all)
    assert list(places_in(hits(entries, "甲乙丙").entries)) == [0, 1]  # a candidate, looked at afterwards


def hits(entries: list[Words], searched: str) -> Posting:
    postings = {g: Posting(unpacked(n), unpacked(e)) for g, n, e in postings_of(entries)}
    return found(terms_of(searched), postings)


TEXT = st.text("甲乙丙abＡ 1", max_size=6)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=20), TEXT.filter(str.strip))
def test_no_entry_that_has_every_term_is_ever_missed(parts: list[tuple[str, str]], searched: str) -> None:
    entries = [words_of([name], [other]) for name, other in parts]
    terms = terms_of(searched)
    candidates = set(places_in(hits(entries, searched).entries))
    right = {at for at, words in enumerate(entries) if all(term in words.all for term in terms)}
    assert right <= candidates
    if all(len(term) < 3 for term in terms):
        assert right == candidates
    assert wanted(terms)


@given(st.sets(st.integers(0, 5000)), st.integers(-1, 6000))
def test_places_behind_one_are_given_in_order(places: set[int], behind: int) -> None:
    bitmap = sum(1 << place for place in places)
    assert list(places_in(bitmap, behind=behind)) == sorted(place for place in places if place > behind)
