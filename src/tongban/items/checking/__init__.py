"""Everything that can be wrong with a pack, each with its file, its line and what to write instead."""

from collections.abc import Iterator

from tongban.items.checking import (
    basis,
    derivations,
    expressions,
    items,
    needs,
    people,
    questions,
    results,
    sharing,
)
from tongban.items.checking.desk import Desk, lay_out
from tongban.items.checking.surroundings import Surroundings, surroundings_of
from tongban.items.packs.reading import Pack
from tongban.kernel.declarations import InvalidDeclaration, raise_all

__all__ = ["Surroundings", "check_pack", "find_faults", "surroundings_of"]

FIRST = (people.faults, questions.faults, derivations.faults, items.faults, needs.faults, basis.faults)
# What speaks of other things by name is looked at once those things themselves are in order.
THEN = (expressions.faults, sharing.faults, results.faults)


def find_faults(pack: Pack, around: Surroundings) -> tuple[InvalidDeclaration, ...]:
    """Give every fault of a pack in a city, in the order of files and lines."""
    desk = lay_out(pack, around)
    found = [fault for look in FIRST for fault in look(desk)]
    if not found:
        found = list(_further(desk))
    unique = {(fault.file, fault.line, str(fault)): fault for fault in found}
    return tuple(unique[key] for key in sorted(unique))


def _further(desk: Desk) -> Iterator[InvalidDeclaration]:
    for look in THEN:
        yield from look(desk)


def check_pack(pack: Pack, around: Surroundings) -> None:
    """Raise InvalidDeclaration, or DeclarationErrors for several faults; a pack in order passes."""
    found = find_faults(pack, around)
    if found:
        raise_all(found)
