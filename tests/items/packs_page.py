"""What docs/packs.md says to write, written: a copy of the demonstration city with the page's small pack."""

import re
import shutil
from pathlib import Path

from tests.items import city

PAGE = (city.ROOT / "docs" / "packs.md").read_text("utf-8")
FENCE = re.compile(r"```(?:yaml|json)\n(.*?)```", re.DOTALL)
FILED = re.compile(r"`packs/senior-card/(\S+)`\n```(?:yaml|json)\n(.*?)```", re.DOTALL)


def write_city(folder: Path) -> Path:
    """Copy the city into a new folder, with exactly what the page says to write."""
    shutil.copytree(city.CITY, folder)
    write_what_the_page_says(folder)
    return folder


def write_what_the_page_says(folder: Path) -> None:
    """Add the four things to a city's files, and write the files of the pack."""
    power, element, grant, kind = FENCE.findall(PAGE)[:4]
    for file, block in (
        ("catalogue/elements.yaml", element),
        ("catalogue/grants.yaml", grant),
        ("licence-types.yaml", kind),
    ):
        path = folder / file
        path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + block, "utf-8")
    path = folder / "organisations.yaml"
    head, found, tail = path.read_text("utf-8").partition("  - id: social.990100\n")
    assert found
    own, address, rest = re.split(r"(    address: .*\n)", tail, maxsplit=1)
    path.write_text(head + found + own + address + power + rest, "utf-8")
    for file, block in FILED.findall(PAGE):
        target = folder / "packs" / "senior-card" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block, "utf-8")
