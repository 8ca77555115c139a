"""The city's own folder: who this node is, and where each kind of declaration lies."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

from django.conf import settings
from pydantic import Field

from tongban.kernel import declarations
from tongban.kernel.declarations import Declaration, TextField
from tongban.kernel.errors import NotFound
from tongban.kernel.node import Node
from tongban.kernel.texts import Text
from tongban.registry import api as registry


class CityFile(Declaration):
    """city.yaml: the division that this node serves, what it is called, and whether it is for show."""

    code: Annotated[str, Field(pattern=r"^\d{6}$", description="six-digit division, GB/T 2260")]
    name: TextField
    demonstration: bool = False


def city_file(folder: Path) -> CityFile:
    """Read city.yaml; raises NotFound where the folder is none of a city."""
    path = folder / "city.yaml"
    if not path.is_file():
        raise NotFound(
            "city.no_folder",
            what=Text(
                f"{folder} 不是城市目录：缺少 city.yaml。",
                f"{folder} is no city's folder: it has no city.yaml.",
            ),
            todo=Text(
                "请用 TONGBAN_CITY 指明城市目录，或用 tongban init 新建。",
                "Name one with TONGBAN_CITY, or make one with `tongban init`.",
            ),
        )
    return declarations.load(path, CityFile)


def require_own_division(folder: Path, divisions: Collection[str]) -> None:
    """Refuse a city.yaml whose division the city itself does not declare."""
    declared = declarations.read(folder / "city.yaml", CityFile)
    if declared.value.code not in divisions:
        code = declared.value.code
        raise declared.error(
            ("code",),
            what=Text(f"divisions.yaml 中没有本市代码 {code}。", f"divisions.yaml does not have {code}."),
            todo=Text("请改正代码，或在 divisions.yaml 中补上。", "Correct the code, or declare it there."),
        )


def require_data_officers(declared: registry.CityFiles, sources: Iterable[str]) -> None:
    """Refuse a city with a source where nobody answers who says that a fetched fact is wrong.

    Decree 809 art. 26 gives the source ten working days: a clock, and nobody would own the wait.
    """
    staffed = {
        line.organisation
        for line in declared.staff.value.staff
        if registry.Role.DATA_OFFICER in line.roles and line.until is None
    }
    for source in sorted(set(sources) - staffed):
        raise declared.staff.error(
            ("staff",),
            what=Text(
                f"{source} 提供数据资源，但没有数据专员答复异议。",
                f"{source} offers a resource and has no data officer who answers disputes.",
            ),
            todo=Text(f"请为 {source} 指定一名数据专员（data_officer）。", f"Give {source} a data_officer."),
        )


def here() -> Node:
    """Give this installation: the city's folder that the settings name, and the node's own."""
    told = city_file(Path(settings.CITY))
    return Node(
        code=told.code,
        name=told.name.zh,
        city=Path(settings.CITY),
        var=Path(settings.VAR),
        demonstration=told.demonstration,
    )
