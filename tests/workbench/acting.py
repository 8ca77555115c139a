"""What tests of the workbench do over and over."""

from collections.abc import Iterator

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.kernel.clock import civil_date
from tongban.ledger import api as ledger
from tongban.registry import api as registry

OFFICE = "market.990121"


def waiting_registration(town: Town, founder: str, *, trade_word: str = "燕归来") -> str:
    """File for a company and give the case number of its registration."""
    number = draft(town, town.subject(founder), trade_word=trade_word)
    submit(town, number)
    found = cases.snapshot(number).case("registration").number
    assert found is not None
    return found


def staff(town: Town, login: str) -> registry.Staff:
    """Give a member of staff by login."""
    return registry.staff(login, on=civil_date(town.now))


def approver(town: Town) -> registry.Staff:
    """Give the approver of the county's market office, who leads nothing."""
    return staff(town, "market.yundong.chen")


def opened(visit: Visit, number: str) -> Page:
    """Open a case's facts, giving the usual cause."""
    page = visit.open(f"/workbench/cases/{number}")
    return visit.press(page, action=f"/workbench/cases/{number}/open", fill={"cause": "审批本办件"})


def looks(kind: str = "facts.opened") -> int:
    """Count the looks that are evidence."""
    return len(ledger.openings_of(kind, most=1000).lines)


def turned(visit: Visit, address: str, name: str) -> Iterator[Page]:
    """Open a page and every page after it, by its own links alone."""
    page = visit.open(address)
    while True:
        assert page.status == 200
        yield page
        onward = [link for link in page.read.links if f"{name}=" in link]
        if not onward:
            return
        assert len(set(onward)) == 1, "one way on"
        page = visit.open(address.partition("?")[0] + onward[0].partition("#")[0])
