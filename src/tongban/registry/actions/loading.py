"""Bringing the registry to what a city's files say; doing it twice changes nothing the second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db.models import Model, QuerySet

from tongban.kernel.declarations import DeclarationErrors, InvalidDeclaration
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Text
from tongban.kernel.transactions import whole
from tongban.ledger import api as ledger
from tongban.registry import models
from tongban.registry.city_checks import read_city
from tongban.registry.city_files import FILES, CityFiles, StaffLine
from tongban.registry.queries import directory_digest, read_directory

BATCH = 500
DIVISION_FIELDS = ("name_zh", "name_en", "level", "parent", "until", "replaced_by")
ORGANISATION_FIELDS = (
    "name_zh", "name_en", "credit_code", "nature", "division", "level", "line_superior", "since", "until",
    "address_zh", "address_en", "phone",
)  # fmt: skip
STAFF_FIELDS = ("name", "organisation", "since", "until")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load found; `differences` are roles that stand otherwise than the file says."""

    changed: bool
    counts: Mapping[str, int]
    differences: tuple[Text, ...]


def load_city(city: Path, *, now: datetime, chance: Chance) -> Loaded:
    """Read a city's three files, check them, and bring the registry to what they say.

    Raises InvalidDeclaration (or DeclarationErrors) at file and line. What was loaded before may end,
    by its `until`, but never vanish: past decisions name it. Changes are evidence: registry.loaded.
    """
    files = read_city(city)
    content = b"\0".join((city / name).read_bytes() for name in FILES)
    return _store(files, sha256(content).hexdigest(), now, chance)


@whole
def _store(files: CityFiles, files_digest: str, now: datetime, chance: Chance) -> Loaded:
    defaults = {"digest": "", "files_digest": "", "loaded_at": now}
    models.Edition.objects.get_or_create(id=1, defaults=defaults)
    edition = models.Edition.objects.select_for_update().get(id=1)  # one load at a time
    _refuse_vanished(files)
    _store_divisions(files)
    _store_organisations(files)
    staff_changed, differences = _store_staff(files)
    digest = directory_digest(read_directory())
    counts = _counts(files)
    changed = staff_changed or edition.digest != digest
    if changed:
        models.Edition.objects.update(digest=digest, files_digest=files_digest, loaded_at=now)
        fields = {"files_digest": files_digest, "counts": counts, "files": list(FILES)}
        ledger.record("decisions", "registry.loaded", fields, now=now, chance=chance)
    return Loaded(changed, counts, differences)


def _counts(files: CityFiles) -> dict[str, int]:
    return {
        "divisions": len(files.divisions.value.divisions),
        "organisations": len(files.organisations.value.organisations),
        "powers": len(files.power_values()),
        "delegations": len(files.delegation_values()),
        "staff": len(files.staff.value.staff),
    }


def _refuse_vanished(files: CityFiles) -> None:
    """Refuse files from which something loaded earlier has vanished."""
    divisions = {one.code for one in files.divisions.value.divisions}
    organisations = {one.id for one in files.organisations.value.organisations}
    staff = {one.login for one in files.staff.value.staff}
    written: tuple[tuple[str, QuerySet[Model], str, set[str]], ...] = (
        (files.divisions.file, models.Division.objects.all(), "code", divisions),
        (files.organisations.file, models.Organisation.objects.all(), "slug", organisations),
        (files.staff.file, models.Staff.objects.all(), "login", staff),
    )
    errors = [error for file, rows, key, names in written for error in _vanished(file, rows, key, names)]
    if errors:
        raise errors[0] if len(errors) == 1 else DeclarationErrors(errors)


def _vanished(file: str, rows: QuerySet[Model], key: str, names: set[str]) -> Iterable[InvalidDeclaration]:
    for name in sorted(set(rows.values_list(key, flat=True)) - names):
        yield InvalidDeclaration(
            "registry.vanished",
            what=Text(
                zh=f"“{name}”曾经载入，现已不在文件中。", en=f"{name} was loaded before and is not here now."
            ),
            todo=Text(
                zh="以往的决定要用到它：请保留该条并写明until。",
                en="Past decisions name it: keep its entry and write its until.",
            ),
            file=file,
            line=1,
        )


def _store_divisions(files: CityFiles) -> None:
    rows = [
        models.Division(
            code=one.code,
            name_zh=one.name.zh,
            name_en=one.name.en,
            level=one.level,
            parent=one.parent,
            since=one.since,
            until=one.until,
            replaced_by=one.replaced_by,
        )
        for one in files.division_values()
    ]
    models.Division.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["code", "since"], update_fields=DIVISION_FIELDS
    )
    # A version whose first day was corrected in the file is the same division: the old row goes.
    versions = {(one.code, one.since) for one in rows}
    stale = [row.pk for row in models.Division.objects.all() if (row.code, row.since) not in versions]
    models.Division.objects.filter(pk__in=stale).delete()


def _store_organisations(files: CityFiles) -> None:
    rows = [
        models.Organisation(
            slug=one.slug,
            name_zh=one.name.zh,
            name_en=one.name.en,
            credit_code=one.credit_code,
            nature=one.nature,
            division=one.division,
            level=one.level,
            line_superior_id=one.line_superior,
            since=one.since,
            until=one.until,
            address_zh=one.address.zh if one.address else "",
            address_en=one.address.en if one.address else "",
            phone=one.phone,
        )
        for one in sorted(files.organisation_values(), key=lambda organisation: organisation.level)
    ]
    models.Organisation.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["slug"], update_fields=ORGANISATION_FIELDS
    )
    # Powers and delegations are wholly the file's: a decision carries its own copy of the basis.
    models.Power.objects.all().delete()
    models.Delegation.objects.all().delete()
    models.Power.objects.bulk_create(
        [
            models.Power(
                organisation_id=one.organisation,
                basic_code=one.basic_code,
                basis_zh=one.basis.zh,
                basis_en=one.basis.en,
                mark=one.mark,
                since=one.since,
                until=one.until,
                cooperating=list(one.cooperating),
            )
            for one in files.power_values()
        ],
        BATCH,
    )
    models.Delegation.objects.bulk_create(
        [
            models.Delegation(
                delegator_id=one.delegator,
                delegate_id=one.delegate,
                kind=one.kind,
                basic_code=one.basic_code,
                division=one.division,
                basis_zh=one.basis.zh,
                basis_en=one.basis.en,
                since=one.since,
                until=one.until,
            )
            for one in files.delegation_values()
        ],
        BATCH,
    )


def _store_staff(files: CityFiles) -> tuple[bool, tuple[Text, ...]]:
    """Store staff and their first roles; roles that a security administrator has set stay as they stand."""
    before = _staff_as_stored()
    lines = files.staff.value.staff
    rows = [
        models.Staff(
            login=line.login,
            name=line.name,
            organisation_id=line.organisation,
            since=line.since,
            until=line.until,
        )
        for line in lines
    ]
    models.Staff.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["login"], update_fields=STAFF_FIELDS
    )
    homes = {one.id: one.division for one in files.organisations.value.organisations}
    wanted = {line.login: _wanted_roles(line, homes[line.organisation]) for line in lines}
    own = {login for login, stored in before.items() if stored.set_by_person}
    _store_roles({login: roles for login, roles in wanted.items() if login not in own})
    differences = tuple(
        _difference(login) for login in sorted(own & set(wanted)) if before[login].roles != wanted[login]
    )
    return _staff_as_stored() != before, differences


@dataclass(frozen=True, slots=True)
class StoredStaff:
    """A staff row as it stands, for comparing before and after."""

    row: tuple[object, ...]
    roles: frozenset[tuple[str, str]]
    set_by_person: bool


def _staff_as_stored() -> dict[str, StoredStaff]:
    return {
        row.login: StoredStaff(
            (row.name, row.organisation_id, row.since, row.until),
            frozenset((one.role, one.division) for one in row.roles.all()),
            row.roles_set_by_id is not None,
        )
        for row in models.Staff.objects.prefetch_related("roles")
    }


def _wanted_roles(line: StaffLine, home: str) -> frozenset[tuple[str, str]]:
    places = line.divisions or (home,)
    return frozenset((role.value, place) for role in line.roles for place in places)


def _store_roles(wanted: Mapping[str, frozenset[tuple[str, str]]]) -> None:
    ids = dict(models.Staff.objects.filter(login__in=list(wanted)).values_list("login", "id"))
    target = {(ids[login], role, place) for login, roles in wanted.items() for role, place in roles}
    standing = {
        (staff, role, place): pk
        for pk, staff, role, place in models.StaffRole.objects.filter(staff_id__in=ids.values()).values_list(
            "pk", "staff_id", "role", "division"
        )
    }
    gone = [pk for key, pk in standing.items() if key not in target]
    models.StaffRole.objects.filter(pk__in=gone).delete()
    models.StaffRole.objects.bulk_create(
        [
            models.StaffRole(staff_id=staff, role=role, division=place)
            for staff, role, place in sorted(target - standing.keys())
        ],
        BATCH,
    )


def _difference(login: str) -> Text:
    return Text(
        zh=f"“{login}”的角色已由安全管理员设置，与staff.yaml不同，以现行设置为准。",
        en=f"The roles of {login} differ from staff.yaml: a security administrator set them.",
    )
