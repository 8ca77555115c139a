"""A city's catalogue files as a test writes them: registers at known lines, or the real ones changed."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.town import CITY

ELEMENTS = ("person.deceased", "person.mobile", "place.usage")
BASIS = "{text: {zh: 条例, en: law}, source: docs/law/data-sharing.md, mark: found}"
ASSESSED = "{secrecy_on: 2025-08-01, personal_information_on: 2025-08-01, approved_on: 2025-08-01}"
# Who lies in whom; 990200 is another city.
PARENTS = {
    "990100": "",
    "990200": "",
    "990121": "990100",
    "990122": "990100",
    "990121001": "990121",
    "990121002": "990121",
    "990122001": "990122",
}


@dataclass(frozen=True)
class Register:
    """One resource as it is declared, by whom, for where and from when until when (both days included)."""

    owner: str
    elements: tuple[str, ...]
    division: str
    valid_from: date
    valid_to: date | None = None
    excludes: tuple[str, ...] = ()
    copy_of: str = ""

    @property
    def code(self) -> str:
        return f"{self.owner}.register"

    @property
    def organisation(self) -> str:
        return f"{self.owner}.990100"

    def covers(self, place: str, day: date) -> bool:
        """Say whether it claims that place on that day: by walking up the tree, one division at a time."""
        inside, at = False, place
        while at:
            if at in self.excludes:
                return False
            inside = inside or at == self.division
            at = PARENTS[at]
        return inside and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def write(city: Path, registers: Iterable[Register]) -> dict[str, int]:
    """Write a catalogue of these registers and no grants; give each one's line of elements."""
    folder = city / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(CITY / "catalogue" / "elements.yaml", folder / "elements.yaml")
    (folder / "grants.yaml").write_text("grants: []\n", "utf-8")
    lines, at = ["resources:"], {}
    for register in registers:
        lines += _entry(register)
        at[register.code] = next(n for n in range(len(lines), 0, -1) if "elements:" in lines[n - 1])
    (folder / "resources.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return at


def _entry(register: Register) -> list[str]:
    optional = [
        f"    valid_to: {register.valid_to}" if register.valid_to else "",
        f"    excludes: [{', '.join(repr(code) for code in register.excludes)}]" if register.excludes else "",
        f"    copy_of: {register.copy_of}" if register.copy_of else "",
    ]
    return [
        f"  - code: {register.code}",
        "    name: {zh: 登记簿, en: register}",
        "    class: people",
        "    summary: {zh: 登记簿, en: register}",
        f"    organisation: {register.organisation}",
        "    connector: somewhere",
        "    keys: [person.resident_id]",
        f"    elements: [{', '.join(register.elements)}]",
        f"    division: {register.division!r}",
        "    coverage: all",
        f"    share: {{class: unconditional, basis: {BASIS}}}",
        "    grade: general_1",
        "    update: daily",
        "    format: spreadsheet",
        "    delivery: [file]",
        f"    valid_from: {register.valid_from}",
        f"    assessed: {ASSESSED}",
        *(line for line in optional if line),
    ]


def copy_of_the_city(folder: Path) -> Path:
    """Give the demonstration city's catalogue files as a test's own."""
    shutil.copytree(CITY / "catalogue", folder / "catalogue")
    return folder


def change(city: Path, name: str, old: str, new: str) -> int:
    """Change a catalogue file in one place; give the line (from 1) at which the change begins."""
    path = city / "catalogue" / name
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1
