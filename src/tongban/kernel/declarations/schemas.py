"""The JSON Schema of a declared model, with what its source says under each field.

The library can read those lines too, each time a class is made: a tenth of what starting a program takes, for
what only an editor and the docs ask.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from itertools import pairwise
from textwrap import dedent
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a declared model, for editors and for docs."""
    made = model.model_json_schema()
    places = {**made.get("$defs", {}), model.__name__: made}
    for declared in set(_declared_in(model, set())):
        for name, words in _words_under(declared).items():
            properties = places[declared.__name__]["properties"]
            # In the order of its keys, as the library writes the rest.
            properties[name] = dict(sorted(({"description": words} | properties[name]).items()))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _declared_in(annotation: Any, seen: set[Any]) -> Iterator[type]:
    """Give every declared class that a model's fields come to, itself first."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        for hint in get_type_hints(annotation, include_extras=True).values():
            yield from _declared_in(hint, seen)
    for argument in get_args(annotation):
        yield from _declared_in(argument, seen)


def _words_under(declared: type) -> dict[str, str]:
    """Give the text that stands under each field of a class and of those before it."""
    found: dict[str, str] = {}
    for each in reversed(declared.__mro__):
        if each in {object, BaseModel}:
            continue
        [defined] = ast.parse(dedent(inspect.getsource(each))).body
        lines = defined.body if isinstance(defined, ast.ClassDef) else []
        for field, under in pairwise(lines):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                words = ast.get_docstring(ast.Module([under], []))
                if words is not None:
                    found[field.target.id] = words
    return found
