"""Declared things: a city's and a pack's YAML, read into models, each mistake at its file and line."""

from tongban.kernel.declarations.explaining import Places, explain
from tongban.kernel.declarations.fields import Declaration, TextField, checked, told_at_its_line
from tongban.kernel.declarations.reading import (
    Declared,
    load,
    load_all,
    raise_all,
    read,
    read_all,
    read_plain,
)
from tongban.kernel.declarations.schemas import schema
from tongban.kernel.errors import DeclarationErrors, InvalidDeclaration

__all__ = [
    "Declaration",
    "DeclarationErrors",
    "Declared",
    "InvalidDeclaration",
    "Places",
    "TextField",
    "checked",
    "explain",
    "load",
    "load_all",
    "raise_all",
    "read",
    "read_all",
    "read_plain",
    "schema",
    "told_at_its_line",
]
