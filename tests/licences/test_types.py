"""Types of licence as the city declares them: what is written, on which pages, and for how long it holds."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from tests.licences.conftest import BUSINESS_LICENCE, CASE, CONTENT, Issuing
from tongban.kernel.errors import Invalid, NotAllowed
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.licences.models import TypeRow
from tongban.licences.rules import validity, validity_after

RESIDENT_CARD, FOOD_PERMIT = "119900000900000039002", "119900003100000064001"
PERIODS = [  # operation, months of the type, the old last day, today → the new last day
    ("08", 12, "2026-12-31", "2026-11-23", "2026-12-31"),
    ("08", None, None, "2026-11-23", None),
    ("02", 12, "2026-12-31", "2026-11-23", "2027-12-31"),
    ("02", 12, "2026-11-22", "2026-11-23", "2027-11-22"),
    ("02", 1, "2026-01-30", "2026-11-23", "2026-12-22"),
]


@pytest.mark.parametrize(("operation", "months", "ends", "today", "expected"), PERIODS)
def test_a_next_version_holds_as_long_as_its_operation_says(
    issuing: Issuing, operation: str, months: int | None, ends: str | None, today: str, expected: str | None
) -> None:
    kind = licences.licence_type(BUSINESS_LICENCE).model_copy(update={"valid_months": months})
    now = datetime.fromisoformat(f"{today}T12:00:00+08:00")
    before = None if ends is None else date.fromisoformat(ends)
    start, end = validity_after(kind, CONTENT, licences.Operation(operation), before, now)
    assert start.isoformat() == today
    assert (end and end.isoformat()) == expected


def test_a_licence_with_a_day_of_its_own_ends_on_it_and_is_renewed_to_another(issuing: Issuing) -> None:
    kind = licences.licence_type(RESIDENT_CARD)
    card = {"valid_until": "2036-11-22"}
    assert validity(kind, card, issuing.now)[1] == date(2036, 11, 22)
    assert validity(kind, {}, issuing.now)[1] is None  # 长期
    later = {"valid_until": "2056-11-22"}
    ends = validity_after(kind, later, licences.Operation.RENEWED, date(2036, 11, 22), issuing.now)[1]
    assert ends == date(2056, 11, 22)


def test_every_type_of_the_city_can_be_issued(issuing: Issuing) -> None:
    """Those that are ready for packs to come among them: content of each field's type makes a licence."""
    sample = {"text": "样", "date": "2030-01-31", "integer": 7, "cents": 100, "list": ["一"], "boolean": True}
    kinds = licences.licence_types()
    assert {RESIDENT_CARD, FOOD_PERMIT} < {kind.code for kind in kinds}
    for place, kind in enumerate(kinds):
        content = {field.code: sample[field.type] for field in kind.fields}
        made = issuing.prepare(f"{CASE[:-2]}{place:02}", type_code=kind.code, content=content)
        assert made.content["extend_info"] == content
        assert (made.validate_end is None) == (kind.valid_months is None and kind.until_field is None)


DUPLICATE = "extra_pages: [{code: duplicate, name: {zh: 副本, en: Duplicate}}]"
ANNEX = "{code: annex, name: {zh: 附页, en: Annex}, fields: [scope]}"


def test_a_duplicate_says_the_same_and_an_annex_takes_its_fields_from_the_first_page(
    issuing: Issuing,
) -> None:
    shown = issuing.issue()
    first, duplicate = licences.pages_of(shown)
    assert duplicate.title.zh == "副本"
    assert duplicate.lines == first.lines
    assert len(first.lines) == len(CONTENT)
    row = TypeRow.objects.get(code=BUSINESS_LICENCE)
    kind = licences.licence_type(BUSINESS_LICENCE)
    annex = licences.ExtraPage(code="annex", name=Text("附页", "Annex"), fields=("scope",))
    row.declaration = kind.model_copy(update={"extra_pages": (annex,)}).model_dump_json()
    row.save()
    first, extra = licences.pages_of(shown)
    assert len(first.lines) == len(CONTENT) - 1
    assert [name.zh for name, _ in extra.lines] == ["经营范围"]


@pytest.mark.parametrize(
    "pages",
    [
        "{code: annex, name: {zh: 附页, en: Annex}, fields: [nothing]}",
        f"{ANNEX}, {ANNEX.replace('annex', 'more')}",
        "{code: annex, name: {zh: 附页, en: Annex}}, {code: annex, name: {zh: 附页, en: Annex}}",
    ],
)
def test_pages_that_contradict_each_other_are_refused_at_their_line(tmp_path: Path, pages: str) -> None:
    text = (Path(settings.CITY) / "licence-types.yaml").read_text()
    line = text[: text.index(DUPLICATE)].count("\n") + 1
    (tmp_path / "licence-types.yaml").write_text(text.replace(DUPLICATE, f"extra_pages: [{pages}]", 1))
    with pytest.raises(Invalid, match=rf"licence-types\.yaml:{line}:"):
        licences.read_types(tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("number_field: credit_code", "number_field: nothing"),
        ('- code: "11100000MB0143028R001"', "- code: 11100000MB0143028R0011"),
        ("mark: found", "mark: sure"),
        ('- code: "119900000900000039001"', "- code: 11100000MB0143028R001"),
        ('{code: "11100000MB0143028R", ', "{code: 11990000300000002M, "),
        ("until_field: valid_until", "until_field: name"),
        ("valid_months: 60", "valid_months: sixty"),
        ("signature: reliable", "signature: ordinary"),
        ("signature: reliable", "signature: sealed"),
    ],
)
def test_a_wrong_declaration_is_refused_at_its_line(tmp_path: Path, right: str, wrong: str) -> None:
    text = (Path(settings.CITY) / "licence-types.yaml").read_text()
    line = text[: text.index(right)].count("\n") + 1
    (tmp_path / "licence-types.yaml").write_text(text.replace(right, wrong, 1))
    with pytest.raises(Invalid, match=rf"licence-types\.yaml:{line}:"):
        licences.read_types(tmp_path)


@pytest.mark.parametrize(
    ("name", "status"), [("结婚证", "marriage"), ("收养登记证", "adoption"), ("继承权公证书", "inheritance")]
)
def test_what_the_law_excludes_is_declared_electronic_by_nobody(
    tmp_path: Path, name: str, status: str
) -> None:
    text = (Path(settings.CITY) / "licence-types.yaml").read_text()
    file, signature = tmp_path / "licence-types.yaml", "signature: reliable"
    renamed = text.replace("name: {zh: 营业执照, en: Business licence}", f"name: {{zh: {name}, en: A paper}}")
    line = text[: text.index(signature)].count("\n") + 1
    file.write_text(renamed)
    with pytest.raises(Invalid, match=rf"licence-types\.yaml:{line}: .*about {status}.*art\. 3"):
        licences.read_types(tmp_path)
    file.write_text(renamed.replace(signature, "signature: not_electronic", 1))
    assert licences.read_types(tmp_path)[0].signature == "not_electronic"


def test_a_type_that_is_not_electronic_is_issued_by_no_decision(issuing: Issuing) -> None:
    row = TypeRow.objects.get(code=BUSINESS_LICENCE)
    kind = licences.licence_type(BUSINESS_LICENCE)
    row.declaration = kind.model_copy(update={"signature": "not_electronic"}).model_dump_json()
    row.save()
    with pytest.raises(NotAllowed, match="not electronic"):
        issuing.prepare()
    assert licences.licences_of_case(CASE) == ()


def test_a_type_with_an_end_ends_the_day_before_the_corresponding_one(issuing: Issuing) -> None:
    kind = licences.licence_type(BUSINESS_LICENCE)
    assert kind.valid_months is None
    yearly = kind.model_copy(update={"valid_months": 12})
    assert [day and day.isoformat() for day in validity(yearly, CONTENT, issuing.now)] == [
        "2026-11-23",
        "2027-11-22",
    ]
    last = issuing.now.replace(month=8, day=31)
    half = kind.model_copy(update={"valid_months": 6})
    assert [day and day.isoformat() for day in validity(half, CONTENT, last)] == ["2026-08-31", "2027-02-28"]
