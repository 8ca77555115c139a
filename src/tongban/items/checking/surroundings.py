"""What stands around a pack in its city, read from the city's own files: no database is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tongban.catalogue import api as catalogue
from tongban.exchange import api as exchange
from tongban.items.policies import NO_POLICIES, Policies, load_policies
from tongban.licences import api as licences
from tongban.registry import api as registry


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The book of data, who has which power, the licence types, the connectors and the policies."""

    book: catalogue.Book
    powers: Mapping[str, frozenset[str]]  # basic code → functions of the organisations that hold it
    functions: frozenset[str]
    licence_types: Mapping[str, licences.LicenceType]
    operations: Mapping[
        str, Mapping[str, exchange.Taken]
    ]  # connector → what it can do, and with which fields
    policies: Policies = NO_POLICIES

    def sources(self, element: str) -> tuple[catalogue.Resource, ...]:
        """Give every resource that offers an element somewhere in the city."""
        return tuple(
            resource
            for resource in self.book.resources.values()
            if element in resource.elements and resource.copy_of is None
        )

    def is_granted(self, resource: str, element: str, purpose: str) -> bool:
        """Say whether anybody may read an element of a resource for a purpose today."""
        return any(
            grant.resource == resource
            and grant.purpose == purpose
            and element in grant.elements
            and grant.in_force(self.book.on)
            for grant in self.book.grants
        )


def surroundings_of(city: Path, on: date) -> Surroundings:
    """Read a city's files; raises at file and line where one of them is wrong itself."""
    files = registry.check_city(city)
    organisations = {organisation.slug for organisation in files.organisation_values()}
    declared = catalogue.read_city(city, organisations=organisations)
    book = catalogue.make_book(
        epoch=catalogue.Epoch(0, "files"),
        on=on,
        elements=declared.elements,
        resources=declared.resources,
        grants=declared.grants,
    )
    powers: dict[str, set[str]] = {}
    for power in files.power_values():
        powers.setdefault(power.basic_code, set()).add(power.organisation.partition(".")[0])
    path, divisions = city / "policies.yaml", [division.code for division in files.division_values()]
    return Surroundings(
        book=book,
        powers={code: frozenset(functions) for code, functions in powers.items()},
        functions=frozenset(slug.partition(".")[0] for slug in organisations),
        licence_types={kind.code: kind for kind in licences.read_types(city)},
        operations=_operations(city),
        policies=load_policies(path, divisions) if path.exists() else NO_POLICIES,
    )


def _operations(city: Path) -> dict[str, Mapping[str, exchange.Taken]]:
    connectors = exchange.read_connectors(city / "connectors")
    return {connector.name: exchange.operations(connector) for connector in connectors}
