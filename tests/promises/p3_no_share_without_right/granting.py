"""Cities that differ from the demonstration's in one grant, and what the ledger says of shares."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.town import CITY, Town
from tests.promises.effects import evidence
from tongban.cases.models import Fact
from tongban.catalogue import api as catalogue
from tongban.kernel.ids import SystemChance

MARKET, TAX = "market.990121", "tax.990121"
LAND = "land.addresses_990121"
TAX_ITEM = "991030001000"
TAX_GRANT = "tax-address-990121"


def city_with(folder: Path, grant: str, change: Mapping[str, str], *, again: str = "") -> Path:
    """Copy the demonstration city with words of one grant changed; `again` adds it under a new code."""
    city = folder / f"city-{len(list(folder.iterdir()))}"
    shutil.copytree(CITY, city)
    file = city / "catalogue" / "grants.yaml"
    head, *grants = file.read_text("utf-8").split("\n  - code: ")
    changed = [_changed(each, change) if each.startswith(f"{grant}\n") else each for each in grants]
    assert changed != grants or again, f"there is no grant {grant}, or nothing of it changed"
    if again:
        renewed = next(each for each in grants if each.startswith(f"{grant}\n"))
        changed.append(_changed(renewed.replace(grant, again, 1), change))
    file.write_text("\n  - code: ".join([head, *(each.rstrip("\n") for each in changed)]) + "\n", "utf-8")
    return city


def _changed(words: str, change: Mapping[str, str]) -> str:
    for old, new in change.items():
        assert old in words, f"{old!r} does not stand in the grant"
        words = words.replace(old, new)
    return words


def load(town: Town, city: Path) -> None:
    """Load a city's catalogue, as its operator does while people file."""
    assert catalogue.load(city, now=town.now, chance=SystemChance()).changed


def statuses(number: str, consumer: str) -> dict[str, str]:
    """Give how the newest fact of each element stands for one office."""
    rows = Fact.objects.filter(filing__number=number, consumer=consumer).order_by("id")
    return {fact.element: fact.status for fact in rows}


def shares(kind: str, number: str, **said: object) -> Iterator[Mapping[str, object]]:
    """Give the entries about the shares of a filing that say all this."""
    for fields in evidence().by_kind[kind]:
        if fields["filing_number"] == number and all(fields.get(key) == value for key, value in said.items()):
            yield fields
