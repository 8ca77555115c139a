"""The files of a pack, read together; the mistakes of all files are told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tongban.items.bundle import DatedParameter, Item, Law
from tongban.items.declarations import File, ItemFile, LawsFile, PackFile, ParametersFile
from tongban.kernel.declarations import Declared, InvalidDeclaration, raise_all, read
from tongban.kernel.errors import DeclarationErrors
from tongban.kernel.texts import Text

Model = TypeVar("Model", bound=File)
MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as its author wrote it, with the place of everything in it."""

    folder: Path
    whole: Declared[PackFile]
    items: tuple[Declared[ItemFile], ...]
    laws_file: Declared[LawsFile]
    parameters_file: Declared[ParametersFile] | None

    @property
    def code(self) -> str:
        return self.whole.value.code

    @property
    def version(self) -> int:
        return self.whole.value.version

    @property
    def laws(self) -> Mapping[str, Law]:
        return self.laws_file.value.laws

    @property
    def parameters(self) -> tuple[DatedParameter, ...]:
        return () if self.parameters_file is None else self.parameters_file.value.parameters

    def item(self, key: str) -> Item:
        """Give the item of a key."""
        return next(declared.value.item for declared in self.items if declared.value.item.key == key)

    def sources(self) -> dict[str, str]:
        """Give every file of the pack by its path in the folder: kept with the published version."""
        files = sorted(path for path in self.folder.rglob("*") if path.suffix in {".yaml", ".json", ".md"})
        return {str(path.relative_to(self.folder)): path.read_text("utf-8") for path in files}


class _Reading:
    """Reads files one after another and keeps each file's mistakes for the end."""

    def __init__(self) -> None:
        self.errors: list[InvalidDeclaration] = []

    def of(self, path: Path, model: type[Model]) -> Declared[Model] | None:
        """Read one file, or note what is wrong with it."""
        try:
            return read(path, model)
        except DeclarationErrors as several:
            self.errors.extend(several.errors)
        except InvalidDeclaration as one:
            self.errors.append(one)
        return None


def load_pack(folder: Path) -> Pack:
    """Read a pack's folder; InvalidDeclaration or DeclarationErrors point at file and line."""
    reading = _Reading()
    whole = reading.of(folder / "pack.yaml", PackFile)
    laws = reading.of(folder / "laws.yaml", LawsFile)
    path = folder / "parameters.yaml"
    parameters = reading.of(path, ParametersFile) if path.exists() else None
    items: list[Declared[ItemFile]] = []
    if whole is not None:
        for index, key in enumerate(whole.value.items[:MOST_ITEMS]):
            items.extend(_item(reading, folder, whole, index, key))
        reading.errors.extend(_strays(folder, whole))
    if reading.errors or whole is None or laws is None:
        raise_all(reading.errors)
    return Pack(folder, whole, tuple(items), laws, parameters)


def _item(
    reading: _Reading, folder: Path, whole: Declared[PackFile], index: int, key: str
) -> tuple[Declared[ItemFile], ...]:
    path = folder / "items" / f"{key}.yaml"
    if not path.is_file():
        reading.errors.append(
            whole.error(
                ("items", index),
                what=Text(f"没有文件items/{key}.yaml。", f"There is no file items/{key}.yaml."),
                todo=Text(
                    "请补写该文件，或从items中删去。", "Write that file, or take the word off the list."
                ),
                code="pack.item_file",
            )
        )
        return ()
    declared = reading.of(path, ItemFile)
    if declared is not None and declared.value.item.key != key:
        reading.errors.append(
            declared.error(
                ("item", "key"),
                what=Text(
                    f"文件名为{key}.yaml，事项的key却是“{declared.value.item.key}”。",
                    f"The file is {key}.yaml, but its item is called {declared.value.item.key}.",
                ),
                todo=Text(f"请写key: {key}。", f"Write key: {key}."),
                code="pack.item_key",
            )
        )
    return () if declared is None else (declared,)


def _strays(folder: Path, whole: Declared[PackFile]) -> list[InvalidDeclaration]:
    """A file that no list names would be forgotten in silence."""
    named = set(whole.value.items)
    strays = sorted(path for path in (folder / "items").glob("*.yaml") if path.stem not in named)
    return [
        whole.error(
            ("items",),
            what=Text(f"items/{path.name}没有列入items。", f"items/{path.name} is not on the list of items."),
            todo=Text(
                f"请在items中加入{path.stem}，或删除该文件。",
                f"Add {path.stem} to items, or remove the file.",
            ),
            code="pack.stray_item",
        )
        for path in strays
    ]
