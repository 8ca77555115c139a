"""A grant that comes later: what was withheld for want of it is asked for then, and the filing goes on."""

from pathlib import Path

from bench.filing import draft
from bench.town import Town, carry
from tests.cases.acting import officer, states, submit
from tests.cases.test_hard_cases import withdraw_grants
from tests.promises.effects import unproven
from tests.promises.p3_no_share_without_right.granting import (
    LAND,
    TAX,
    TAX_GRANT,
    city_with,
    load,
    shares,
    statuses,
)
from tongban.cases import api as cases
from tongban.cases.models import Case, Event, Fact
from tongban.kernel.errors import SourceRefused
from tongban.kernel.texts import Text
from tongban.registry import api as registry


def waiting_for_a_grant(town: Town) -> str:
    """File while tax has no grant for the address: its case alone goes to a person."""
    withdraw_grants(town, TAX, LAND)
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert states(number)["tax"] not in {"granted", "refused"}
    assert tax(number).person_needed
    return number


def tax(number: str) -> Case:
    return Case.objects.get(filing__number=number, item="tax")


def grant_anew(town: Town, folder: Path) -> None:
    """Give tax the same right again under a new code: what a person withdrew stays withdrawn."""
    load(town, city_with(folder, TAX_GRANT, {}, again="tax-address-again"))


def test_a_filing_goes_on_by_itself_once_the_grant_is_there(town: Town, tmp_path: Path) -> None:
    number = waiting_for_a_grant(town)
    withheld = Fact.objects.get(filing__number=number, consumer=TAX, element="place.address_text")
    assert cases.resume_granted(at=town.workplace) == 0, "nothing was granted"
    grant_anew(town, tmp_path)
    assert cases.resume_granted(at=town.workplace) == 1
    assert set(statuses(number, TAX).values()) == {"known"}
    newer = Fact.objects.get(supersedes=withheld)
    assert (newer.status, newer.consumer) == ("known", TAX)
    withheld.refresh_from_db()
    assert withheld.status == "withheld", "what was withheld stays on record"
    carry(town, number)
    assert states(number)["tax"] == "granted"
    assert len(town.offices["tax"].registered) == 1
    told = Event.objects.filter(filing__number=number, case=tax(number)).values_list("kind", flat=True)
    assert list(told).index("to_person") < list(told).index("granted_anew") < list(told).index("decided")
    assert cases.resume_granted(at=town.workplace) == 0, "once is once"
    assert len(list(shares("share.released", number, consumer=TAX, resource=LAND))) == 1
    assert unproven() == []


def test_a_case_that_somebody_has_taken_stays_theirs_and_says_what_came(town: Town, tmp_path: Path) -> None:
    number = waiting_for_a_grant(town)
    case = tax(number).number or ""
    approver = officer(town, TAX, registry.Role.APPROVER)
    cases.claim_case(number, case, staff=approver, at=town.workplace)
    grant_anew(town, tmp_path)
    cases.resume_granted(at=town.workplace)
    carry(town, number)
    assert states(number)["tax"] not in {"granted", "refused"}
    shown = cases.officer_case(case, approver, at=town.workplace)
    assert shown.is_mine
    assert "共享授权" in shown.person_needed[-1].zh
    assert "now shares" in shown.person_needed[-1].en
    facts = cases.open_facts(case, staff=approver, cause="核验", at=town.workplace)
    assert {fact.status for fact in facts} == {"known"}


def test_a_draft_has_what_was_withheld_as_soon_as_it_is_granted(town: Town, tmp_path: Path) -> None:
    withdraw_grants(town, "market.990121", LAND)
    number = draft(town, town.subject("li_chunyan"))
    cases.gather(number, at=town.workplace, again=False)
    assert statuses(number, "market.990121")["place.usage"] == "withheld"
    load(town, city_with(tmp_path, "registration-addresses-990121", {}, again="market-address-again"))
    assert cases.resume_granted(at=town.workplace) == 1
    assert statuses(number, "market.990121")["place.usage"] == "known"


def test_what_the_source_itself_refused_is_no_matter_of_a_grant(town: Town) -> None:
    town.registers["land"].trouble = SourceRefused("t", what=Text("拒绝", "no"), todo=Text("等", "wait"))
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert "withheld" in statuses(number, "market.990121").values()
    town.registers["land"].trouble = None
    asked = town.registers["land"].asked
    assert cases.resume_granted(at=town.workplace) == 0
    assert town.registers["land"].asked == asked
