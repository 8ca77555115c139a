"""The node's own licences as a source of data, asked like any other."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from tests.licences.conftest import CASE, CONTENT, HOLDER, Issuing
from tests.licences.test_actions import REVOKE, SUSPEND
from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.kernel.errors import SourceWrong
from tongban.licences import api as licences
from tongban.registry import api as registry

RESOURCE = "licences.company_registration"


def elements_of_the_city() -> dict[str, catalogue.Element]:
    offices = {office.slug for office in registry.organisations()}
    found = catalogue.read_city(Path(settings.CITY), organisations=offices)
    return {each.code: each for each in found.elements}


def ask(*elements: str, number: str = HOLDER.code, resource: str = RESOURCE) -> exchange.Looked:
    declared = elements_of_the_city()
    return licences.LicenceSource().lookup(
        exchange.Ask(
            resource=resource,
            key={"company.credit_code": number},
            elements=[declared[element] for element in elements],
            consumer="tax.990121",
            on=date(2026, 11, 23),
            timeout_s=1.0,
        )
    )


def test_a_licence_in_force_answers_with_its_values(issuing: Issuing) -> None:
    issued = issuing.issue()
    found = ask("company.name", "company.established_on", "company.registered_capital_cents", "company.scope")
    assert isinstance(found, exchange.Record)
    assert {element: reading.value for element, reading in found.readings.items()} == {
        "company.name": CONTENT["name"],
        "company.established_on": date(2026, 11, 23),
        "company.registered_capital_cents": 10_000_000,
        "company.scope": ("餐饮服务",),
    }
    assert found.as_of == issued.signed_at


def test_what_the_licence_does_not_carry_is_read_as_no_value(issuing: Issuing) -> None:
    issuing.issue()
    found = ask("company.legal_representative_id", "company.legal_representative_name")
    assert isinstance(found, exchange.Record)
    assert found.readings["company.legal_representative_id"].value is None
    assert found.readings["company.legal_representative_name"].value == CONTENT["legal_representative"]


def test_nothing_is_answered_from_what_is_unsigned_suspended_or_revoked(issuing: Issuing) -> None:
    prepared = issuing.prepare()
    assert isinstance(ask("company.name"), exchange.Nothing)
    licences.sign_pending(prepared.identifier, issuing.signers, issuing.now, chance=issuing.chance)
    assert isinstance(ask("company.name"), exchange.Record)
    issuing.change(prepared.identifier, SUSPEND)
    assert isinstance(ask("company.name"), exchange.Nothing)
    issuing.change(prepared.identifier, REVOKE)
    assert isinstance(ask("company.name"), exchange.Nothing)


def test_the_newest_version_answers(issuing: Issuing) -> None:
    first = issuing.issue()
    changed = {**CONTENT, "address": "云东县城关镇白石路1号"}
    issuing.issue(CASE[:-1] + "2", previous=first.identifier, operation="08", content=changed)
    found = ask("company.address_text")
    assert isinstance(found, exchange.Record)
    assert found.readings["company.address_text"].value == changed["address"]


def test_nobody_else_is_answered_for(issuing: Issuing) -> None:
    issuing.issue()
    assert isinstance(ask("company.name", number="91990121MA000002X5"), exchange.Nothing)


def test_a_resource_that_no_type_offers_is_no_absence(issuing: Issuing) -> None:
    with pytest.raises(SourceWrong):
        ask("company.name", resource="licences.unknown")


def test_a_scan_gives_everything_in_batches(issuing: Issuing) -> None:
    for number in range(5):
        holder = licences.Holder("001", f"9199012100000{number}", f"第{number}家")
        issuing.issue(CASE[:-1] + str(number), holder=holder, content={**CONTENT, "name": f"第{number}家"})
    declared = elements_of_the_city()
    batches = list(licences.LicenceSource().scan(RESOURCE, [declared["company.name"]], rows=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [row["company.name"] for batch in batches for row in batch] == [f"第{n}家" for n in range(5)]


def test_it_takes_no_requests(issuing: Issuing) -> None:
    request = exchange.ActRequest(connector="licences", operation="register", fields={}, key="k")
    source = licences.LicenceSource()
    assert isinstance(source.act(request, timeout_s=1.0), exchange.Refused)
    assert isinstance(source.find_act("k", timeout_s=1.0), exchange.Absent)
