"""Reading a city's catalogue files, with every mistake at its file and line. Writes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tongban.catalogue.declared import ElementFile, GrantDeclared, GrantFile, ResourceDeclared, ResourceFile
from tongban.catalogue.rules import Claim, Element, Grant, Resource, claims_of, first_conflict, within
from tongban.kernel.canonical import digest
from tongban.kernel.declarations import Declared, read
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration
from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class CityCatalogue:
    """What a city declared: checked against itself and against its organisations."""

    elements: tuple[Element, ...]
    resources: tuple[Resource, ...]
    grants: tuple[Grant, ...]
    elements_declared: Mapping[str, object]
    resources_declared: Mapping[str, object]
    digest: str


def read_city(
    city: Path,
    *,
    organisations: Collection[str],
    connectors: Collection[str] | None = None,
    standing: Iterable[str] = (),
) -> CityCatalogue:
    """Read cities/<city>/catalogue/; raise InvalidDeclaration (or several) with file and line.

    `organisations` are the slugs that exist, `connectors`, where they are given, the names that do;
    `standing` the codes of the resources already in the book, in the order in which they came: where one of them is
    declared again, its claims are the first.
    """
    folder = city / "catalogue"
    elements = read(folder / "elements.yaml", ElementFile)
    resources = read(folder / "resources.yaml", ResourceFile)
    grants = read(folder / "grants.yaml", GrantFile)
    errors = [
        *_element_errors(elements),
        *_resource_errors(resources, elements.value, organisations, connectors),
        *_claim_errors(resources, standing),
        *_grant_errors(grants, resources.value, organisations),
    ]
    if errors:
        raise errors[0] if len(errors) == 1 else DeclarationErrors(errors)
    declared = [file.value.model_dump(mode="json", by_alias=True) for file in (elements, resources, grants)]
    return CityCatalogue(
        elements=tuple(one.value() for one in elements.value.elements),
        resources=tuple(one.value() for one in resources.value.resources),
        grants=tuple(grant for one in grants.value.grants for grant in one.values()),
        elements_declared={one["code"]: one for one in declared[0]["elements"]},
        resources_declared={one["code"]: one for one in declared[1]["resources"]},
        digest=digest(declared),
    )


def _element_errors(file: Declared[ElementFile]) -> Iterator[InvalidDeclaration]:
    codes = [element.code for element in file.value.elements]
    yield from _repeated(file, "elements", codes)


def _resource_errors(
    file: Declared[ResourceFile],
    elements: ElementFile,
    organisations: Collection[str],
    connectors: Collection[str] | None,
) -> Iterator[InvalidDeclaration]:
    known = {element.code for element in elements.elements}
    codes = [resource.code for resource in file.value.resources]
    originals = {resource.code: resource for resource in file.value.resources}
    yield from _repeated(file, "resources", codes)
    yield from _numbered_twice(file)
    for place, resource in enumerate(file.value.resources):
        at = ("resources", place)
        yield from _unknown(
            file, (*at, "organisation"), [resource.organisation], organisations, _ORGANISATION
        )
        if connectors is not None and resource.connector:
            yield from _unknown(file, (*at, "connector"), [resource.connector], connectors, _CONNECTOR)
        yield from _unknown(file, (*at, "keys"), resource.keys, known, _ELEMENT)
        yield from _unknown(file, (*at, "elements"), resource.elements, known, _ELEMENT)
        if resource.copy_of is not None:
            yield from _unknown(file, (*at, "copy_of"), [resource.copy_of], originals, _RESOURCE)
            original = originals.get(resource.copy_of)
            if original is not None:
                yield from _copy_errors(file, at, resource, original)
        yield from _exclusion_errors(file, at, resource)


def _copy_errors(
    file: Declared[ResourceFile], at: tuple[str, int], copy: ResourceDeclared, original: ResourceDeclared
) -> Iterator[InvalidDeclaration]:
    """Refuse a copy of what is none: it claims nothing, so what it offers must be claimed by its original."""
    if original.copy_of is not None:
        yield file.error(
            (*at, "copy_of"),
            what=Text(
                f"{original.code} 本身是副本，不是数源。",
                f"{original.code} is a copy itself, not the source.",
            ),
            todo=Text(
                f"请写明数源；{original.code} 写的是 copy_of: {original.copy_of}。",
                f"Name the source; {original.code} says copy_of: {original.copy_of}.",
            ),
        )
    for place, element in enumerate(copy.elements):
        if element not in original.elements:
            yield file.error(
                (*at, "elements", place),
                what=Text(f"{original.code} 没有 {element}。", f"{original.code} does not offer {element}."),
                todo=Text("副本只能提供其数源已有的数据元。", "A copy offers elements of its source alone."),
            )
    if not within(copy.division, original.division):
        yield file.error(
            (*at, "division"),
            what=Text(
                f"{original.code} 的区划是 {original.division}，不含 {copy.division}。",
                f"{original.code} is about {original.division}, which does not hold {copy.division}.",
            ),
            todo=Text("副本的区划不能超出其数源。", "A copy reaches no further than its source."),
        )


def _exclusion_errors(
    file: Declared[ResourceFile], at: tuple[str, int], resource: ResourceDeclared
) -> Iterator[InvalidDeclaration]:
    for excluded in resource.excludes:
        if excluded == resource.division or not within(excluded, resource.division):
            yield file.error(
                (*at, "excludes"),
                what=Text(
                    f"{excluded} 不在 {resource.division} 之内。",
                    f"{excluded} does not lie inside {resource.division}.",
                ),
                todo=Text("只能排除下级行政区划。", "Exclude divisions below it only."),
            )


def _claim_errors(file: Declared[ResourceFile], standing: Iterable[str]) -> Iterator[InvalidDeclaration]:
    """Refuse every claim that stands against an earlier one, naming the first owner (Decree 809-19)."""
    earlier: dict[str, list[Claim]] = {}
    came = {code: place for place, code in enumerate(standing)}
    places = sorted(
        enumerate(file.value.resources), key=lambda one: (came.get(one[1].code, len(came)), one[0])
    )
    for place, resource in places:
        for claim in claims_of(resource.value()):
            first = first_conflict(earlier.get(claim.element, ()), claim)
            if first is None:
                earlier.setdefault(claim.element, []).append(claim)
                continue
            yield file.error(
                ("resources", place, "elements"), code="catalogue.claimed", **_claimed(claim, first)
            )


def _claimed(claim: Claim, first: Claim) -> dict[str, Text]:
    until = first.valid_to.isoformat() if first.valid_to else "…"
    return {
        "what": Text(
            f"{claim.element} 在 {claim.division} 已由 {first.organisation} 的 {first.resource} 作为数源"
            f"（{first.valid_from} 至 {until}，{first.division}），一数一源。",
            f"{claim.element} in {claim.division} already has its one source: {first.resource} of "
            f"{first.organisation} ({first.division}, {first.valid_from} to {until}).",
        ),
        "todo": Text(
            f"请与 {first.organisation} 协商：由其在 excludes 中排除该区划或缩短期限；"
            f"如本资源只是副本，请写明 copy_of: {first.resource}。",
            f"Agree with {first.organisation}: it excludes the division or ends its period, or write "
            f"copy_of: {first.resource} here.",
        ),
    }


def _grant_errors(
    file: Declared[GrantFile], resources: ResourceFile, organisations: Collection[str]
) -> Iterator[InvalidDeclaration]:
    known = {resource.code: resource for resource in resources.resources}
    yield from _repeated(file, "grants", [grant.code for grant in file.value.grants])
    for place, grant in enumerate(file.value.grants):
        at = ("grants", place)
        yield from _unknown(file, (*at, "consumers"), grant.consumers, organisations, _ORGANISATION)
        if grant.resource not in known:
            yield from _unknown(file, (*at, "resource"), [grant.resource], known, _RESOURCE)
            continue
        offered = known[grant.resource]
        yield from _unknown(file, (*at, "elements"), grant.elements, offered.elements, _OFFERED)
        yield from _share_errors(file, at, grant, offered)


def _share_errors(
    file: Declared[GrantFile], at: tuple[str, int], grant: GrantDeclared, offered: ResourceDeclared
) -> Iterator[InvalidDeclaration]:
    if not offered.connector:
        yield file.error(
            (*at, "resource"),
            what=Text(
                f"{grant.resource} 只编目，尚未接入。", f"{grant.resource} is listed and not connected."
            ),
            todo=Text("请先写明 connector 和 keys。", "Write its `connector` and `keys` first."),
        )
    if offered.share.share_class == "none":
        yield file.error(
            (*at, "resource"),
            what=Text(f"{grant.resource} 依法不予共享。", f"The law forbids to share {grant.resource}."),
            todo=Text("请删除该授权。", "Remove this grant."),
        )
    if offered.valid_to is not None and grant.valid_until > offered.valid_to:
        yield file.error(
            (*at, "valid_until"),
            what=Text("授权期限超过数据资源的有效期。", "The grant outlives its resource."),
            todo=Text(f"最迟写 {offered.valid_to}。", f"Write {offered.valid_to} at the latest."),
        )


_ORGANISATION = Text("机构", "organisation")
_CONNECTOR = Text("连接器", "connector")
_ELEMENT = Text("数据元", "element")
_RESOURCE = Text("数据资源", "resource")
_OFFERED = Text("该资源提供的数据元", "element of that resource")


_DECLARE_IT = Text("请改正名称，或先在相应文件中声明。", "Correct the name, or declare it in its file first.")


def _unknown(
    file: Declared[ResourceFile] | Declared[GrantFile],
    at: tuple[str | int, ...],
    named: Iterable[str],
    known: Collection[str],
    kind: Text,
) -> Iterator[InvalidDeclaration]:
    for place, name in enumerate(named):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield file.error(
                (*at, place),
                what=Text(f"没有名为 {name} 的{kind.zh}。", f"There is no {kind.en} named {name}."),
                todo=Text(f"是否应为 {near[0]}？", f"Did you mean {near[0]}?") if near else _DECLARE_IT,
            )


def _numbered_twice(file: Declared[ResourceFile]) -> Iterator[InvalidDeclaration]:
    first: dict[str, str] = {}
    for place, resource in enumerate(file.value.resources):
        if resource.number is None:
            continue
        holder = first.setdefault(resource.number, resource.code)
        if holder != resource.code:
            yield file.error(
                ("resources", place, "number"),
                what=Text(
                    f"信息资源代码 {resource.number} 已属于 {holder}。",
                    f"The number {resource.number} is {holder}'s.",
                ),
                todo=Text("请核对代码。", "Check the number."),
            )


def _repeated(
    file: Declared[ElementFile] | Declared[ResourceFile] | Declared[GrantFile], kind: str, codes: list[str]
) -> Iterator[InvalidDeclaration]:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            yield file.error(
                (kind, place, "code"),
                what=Text(f"{code} 重复声明。", f"{code} is declared twice."),
                todo=Text("请只保留一处。", "Keep one of them."),
            )
        seen.add(code)
