"""YAML read with the place of every value, and without YAML 1.1's surprises.

Codes of the state lead with zeros and people write `on:` and `no`: under YAML 1.1 these become octal
numbers and booleans in silence. Here only true and false are booleans, numbers are decimal, a number
with a leading zero is a text, dates stay texts until a model reads them, and nothing is a base-60 time.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

MOST_BYTES = 4 * 2**20  # a declaration is written by people; a larger file is a mistake
Location = Sequence[str | int]


class Reader(yaml.CSafeLoader):
    """The safe loader with its own idea of what a plain word is."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _shape, _first in (
    ("bool", r"(true|false)$", "tf"),
    ("null", r"(null|~|)$", ["n", "~", ""]),
    ("int", r"-?(0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_shape), list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content with the place of each value."""

    file: str
    root: yaml.Node
    content: Any

    def line(self, location: Location) -> int:
        """Give the line (from 1) of the value at a location, or of the nearest thing around it."""
        return self._walk(location)[1] + 1

    def trail(self, location: Location) -> Location:
        """Give the steps of a location that stand in the file."""
        return self._walk(location)[0]

    def _walk(self, location: Location) -> tuple[Location, int]:
        line, node = self.root.start_mark.line, self.root
        trail: list[str | int] = []
        for step in location:
            found = _step(node, step)
            if found is not None:
                line, node = found
                trail.append(step)
        return trail, line


def compose(path: Path) -> Document:
    """Read a YAML file; refuse what is unreadable, twice keyed, aliased or not plain data."""
    file = str(path)
    try:
        written = path.read_bytes()
        if len(written) > MOST_BYTES:
            raise _wrong(file, 1, "文件过大", f"the file is larger than {MOST_BYTES} bytes")
        return _document(file, written.decode("utf-8"))
    except OSError as trouble:
        why = trouble.strerror
        raise _wrong(
            file, 1, f"无法读取文件（{why}）", f"the file cannot be read ({why})", PROVIDE
        ) from trouble
    except UnicodeDecodeError as trouble:
        raise _wrong(file, 1, "文件不是UTF-8编码", "the file is not UTF-8") from trouble


@lru_cache(maxsize=64)
def _document(file: str, written: str) -> Document:
    """Give what a text says; a file read again unchanged, as check and build do, is not parsed twice."""
    reader = Reader(written)
    try:
        root = reader.get_single_node()
        if root is None:
            raise _wrong(file, 1, "文件是空的", "the file is empty")
        for line, zh, en in _faults(root, set()):
            raise _wrong(file, line + 1, zh, en)
        return Document(file, root, reader.construct_document(root))
    except yaml.YAMLError as trouble:
        mark = getattr(trouble, "problem_mark", None)
        problem = getattr(trouble, "problem", None) or str(trouble)
        line = mark.line + 1 if mark else 1
        raise _wrong(file, line, f"YAML语法错误：{problem}", f"this is not YAML: {problem}") from trouble
    finally:
        reader.dispose()


def _faults(node: yaml.Node, seen: set[int]) -> Iterator[tuple[int, str, str]]:
    if id(node) in seen:
        yield (
            node.start_mark.line,
            "不支持YAML锚点引用，请写全",
            "write this out: YAML aliases are not accepted",
        )
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        yield from _twice(node)
        for key, value in node.value:
            yield from _faults(key, seen)
            yield from _faults(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _faults(value, seen)
    elif any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in node.value):
        # PostgreSQL keeps no NUL, and no paper or screen shows any of them.
        yield node.start_mark.line, "含有控制字符", "a control character stands here"


def _twice(node: yaml.MappingNode) -> Iterator[tuple[int, str, str]]:
    first: dict[Hashable, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield key.start_mark.line, "键必须是一个词", "a key must be one word"
            continue
        if key.value in first:
            line = first[key.value] + 1
            yield (
                key.start_mark.line,
                f"键“{key.value}”重复（首次出现在第{line}行）",
                f"the key '{key.value}' stands here again (first in line {line})",
            )
        first.setdefault(key.value, key.start_mark.line)


def _step(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                # A value on later lines is found by its key, where the reader looks first.
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        value = node.value[step]
        return value.start_mark.line, value
    return None


MEND = Text(zh="请按文档改正该行。", en="Correct this line; docs/city.md and docs/packs.md show the form.")
PROVIDE = Text(zh="请放入该文件并确保可读。", en="Put the file there and make it readable.")


def _wrong(file: str, line: int, zh: str, en: str, todo: Text = MEND) -> InvalidDeclaration:
    return InvalidDeclaration(
        "declaration.yaml",
        what=Text(zh=f"{zh}。", en=f"{en[0].upper()}{en[1:]}."),
        todo=todo,
        file=file,
        line=line,
    )
