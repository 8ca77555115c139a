"""The border: strict in what is read, never silently nothing."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.making import element
from tongban.catalogue.api import Element
from tongban.exchange.declared import Incoming, Outgoing
from tongban.exchange.mapping import MISSING, at_path, conforms, fill, normalise, placed, read
from tongban.exchange.verbs import FieldValue, Reading
from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import InvalidValue, SourceWrong
from tongban.kernel.texts import Text

LETTER = Text("甲", "one")
NAME = element("person.name", kind="text")
SEX = element("person.sex", kind="code", codes={"male": LETTER, "female": LETTER})
COUNT = element("entity.trade_word_holders", kind="integer")
BIRTH = element("person.birth_date", kind="date")
CAPITAL = element("entity.registered_capital_cents", kind="money_cents")
SCOPE = element("company.scope", kind="list")
DECEASED = element("person.deceased")
NUMBER = element("person.resident_id", kind="code", pattern="[0-9]{17}[0-9X]")


def incoming(**words: Any) -> Incoming:
    return Incoming.model_validate({"path": "f", **words})


def outgoing(**words: Any) -> Outgoing:
    return Outgoing.model_validate({"field": "f", **words})


def reading(element: Element, raw: object, **words: Any) -> Reading:
    return read("police", element, incoming(**words), {"f": raw})


@pytest.mark.parametrize(
    ("element", "raw", "words", "value"),
    [
        (NAME, " 李春燕　", {}, "李春燕"),
        (NAME, "阿依努尔·买买提", {}, "阿依努尔·买买提"),
        (NAME, "１２号楼（东）", {}, "12号楼（东）"),
        (SEX, "2", {"map": {"1": "male", "2": "female"}}, "female"),
        (SEX, 2, {"map": {"1": "male", "2": "female"}}, "female"),
        (SEX, "２", {"map": {"1": "male", "2": "female"}}, "female"),
        (COUNT, "007", {}, 7),
        (COUNT, 3.0, {}, 3),
        (BIRTH, "19880312", {"formats": ["%Y%m%d"]}, date(1988, 3, 12)),
        (BIRTH, "１９８８年０３月１２日", {"formats": ["%Y-%m-%d", "%Y年%m月%d日"]}, date(1988, 3, 12)),
        (BIRTH, "1988－03－12", {}, date(1988, 3, 12)),
        (BIRTH, date(1988, 3, 12), {}, date(1988, 3, 12)),
        (BIRTH, datetime(1988, 3, 11, 20, tzinfo=SHANGHAI), {}, date(1988, 3, 11)),
        (CAPITAL, "350000.00", {"unit": "yuan"}, 35_000_000),
        (CAPITAL, 123.456789, {"unit": "ten_thousand_yuan"}, 123_456_789),
        (CAPITAL, "1,000", {"unit": "ten_thousand_yuan"}, 1_000_000_000),
        (SCOPE, "餐饮服务；餐饮管理", {"separator": "；"}, ("餐饮服务", "餐饮管理")),
        (SCOPE, ["餐饮服务"], {}, ("餐饮服务",)),
        (DECEASED, "0", {"map": {"0": False, "1": True}}, False),
        (DECEASED, True, {}, True),
        (NUMBER, "99012119880312902x".upper(), {}, "99012119880312902X"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_our_type(
    element: Element, raw: object, words: dict[str, Any], value: object
) -> None:
    found = reading(element, raw, **words)
    assert found.value == value
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("element", "raw", "words"),
    [
        (SEX, "3", {"map": {"1": "male", "2": "female"}}),
        (SEX, "1", {"map": {"1": "man"}}),
        (SEX, "man", {}),
        (COUNT, "seven", {}),
        (COUNT, "1.5", {}),
        (COUNT, True, {}),
        (COUNT, float("nan"), {}),
        (BIRTH, "1988-13-01", {}),
        (BIRTH, "12/03/1988", {}),
        (BIRTH, 19880312, {}),
        (CAPITAL, "350000.001", {"unit": "yuan"}),
        (CAPITAL, "NaN", {"unit": "yuan"}),
        (CAPITAL, "Infinity", {}),
        (CAPITAL, "很多", {}),
        (DECEASED, "0", {}),
        (DECEASED, "否", {}),
        (NUMBER, "9901211988031290", {}),
        (NAME, {"first": "春燕"}, {}),
        (NAME, ["李春燕"], {}),
        (NAME, "李" * 5000, {}),
        (SCOPE, 7, {}),
        (SCOPE, [1, 2], {}),
    ],
)
def test_a_value_of_another_shape_is_the_sources_error_never_nothing(
    element: Element, raw: object, words: dict[str, Any]
) -> None:
    with pytest.raises(SourceWrong):
        reading(element, raw, **words)


@pytest.mark.parametrize("raw", [None, "", "  ", "　", "\u200b", "-", "无"])
def test_only_declared_words_and_emptiness_mean_no_value(raw: object) -> None:
    assert reading(NAME, raw, none_values=["-", "无"]).value is None


def test_a_field_that_is_not_there_is_an_error_unless_it_may_be_missing() -> None:
    with pytest.raises(SourceWrong):
        read("police", NAME, incoming(path="data.XM"), {"data": {}})
    assert read("police", NAME, incoming(path="data.XM", optional=True), {"data": {}}) == Reading(None)


def test_what_the_source_wrote_is_kept_beside_what_we_read() -> None:
    assert reading(BIRTH, "１９８８0312", formats=["%Y%m%d"]) == Reading(date(1988, 3, 12), "１９８８0312")


def test_a_record_may_mean_a_value_by_being_there() -> None:
    how = Incoming.model_validate({"constant": True})
    assert read("market", DECEASED, how, {}) == Reading(True)


def test_a_path_leads_through_objects_and_lists_or_nowhere() -> None:
    body = {"a": [{"b": None}, {"b": {"c": 3}}]}
    assert at_path(body, "a[1].b.c") == 3
    assert at_path(body, "a[0].b") is None
    for nowhere in ("a[2].b", "a.b", "x", "a[0].b.c", "a[1].b.c.d"):
        assert at_path(body, nowhere) is MISSING


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
all_elements = st.sampled_from([NAME, SEX, COUNT, BIRTH, CAPITAL, SCOPE, DECEASED, NUMBER])
ways = st.sampled_from(
    [
        incoming(),
        incoming(map={"1": "male"}),
        incoming(formats=["%Y%m%d"]),
        incoming(unit="yuan"),
        incoming(separator=";"),
        incoming(optional=True),
    ]
)


@given(all_elements, ways, json_values)
def test_whatever_comes_is_our_type_or_the_sources_error(element: Element, how: Incoming, raw: Any) -> None:
    try:
        found = read("police", element, how, {"f": raw})
    except SourceWrong:
        return
    assert conforms(element, found.value)


@given(json_values)
def test_whatever_comes_in_place_of_a_record_is_the_sources_error(body: Any) -> None:
    if isinstance(body, dict) and "f" in body:
        return
    with pytest.raises(SourceWrong):
        read("police", NAME, incoming(), body)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text, punctuation=True)
    assert normalise(once, punctuation=True) == once


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["cents", "yuan", "ten_thousand_yuan"]))
def test_money_that_is_written_is_read_back_to_the_cent(cents: int, unit: Any) -> None:
    written = fill(outgoing(unit=unit), {"f": cents}, {})
    assert reading(CAPITAL, written, unit=unit).value == cents


@given(
    st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d"])
)
def test_a_date_that_is_written_is_read_back(day: date, form: str) -> None:
    written = fill(outgoing(format=form), {"f": day}, {})
    assert reading(BIRTH, written, formats=[form]).value == day


@pytest.mark.parametrize(
    ("sent", "values", "written"),
    [
        (outgoing(map={"true": "Y", "false": "N"}), {"f": True}, "Y"),
        (outgoing(map={"990121": "0001"}), {"f": "990121"}, "0001"),
        (outgoing(missing=""), {}, ""),
        (outgoing(optional=True), {}, None),
        (outgoing(separator=","), {"f": "01,02"}, ["01", "02"]),
        (outgoing(join="；"), {"f": ("餐饮服务", "餐饮管理")}, "餐饮服务；餐饮管理"),
        (outgoing(unit="ten_thousand_yuan", as_number=True), {"f": 10_000_000}, 10),
        (outgoing(), {"f": 5}, 5),
        ("Bearer {secret.key}", {}, "Bearer k"),
        ("{f}:{secret.key}", {"f": "a"}, "a:k"),
        (True, {}, True),
        (("01", "02"), {}, ["01", "02"]),
    ],
)
def test_a_field_is_written_the_other_systems_way(
    sent: Any, values: dict[str, FieldValue], written: object
) -> None:
    assert fill(sent, values, {"secret.key": "k"}) == written


def test_a_field_that_is_needed_and_not_given_stops_the_request() -> None:
    for sent in (outgoing(), "{f}", outgoing(map={"a": "b"})):
        with pytest.raises(InvalidValue):
            fill(sent, {"f": None}, {})
    with pytest.raises(InvalidValue):
        fill(outgoing(map={"990121": "0001"}), {"f": "990199"}, {})


def test_a_person_cannot_write_a_placeholder_into_a_request() -> None:
    assert fill("{f}", {"f": "{secret.key}"}, {"secret.key": "k"}) == "{secret.key}"


def test_dotted_names_become_nested_objects() -> None:
    body = placed({"a.b": 1, "a.c.d": 2, "e": 3})
    assert json.dumps(body) == '{"a": {"b": 1, "c": {"d": 2}}, "e": 3}'
