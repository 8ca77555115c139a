"""The book of data as one frozen value: who offers what, and who may read it for which purpose.

It is built once per rights epoch and asked many times; it touches no database. An epoch is the number
that every change of the catalogue or of a grant raises: whoever holds a book can tell whether it is
still the current one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tongban.catalogue.rules import Claim, Element, Grade, Grant, Resource, claims_of, strictest


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which state of the rights this is; `mark` tells two databases with equal numbers apart."""

    number: int
    mark: str


@dataclass(frozen=True, slots=True)
class Book:
    """一本账: elements, resources and grants as they stand in one epoch.

    `on` is the day for which questions without a day of their own are answered.
    """

    epoch: Epoch
    on: date
    elements: Mapping[str, Element]
    resources: Mapping[str, Resource]
    grants: tuple[Grant, ...]
    _claims: Mapping[str, tuple[Claim, ...]] = field(repr=False)
    _by_use: Mapping[tuple[str, str, str], tuple[Grant, ...]] = field(repr=False)

    def element(self, code: str) -> Element | None:
        """Give the element of that code, or None."""
        return self.elements.get(code)

    def resource(self, code: str) -> Resource | None:
        """Give the resource of that code, or None."""
        return self.resources.get(code)

    def source_of(self, element: str, division: str, on: date | None = None) -> Resource | None:
        """Give the one authoritative resource of an element for a place on a day, or None.

        At most one exists: the book was refused otherwise (Decree 809-19).
        """
        day = on or self.on
        for claim in self._claims.get(element, ()):
            if claim.covers(division, day):
                return self.resources[claim.resource]
        return None

    def grade_of(self, resource: Resource) -> Grade:
        """Give the grade that counts for a resource: the strictest of its own and its elements'."""
        known = (self.elements.get(code) for code in resource.elements)
        return strictest([resource.grade, *(element.grade for element in known if element is not None)])

    def copies_of(self, resource: str) -> tuple[Resource, ...]:
        """Give the copies that others hold of a resource, in the order of their codes."""
        copies = (each for each in self.resources.values() if each.copy_of == resource)
        return tuple(sorted(copies, key=lambda each: each.code))

    def grants_for(self, consumer: str, resource: str, purpose: str) -> tuple[Grant, ...]:
        """Give every grant ever made for that use, the withdrawn and the expired among them."""
        return self._by_use.get((consumer, resource, purpose), ())

    def grant_for(
        self,
        consumer: str,
        resource: str,
        elements: Collection[str],
        purpose: str,
        on: date | None = None,
    ) -> Grant | None:
        """Give the grant in force that covers all these elements for that use, or None."""
        day = on or self.on
        for grant in self.grants_for(consumer, resource, purpose):
            if grant.in_force(day) and set(elements) <= set(grant.elements):
                return grant
        return None

    def as_of(self, day: date) -> "Book":
        """Give the same book, answering for another day."""
        return self if day == self.on else replace(self, on=day)


def make_book(
    *,
    epoch: Epoch,
    on: date,
    elements: Iterable[Element],
    resources: Iterable[Resource],
    grants: Iterable[Grant],
) -> Book:
    """Bind elements, resources and grants into a book and index them."""
    all_resources = {resource.code: resource for resource in resources}
    all_grants = tuple(sorted(grants, key=lambda grant: grant.code))
    claims: dict[str, list[Claim]] = {}
    for resource in all_resources.values():
        for claim in claims_of(resource):
            claims.setdefault(claim.element, []).append(claim)
    by_use: dict[tuple[str, str, str], list[Grant]] = {}
    for grant in all_grants:
        by_use.setdefault((grant.consumer, grant.resource, grant.purpose), []).append(grant)
    return Book(
        epoch=epoch,
        on=on,
        elements={element.code: element for element in elements},
        resources=all_resources,
        grants=all_grants,
        _claims={element: tuple(made) for element, made in claims.items()},
        _by_use={use: tuple(made) for use, made in by_use.items()},
    )
