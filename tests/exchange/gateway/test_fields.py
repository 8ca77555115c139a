"""Structured fields: what the grammar has is read as it was written, anything else is refused."""

import string

import http_sf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tongban.exchange.gateway.fields import (
    MOST_CHARACTERS,
    Bare,
    Dictionary,
    InnerList,
    Item,
    Malformed,
    Token,
    read_dictionary,
    write_dictionary,
)

KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True)
PRINTED = st.text(st.sampled_from(string.printable[:95]), max_size=12)
VALUES: st.SearchStrategy[Bare] = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    PRINTED,
    st.from_regex(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]{0,8}", fullmatch=True).map(Token),
    st.binary(max_size=20),
    st.booleans(),
)
PARAMETERS = st.dictionaries(KEYS, VALUES, max_size=3)
ITEMS = st.builds(Item, VALUES, PARAMETERS)
LISTS = st.builds(InnerList, st.lists(ITEMS, max_size=4).map(tuple), PARAMETERS)
DICTIONARIES = st.dictionaries(KEYS, ITEMS | LISTS, max_size=4)


@given(DICTIONARIES)
def test_what_is_written_is_read_again(members: Dictionary) -> None:
    assert read_dictionary(write_dictionary(members)) == members


def _elsewhere(text: str) -> dict[str, object]:
    """Read with a library that was not written here."""
    found: dict[str, object] = http_sf.parse(text.encode(), tltype="dictionary")
    return found


def _shape(member: Item | InnerList) -> object:
    """Give a member in that library's shape."""
    if isinstance(member, InnerList):
        return [(_plain(i.value), _plains(i)) for i in member.items], _plains(member)
    return _plain(member.value), _plains(member)


def _plains(member: Item | InnerList) -> dict[str, object]:
    return {name: _plain(value) for name, value in member.parameters.items()}


def _plain(value: Bare) -> object:
    return http_sf.Token(str(value)) if isinstance(value, Token) else value


@given(DICTIONARIES)
def test_another_reader_reads_the_same(members: Dictionary) -> None:
    assert _elsewhere(write_dictionary(members)) == {name: _shape(m) for name, m in members.items()}


SIGNS = 'ab*"\\:;=,()?01-. \tA/+=\x7f\u00e9'


@given(st.text(st.sampled_from(SIGNS), max_size=24))
@example('a=("b"  "c" );d=1')
@example("a=:AB==:")
@example("a=1,")
@example('sig=("a""b")')
def test_nothing_is_read_that_another_reader_refuses_or_reads_otherwise(text: str) -> None:
    try:
        found = read_dictionary(text)
    except Malformed:
        return
    assert _elsewhere(text) == {name: _shape(member) for name, member in found.items()}
    assert read_dictionary(write_dictionary(found)) == found


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a=1, a=2", 6),
        ("a;b;b", 5),
        ("a=1.5", 3),
        ("a=1,", 5),
        ("a=1 b=2", 4),
        ("A=1", 1),
        ('a="b', 3),
        ('a="\\n"', 3),
        ("a=:QQ:", 3),
        ("a=:QR==:", 3),
        ("a=(1", 5),
        ('a=("b""c")', 7),
        ("a=?2", 3),
        ("a=@1659578233", 3),
        ("a=", 3),
        ("a=\u0663", 3),
        ("a" * (MOST_CHARACTERS + 1), MOST_CHARACTERS + 1),
    ],
)
def test_what_breaks_the_grammar_is_refused_where_it_does(text: str, at: int) -> None:
    with pytest.raises(Malformed) as broken:
        read_dictionary(text)
    assert broken.value.at == at
