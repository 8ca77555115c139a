"""A book of data with more registers than the city has: each question's answer may be somebody's record."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bench.town import MONDAY
from tests.items import city
from tongban.catalogue import api as catalogue
from tongban.items import api as items

ENDED = MONDAY
Right = tuple[str, str]  # an element, and the item under whose purpose its office may read it
KEYS = {"company": "place.address_code", "person": "person.resident_id"}
SAMPLES = (
    "sole-owner",
    "sole-owner-west",
    "two-shareholders",
    "name-taken",
    "address-unknown",
    "pledge-barred",
)
KEPT = {element for resource in city.around().book.resources.values() for element in resource.elements}
# What nobody keeps a register of yet. The address code is how every register of places is asked.
OFFERED = tuple(
    sorted(
        {question.element for question in city.bundle().questions if not question.fallback_for}
        - {*KEPT, "place.address_code"}
    )
)


def book(
    offered: Iterable[str],
    rights: Iterable[Right],
    *,
    withdrawn: Collection[str] = (),
    offices: Mapping[str, str],
) -> catalogue.Book:
    """Give the city's book with a register for each offered element, and grants for these rights alone.

    `withdrawn` are codes of the city's own grants that have ended.
    """
    old = city.around().book
    like = old.resources["police.population"]
    registers = {
        element: replace(
            like,
            code=f"census.{element.replace('.', '_')}",
            elements=(element,),
            keys=(KEYS[element.partition(".")[0]],),
        )
        for element in offered
    }
    codes = {item.key: item.basic_code for item in city.bundle().items}
    grants = [
        replace(
            old.grants[0],
            code=f"census/{element}/{key}",
            consumer=offices[key],
            resource=registers[element].code,
            elements=(element,),
            purpose=codes[key],
        )
        for element, key in rights
        if element in registers
    ]
    kept = [replace(g, withdrawn_at=ENDED) if g.code in withdrawn else g for g in old.grants]
    return catalogue.make_book(
        epoch=old.epoch,
        on=old.on,
        elements=old.elements.values(),
        resources=[*old.resources.values(), *registers.values()],
        grants=[*kept, *grants],
    )


def asked(plan: items.Plan) -> set[tuple[items.Ref, str]]:
    """Name what a plan asks: of whom, which question."""
    return {(planned.ref, planned.question.id) for planned in plan.questions}
