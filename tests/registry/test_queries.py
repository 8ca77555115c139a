"""Reads of staff: by role, by name, at a fixed budget."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.registry import api as registry
from tongban.registry import models
from tongban.registry.api import Role

pytestmark = pytest.mark.usefixtures("yunxi")


def test_a_staff_list_has_a_fixed_budget() -> None:
    with CaptureQueriesContext(connection) as queries:
        several = registry.staff_of("bureau.990100", on=date(2026, 11, 23))
    assert len(several) == 7
    assert len(queries) == 2


def test_names_of_staff_cost_one_query_and_include_those_who_left() -> None:
    rows = list(models.Staff.objects.filter(login__startswith="market.yundong."))
    models.Staff.objects.filter(pk=rows[0].pk).update(until=date(2026, 2, 1))
    with CaptureQueriesContext(connection) as queries:
        names = registry.staff_names(row.pk for row in rows)
    assert names == {row.pk: row.name for row in rows}
    assert len(queries) == 1


def test_staff_are_found_by_role() -> None:
    on = date(2026, 11, 23)
    deciders = registry.staff_of("market.990121", Role.APPROVER, Role.LEADER, on=on)
    assert [one.login for one in deciders] == [
        "market.yundong.chen",
        "market.yundong.he",
        "market.yundong.ye",
    ]
