"""Plain SQL reads, writes and inserts like the models whose tables it touches."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.kernel import rows
from tongban.licences.models import LicenceRow, TypeRow

NOON = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)


def licence(identifier: str, case_number: str = "1") -> LicenceRow:
    return LicenceRow(
        identifier=identifier,
        base=identifier,
        version=1,
        type_code="t",
        issuer="market.990121",
        holder_type="001",
        holder_code="h",
        case_number=case_number,
        operation="01",
        status="01",
        content="{}",
        digest="d" * 64,
        statement="{}",
        prepared_at=NOON,
        prepared_entry="e" * 26,
    )


def test_an_inserted_row_is_what_saving_it_would_have_written(database: None) -> None:
    plain, saved = licence("plain", "1"), licence("saved", "2")
    rows.insert(plain)
    saved.save()
    assert plain.pk is not None
    assert not plain._state.adding
    values = list(LicenceRow.objects.order_by("pk").values())
    for each in values:
        for different in ("id", "identifier", "base", "case_number"):
            del each[different]
    assert values[0] == values[1]


def test_a_key_that_is_given_is_kept(database: None) -> None:
    row = TypeRow(code="11100000MB0143028R001", declaration="{}")
    rows.insert(row)
    assert TypeRow.objects.get().pk == row.pk == "11100000MB0143028R001"


def test_a_broken_constraint_is_the_same_error(database: None) -> None:
    rows.insert(licence("once"))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(licence("once", "2"))


def test_what_is_written_is_read_back_and_counted(database: None) -> None:
    for number in range(3):
        rows.insert(licence(f"n{number}", str(number)))
    later = NOON + timedelta(days=1)
    changed = rows.write(
        "UPDATE licences_licence SET prepared_at = %s WHERE case_number <> %s", rows.moment(later), "0"
    )
    assert changed == 2
    assert LicenceRow.objects.filter(prepared_at=later).count() == 2
    assert rows.read_one("SELECT identifier FROM licences_licence WHERE case_number = %s", "1") == ("n1",)
    assert rows.read_one("SELECT identifier FROM licences_licence WHERE case_number = %s", "9") is None
    assert rows.write("UPDATE licences_licence SET kid = %s WHERE case_number = %s", "x", "9") == 0


def test_a_value_is_never_taken_for_sql(database: None) -> None:
    rows.insert(licence("safe"))
    sly = "1' OR '1' = '1"
    assert rows.read_one("SELECT identifier FROM licences_licence WHERE case_number = %s", sly) is None
