"""The history of a case is append-only, by the database itself, and says what the ledger says."""

import pytest
from django.db import DatabaseError, connection, transaction

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.promises.effects import unproven
from tongban.cases.models import Event


@pytest.fixture
def lines(town: Town) -> list[int]:
    """The history of a filing that was granted."""
    submit(town, draft(town, town.subject("li_chunyan")))
    return list(Event.objects.exclude(status_code=None).order_by("id").values_list("pk", flat=True))


def test_a_line_of_the_history_cannot_be_changed(lines: list[int]) -> None:
    for change in ({"status_code": 13}, {"words": {}}, {"entry_id": None}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Event.objects.filter(pk=lines[0]).update(**change)
    event = Event.objects.get(pk=lines[0])
    event.audience = "office"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()


def test_a_line_of_the_history_cannot_be_deleted(lines: list[int]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=lines[0]).delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.get(pk=lines[0]).filing.delete()
    assert set(lines) <= set(Event.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE cases_event SET status_code = 13 WHERE status_code = 11",
        "UPDATE cases_event SET status_code = 14 WHERE status_code = 3",
        "UPDATE cases_event SET entry_id = NULL WHERE status_code = 3",
        "DELETE FROM cases_event WHERE status_code = 3",
    ],
)
def test_whoever_takes_the_guard_away_is_found_out_by_the_ledger(lines: list[int], tampering: str) -> None:
    assert lines
    assert unproven() == []
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in guards():
            cursor.execute(guard)
        cursor.execute(tampering)
        assert unproven() != []
        transaction.set_rollback(True)  # and the guard is there again
    assert unproven() == []


def guards() -> tuple[str, ...]:
    """Give what takes the guard away, as only the owner of the database can."""
    if connection.vendor == "postgresql":
        return ("ALTER TABLE cases_event DISABLE TRIGGER cases_event_append_only",)
    return ("DROP TRIGGER cases_event_no_update", "DROP TRIGGER cases_event_no_delete")
