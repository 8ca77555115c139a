"""Declared YAML: read into models, every mistake at its file and line with what to write."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, StringConstraints

from tongban.kernel import declarations
from tongban.kernel.declarations import Declaration, DeclarationErrors, InvalidDeclaration, TextField, checked
from tongban.kernel.texts import Text
from tongban.kernel.values import credit_code


class Desk(Declaration):
    code: str
    kind: Literal["counter", "online"] = "counter"
    seats: int = 1


class Office(Declaration):
    name: TextField
    credit_code: Annotated[str, checked(credit_code.parse)]
    since: date
    desks: list[Desk] = []
    texts: dict[str, TextField] = {}
    only: Desk | None = None


GOOD = """\
# the office
name: {zh: 市场监督管理局, en: Market regulation}
credit_code: 11990121310121000D
since: 2026-01-01
desks:
  - code: "01"
  - code: A
    kind: online
texts:
  on: {zh: 开, en: "on"}
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "office.yaml"
    file.write_text(GOOD, "utf-8")
    return file


def refusals(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(InvalidDeclaration) as refusal:
        declarations.load(path, Office)
    error = refusal.value
    errors = error.errors if isinstance(error, DeclarationErrors) else (error,)
    assert all(one.file == str(path) for one in errors)
    return [(one.line, f"{one.what.en} {one.todo.en}") for one in errors]


def changed(path: Path, old: str, new: str) -> Path:
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), "utf-8")
    return path


def test_a_declaration_becomes_its_model(written: Path) -> None:
    office = declarations.load(written, Office)
    assert office.name == Text(zh="市场监督管理局", en="Market regulation")
    assert office.since == date(2026, 1, 1)
    assert [(desk.code, desk.kind) for desk in office.desks] == [("01", "counter"), ("A", "online")]


def test_words_that_older_yaml_takes_for_booleans_and_octals_stay_words(written: Path) -> None:
    assert list(declarations.load(written, Office).texts) == ["on"]
    file = changed(written, 'code: "01"', "code: 0017")
    assert declarations.load(file, Office).desks[0].code == "0017"


def test_an_unknown_key_is_answered_with_the_nearest_known_one(written: Path) -> None:
    file = changed(written, "    kind: online", "    knid: online")
    assert refusals(file) == [(8, "The key desks[1].knid is not known here. Did you mean 'kind'?")]


def test_an_unknown_key_inside_an_optional_part_is_answered_too(written: Path) -> None:
    written.write_text(GOOD + "only:\n  code: A\n  seat: 2\n", "utf-8")
    assert refusals(written) == [(13, "The key only.seat is not known here. Did you mean 'seats'?")]


def test_a_key_like_no_other_is_answered_with_all_of_them(written: Path) -> None:
    file = changed(written, "    kind: online", "    zzzzzz: online")
    assert refusals(file) == [
        (8, "The key desks[1].zzzzzz is not known here. Keys known here: code, kind, seats.")
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(written: Path) -> None:
    file = changed(written, "since: 2026-01-01", "since: soon")
    file.write_text(file.read_text("utf-8").replace("kind: online", "kind: onlin"), "utf-8")
    assert refusals(file) == [
        (4, "since takes a date such as 2026-01-31; this is 'soon'. Write a date such as 2026-01-31."),
        (8, "desks[1].kind cannot be 'onlin'. Did you mean 'online'? One of: 'counter' or 'online'."),
    ]


def test_a_missing_key_points_at_what_it_is_missing_from(written: Path) -> None:
    file = changed(written, "  - code: A\n    kind: online", "  - kind: online")
    assert refusals(file) == [(7, "desks[1].code is missing. Write 'code: …' here.")]


def test_a_code_without_quotes_is_answered_with_quotes(written: Path) -> None:
    file = changed(written, 'code: "01"', "code: 990100")
    assert refusals(file) == [
        (6, "desks[0].code takes a text; this is '990100'. Put it in quotes: \"990100\".")
    ]


def test_a_code_that_does_not_check_is_explained_at_its_line(written: Path) -> None:
    file = changed(written, "11990121310121000D", "11990121310121000E")
    ((line, said),) = refusals(file)
    assert line == 3
    assert "call for 'D' at the end" in said


def test_a_text_in_one_language_is_refused(written: Path) -> None:
    file = changed(written, ", en: Market regulation", "")
    assert refusals(file) == [(2, "name.en is missing. Write 'en: …' here.")]
    assert refusals(changed(written, "Market regulation", '" "'))[0][0] == 2


def test_a_key_written_twice_is_refused_with_both_lines(written: Path) -> None:
    file = changed(written, "since: 2026-01-01", "since: 2026-01-01\nname: {zh: 甲, en: a}")
    assert refusals(file)[0][0] == 5
    assert "stands here again (first in line 2)" in refusals(file)[0][1]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", 1, "The file is empty"),
        ("name: a: b", 1, "This is not YAML"),
        ("name: &n {zh: 甲, en: a}\nother: *n\n", 1, "aliases are not accepted"),
        ("name: 1\n? [a]\n: 2\n", 2, "A key must be one word"),
        ("name: !!python/name:os.system x\n", 1, "This is not YAML"),
        ('name: 1\nother: "a\\0b"\n', 2, "A control character stands here"),
    ],
)
def test_what_is_not_plain_data_is_refused(tmp_path: Path, content: str, line: int, said: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(content, "utf-8")
    assert refusals(file)[0][0] == line
    assert said in refusals(file)[0][1]


def test_a_file_that_is_not_there_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusals(tmp_path / "none.yaml")[0][1]
    (tmp_path / "gbk.yaml").write_bytes("name: 市".encode("gbk"))
    assert "not UTF-8" in refusals(tmp_path / "gbk.yaml")[0][1]


def test_the_mistakes_of_a_whole_folder_are_told_together(tmp_path: Path) -> None:
    for name, old in (("a.yaml", "since"), ("b.yaml", "desks"), ("c.yaml", "nothing")):
        (tmp_path / name).write_text(GOOD.replace(old, old[:-1] + "x"), "utf-8")
    with pytest.raises(DeclarationErrors) as refusal:
        declarations.load_all(tmp_path, Office)
    assert {Path(error.file).name for error in refusal.value.errors} == {"a.yaml", "b.yaml"}
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "b.yaml").unlink()
    assert len(declarations.load_all(tmp_path, Office)) == 1


class Counter(Declaration):
    width: Annotated[int, Field(ge=1, le=9)] = 1
    queues: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    name: Annotated[str, StringConstraints(pattern="^[a-z]+$", min_length=2)] = "aa"
    numbers: dict[str, int] = {}
    choice: Literal["a"] | int = 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("width: 0", "width takes 1 or more; this is '0'."),
        ("width: 10", "width takes 9 or less; this is '10'."),
        ("queues: []", "queues takes at least 1 items; this is a list."),
        ("queues: [a, b, c]", "queues takes at most 2 items; this is a list."),
        ("name: A1", "name takes the form ^[a-z]+$; this is 'A1'."),
        ("name: a", "name takes at least 2 characters; this is 'a'."),
        ("numbers: {7: 1}", "numbers[7] takes a text; this is '7'. Put it in quotes: \"7\"."),
        ("choice: b", "choice cannot be 'b'."),
        ("width:", "width takes a whole number; this is nothing."),
    ],
)
def test_a_value_out_of_its_bounds_is_told_them(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "counter.yaml"
    file.write_text(f"# one\n{written}\n", "utf-8")
    with pytest.raises(InvalidDeclaration) as refusal:
        declarations.load(file, Counter)
    assert (refusal.value.line, said in f"{refusal.value.what.en} {refusal.value.todo.en}") == (2, True)


def test_what_a_value_says_of_itself_keeps_its_code(written: Path) -> None:
    with pytest.raises(InvalidDeclaration) as refusal:
        declarations.load(changed(written, "11990121310121000D", "11990121310121000E"), Office)
    assert refusal.value.code == "credit_code.check"


def test_a_later_check_can_still_point_at_a_line(written: Path) -> None:
    declared = declarations.read(written, Office)
    assert declared.line("desks", 1, "kind") == 8
    assert declared.line("desks", 1, "absent") == 7
    error = declared.error(
        ("desks", 1, "kind"), what=Text(zh="不", en="no."), todo=Text(zh="改", en="Mend it.")
    )
    assert str(error) == f"{written}:8: no. Mend it."


def test_the_schema_of_a_declaration_tells_both_languages_and_forbids_more() -> None:
    schema = declarations.schema(Office)
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Words"]["required"] == ["zh", "en"]
    assert schema["$schema"].endswith("2020-12/schema")


class Keeping(Declaration):
    """How long something is kept."""

    days: Annotated[int, Field(ge=1)]
    """Days of the calendar."""
    since: date | None = None


class Kept(Keeping):
    """What is kept, and how long."""

    parts: tuple[Keeping, ...] = ()
    """Its parts,
    each for its own time."""


def test_the_schema_says_what_stands_under_each_field_its_own_and_inherited() -> None:
    schema = declarations.schema(Kept)
    assert schema["properties"]["days"]["description"] == "Days of the calendar."
    assert schema["properties"]["parts"]["description"] == "Its parts,\neach for its own time."
    assert "description" not in schema["properties"]["since"]
    assert schema["$defs"]["Keeping"]["properties"]["days"]["description"] == "Days of the calendar."


def test_a_model_given_texts_in_code_writes_them_out_again() -> None:
    office = Office(name=Text(zh="甲", en="a"), credit_code="11990121310121000D", since=date(2026, 1, 1))
    assert office.model_dump()["name"] == {"zh": "甲", "en": "a"}
