"""Everything that can be wrong with a pack, each with its file, its line and what to write instead."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

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
from tongban.items.declarations import RowsFile
from tongban.items.packs.reading import Pack
from tongban.items.samples import SampleFile
from tongban.kernel.declarations import DeclarationErrors, InvalidDeclaration, raise_all, read

__all__ = ["Surroundings", "check_pack", "find_faults", "surroundings_of"]

FIRST = (people.faults, questions.faults, derivations.faults, items.faults, needs.faults, basis.faults)
# What speaks of other things by name is looked at once those things themselves are in order.
THEN = (expressions.faults, sharing.faults, results.faults)


def find_faults(pack: Pack, around: Surroundings) -> tuple[InvalidDeclaration, ...]:
    """Give every fault of a pack in a city, in the order of files and lines."""
    desk = lay_out(pack, around)
    trials = list(_unreadable(pack))
    found = [fault for look in FIRST for fault in look(desk)]
    if not found:
        found = list(_further(desk))
    unique = {(fault.file, fault.line, str(fault)): fault for fault in (*found, *trials)}
    return tuple(unique[key] for key in sorted(unique))


def _unreadable(pack: Pack) -> Iterator[InvalidDeclaration]:
    """What `pack test` tries the pack by can at least be read."""
    rows = pack.folder / "rows.yaml"
    trials: list[tuple[Path, type[BaseModel]]] = [(rows, RowsFile)] if rows.exists() else []
    trials += [(path, SampleFile) for path in sorted((pack.folder / "samples").glob("*.json"))]
    for path, model in trials:
        try:
            read(path, model)
        except DeclarationErrors as several:
            yield from several.errors
        except InvalidDeclaration as one:
            yield one


def _further(desk: Desk) -> Iterator[InvalidDeclaration]:
    for look in THEN:
        yield from look(desk)


def check_pack(pack: Pack, around: Surroundings) -> None:
    """Raise InvalidDeclaration, or DeclarationErrors for several faults; a pack in order passes."""
    found = find_faults(pack, around)
    if found:
        raise_all(found)
