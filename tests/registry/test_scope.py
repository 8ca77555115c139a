"""Who may see what, as WHERE clauses on another room's rows."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from tongban.registry import api as registry
from tongban.registry import models
from tongban.registry.api import Role

pytestmark = pytest.mark.usefixtures("yunxi")

# Delegations have what the clauses ask of a case: who decides, in whose name, where.
OFFICES = ["market.990121", "market.990121001", "market.990122", "tax.990121", "market.990100"]


@dataclass(frozen=True)
class Desk:
    """Rows that stand for cases, one of each office."""

    ids: dict[str, int]

    def seen(self, clause: Q) -> set[str]:
        rows = models.Delegation.objects.filter(clause, id__in=self.ids.values())
        return set(rows.values_list("delegate_id", flat=True))


@pytest.fixture
def desk() -> Desk:
    def case(office: str) -> int:
        in_name_of = "market.990121" if office == "market.990121001" else "bureau.990100"
        return models.Delegation.objects.create(
            delegate_id=office,
            delegator_id=in_name_of,
            kind="entrusted",
            basic_code="990131001000",
            division="990122001201" if office == "market.990122" else "990121",
            since="2026-01-01",
        ).pk

    return Desk({office: case(office) for office in OFFICES})


CASES = {"office": "delegate", "in_name_of": "delegator"}


def scope(login: str) -> registry.Scope:
    return registry.visible_to(registry.staff(login))


def test_an_approver_opens_the_cases_of_their_own_office_only(desk: Desk) -> None:
    assert desk.seen(scope("market.yundong.chen").cases(**CASES)) == {"market.990121"}
    assert desk.seen(scope("market.yunxi-west.shen").cases(**CASES)) == {"market.990122"}


def test_the_head_of_a_delegator_opens_what_is_decided_in_its_name(desk: Desk) -> None:
    seen = desk.seen(scope("market.yundong.he").cases(**CASES))
    assert seen == {"market.990121", "market.990121001"}


def test_above_in_the_line_one_counts_and_opens_nothing(desk: Desk) -> None:
    city_head = scope("market.yunxi.qian")
    assert desk.seen(city_head.cases(**CASES)) == {"market.990100"}
    assert desk.seen(city_head.counts(office="delegate")) == {
        "market.990100",
        "market.990121",
        "market.990121001",
        "market.990122",
    }


def test_an_approver_counts_their_own_office_only(desk: Desk) -> None:
    assert desk.seen(scope("market.yundong.chen").counts(office="delegate")) == {"market.990121"}


def test_the_bureau_counts_everywhere_and_opens_nothing(desk: Desk) -> None:
    bureau = scope("bureau.yunxi.tao")
    assert desk.seen(bureau.cases(**CASES)) == set()
    assert desk.seen(bureau.counts(office="delegate")) == set(OFFICES)


@pytest.mark.parametrize("login", ["system.yunxi.gu", "security.yunxi.ning", "audit.yunxi.shang"])
def test_administrators_see_nothing_of_anybodys_matter(desk: Desk, login: str) -> None:
    nothing = scope(login)
    for clause in (
        nothing.cases(**CASES),
        nothing.counts(office="delegate"),
        nothing.own(organisation="delegate"),
        nothing.within(),
    ):
        assert desk.seen(clause) == set()
    assert not models.Staff.objects.filter(nothing.filings(filed_by="id")).exists()


@pytest.mark.parametrize(
    "login", ["market.yunxi.ding", "hall.yundong.xu", "town.hekou.lin", "bureau.yunxi.rao"]
)
def test_who_handles_no_cases_opens_none(desk: Desk, login: str) -> None:
    assert desk.seen(scope(login).cases(**CASES)) == set()


def test_helpers_see_what_they_filed_and_nobody_elses() -> None:
    helper = registry.staff("hall.yundong.xu")
    filed = models.Staff.objects.filter(registry.visible_to(helper).filings(filed_by="id"))
    assert [row.login for row in filed] == ["hall.yundong.xu"]
    assert not models.Staff.objects.filter(scope("market.yundong.chen").filings(filed_by="id")).exists()


def test_a_village_worker_acts_in_their_village(desk: Desk) -> None:
    assert desk.seen(scope("town.hekou.lin").within()) == {"market.990122"}


def test_a_county_reaches_its_villages(desk: Desk) -> None:
    assert desk.seen(scope("market.yunxi-west.shen").within()) == {"market.990122"}


def test_a_clause_that_shows_nothing_asks_the_database_nothing(desk: Desk) -> None:
    clause = scope("audit.yunxi.shang").cases(**CASES)
    with CaptureQueriesContext(connection) as queries:
        assert desk.seen(clause) == set()
    assert len(queries) == 0


def test_knowing_a_scope_and_a_staff_list_have_a_fixed_budget() -> None:
    staff = registry.staff("market.yundong.he")
    registry.visible_to(staff)
    with CaptureQueriesContext(connection) as queries:
        registry.visible_to(staff)
    assert len(queries) == 1
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
