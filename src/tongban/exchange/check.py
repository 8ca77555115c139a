"""What is wrong with a connector, told to the person who connects an office's system.

It compares the declaration with the catalogue and asks the system with keys that are nobody's. No
person's data is asked for and nothing is done there; what the system answers is not shown, only whether
it could be understood.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tongban.catalogue import api as catalogue
from tongban.catalogue.api import Book, Resource
from tongban.exchange.declared import ConnectorFile, FileLookup, RestLookup, SoapLookup, SqlLookup
from tongban.exchange.mapping import conforms
from tongban.exchange.road import Lane, Road, patience_for
from tongban.exchange.verbs import Absent, Ask, Found, Record
from tongban.kernel import declarations
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidDeclaration, SourceTrouble, TongbanError
from tongban.kernel.texts import Text
from tongban.kernel.transactions import outside_any_transaction

Grade = Literal["good", "note", "wrong"]
Lookup = RestLookup | SoapLookup | SqlLookup | FileLookup
_TIMEOUT_S = 15.0
_NOBODYS_KEY = "tongban-check-of-a-key-that-was-never-used"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `where` names the resource or verb, `todo` says what to do."""

    grade: Grade
    where: str
    what: Text
    todo: Text


def check_connector(road: Road, name: str) -> list[Finding]:
    """Check one connector against the catalogue and against its system; raises NotFound for its name."""
    outside_any_transaction("checking a connector")
    lane = road.lane(name)
    book = catalogue.book(civil_date(road.clock.now()))
    declared = lane.declared.resources if lane.declared is not None else {}
    offered = [resource for resource in book.resources.values() if resource.connector == name]
    findings = [*_only_declared(declared, offered)]
    for resource in offered:
        lookup = declared.get(resource.code) if lane.declared is not None else None
        if lane.declared is not None:
            findings += _against_catalogue(resource, lookup)
        if lookup is not None and lookup.probe:
            findings.append(_probed(lane, resource, lookup.probe, book))
        elif lookup is not None:
            findings.append(
                Finding(
                    "note",
                    resource.code,
                    Text("没有声明探测主键，未试查。", "No probe key is declared: the system was not asked."),
                    Text(
                        "请与对方商定一个不属于任何人的主键，写入 probe。",
                        "Agree on a key that is nobody's; write it as `probe`.",
                    ),
                )
            )
    if lane.connector.idempotency == "lookup":
        findings.append(_find_probed(lane))
    return findings


def compare_with_catalogue(folder: Path, resources: Iterable[Resource]) -> None:
    """Compare a city's connectors with what its catalogue says that they offer; no system is asked.

    Raises InvalidDeclaration (or several) with file and line.
    """
    faults: list[InvalidDeclaration] = []
    offered = list(resources)
    for file in declarations.read_all(folder, ConnectorFile):
        for place, connector in enumerate(file.value.connectors):
            theirs = [resource for resource in offered if resource.connector == connector.name]
            found = [*_only_declared(connector.resources, theirs)]
            for resource in theirs:
                found += _against_catalogue(resource, connector.resources.get(resource.code))
            faults += [
                file.error(
                    ("connectors", place, "resources", one.where, "values"),
                    what=Text(f"{one.where}：{one.what.zh}", f"{one.where}: {one.what.en}"),
                    todo=one.todo,
                    code="exchange.not_as_catalogued",
                )
                for one in found
            ]
    if faults:
        declarations.raise_all(faults)


def _only_declared(declared: Mapping[str, Lookup], offered: list[Resource]) -> Iterator[Finding]:
    known = {resource.code for resource in offered}
    for code in declared:
        if code not in known:
            yield Finding(
                "wrong",
                code,
                Text(
                    "目录中没有由本连接器提供的该资源。",
                    "The catalogue has no such resource for this connector.",
                ),
                Text(
                    "请在 catalogue/resources.yaml 中编目，或删除此处声明。",
                    "Enter it in catalogue/resources.yaml, or remove it here.",
                ),
            )


def _against_catalogue(resource: Resource, lookup: Lookup | None) -> Iterator[Finding]:
    if lookup is None:
        yield Finding(
            "wrong",
            resource.code,
            Text(
                "目录中的资源没有取数声明。", "The catalogue offers it, and nothing here says how to read it."
            ),
            Text("请在连接器的 resources 下补上。", "Add it under `resources` of the connector."),
        )
        return
    for element in resource.elements:
        if element not in lookup.values:
            yield Finding(
                "wrong",
                resource.code,
                Text(f"没有声明如何读取 {element}。", f"Nothing says how to read {element}."),
                Text(f"请在 values 下补上 {element}。", f"Add {element} under `values`."),
            )
    for key in lookup.probe:
        if key not in resource.keys:
            yield Finding(
                "wrong",
                resource.code,
                Text(f"probe 中的 {key} 不是该资源的主键。", f"{key} in `probe` is no key of the resource."),
                Text(f"主键为：{'、'.join(resource.keys)}。", f"Its keys are {', '.join(resource.keys)}."),
            )


def _probed(lane: Lane, resource: Resource, probe: Mapping[str, str], book: Book) -> Finding:
    elements = [book.elements[code] for code in resource.elements]
    patience = patience_for(lane, _TIMEOUT_S)
    try:
        ask = Ask(resource.code, probe, elements, resource.organisation, book.on, patience.left_s())
        looked = lane.connector.lookup(ask)
    except TongbanError as trouble:
        return Finding("wrong", resource.code, trouble.what, trouble.todo)
    if isinstance(looked, Record):
        odd = [e.code for e in elements if not conforms(e, looked.readings[e.code].value)]
        if odd:
            return Finding(
                "wrong",
                resource.code,
                Text(f"{odd[0]} 的值类型不符。", f"The value of {odd[0]} has another type."),
                Text("请核对 values 下的声明。", "Look at its declaration under `values`."),
            )
    return Finding(
        "good",
        resource.code,
        Text("系统应答正常，能够识别。", "The system answered, and the answer was understood."),
        Text("无需处理。", "Nothing is to be done."),
    )


def _find_probed(lane: Lane) -> Finding:
    patience = patience_for(lane, _TIMEOUT_S)
    try:
        found = lane.connector.find_act(_NOBODYS_KEY, timeout_s=patience.left_s())
    except SourceTrouble as trouble:
        return Finding("wrong", "find", trouble.what, trouble.todo)
    if isinstance(found, Absent):
        return Finding(
            "good",
            "find",
            Text("对从未使用的流水号答“无”。", "It says of a key that was never used that there is nothing."),
            Text("无需处理。", "Nothing is to be done."),
        )
    said = "有" if isinstance(found, Found) else "无法回答"
    return Finding(
        "wrong",
        "find",
        Text(
            f"对从未使用的流水号答“{said}”。",
            "Asked about a key that was never used, it does not say: nothing.",
        ),
        Text(
            "请核对 find 的声明；在此之前，收不到回复的办理须人工核实。",
            "Look at `find`; until then a person finds out about lost replies.",
        ),
    )
