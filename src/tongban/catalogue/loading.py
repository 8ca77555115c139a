"""Reading a city's catalogue files, with every mistake at its file and line. Writes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tongban.catalogue.declared import (
    ElementDeclared,
    ElementFile,
    GrantDeclared,
    GrantFile,
    ImportedFile,
    ResourceDeclared,
    ResourceFile,
)
from tongban.catalogue.rules import Claim, Element, Grant, Resource, claims_of, first_conflict, within
from tongban.kernel.canonical import digest
from tongban.kernel.declarations import Declaration, raise_all, read, read_all
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

IMPORTED = "imported"  # the folder of what came from sheets: each file has elements and resources
Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=Declaration)


class Source(Protocol):
    """A file that can point at a place in it: one of the city's, or a sheet."""

    def error(self, location: Location, *, what: Text, todo: Text, code: str = ...) -> InvalidDeclaration: ...


@dataclass(frozen=True, slots=True)
class Placed(Generic[Model]):
    """One declaration and where it stands, for what only a look at all of them can refuse."""

    one: Model
    source: Source
    at: Location

    def error(
        self, *inside: str | int, what: Text, todo: Text, code: str = "declaration.value"
    ) -> InvalidDeclaration:
        """Make the error that points at a value inside it."""
        return self.source.error((*self.at, *inside), what=what, todo=todo, code=code)


@dataclass(frozen=True, slots=True)
class Entries:
    """Elements, resources and grants of a city's folder, each where it stands; not yet checked together."""

    elements: tuple[Placed[ElementDeclared], ...]
    resources: tuple[Placed[ResourceDeclared], ...]
    grants: tuple[Placed[GrantDeclared], ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CityCatalogue:
    """What a city declared: checked against itself and against its organisations."""

    elements: tuple[Element, ...]
    resources: tuple[Resource, ...]
    grants: tuple[Grant, ...]
    elements_declared: Mapping[str, object]
    resources_declared: Mapping[str, object]
    files: tuple[str, ...]
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
    `standing` the codes of the resources already in the book, in the order in which they came: where one
    of them is declared again, its claims are the first.
    """
    entries = read_entries(city)
    errors = [
        *entry_errors(entries.elements, entries.resources, organisations, standing),
        *_connector_errors(entries.resources, connectors),
        *_grant_errors(entries, organisations),
    ]
    if errors:
        raise_all(errors)
    elements = {one.code: one.model_dump(mode="json", by_alias=True) for one in _all(entries.elements)}
    resources = {one.code: one.model_dump(mode="json", by_alias=True) for one in _all(entries.resources)}
    grants = [one.model_dump(mode="json", by_alias=True) for one in _all(entries.grants)]
    return CityCatalogue(
        elements=tuple(one.value() for one in _all(entries.elements)),
        resources=tuple(one.value() for one in _all(entries.resources)),
        grants=tuple(grant for one in _all(entries.grants) for grant in one.values()),
        elements_declared=elements,
        resources_declared=resources,
        files=entries.files,
        digest=digest([list(elements.values()), list(resources.values()), grants]),
    )


def read_entries(city: Path, *, without: Collection[Path] = ()) -> Entries:
    """Read the files of a city's catalogue, but for some; each is right by itself, or it is refused."""
    folder = city / "catalogue"
    elements = read(folder / "elements.yaml", ElementFile)
    resources = read(folder / "resources.yaml", ResourceFile)
    grants = read(folder / "grants.yaml", GrantFile)
    sheets = [path for path in sorted((folder / IMPORTED).glob("*.yaml")) if path not in without]
    imported = read_all(sheets, ImportedFile)
    names = ("elements.yaml", "resources.yaml", "grants.yaml", *(f"{IMPORTED}/{one.name}" for one in sheets))
    more_elements = (_placed(file, "elements", file.value.elements) for file in imported)
    more_resources = (_placed(file, "resources", file.value.resources) for file in imported)
    return Entries(
        elements=(
            *_placed(elements, "elements", elements.value.elements),
            *chain.from_iterable(more_elements),
        ),
        resources=(
            *_placed(resources, "resources", resources.value.resources),
            *chain.from_iterable(more_resources),
        ),
        grants=_placed(grants, "grants", grants.value.grants),
        files=tuple(f"catalogue/{name}" for name in names),
    )


def _placed(source: Source, word: str, entries: Iterable[Model]) -> tuple[Placed[Model], ...]:
    return tuple(Placed(one, source, (word, place)) for place, one in enumerate(entries))


def entry_errors(
    elements: Collection[Placed[ElementDeclared]],
    resources: Collection[Placed[ResourceDeclared]],
    organisations: Collection[str],
    standing: Iterable[str] = (),
) -> Iterator[InvalidDeclaration]:
    """Give what is wrong with elements and resources once they stand together."""
    known = {one.code for one in _all(elements)}
    originals = {one.code: one for one in _all(resources)}
    yield from _repeated(elements)
    yield from _repeated(resources)
    yield from _numbered_twice(resources)
    for placed in resources:
        resource = placed.one
        yield from _unknown(placed, "organisation", [resource.organisation], organisations, _ORGANISATION)
        yield from _unknown(placed, "keys", resource.keys, known, _ELEMENT)
        yield from _unknown(placed, "elements", resource.elements, known, _ELEMENT)
        if resource.copy_of is not None:
            yield from _unknown(placed, "copy_of", [resource.copy_of], originals, _RESOURCE)
            original = originals.get(resource.copy_of)
            if original is not None:
                yield from _copy_errors(placed, original)
        yield from _exclusion_errors(placed)
    yield from _claim_errors(resources, standing)


def _all(placed: Iterable[Placed[Model]]) -> Iterator[Model]:
    return (each.one for each in placed)


def _connector_errors(
    resources: Iterable[Placed[ResourceDeclared]], connectors: Collection[str] | None
) -> Iterator[InvalidDeclaration]:
    if connectors is None:
        return
    for placed in resources:
        if placed.one.connector:
            yield from _unknown(placed, "connector", [placed.one.connector], connectors, _CONNECTOR)


def _copy_errors(
    placed: Placed[ResourceDeclared], original: ResourceDeclared
) -> Iterator[InvalidDeclaration]:
    """Refuse a copy of what is none: it claims nothing, so what it offers must be claimed by its original."""
    copy = placed.one
    if original.copy_of is not None:
        yield placed.error(
            "copy_of",
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
            yield placed.error(
                "elements",
                place,
                what=Text(f"{original.code} 没有 {element}。", f"{original.code} does not offer {element}."),
                todo=Text("副本只能提供其数源已有的数据元。", "A copy offers elements of its source alone."),
            )
    if not within(copy.division, original.division):
        yield placed.error(
            "division",
            what=Text(
                f"{original.code} 的区划是 {original.division}，不含 {copy.division}。",
                f"{original.code} is about {original.division}, which does not hold {copy.division}.",
            ),
            todo=Text("副本的区划不能超出其数源。", "A copy reaches no further than its source."),
        )


def _exclusion_errors(placed: Placed[ResourceDeclared]) -> Iterator[InvalidDeclaration]:
    resource = placed.one
    for excluded in resource.excludes:
        if excluded == resource.division or not within(excluded, resource.division):
            yield placed.error(
                "excludes",
                what=Text(
                    f"{excluded} 不在 {resource.division} 之内。",
                    f"{excluded} does not lie inside {resource.division}.",
                ),
                todo=Text("只能排除下级行政区划。", "Exclude divisions below it only."),
            )


def _claim_errors(
    resources: Iterable[Placed[ResourceDeclared]], standing: Iterable[str]
) -> Iterator[InvalidDeclaration]:
    """Refuse every claim that stands against an earlier one, naming the first owner (Decree 809-19)."""
    earlier: dict[str, list[Claim]] = {}
    came = {code: place for place, code in enumerate(standing)}
    for placed in sorted(resources, key=lambda each: came.get(each.one.code, len(came))):
        for claim in claims_of(placed.one.value()):
            first = first_conflict(earlier.get(claim.element, ()), claim)
            if first is None:
                earlier.setdefault(claim.element, []).append(claim)
                continue
            yield placed.error("elements", code="catalogue.claimed", **_claimed(claim, first))


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


def _grant_errors(entries: Entries, organisations: Collection[str]) -> Iterator[InvalidDeclaration]:
    known = {resource.code: resource for resource in _all(entries.resources)}
    yield from _repeated(entries.grants)
    for placed in entries.grants:
        grant = placed.one
        yield from _unknown(placed, "consumers", grant.consumers, organisations, _ORGANISATION)
        if grant.resource not in known:
            yield from _unknown(placed, "resource", [grant.resource], known, _RESOURCE)
            continue
        offered = known[grant.resource]
        yield from _unknown(placed, "elements", grant.elements, offered.elements, _OFFERED)
        yield from _share_errors(placed, offered)


def _share_errors(placed: Placed[GrantDeclared], offered: ResourceDeclared) -> Iterator[InvalidDeclaration]:
    grant = placed.one
    if not offered.connector:
        yield placed.error(
            "resource",
            what=Text(
                f"{grant.resource} 只编目，尚未接入。", f"{grant.resource} is listed and not connected."
            ),
            todo=Text("请先写明 connector 和 keys。", "Write its `connector` and `keys` first."),
        )
    if offered.share.share_class == "none":
        yield placed.error(
            "resource",
            what=Text(f"{grant.resource} 依法不予共享。", f"The law forbids to share {grant.resource}."),
            todo=Text("请删除该授权。", "Remove this grant."),
        )
    if offered.valid_to is not None and grant.valid_until > offered.valid_to:
        yield placed.error(
            "valid_until",
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
    placed: Placed[Any], word: str, named: Iterable[str], known: Collection[str], kind: Text
) -> Iterator[InvalidDeclaration]:
    for place, name in enumerate(named):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield placed.error(
                word,
                place,
                what=Text(f"没有名为 {name} 的{kind.zh}。", f"There is no {kind.en} named {name}."),
                todo=Text(f"是否应为 {near[0]}？", f"Did you mean {near[0]}?") if near else _DECLARE_IT,
            )


def _numbered_twice(resources: Iterable[Placed[ResourceDeclared]]) -> Iterator[InvalidDeclaration]:
    first: dict[str, str] = {}
    for placed in resources:
        resource = placed.one
        if resource.number is None:
            continue
        holder = first.setdefault(resource.number, resource.code)
        if holder != resource.code:
            yield placed.error(
                "number",
                what=Text(
                    f"信息资源代码 {resource.number} 已属于 {holder}。",
                    f"The number {resource.number} is {holder}'s.",
                ),
                todo=Text("请核对代码。", "Check the number."),
            )


def _repeated(entries: Iterable[Placed[Any]]) -> Iterator[InvalidDeclaration]:
    seen: set[str] = set()
    for placed in entries:
        code = placed.one.code
        if code in seen:
            yield placed.error(
                "code",
                what=Text(f"{code} 重复声明。", f"{code} is declared twice."),
                todo=Text("请只保留一处。", "Keep one of them."),
            )
        seen.add(code)
