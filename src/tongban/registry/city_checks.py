"""What must hold across a city's files, each breach told at its file and line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tongban.kernel import declarations
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.errors import Conflict
from tongban.kernel.texts import Text
from tongban.kernel.values import basic_code
from tongban.kernel.values import division as division_code
from tongban.registry import rules
from tongban.registry.city_files import (
    CityFiles,
    Dated,
    DelegationLine,
    OrganisationLine,
    PowerLine,
    read_forms,
)
from tongban.registry.values import in_force

Errors = Iterator[InvalidDeclaration]
ADMINISTRATIVE_ORGAN = 1  # GB/T 39046 A.3, statutory organ


def read_city(city: Path) -> CityFiles:
    """Read a city's three files and check them against each other; all breaches are raised together."""
    files = read_forms(city)
    breaches = [
        *_divisions(files),
        *_organisations(files),
        *_powers(files),
        *_delegations(files),
        *_staff(files),
    ]
    if breaches:
        declarations.raise_all(breaches)
    return files


def _overlap(one: Dated, other: Dated) -> bool:
    return in_force(one.since, one.until, other.since) or in_force(other.since, other.until, one.since)


def _divisions(files: CityFiles) -> Errors:
    lines = files.divisions.value.divisions
    levels = {line.code: division_code.parse(line.code).level for line in lines}
    versions: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        for earlier in versions[line.code]:
            if _overlap(lines[earlier], line):
                where = files.divisions.line("divisions", earlier, "code")
                yield files.divisions.error(
                    ("divisions", place, "code"),
                    what=_text(
                        "{}与第{}行的有效期重叠。", "{} is in force already by line {}.", line.code, where
                    ),
                    todo=Text(zh="请写明前一条的until。", en="Give the earlier one its until."),
                )
        versions[line.code].append(place)
    for place, line in enumerate(lines):
        for key, code in (("parent", line.parent), ("replaced_by", line.replaced_by)):
            if code is not None and code not in levels:
                yield files.divisions.error(
                    ("divisions", place, key),
                    what=_text("没有行政区划{}。", "There is no division {}.", code),
                    todo=Text(zh="请在本文件中先写明该区划。", en="Declare it in this file."),
                )
        # A parent of a higher level, always: no walk upward can then go in a circle.
        if line.parent in levels and levels[line.parent] >= levels[line.code]:
            yield files.divisions.error(
                ("divisions", place, "parent"),
                what=_text(
                    "{}不能隶属于{}：层级不高于自身。",
                    "{} cannot lie in {}, which is no higher level.",
                    line.code,
                    line.parent,
                ),
                todo=Text(zh="请填写上一级区划代码。", en="Give the code of the level above."),
            )


def _organisations(files: CityFiles) -> Errors:
    declared, lines = files.organisations, files.organisations.value.organisations
    levels = {line.id: division_code.parse(line.division).level for line in lines}
    divisions = {line.code for line in files.divisions.value.divisions}
    for key in ("id", "credit_code"):
        yield from _repeated(files, key, [getattr(line, key) for line in lines])
    for place, line in enumerate(lines):
        at = ("organisations", place)
        if line.division not in divisions:
            yield declared.error(
                (*at, "division"),
                what=_text(
                    "divisions.yaml中没有行政区划{}。", "divisions.yaml has no division {}.", line.division
                ),
                todo=Text(zh="请先在divisions.yaml中写明。", en="Declare it there first."),
            )
        if line.id.partition(".")[2] != line.division:
            yield declared.error(
                (*at, "id"),
                what=_text(
                    "id“{}”与所在区划{}不一致。",
                    "The id {} does not end with its division {}.",
                    line.id,
                    line.division,
                ),
                todo=_text("请写为“{}.{}”。", "Write {}.{}.", line.id.partition(".")[0], line.division),
            )
        superior = line.line_superior
        if superior is not None and levels.get(superior, 9) >= levels[line.id]:
            yield declared.error(
                (*at, "line_superior"),
                what=_text(
                    "{}不能是{}的上级业务主管：没有该机构或层级不高于自身。",
                    "{} cannot be above {}: it is not declared or no higher level.",
                    superior,
                    line.id,
                ),
                todo=Text(
                    zh="请填写上一级同系统机构的id。", en="Give the id of the organisation above in the line."
                ),
            )


def _repeated(files: CityFiles, key: str, values: Sequence[str]) -> Errors:
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        if value in first:
            yield files.organisations.error(
                ("organisations", place, key),
                what=_text(
                    "{}“{}”已在第{}行使用。",
                    "The {} {} is taken by line {}.",
                    key,
                    value,
                    files.organisations.line("organisations", first[value], key),
                ),
                todo=Text(zh="每个机构只能有一个，且不得重复。", en="Each organisation has its own."),
            )
        first.setdefault(value, place)


def _powers(files: CityFiles) -> Errors:
    declared = files.organisations
    known = {line.id for line in declared.value.organisations}
    held: dict[tuple[str, str], list[tuple[PowerLine, int]]] = defaultdict(list)
    for place, line in enumerate(declared.value.organisations):
        for number, power in enumerate(line.powers):
            at = ("organisations", place, "powers", number)
            yield from _unknown(
                files, (*at, "with"), (slug for slug in power.cooperating if slug not in known)
            )
            for earlier, where in held[line.division, power.item]:
                if _overlap(earlier, power):
                    yield declared.error(
                        (*at, "item"),
                        what=_text(
                            "{}在{}的职权已由第{}行的机构行使。",
                            "The power over {} in {} is held already by line {}.",
                            power.item,
                            line.division,
                            where,
                        ),
                        todo=Text(
                            zh="同一区划内每一事项只能由一个机构行使职权。",
                            en="One organisation of a division holds the power over an item.",
                        ),
                    )
            held[line.division, power.item].append((power, declared.line(*at)))


def _delegations(files: CityFiles) -> Errors:
    declared = files.organisations
    known = {line.id: line for line in declared.value.organisations}
    handed: dict[tuple[str, str], list[DelegationLine]] = defaultdict(list)
    for place, line in enumerate(declared.value.organisations):
        for number, delegation in enumerate(line.delegations):
            at = ("organisations", place, "delegations", number)
            if delegation.to not in known or delegation.to == line.id:
                yield from _unknown(files, (*at, "to"), [delegation.to])
                continue
            key, what, todo = _delegation_breach(files, line, delegation, known[delegation.to])
            if what is not None and todo is not None:
                yield declared.error((*at, key), what=what, todo=todo)
            if any(_overlap(other, delegation) for other in handed[delegation.item, delegation.division]):
                yield declared.error(
                    (*at, "item"),
                    what=_text(
                        "{}在{}已委托或下放。",
                        "{} is handed on already for {}.",
                        delegation.item,
                        delegation.division,
                    ),
                    todo=Text(zh="请写明前一项的until。", en="Give the earlier one its until."),
                )
            handed[delegation.item, delegation.division].append(delegation)


def _delegation_breach(
    files: CityFiles, line: OrganisationLine, delegation: DelegationLine, to: OrganisationLine
) -> tuple[str, Text | None, Text | None]:
    if not any(power.item == delegation.item and _overlap(power, delegation) for power in line.powers):
        return (
            "item",
            _text(
                "{}没有事项{}的职权，不能委托或下放。",
                "{} does not hold the power over {} and cannot hand it on.",
                line.id,
                delegation.item,
            ),
            Text(zh="请先在powers中写明该职权。", en="Declare the power under powers first."),
        )
    if line.division not in (delegation.division, *files.above(delegation.division)):
        return (
            "division",
            _text("{}不在{}的辖区内。", "{} does not lie in the area of {}.", delegation.division, line.id),
            Text(zh="只能就本辖区委托或下放。", en="Hand on what lies in its own area."),
        )
    licence = basic_code.parse(delegation.item).is_licence
    if licence and delegation.kind == "entrusted" and to.nature != ADMINISTRATIVE_ORGAN:
        return (
            "to",
            _text(
                "行政许可只能委托其他行政机关实施，{}不是行政机关。",
                "Licensing may be entrusted to administrative organs only; {} is none.",
                to.id,
            ),
            Text(
                zh="依据《行政许可法》第二十四条，请改为行政机关。",
                en="Administrative Licensing Law, Art. 24: name an administrative organ.",
            ),
        )
    return "", None, None


def _unknown(files: CityFiles, at: tuple[str | int, ...], slugs: Iterable[str]) -> Errors:
    for slug in slugs:
        yield files.organisations.error(
            at,
            what=_text("没有可用的机构“{}”。", "There is no organisation {} for this.", slug),
            todo=Text(
                zh="请填写本文件中另一机构的id。", en="Give the id of another organisation in this file."
            ),
        )


def _staff(files: CityFiles) -> Errors:
    declared = files.staff
    organisations = {line.id: line for line in files.organisations.value.organisations}
    logins: dict[str, int] = {}
    for place, line in enumerate(declared.value.staff):
        at = ("staff", place)
        if line.login in logins:
            yield declared.error(
                (*at, "login"),
                what=_text(
                    "登录名“{}”已在第{}行使用。",
                    "The login {} is taken by line {}.",
                    line.login,
                    declared.line("staff", logins[line.login], "login"),
                ),
                todo=Text(zh="请另取登录名。", en="Choose another."),
            )
        logins.setdefault(line.login, place)
        try:
            rules.check_separation(line.login, line.roles)
        except Conflict as refusal:
            yield declared.error((*at, "roles"), what=refusal.what, todo=refusal.todo, code=refusal.code)
        organisation = organisations.get(line.organisation)
        if organisation is None:
            yield declared.error(
                (*at, "organisation"),
                what=_text("没有机构“{}”。", "There is no organisation {}.", line.organisation),
                todo=Text(zh="请填写organisations.yaml中的id。", en="Give an id of organisations.yaml."),
            )
            continue
        for code in line.divisions:
            if organisation.division not in (code, *files.above(code)):
                yield declared.error(
                    (*at, "divisions"),
                    what=_text(
                        "{}不在{}的辖区内。", "{} does not lie in the area of {}.", code, organisation.id
                    ),
                    todo=Text(
                        zh="请填写本机构辖区内的区划代码。", en="Give divisions in its organisation's area."
                    ),
                )


def _text(zh: str, en: str, *values: object) -> Text:
    return Text(zh=zh.format(*values), en=en.format(*values))
