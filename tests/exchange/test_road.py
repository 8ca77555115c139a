"""Opening a road: connectors and endpoints as declared, mistakes at their line."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.demo.hosting import MORNING
from tests.exchange.conftest import CITY
from tests.exchange.shelf import Shelf
from tests.sources import ROOT
from tongban.catalogue.api import read_city
from tongban.catalogue.declared import ElementFile, GrantFile, ResourceFile
from tongban.exchange.api import (
    ConnectorFile,
    Endpoint,
    EndpointFile,
    Road,
    open_road,
    read_connectors,
    read_endpoints,
)
from tongban.exchange.declared import FilesDeclared, RestDeclared, SoapDeclared, SqlDeclared
from tongban.kernel.clock import SetClock
from tongban.kernel.declarations import load
from tongban.kernel.errors import InvalidDeclaration, NotFound
from tongban.kernel.ids import SystemChance
from tongban.registry.api import check_city
from tongban.registry.city_files import OrganisationsFile, StaffFile

GOOD = (CITY / "connectors" / "police.yaml").read_text("utf-8")


def opened(connectors: Path, endpoints: dict[str, Endpoint], *extra: Shelf) -> Road:
    return open_road(connectors, endpoints, extra, clock=SetClock(MORNING), chance=SystemChance())


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "police.yaml").write_text(text, "utf-8")
    return tmp_path


def test_every_resource_of_the_city_can_be_read_as_the_catalogue_offers_it() -> None:
    slugs = {line.id for line in check_city(CITY).organisations.value.organisations}
    city = read_city(CITY, organisations=slugs)
    connectors = {one.name: one for one in read_connectors(CITY / "connectors")}
    for resource in city.resources:
        if resource.connector == "licences":  # the node's own room, registered by site
            continue
        lookup = connectors[resource.connector].resources[resource.code]
        assert set(resource.elements) <= set(lookup.values), resource.code
        assert set(lookup.probe) == set(resource.keys), resource.code
    offered = {resource.code for resource in city.resources}
    assert {code for one in connectors.values() for code in one.resources} <= offered


def test_every_connector_of_the_city_names_an_office_and_an_endpoint() -> None:
    slugs = {line.id for line in check_city(CITY).organisations.value.organisations}
    endpoints = read_endpoints(CITY / "endpoints.yaml", {})
    for one in read_connectors(CITY / "connectors"):
        assert one.organisation in slugs
        assert one.endpoint in endpoints


def test_a_node_overrides_where_a_system_is_and_what_it_is_asked_with() -> None:
    known = read_endpoints(
        CITY / "endpoints.yaml",
        {
            "police": "http://127.0.0.1:9999",
            "tax": {"at": "http://127.0.0.1:9998", "secrets": {"key": "own"}},
            "customs": "http://127.0.0.1:9997",
        },
    )
    assert known["police"] == Endpoint(at="http://127.0.0.1:9999", secrets={"key": "demo-police-key"})
    assert known["tax"].secrets == {"key": "own"}
    assert known["customs"].at == "http://127.0.0.1:9997"


def test_a_connector_without_an_endpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"endpoints\.yaml"):
        opened(folder(tmp_path, GOOD), {})


def test_a_connector_handed_in_takes_the_place_of_the_declared_one(tmp_path: Path) -> None:
    police, licences = Shelf("police"), Shelf("licences", inline=True)
    road = opened(folder(tmp_path, GOOD), {}, police, licences)
    assert road.lane("police").connector is police
    assert road.lane("licences").connector is licences
    road.close()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: rest", "kind: rset", "rset"),
        ("method: POST", "methd: POST", "methd"),
        ("means: none", "means: nothing", "nothing"),
        ('{path: code, equals: ["01"], means: none}', "{means: none}", "say when"),
        ("person.name: {path: XM}", "person.name: {optional: true}", "constant"),
        ("    endpoint: police\n", "    endpoint: police\n    idempotency: lookup\n", "find"),
        ("    endpoint: police\n", "    endpoint: police\n    patience: {attempts: 50}\n", "attempts"),
    ],
)
def test_a_mistake_in_a_connector_is_told_at_its_file_and_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(InvalidDeclaration) as caught:
        read_connectors(folder(tmp_path, GOOD.replace(old, new, 1)))
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    assert Path(caught.value.file).name == "police.yaml"
    assert abs(caught.value.line - line) <= 5
    assert says in str(caught.value)


def test_the_guide_to_connecting_explains_every_word_of_a_connector() -> None:
    guide = (ROOT / "docs" / "connect.md").read_text("utf-8")
    kinds = (RestDeclared, SoapDeclared, SqlDeclared, FilesDeclared)
    words = {word for kind in kinds for word in _words(kind.model_json_schema())}
    assert {"idempotency", "habits", "none_values", "stale_after_days", "faults", "statement"} <= words
    assert not {word for word in words if f"`{word}`" not in guide}


EXAMPLES: list[tuple[str, str, type[BaseModel]]] = [
    ("organisations:", "id: civil.990100", OrganisationsFile),
    ("staff:", "{login: civil.yunxi.an", StaffFile),
    ("elements:", "code: person.married", ElementFile),
    ("resources:", "code: civil.marriages", ResourceFile),
    ("grants:", "code: hukou-marriages", GrantFile),
    ("", "connectors:", ConnectorFile),
    ("connectors:", "name: hunyin", ConnectorFile),
    ("endpoints:", "civil: {at:", EndpointFile),
]


@pytest.mark.parametrize(("head", "begins", "model"), EXAMPLES)
def test_each_example_of_the_guide_is_a_right_declaration(
    tmp_path: Path, head: str, begins: str, model: type[BaseModel]
) -> None:
    guide = (ROOT / "docs" / "connect.md").read_text("utf-8")
    blocks = [block.partition("```")[0] for block in guide.split("```yaml\n")[1:]]
    (example,) = [block for block in blocks if block.strip().removeprefix("- ").startswith(begins)]
    (tmp_path / "example.yaml").write_text(f"{head}\n{example}", "utf-8")
    assert load(tmp_path / "example.yaml", model)


def _words(schema: dict[str, object]) -> set[str]:
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    every = [schema, *definitions.values()]
    return {word for one in every for word in one.get("properties", {}) if word not in ("zh", "en")}
