"""While the ledger refuses, no page shows what the missing entry would have to prove."""

import pytest
from django.db import OperationalError

from bench.filing import draft
from bench.town import CHARACTERS, Town
from tests.cases.acting import submit
from tests.portal.visiting import Page, Visit
from tests.promises.p4_evidence_before_effect.moments import (
    a_disputed_fact,
    a_draft,
    approver,
    case_of,
    data_officer,
    finish,
    submit_and_work,
    with_an_officer,
)
from tests.promises.p4_evidence_before_effect.refusing import refusing, without_evidence
from tests.promises.p4_evidence_before_effect.world import written, wrong
from tongban.cases import api as cases
from tongban.cases.models import Contest
from tongban.kernel.errors import NotFound
from tongban.licences import api as licences
from tongban.licences.models import LicenceRow
from tongban.papers import api as papers

ZHANG, LI = CHARACTERS["persons"]["zhang_dahai"], CHARACTERS["persons"]["li_chunyan"]


@pytest.fixture
def visit(served: Town) -> Visit:
    """A browser, to which a node in trouble answers as it does to anybody: with a page that says so."""
    come = Visit(served)
    come.client.raise_request_exception = False
    return come


def private(person: dict[str, str]) -> tuple[str, ...]:
    return (person["resident_id"], person["mobile"], person["household_address"])


def press_under_refusal(visit: Visit, address: str, action: str, cause: str) -> Page:
    page = visit.open(address)
    with refusing("facts.opened"):
        return visit.press(page, action=action, fill={"cause": cause})


def test_an_officers_look_without_evidence_shows_nothing(served: Town, visit: Visit) -> None:
    number = case_of(with_an_officer(served))
    visit.as_staff(approver(served))
    address = f"/workbench/cases/{number}"
    failed = press_under_refusal(visit, address, f"{address}/open", "审批本办件")
    assert failed.status == 500
    assert [word for word in (*private(ZHANG), ZHANG["name"]) if word in failed.html] == []
    assert written("facts.opened") == 0
    assert ZHANG["resident_id"] in visit.open(f"{address}/facts").html, "this is what was not shown"
    assert written("facts.opened") == 1


def test_a_look_that_goes_on_ends_with_the_evidence(served: Town, visit: Visit) -> None:
    """Reading the page again is another look: the first one's entry opens nothing twice."""
    number = case_of(with_an_officer(served))
    visit.as_staff(approver(served))
    address = f"/workbench/cases/{number}"
    visit.press(visit.open(address), action=f"{address}/open", fill={"cause": "审批本办件"})
    with refusing("facts.opened"):
        again = visit.open(f"{address}/facts")
    assert again.status == 500
    assert [word for word in private(ZHANG) if word in again.html] == []


def test_a_disputed_value_is_not_shown_to_its_source_without_evidence(served: Town, visit: Visit) -> None:
    a_disputed_fact(served)
    visit.as_staff(data_officer(served))
    address = f"/workbench/contests/{Contest.objects.get().pk}"
    failed = press_under_refusal(visit, address, address, "校核当事人异议")
    assert failed.status == 500
    told = ("门牌号已变更", CHARACTERS["addresses"]["east_shop"]["text"])
    assert [word for word in told if word in failed.html] == []
    assert written("facts.opened") == 0
    shown = visit.open(address)
    assert [word for word in told if word not in shown.html] == [], "this is what was not shown"
    assert written("facts.opened") == 1


def test_a_licence_whose_signature_is_not_on_record_is_nowhere(served: Town, visit: Visit) -> None:
    """Its office has signed it: the signature lies in the signer's journal and goes no further."""
    number = a_draft(served)
    with without_evidence("licence.signed"):
        submit_and_work(served, number)
    row = LicenceRow.objects.get()
    assert row.signature == ""
    owner = visit.as_person("li_chunyan")
    assert visit.open(f"/verify/{row.identifier}/").status == 404
    assert visit.open(f"/licences/{row.identifier}/").status == 404
    assert visit.open(f"/licences/{row.identifier}/file").status == 404
    assert row.identifier not in visit.open("/licences/").html + visit.open(f"/filings/{number}/").html
    assert cases.licences_for(owner).lines == ()
    for door in (licences.licence, licences.licence_file):
        with pytest.raises(NotFound):
            door(row.identifier)
    finish(served)
    assert visit.open(f"/verify/{row.identifier}/").status == 200
    assert wrong(served) == []


def test_a_notice_that_is_not_on_record_is_not_given(served: Town, visit: Visit) -> None:
    number = a_draft(served)
    with without_evidence("notice.issued"):
        submit_and_work(served, number)
    visit.as_person("li_chunyan")
    page = visit.open(f"/filings/{number}/")
    assert page.status == 200
    assert "/notices/" not in page.html
    assert papers.notices_of([case_of(number)]).lines == ()
    finish(served)
    assert "/notices/" in visit.open(f"/filings/{number}/").html


def test_what_a_source_answered_is_on_no_page_without_evidence(served: Town, visit: Visit) -> None:
    """The source was asked, and it answered: the answer goes nowhere."""
    owner = served.subject("li_chunyan")
    with without_evidence("share.released"):
        draft(served, owner)
    assert any(register.asked for register in served.registers.values())
    [card] = cases.filings(owner, most=5).lines
    visit.as_person("li_chunyan")
    with refusing("share.released"):
        pages = [visit.open(f"/filings/{card.number}/{part}") for part in ("", "form/", "facts/")]
    unseen = (LI["household_address"], "1988年3月12日", LI["mobile"])
    assert [(page.address, word) for page in pages for word in unseen if word in page.html] == []
    submit(served, draft(served, owner))
    assert LI["mobile"] in visit.open(f"/filings/{card.number}/facts/").html


def test_the_refusal_is_the_databases_own(town: Town) -> None:
    """The fake refuses one kind and lets the others by; afterwards it is gone."""
    with refusing("human.requested"):
        number = a_draft(town)
        with pytest.raises(OperationalError):
            cases.ask_for_person(number, subject=town.subject("li_chunyan"), at=town.workplace)
    cases.ask_for_person(number, subject=town.subject("li_chunyan"), at=town.workplace)
    assert wrong(town) == []
