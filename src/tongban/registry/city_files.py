"""The form of a city's divisions.yaml, organisations.yaml and staff.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from tongban.kernel import declarations
from tongban.kernel.declarations import Declaration, Declared, InvalidDeclaration, TextField, checked
from tongban.kernel.values import basic_code, credit_code
from tongban.kernel.values import division as division_code
from tongban.registry.values import Delegation, Division, Organisation, Power, Role

FILES = ("divisions.yaml", "organisations.yaml", "staff.yaml")

DivisionCode = Annotated[str, checked(division_code.parse)]
BasicCode = Annotated[str, checked(basic_code.parse)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[0-9]{6,12}$")]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
Form = TypeVar("Form", bound=Declaration)


class Dated(Declaration):
    """What holds between two days, both included."""

    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("until lies before since / until 早于 since")
        return self


class DivisionLine(Dated):
    code: DivisionCode
    name: TextField
    parent: DivisionCode | None = None
    replaced_by: DivisionCode | None = None


class DivisionsFile(Declaration):
    """divisions.yaml: the tree of divisions with their validity in time."""

    divisions: tuple[DivisionLine, ...]


class PowerLine(Dated):
    item: BasicCode
    basis: TextField
    mark: Literal["found", "recalled", "gap"]
    cooperating: tuple[Slug, ...] = Field(default=(), alias="with")


class DelegationLine(Dated):
    item: BasicCode
    to: Slug
    division: DivisionCode
    kind: Literal["entrusted", "devolved"]
    basis: TextField


class OrganisationLine(Dated):
    id: Slug
    name: TextField
    credit_code: Annotated[str, checked(credit_code.parse)]
    nature: Literal[1, 2, 3, 9]
    division: DivisionCode
    line_superior: Slug | None = None
    address: TextField | None = None
    phone: str = ""
    powers: tuple[PowerLine, ...] = ()
    delegations: tuple[DelegationLine, ...] = ()


class OrganisationsFile(Declaration):
    """organisations.yaml: organisations with their line, powers and delegations."""

    organisations: tuple[OrganisationLine, ...]


class StaffLine(Dated):
    login: Login
    name: str
    organisation: Slug
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    divisions: tuple[DivisionCode, ...] = ()
    """Whose cases they handle; those of the whole of their organisation's area when nothing is written."""


class StaffFile(Declaration):
    """staff.yaml: who works where in which first roles; never a password or secret."""

    staff: tuple[StaffLine, ...]


@dataclass(frozen=True)
class CityFiles:
    """The three files of a city, read and checked against each other."""

    divisions: Declared[DivisionsFile]
    organisations: Declared[OrganisationsFile]
    staff: Declared[StaffFile]

    @cached_property
    def _parents(self) -> Mapping[str, str | None]:
        return {line.code: line.parent for line in self.divisions.value.divisions}

    def above(self, code: str) -> tuple[str, ...]:
        """Give the codes that a division lies in, nearest first."""
        above: list[str] = []
        parent = self._parents.get(code)
        while parent is not None and parent not in above:
            above.append(parent)
            parent = self._parents.get(parent)
        return tuple(above)

    def division_values(self) -> tuple[Division, ...]:
        """Give the divisions as the registry's values."""
        return tuple(
            Division(
                code=line.code,
                name=line.name,
                level=division_code.parse(line.code).level,
                parent=line.parent,
                since=line.since,
                until=line.until,
                replaced_by=line.replaced_by,
            )
            for line in self.divisions.value.divisions
        )

    def organisation_values(self) -> tuple[Organisation, ...]:
        """Give the organisations as the registry's values; their level is that of their division."""
        return tuple(
            Organisation(
                slug=line.id,
                name=line.name,
                credit_code=line.credit_code,
                nature=line.nature,
                division=line.division,
                level=division_code.parse(line.division).level,
                line_superior=line.line_superior,
                since=line.since,
                until=line.until,
                address=line.address,
                phone=line.phone,
            )
            for line in self.organisations.value.organisations
        )

    def power_values(self) -> tuple[Power, ...]:
        """Give all powers as the registry's values."""
        return tuple(
            Power(line.id, power.item, power.basis, power.mark, power.since, power.until, power.cooperating)
            for line in self.organisations.value.organisations
            for power in line.powers
        )

    def delegation_values(self) -> tuple[Delegation, ...]:
        """Give all delegations as the registry's values."""
        return tuple(
            Delegation(line.id, one.to, one.kind, one.item, one.division, one.basis, one.since, one.until)
            for line in self.organisations.value.organisations
            for one in line.delegations
        )


def read_forms(city: Path) -> CityFiles:
    """Read a city's three files for their form alone; all mistakes are raised together."""
    errors: list[InvalidDeclaration] = []
    divisions = _read(city / FILES[0], DivisionsFile, errors)
    organisations = _read(city / FILES[1], OrganisationsFile, errors)
    staff = _read(city / FILES[2], StaffFile, errors)
    if divisions is None or organisations is None or staff is None:
        declarations.raise_all(errors)
    return CityFiles(divisions, organisations, staff)


def _read(path: Path, model: type[Form], errors: list[InvalidDeclaration]) -> Declared[Form] | None:
    try:
        return declarations.read(path, model)
    except declarations.DeclarationErrors as several:
        errors.extend(several.errors)
    except InvalidDeclaration as one:
        errors.append(one)
    return None
