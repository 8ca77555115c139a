"""Plain SQL reads, writes and inserts like the models whose tables it touches."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from tongban.kernel import rows
from tongban.kernel.clock import SHANGHAI
from tongban.licences.models import LicenceRow, TypeRow
from tongban.licences.rules import Status

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


def test_a_value_of_another_type_is_written_as_saving_it_would(database: None) -> None:
    plain, saved = licence("plain", "1"), licence("saved", "2")
    for row in (plain, saved):
        row.status, row.version, row.holder_code = Status.SUSPENDED, "2", 7  # type: ignore[assignment]
        row.prepared_at = NOON.astimezone(SHANGHAI)
    rows.insert(plain)
    saved.save()
    names = ("status", "version", "holder_code", "prepared_at")
    stored = list(LicenceRow.objects.order_by("pk").values(*names))
    assert stored[0] == stored[1] == dict(zip(names, (Status.SUSPENDED.value, 2, "7", NOON), strict=True))
    rows.update(plain)
    assert LicenceRow.objects.filter(pk=plain.pk).values(*names).get() == stored[0]


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


BY_CASE = rows.Prepared(lambda number: LicenceRow.objects.filter(case_number=number), stand_in="\ue000")


def test_a_prepared_read_gives_what_django_gives_for_every_value(database: None) -> None:
    for number in range(3):
        rows.insert(licence(f"n{number}", str(number)))
    later = rows.moment(NOON + timedelta(days=1))
    rows.write("UPDATE licences_licence SET prepared_at = %s WHERE case_number = %s", later, "1")
    for number in ("0", "1", "2", "9"):
        plain = list(LicenceRow.objects.filter(case_number=number).values())
        found = BY_CASE.all(number)
        assert [{name: getattr(row, name) for name in plain[0]} for row in found] == plain
        assert [row._state.adding for row in found] == [False] * len(plain)
        first = BY_CASE.first(number)
        assert (first and first.identifier) == (plain[0]["identifier"] if plain else None)


def test_what_a_prepared_read_gives_is_saved_and_refreshed_like_any_row(database: None) -> None:
    rows.insert(licence("before", "1"))
    found = BY_CASE.only("1")
    found.holder_code = "another"
    found.save(update_fields=["holder_code"])
    assert LicenceRow.objects.get().holder_code == "another"
    rows.write("UPDATE licences_licence SET holder_code = %s", "a third")
    found.refresh_from_db()
    assert found.holder_code == "a third"
    assert found == LicenceRow.objects.get()


def test_a_prepared_read_keeps_what_else_its_query_asks(database: None) -> None:
    by_type = rows.Prepared(
        lambda kind: LicenceRow.objects.filter(type_code=kind, status="01").order_by("-case_number"),
        stand_in="\ue000",
    )
    for number in range(3):
        rows.insert(licence(f"n{number}", str(number)))
    rows.write("UPDATE licences_licence SET status = %s WHERE case_number = %s", "04", "1")
    assert [row.case_number for row in by_type.all("t")] == ["2", "0"]
    assert by_type.all("x") == []


def test_the_one_row_that_must_be_there_is_missed_by_name(database: None) -> None:
    by_key = rows.Prepared(lambda key: LicenceRow.objects.filter(pk=key))
    row = licence("here")
    rows.insert(row)
    assert by_key.only(row.pk).identifier == "here"
    with pytest.raises(ObjectDoesNotExist):
        by_key.only(row.pk + 1)


def test_a_query_that_leaves_its_value_out_is_refused(database: None) -> None:
    everything = rows.Prepared(lambda _: LicenceRow.objects.all())
    with pytest.raises(RuntimeError, match="does not ask for its value"):
        everything.all(1)


def test_rows_inserted_together_are_what_each_alone_would_be(database: None) -> None:
    rows.insert_all([])
    rows.insert_all([licence(f"n{number}", str(number)) for number in range(3)])
    rows.insert(licence("alone", "9"))
    *together, alone = LicenceRow.objects.order_by("id").values()
    assert [each["identifier"] for each in together] == ["n0", "n1", "n2"]
    for each in (*together, alone):
        for different in ("id", "identifier", "base", "case_number"):
            del each[different]
    assert all(each == alone for each in together)


def test_an_update_writes_the_named_fields_alone(database: None) -> None:
    row = licence("n")
    rows.insert(row)
    row.status, row.kid = "04", "a key"
    rows.update(row, "status")
    assert LicenceRow.objects.values_list("status", "kid").get() == ("04", "")
    rows.update(row)
    assert LicenceRow.objects.values_list("status", "kid").get() == ("04", "a key")
    with pytest.raises(ValueError, match="has not all of the fields"):
        rows.update(row, "status", "stauts")


def test_an_update_of_a_row_that_is_gone_says_so(database: None) -> None:
    row = licence("n")
    rows.insert(row)
    LicenceRow.objects.all().delete()
    with pytest.raises(ObjectDoesNotExist):
        rows.update(row, "status")


def test_a_key_that_was_taken_is_the_rows_and_none_comes_at_or_below_one_that_is_skipped(
    database: None,
) -> None:
    first, taken = 0, []
    for name, skipped in (("a", 0), ("b", 0), ("c", 40), ("d", 0)):
        with transaction.atomic():
            if skipped:
                rows.skip_keys(LicenceRow, up_to=first + skipped)
            row = licence(name, name)
            row.pk = rows.next_key(LicenceRow)
            rows.insert(row)
            taken.append(row.pk)
            first = taken[0]
    assert [LicenceRow.objects.get(identifier=name).pk for name in "abcd"] == taken
    assert taken == [first, first + 1, first + 41, first + 42]
    rows.insert(plain := licence("plain", "plain"))
    assert plain.pk == taken[-1] + 1


def test_keys_are_skipped_in_a_table_that_never_had_a_row(database: None) -> None:
    rows.skip_keys(LicenceRow, up_to=1_000_000)
    rows.insert(row := licence("n"))
    assert row.pk == 1_000_001


def test_a_column_that_one_query_has_chosen_limits_another_within_the_database(database: None) -> None:
    for each, case in (("a", "1"), ("b", "2"), ("c", "3")):
        rows.insert(licence(each, case))
    some = rows.chosen(LicenceRow.objects.filter(identifier__in=("a", "c")), "case_number")
    none = rows.chosen(LicenceRow.objects.filter(pk__in=()), "case_number")
    found = LicenceRow.objects.filter(case_number__in=some.among()).order_by("case_number")
    assert [each.identifier for each in found] == ["a", "c"]
    assert not LicenceRow.objects.filter(case_number__in=none.among()).exists()
