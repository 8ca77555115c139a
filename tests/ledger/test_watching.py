"""What staff did can be listed by kind; nothing else can, for that would read the whole table."""

from datetime import datetime

import pytest
from django.db import connection

from tongban.kernel.clock import SHANGHAI
from tongban.kernel.errors import Invalid
from tongban.kernel.ids import SystemChance
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


@whole
def _opened(count: int) -> None:
    for number in range(count):
        fields = {"staff": str(number), "case_number": f"C{number}", "purpose": "审批本办件"}
        ledger.record("decisions", "facts.opened", fields, now=NOW, chance=SystemChance())
        other = {"filing_number": f"F{number}"}
        ledger.record("decisions", "draft.expired", other, now=NOW, chance=SystemChance())


def test_the_newest_come_first_and_a_page_follows_the_other(database: None) -> None:
    _opened(5)
    first = ledger.openings_of("facts.opened", most=3)
    rest = ledger.openings_of("facts.opened", after=first.after, most=3)
    listed = [opening.value("entry") for opening in (*first.lines, *rest.lines)]
    assert listed == sorted(listed, reverse=True)
    assert {opening.value("staff") for opening in (*first.lines, *rest.lines)} == set("01234")


def test_a_kind_that_is_not_watched_is_refused(database: None) -> None:
    with pytest.raises(Invalid):
        ledger.openings_of("draft.expired", most=3)


def test_finding_them_walks_an_index_and_not_the_table(database: None) -> None:
    _opened(40)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # forty rows would be read whole, rightly
            cursor.execute("EXPLAIN SELECT id FROM ledger_entry WHERE kind = 'facts.opened' ORDER BY id DESC")
        else:
            cursor.execute(
                "EXPLAIN QUERY PLAN SELECT id FROM ledger_entry WHERE kind = %s ORDER BY id DESC",
                ["facts.opened"],
            )
        assert "ledger_watched" in str(cursor.fetchall())
