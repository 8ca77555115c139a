"""Another office's licence in place of paper: for one's own case, under a grant, for a cause, on record."""

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import looks
from tongban.cases import api as cases
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.registry import api as registry


@pytest.fixture
def issued(town: Town) -> tuple[licences.Licence, str]:
    """A business licence, and the tax office's case of the same filing."""
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    found = cases.snapshot(number)
    return licences.standing_licence(found.case("registration").number or ""), found.case("tax").number or ""


def officer(town: Town, organisation: str) -> registry.Staff:
    return registry.staff_of(organisation, registry.Role.APPROVER, on=town.now.date())[0]


def ask(visit: Visit, case: str, wanted: str, cause: str = "核对纳税人登记") -> Page:
    form = visit.open("/workbench/licence-look-up")
    return visit.press(form, fill={"case": case, "wanted": wanted, "cause": cause})


@pytest.mark.parametrize("by", ["holder", "identifier"])
def test_an_office_with_a_grant_sees_what_it_covers_and_the_holder_reads_why(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str], by: str
) -> None:
    found, case = issued
    one = officer(town, "tax.990100") if "990100" in case[:14] else officer(town, "tax.990121")
    visit.as_staff(one)
    page = ask(visit, case, found.holder.code if by == "holder" else found.identifier)
    assert "云东县燕归来餐饮有限公司" in page.text
    (look,) = licences.looks_at(found.identifier).lines
    assert (look.way, look.organisation, look.cause) == (
        licences.Way.OFFICE,
        one.organisation,
        "核对纳税人登记",
    )
    visit.as_person("li_chunyan")
    own = visit.open(f"/licences/{found.identifier}/")
    assert one.name in own.text
    assert "核对纳税人登记" in own.text


def test_without_a_grant_nothing_is_seen_and_the_refusal_is_on_record(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str]
) -> None:
    found, _ = issued
    market = officer(
        town, "market.990121"
    )  # it issues these licences and has no grant to read them elsewhere
    visit.as_staff(market)
    before = Entry.objects.filter(kind="share.refused").count()
    page = ask(visit, found.case_number, found.holder.code)
    assert page.status == 403
    assert "燕归来" not in page.text
    assert licences.looks_at(found.identifier).lines == ()
    assert Entry.objects.filter(kind="share.refused").count() == before + 1


def test_a_case_of_another_office_opens_nothing(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str]
) -> None:
    found, case = issued
    visit.as_staff(officer(town, "market.990121"))
    page = ask(visit, case, found.holder.code)
    assert page.status == 404
    assert "燕归来" not in page.text


def test_no_cause_no_look(town: Town, visit: Visit, issued: tuple[licences.Licence, str]) -> None:
    found, case = issued
    visit.as_staff(officer(town, "tax.990121"))
    assert ask(visit, case, found.holder.code, cause=" ").status == 422
    assert looks("licence.opened") == 0


def test_a_licence_that_is_suspended_is_not_in_force_for_others(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str]
) -> None:
    found, case = issued
    cases.change_licence_status(
        found.identifier,
        cases.LicencePower.SUSPEND,
        staff=officer(town, "market.990121"),
        reasons="场所搬离",
        basis="条例",
        at=town.workplace,
    )
    visit.as_staff(officer(town, "tax.990121"))
    page = ask(visit, case, found.holder.code)
    assert "没有查到有效的证照。" in page.text
    assert "燕归来" not in page.text
    assert licences.looks_at(found.identifier).lines == ()
