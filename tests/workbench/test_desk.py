"""The desk: the first due first, page by page, in as many queries at 2,000 rows as at 20."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.town import Town
from tests.cases.acting import officer
from tests.portal.visiting import Visit
from tests.workbench.acting import OFFICE, approver, waiting_registration
from tongban.cases import api as cases
from tongban.cases.models import Case, Filing
from tongban.registry import api as registry

PEOPLE = ("li_chunyan", "wang_jianguo", "zhang_dahai")
WHY = [{"zh": "缺少信息，无法由规则判断。", "en": "Information is missing."}]
BUDGET = 16  # the session, the person, the directory and the rest of one page


def fill(town: Town, count: int, *, office: str = OFFICE) -> None:
    """Put many waiting cases on an office's desk, due an hour apart around now, some without a clock."""
    owners = [town.subject(name).id for name in PEOPLE]
    start = Filing.objects.count()
    filings = Filing.objects.bulk_create(
        Filing(
            number=f"TEST{start + number:08d}",
            bundle=town.bundle.code,
            bundle_version=town.bundle.version,
            bundle_digest=town.bundle.digest,
            division="990121",
            stage="submitted",
            owner_id=owners[number % len(owners)],
            channel="portal",
            opened_at=town.now,
            draft_expires_at=town.now,
        )
        for number in range(count)
    )
    Case.objects.bulk_create(
        Case(
            filing=filing,
            item="registration",
            position=0,
            office=office,
            in_name_of=office,
            implementation_code="X",
            number=f"CASE{start + number:08d}",
            state="accepted",
            promised_due_at=_due(town, number),
            person_needed=WHY if number % 4 else None,
            claimed_by_id=approver(town).id if number % 10 == 0 else None,
        )
        for number, filing in enumerate(filings)
    )


def _due(town: Town, number: int) -> datetime | None:
    if number % 7 == 0:
        return None
    return town.now + timedelta(hours=(number * 37) % 200 - 60)


def walk(
    reader: registry.Staff, town: Town, choice: cases.Choice, *, most: int = 50
) -> Iterator[cases.DeskLine]:
    """Turn every page."""
    after = ""
    while True:
        page = cases.desk(reader, now=town.now, choice=choice, after=after, most=most)
        yield from page.lines
        if not page.after:
            return
        after = page.after


@pytest.mark.parametrize("choice", list(cases.Choice))
def test_turning_the_pages_gives_every_case_once_in_the_order_of_urgency(
    town: Town, choice: cases.Choice
) -> None:
    fill(town, 120)
    reader = approver(town)
    lines = list(walk(reader, town, choice, most=17))
    rows = Case.objects.filter(office=OFFICE)
    wanted = {
        cases.Choice.ALL: rows,
        cases.Choice.PERSON: rows.filter(person_needed__isnull=False),
        cases.Choice.MINE: rows.filter(claimed_by_id=reader.id),
    }[choice]
    assert len(lines) == wanted.count() > 10
    assert {line.number for line in lines} == set(wanted.values_list("number", flat=True))
    dues = [line.due_at for line in lines]
    dated = [due for due in dues if due is not None]
    assert dated == sorted(dated)
    assert dues == [*dated, *[None] * (len(dues) - len(dated))]
    order = [cases.Urgency.OVERDUE, cases.Urgency.TODAY, cases.Urgency.LATER]
    groups = [order.index(line.urgency) for line in lines]
    assert groups == sorted(groups)
    counts = cases.desk(reader, now=town.now, choice=choice).counts
    assert counts == {urgency: groups.count(order.index(urgency)) for urgency in order}


def test_the_pages_queries_do_not_grow_with_the_cases(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    spent = []
    for more in (20, 1980):
        fill(town, more)
        visit.open("/workbench/desk?show=all")  # warms what a process keeps
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = visit.open("/workbench/desk?show=all")
        assert page.status == 200
        spent.append(len(captured))
    assert page.html.count("CASE0000") >= 50
    assert spent[1] <= spent[0] + 1 <= BUDGET + 1, [each["sql"] for each in captured]


def test_a_page_that_is_not_understood_is_the_first(town: Town) -> None:
    fill(town, 20)
    reader = approver(town)
    first = cases.desk(reader, now=town.now, choice=cases.Choice.ALL)
    for nonsense in (
        "x",
        "_",
        "2026-01-01_1",
        "2026-01-01T00:00:00+00:00_x",
        "9" * 400,
        f"{town.now}_{9**30}",
    ):
        assert cases.desk(reader, now=town.now, choice=cases.Choice.ALL, after=nonsense) == first


def test_a_colleague_of_another_office_has_an_empty_desk(town: Town) -> None:
    fill(town, 20)
    for slug in ("market.990122", "tax.990121", "market.990100"):
        other = officer(town, slug, registry.Role.APPROVER)
        assert cases.desk(other, now=town.now, choice=cases.Choice.ALL).lines == ()


def test_staff_without_a_case_role_have_no_desk(town: Town) -> None:
    fill(town, 20)
    for role in set(registry.Role) - {
        registry.Role.RECEPTIONIST,
        registry.Role.APPROVER,
        registry.Role.LEADER,
    }:
        one = registry.Staff(1, "x", "某", OFFICE, frozenset({role}), ("990121",))
        assert cases.desk(one, now=town.now, choice=cases.Choice.ALL).lines == ()


def test_the_desk_says_why_a_person_is_needed_and_what_is_provisional(town: Town, visit: Visit) -> None:
    number = waiting_registration(town, "zhang_dahai")
    Case.objects.filter(number=number).update(due_provisional=True)
    visit.as_staff(approver(town))
    page = visit.open("/workbench/desk")
    assert "法院有在执行案件" in page.text
    assert "暂定" in page.text
    assert "张大海" in page.text


def test_a_case_that_its_applicant_completes_is_due_when_that_time_ends(town: Town) -> None:
    fill(town, 1)
    soon, later = town.now - timedelta(days=1), town.now + timedelta(days=15)
    Case.objects.update(state="correction", acceptance_due_at=soon, correction_due_at=later)
    (line,) = cases.desk(approver(town), now=town.now, choice=cases.Choice.ALL).lines
    assert (line.due_at, line.urgency) == (later, cases.Urgency.LATER)
