"""From declarations to a sheet, and from what a sheet held to the city's own files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tongban.catalogue.declared import ElementDeclared, ResourceDeclared
from tongban.catalogue.loading import IMPORTED, Entries
from tongban.catalogue.sheets.columns import ENTRY, ITEM, Column, headers
from tongban.catalogue.sheets.reading import Found
from tongban.catalogue.sheets.words import write_cell

IN_A_FILE = 500  # entries; a declaration may not be larger than a person can read
HEAD = "# Written by `tongban catalogue import`; the next import of the same name writes it anew.\n"


def sheet_of(entries: Entries, owners: Mapping[str, str]) -> Iterator[list[str]]:
    """Give the rows of a city's catalogue: the header, then each entry's items, one a row.

    `owners` gives the Chinese name of each organisation. Elements that no entry offers are no rows.
    """
    elements = {placed.one.code: placed.one for placed in entries.elements}
    yield headers()
    for placed in entries.resources:
        resource = placed.one
        entry = _shape(resource) | {"provider": owners.get(resource.organisation, "")}
        said = [cell for column in ENTRY for cell in _cells(column, entry)]
        for code in resource.elements:
            item = _shape(elements[code])
            yield said + [cell for column in ITEM for cell in _cells(column, item)]


def write_imported(city: Path, name: str, found: Found) -> tuple[Path, ...]:
    """Write what a sheet held into the city's folder, in place of what the same name wrote before.

    An element stands in the file of the first entry that offers it.
    """
    folder = city / "catalogue" / IMPORTED
    folder.mkdir(exist_ok=True)
    for path in imported_files(city, name):
        path.unlink()
    elements = {element.code: element for element in found.elements}
    written = []
    for number, start in enumerate(range(0, len(found.resources), IN_A_FILE), start=1):
        resources = found.resources[start : start + IN_A_FILE]
        offered = dict.fromkeys(code for resource in resources for code in resource.elements)
        here = [elements.pop(code) for code in offered if code in elements]
        path = folder / f"{name}-{number:03}.yaml"
        content = {"elements": _plain(here), "resources": _plain(resources)}
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
        path.write_text(HEAD + text, "utf-8")
        written.append(path)
    return tuple(written)


def imported_files(city: Path, name: str) -> tuple[Path, ...]:
    """Give the files that imports of that name wrote."""
    return tuple(sorted((city / "catalogue" / IMPORTED).glob(f"{name}-[0-9][0-9][0-9].yaml")))


def _plain(declared: Iterable[ElementDeclared | ResourceDeclared]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in declared]


def _shape(declared: ElementDeclared | ResourceDeclared) -> dict[str, Any]:
    return declared.model_dump(mode="json", by_alias=True)


def _cells(column: Column, shape: Mapping[str, Any]) -> list[str]:
    value: Any = shape
    for step in column.word.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    said = write_cell(column, value)
    if column.kind != "text":
        return [said]
    return [said, "" if value is None else str(value["en"])]
