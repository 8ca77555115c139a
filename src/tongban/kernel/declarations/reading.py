"""Reading declarations: one file or many, all mistakes at once, and the place of any value afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from tongban.kernel.declarations import explaining
from tongban.kernel.declarations.yaml_nodes import Document, Location, compose
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration
from tongban.kernel.texts import Text

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Declared(Generic[Model]):
    """A declaration that was read, with the place of everything in it for later checks across files."""

    value: Model
    document: Document

    @property
    def file(self) -> str:
        return self.document.file

    def line(self, *location: str | int) -> int:
        """Give the line (from 1) where a value stands: line("offices", 3, "name")."""
        return self.document.line(location)

    def error(
        self, location: Location, *, what: Text, todo: Text, code: str = "declaration.value"
    ) -> InvalidDeclaration:
        """Make the error that points at a value which only a check across values could refuse."""
        return InvalidDeclaration(
            code, what=what, todo=todo, file=self.file, line=self.document.line(location)
        )


def read(path: Path, model: type[Model]) -> Declared[Model]:
    """Read one file into a model and keep its places.

    Raises InvalidDeclaration for one mistake, DeclarationErrors (which is one too) for several.
    """
    document = compose(path)
    try:
        return Declared(model.model_validate(document.content), document)
    except ValidationError as refusals:
        raise_all(explaining.explain(refusals, document, model))


def load(path: Path, model: type[Model]) -> Model:
    """Read one file into a model."""
    return read(path, model).value


def read_all(source: Path | Iterable[Path], model: type[Model]) -> tuple[Declared[Model], ...]:
    """Read every YAML file of a folder (or each given file), and tell the mistakes of all together."""
    paths = sorted(source.glob("*.yaml")) if isinstance(source, Path) else list(source)
    declared: list[Declared[Model]] = []
    errors: list[InvalidDeclaration] = []
    for path in paths:
        try:
            declared.append(read(path, model))
        except DeclarationErrors as several:
            errors.extend(several.errors)
        except InvalidDeclaration as one:
            errors.append(one)
    if errors:
        raise_all(errors)
    return tuple(declared)


def load_all(source: Path | Iterable[Path], model: type[Model]) -> tuple[Model, ...]:
    """Read every YAML file of a folder (or each given file) into a model."""
    return tuple(declared.value for declared in read_all(source, model))


def read_plain(path: Path) -> Any:
    """Give a file's plain content, unchecked: for data whose model another room knows."""
    return compose(path).content


def raise_all(errors: Sequence[InvalidDeclaration]) -> NoReturn:
    """Raise one mistake as itself and several as DeclarationErrors; there must be at least one."""
    raise errors[0] if len(errors) == 1 else DeclarationErrors(errors)
