"""Every list of the workbench: bounded pages, each line once, as many queries for many lines as for few."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.town import Town
from tests.licences.conftest import BUSINESS_LICENCE, HOLDER
from tests.portal.visiting import Visit
from tests.workbench.acting import OFFICE, approver, staff, turned
from tests.workbench.test_desk import fill
from tongban.cases.models import (
    Case,
    Contest,
    Event,
    Fact,
    Filing,
    Participant,
    ReviewRequest,
    SignedPledge,
)
from tongban.ledger.models import Entry, RecoveredEntry
from tongban.licences.models import LicenceRow
from tongban.registry.models import Staff

KONG, TAO, NING, SHANG = "police.yunxi.kong", "bureau.yunxi.tao", "security.yunxi.ning", "audit.yunxi.shang"
BUDGET = 20  # the session, the person, the directory and the rest of one page
POLICE = "police.990100"


def cases_of(town: Town, count: int) -> list[Case]:
    """Make so many cases at the office, each in a filing of its own."""
    before = Case.objects.count()
    fill(town, count)
    return list(Case.objects.select_related("filing").order_by("id")[before:])


def contests(town: Town, count: int) -> None:
    for number, case in enumerate(cases_of(town, count)):
        of = Participant.objects.create(filing=case.filing, role="applicant", kind="person")
        fact = Fact.objects.create(
            filing=case.filing,
            participant=of,
            element="person.mobile",
            status="known",
            source=POLICE,
            consumer=OFFICE,
            purpose="990131001000",
            resource="police.population",
            key_digest="0" * 64,
            fetched_at=town.now,
        )
        Contest.objects.create(
            fact=fact,
            filing=case.filing,
            source=POLICE,
            raised_by_id=1,
            said="不对",
            raised_at=town.now,
            due_at=town.now - timedelta(days=1 + number % 3),
        )


def reviews(town: Town, count: int) -> None:
    ReviewRequest.objects.bulk_create(
        ReviewRequest(
            case=case, asked_by_id=1, said="为什么", asked_at=town.now, warn_at=town.now, due_at=town.now
        )
        for case in cases_of(town, count)
    )


def pledges(town: Town, count: int) -> None:
    SignedPledge.objects.bulk_create(
        SignedPledge(
            case=case,
            pledge="address",
            signer="某",
            told=[],
            promised=[],
            signed_at=town.now,
            check_due_at=town.now + timedelta(days=number % 5),
        )
        for number, case in enumerate(cases_of(town, count))
    )


def resting(town: Town, count: int) -> None:
    """Make results whose ground was revoked: a tax registration under a revoked company."""
    made = cases_of(town, count)
    Case.objects.filter(pk__in=[case.pk for case in made]).update(state="granted", item="tax")
    Case.objects.bulk_create(
        Case(
            filing=case.filing,
            item="registration",
            position=1,
            office="market.990122",
            in_name_of="market.990122",
            implementation_code="X",
            state="granted",
        )
        for case in made
    )
    grounds = Case.objects.filter(filing__in=[case.filing_id for case in made], item="registration")
    Event.objects.bulk_create(
        Event(
            filing_id=ground.filing_id,
            case=ground,
            at=town.now,
            kind="revoked",
            status_code=15,
            maker="person",
            staff_id=1,
            words={"zh": "撤销", "en": "revoked"},
            entry_id="E",
        )
        for ground in grounds
    )
    grounds.update(state="revoked")


def licences_of_one_holder(town: Town, count: int) -> None:
    """Make licences whose time has run out, of one holder, and before each two that another office issued."""
    own = cases_of(town, count)
    fill(town, 2 * count, office="market.990122")
    others = list(Case.objects.filter(office="market.990122", licence="").order_by("id"))
    Case.objects.filter(pk__in=[case.pk for case in (*own, *others)]).update(state="granted", licence="x")
    end = town.now.date() - timedelta(days=30)
    LicenceRow.objects.bulk_create(
        LicenceRow(
            identifier=f"1.2.156.3005.2.{case.number}",
            base=f"{case.number}",
            version=1,
            type_code=BUSINESS_LICENCE,
            issuer=OFFICE,
            holder_type="001",
            holder_code=HOLDER.code,
            case_number=case.number,
            operation="01",
            status="01",
            valid_until=end - timedelta(days=0 if case in own else 1),
            content=json.dumps(_over(end.isoformat())),
            digest="d" * 64,
            statement="{}",
            prepared_at=town.now,
            prepared_entry="e" * 26,
            signature="s",
            signed_at=town.now,
        )
        for case in (*others, *own)
    )


def _over(end: str) -> dict[str, object]:
    """Give what is read of a licence for a list."""
    return {
        "type_name": {"zh": "营业执照", "en": "Business licence"},
        "issuing_authority_name": {"zh": "局", "en": "Office"},
        "holder_name": HOLDER.name,
        "issue_date": end,
        "validate_start": end,
        "validate_end": end,
    }


def employees(town: Town, count: int) -> None:
    before = Staff.objects.count()
    Staff.objects.bulk_create(
        Staff(
            login=f"extra{before + number:06d}",
            name="某",
            organisation_id=OFFICE,
            since=date(2020, 1, 1),
        )
        for number in range(count)
    )


def recovered(town: Town, count: int) -> None:
    del town
    before = RecoveredEntry.objects.count()
    entries = Entry.objects.bulk_create(
        Entry(
            id=f"R{before + number:025d}",
            log="older",
            kind="case.decided",
            leaf=b"{}",
            leaf_hash=b"0" * 32,
            opening="",
            seq=before + number,
        )
        for number in range(count)
    )
    RecoveredEntry.objects.bulk_create(
        RecoveredEntry(
            entry=entry,
            hour="2026-11-23T04Z",
            office="",
            contents_missing=True,
            recovered_at="2026-11-23T04:00:00Z",
            completed_at="2026-11-24T04:00:00Z" if number % 3 else None,
            completed_by="7" if number % 3 else "",
        )
        for number, entry in enumerate(entries)
    )


@pytest.fixture
def as_it_was(town: Town) -> Iterator[None]:
    """Take out what was put into the ledger by hand, before it is verified."""
    del town
    yield
    RecoveredEntry.objects.all().delete()
    Entry.objects.filter(log="older").delete()


_LISTED = '<br><span class="quiet number">1.2.156'
LISTS = {
    "contests": (contests, KONG, "/workbench/contests", "after", "/workbench/contests/"),
    "unanswered": (contests, TAO, "/workbench/bureau", "unanswered", 'data-label="应答复日期"'),
    "reviews": (reviews, "", "/workbench/desk?show=mine", "reviews", "/do/explain"),
    "pledges": (pledges, "", "/workbench/desk?show=mine", "pledges", "/do/check-pledge/"),
    "resting": (resting, "", "/workbench/desk?show=mine", "resting", "已撤销"),
    "licences": (licences_of_one_holder, "", "/workbench/licences", "after", _LISTED),
    "run out": (licences_of_one_holder, "", "/workbench/licences", "over", '<span class="mark wait">至'),
    "wanted": (licences_of_one_holder, "", f"/workbench/licences?wanted={HOLDER.code}", "after", _LISTED),
    "staff": (employees, NING, "/workbench/security", "people", '<code class="quiet">extra'),
    "recovered": (recovered, SHANG, "/workbench/evidence/recovered", "after", '<article class="card">'),
}


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("called", LISTS)
def test_a_list_shows_every_line_once_in_bounded_pages_and_a_fixed_number_of_queries(
    town: Town, visit: Visit, called: str
) -> None:
    make, login, address, name, line = LISTS[called]
    visit.as_staff(staff(town, login) if login else approver(town))
    spent = []
    for more in (5, 125):
        make(town, more)
        visit.open(address)  # warms what a process keeps
        with CaptureQueriesContext(connection) as asked:
            assert visit.open(address).status == 200
        spent.append(len(asked))
    assert spent[1] <= spent[0] <= BUDGET, [each["sql"] for each in asked]
    pages = list(turned(visit, address, name))
    counts = [page.html.count(line) for page in pages]
    assert sum(counts) == 130
    assert max(counts) <= 50, "no page is longer than one can read"
    assert len(pages) >= 3
    assert len({page.html for page in pages}) == len(pages)


def test_what_waits_for_a_person_comes_first_among_the_recovered(
    town: Town, visit: Visit, as_it_was: None
) -> None:
    recovered(town, 60)
    visit.as_staff(staff(town, SHANG))
    first, *_, last = turned(visit, "/workbench/evidence/recovered", "after")
    assert "已补全" not in first.text
    assert "待补全" not in last.text


def events(town: Town, count: int) -> Filing:
    filing = Filing.objects.get(number=town_filing(town))
    Event.objects.bulk_create(
        Event(
            filing=filing,
            at=town.now,
            kind="counted_again",
            maker="law",
            words={"zh": f"第{number:04d}行", "en": f"line {number:04d}"},
        )
        for number in range(count)
    )
    return filing


def town_filing(town: Town) -> str:
    case = Case.objects.filter(office=OFFICE).select_related("filing").first()
    assert case is not None
    return case.filing.number


def test_a_cases_timeline_goes_on_page_by_page(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    address = f"/workbench/cases/{waiting}"
    visit.open(address)
    spent = []
    for more in (10, 240):
        events(town, more)
        with CaptureQueriesContext(connection) as asked:
            visit.open(address)
        spent.append(len(asked))
    assert spent[0] == spent[1]
    pages = list(turned(visit, address, "timeline"))
    assert [page.html.count('class="what"') for page in pages][:2] == [100, 100]
    said = [f"第{number:04d}行" for number in range(240)]
    whole = "".join(page.text for page in pages)
    assert [whole.count(each) for each in said[10:]] == [1] * 230


def test_the_book_is_read_page_by_page_to_its_end(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, TAO))
    pages = list(turned(visit, "/workbench/catalogue", "elements"))
    assert len(pages) == 2
    assert all(page.text.count("查无") <= 2 * 50 for page in pages)
    resource = "/workbench/catalogue/resources/court.enforcement"
    assert visit.open(f"{resource}?grants=nonsense&elements=x").status == 200
