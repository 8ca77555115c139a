"""Another office's licence in place of paper: for one's own case, under a grant, for a cause, on record."""

import shutil
from pathlib import Path

import pytest

from bench.filing import draft
from bench.town import CHARACTERS, CITY, Town
from tests.cases.acting import submit
from tests.licences.conftest import CASE, prepare_alone
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import looks
from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.kernel.ids import SystemChance
from tongban.ledger.models import Entry
from tongban.licences import api as licences
from tongban.licences.models import TypeRow
from tongban.registry import api as registry

PERSON = CHARACTERS["persons"]["wang_jianguo"]["resident_id"]


@pytest.fixture
def issued(town: Town) -> tuple[licences.Licence, str]:
    """A business licence, and the tax office's case of the same filing."""
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    found = cases.snapshot(number)
    return licences.standing_licence(found.case("registration").number or ""), found.case("tax").number or ""


def officer(town: Town, organisation: str) -> registry.Staff:
    return registry.staff_of(organisation, registry.Role.APPROVER, on=town.now.date())[0]


def ask(visit: Visit, case: str, wanted: str, cause: str = "核对纳税人登记", **more: str) -> Page:
    form = visit.open("/workbench/licence-look-up")
    return visit.press(form, fill={"case": case, "wanted": wanted, "cause": cause} | more)


def every_type_issued(town: Town) -> dict[str, licences.Licence]:
    """Issue one licence of each type of the catalogue to somebody."""
    sample = {"text": "样", "date": "2030-01-31", "integer": 7, "cents": 100, "list": ["一"], "boolean": True}
    issued = {}
    for place, kind in enumerate(licences.licence_types()):
        number, name = {"001": ("91990121MA000001XM", "某公司"), "111": (PERSON, "某人")}[kind.holder_type]
        made = prepare_alone(
            kind.code,
            issuer="market.990121",
            holder=licences.Holder(kind.holder_type, number, name),
            content={field.code: sample[field.type] for field in kind.fields},
            case_number=f"{CASE[:-2]}{place:02}",
            decision_entry="01M8398F2DRCWFZRK5XGM38AK4",
            now=town.now,
            chance=town.workplace.chance,
        )
        at = town.workplace
        licences.sign_pending(made.identifier, at.signers, town.now, chance=at.chance)
        issued[kind.code] = made
    return issued


def grant_each_to_the_tax_office(town: Town, folder: Path) -> None:
    """Give the county's tax office a right to look up each type, for its own item."""
    shutil.copytree(CITY, folder)
    path = folder / "catalogue" / "grants.yaml"
    book = catalogue.book(town.now.date())
    path.write_text(
        path.read_text("utf-8").rstrip("\n")
        + "".join(
            f"""
  - code: look-up-{place}
    resource: {kind.resource}
    consumers: [tax.990121]
    elements: [{", ".join(book.resources[kind.resource or ""].elements)}]
    purposes: ["991030001000"]
    basis: {{text: {{zh: 测试, en: a test}}, source: this test, mark: gap}}
    valid_from: 2026-01-01
    valid_until: 2027-12-31
"""
            for place, kind in enumerate(licences.licence_types()[1:])  # the first has a grant already
        ),
        "utf-8",
    )
    catalogue.load(folder, now=town.now, chance=SystemChance())


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


def test_every_type_of_the_catalogue_is_looked_up_under_a_grant_and_for_a_cause(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str], tmp_path: Path
) -> None:
    _, case = issued
    made = every_type_issued(town)
    grant_each_to_the_tax_office(town, tmp_path / "city")
    visit.as_staff(officer(town, "tax.990121"))
    for code, found in made.items():
        assert ask(visit, case, found.identifier, cause=" ", kind=code).status == 422
        page = ask(visit, case, found.identifier, cause=f"核对{code}", kind=code)
        assert page.status == 200, page.text
        assert "：有效" in page.text, "it says that there is one in force"
        (look,) = licences.looks_at(found.identifier).lines
        assert (look.way, look.cause) == (licences.Way.OFFICE, f"核对{code}")


def test_no_type_is_looked_up_without_a_grant_and_each_refusal_is_on_record(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str]
) -> None:
    _, case = issued
    made = every_type_issued(town)
    visit.as_staff(officer(town, "tax.990121"))
    for code, found in list(made.items())[1:]:  # it has a grant for the first
        before = Entry.objects.filter(kind="share.refused").count()
        assert ask(visit, case, found.identifier, kind=code).status == 403
        assert Entry.objects.filter(kind="share.refused").count() == before + 1
        assert licences.looks_at(found.identifier).lines == ()


def test_a_type_that_no_resource_offers_is_refused_on_record(
    town: Town, visit: Visit, issued: tuple[licences.Licence, str]
) -> None:
    found, case = issued
    row = TypeRow.objects.get(code=found.type_code)
    unshared = licences.licence_type(found.type_code).model_copy(update={"resource": None})
    row.declaration = unshared.model_dump_json()
    row.save()
    visit.as_staff(officer(town, "tax.990121"))
    before = Entry.objects.filter(kind="share.refused").count()
    assert ask(visit, case, found.identifier, kind=found.type_code).status == 403
    assert Entry.objects.filter(kind="share.refused").count() == before + 1
