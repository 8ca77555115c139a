"""What an integrator is told of a connector."""

import pytest

from tests.demo.hosting import MORNING, Hosting
from tests.exchange.conftest import CITY, Opening
from tests.exchange.shelf import Shelf
from tongban.catalogue import api as catalogue
from tongban.exchange.api import (
    Finding,
    Found,
    FoundAct,
    Road,
    check_connector,
    open_road,
    read_connectors,
    read_endpoints,
)
from tongban.kernel.clock import SetClock
from tongban.kernel.errors import NotFound
from tongban.kernel.ids import SystemChance
from tongban.ledger.models import Entry
from tongban.registry import api as registry


@pytest.fixture(autouse=True)
def loaded(database: None) -> None:
    registry.load_city(CITY, now=MORNING, chance=SystemChance())
    catalogue.load(CITY, now=MORNING, chance=SystemChance())


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((finding.where, finding.grade) for finding in findings)


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("police", {"police.population", "police.real_name"}),
        ("court", {"court.enforcement"}),
        ("land", {"land.addresses_990121", "land.addresses_990122"}),
        (
            "market",
            {
                "market.entities",
                "market.trade_words",
                "market.names",
                "market.office_bars",
                "market.serious_records",
            },
        ),
        ("social", {"find"}),
        ("medical", {"find"}),
    ],
)
def test_the_citys_connectors_are_good(
    hosted: Hosting, opened: Opening, name: str, resources: set[str]
) -> None:
    findings = check_connector(opened(hosted(name)), name)
    assert told(findings) == sorted((where, "good") for where in resources)


def test_a_check_shares_nothing_and_leaves_no_evidence_of_a_share(hosted: Hosting, opened: Opening) -> None:
    check_connector(opened(hosted("police")), "police")
    assert not Entry.objects.filter(kind__startswith="share.").exists()


def test_a_system_that_is_down_is_told_with_what_to_do(hosted: Hosting, opened: Opening) -> None:
    police = hosted("police")
    police.control("down")
    findings = check_connector(opened(police), "police")
    assert {finding.grade for finding in findings} == {"wrong"}
    assert all(finding.todo.zh and finding.todo.en for finding in findings)


def broken_road(changes: dict[str, object]) -> Road:
    declared = {one.name: one for one in read_connectors(CITY / "connectors")}
    resources = declared["police"].model_dump()["resources"]
    one = {**resources["police.population"], **changes}
    police = type(declared["police"]).model_validate(
        {**declared["police"].model_dump(), "resources": {"police.population": one, "police.unlisted": one}}
    )
    endpoints = read_endpoints(CITY / "endpoints.yaml", {"police": "http://127.0.0.1:9"})
    return open_road([police], endpoints, clock=SetClock(MORNING), chance=SystemChance())


def test_gaps_between_catalogue_and_connector_are_told() -> None:
    road = broken_road({"values": {"person.name": {"path": "XM"}}, "probe": {}})
    findings = check_connector(road, "police")
    words = " ".join(finding.what.en for finding in findings)
    assert "Nothing says how to read person.deceased" in words
    assert ("police.unlisted", "wrong") in told(findings)
    assert ("police.real_name", "wrong") in told(findings)
    assert ("police.population", "note") in told(findings)
    road.close()


def test_an_office_that_finds_what_was_never_sent_is_told(opened: Opening) -> None:
    class Yes(Shelf):
        def find_act(self, key: str, *, timeout_s: float) -> FoundAct:  # noqa: ARG002 - the verb's shape
            return Found("1")

    (finding,) = check_connector(opened(extra=(Yes("social", idempotency="lookup"),)), "social")
    assert (finding.where, finding.grade) == ("find", "wrong")


def test_a_connector_of_an_unknown_name_is_not_found(opened: Opening) -> None:
    with pytest.raises(NotFound):
        check_connector(opened(), "customs")
