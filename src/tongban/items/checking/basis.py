"""Bases, laws, parameters and texts: everything cites a law that is there, and speaks both languages."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from pydantic import BaseModel

from tongban.items.bundle import Basis
from tongban.items.checking.desk import Desk, Location, Place, twice, unknown
from tongban.kernel.declarations import InvalidDeclaration
from tongban.kernel.texts import Text

CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z0-9]")
LAW = Text("法规", "law")


def faults(desk: Desk) -> Iterator[InvalidDeclaration]:
    """Look at every basis and every text, wherever they stand, and at the parameters."""
    pack = desk.pack
    places = [desk.whole, *(Place(declared) for declared in pack.items), Place(pack.laws_file)]
    if pack.parameters_file is not None:
        places.append(Place(pack.parameters_file))
        yield from _parameters(desk, Place(pack.parameters_file))
    cited: set[str] = set()
    for place in places:
        for at, found in walk(place.declared.value):
            if isinstance(found, Basis):
                cited.add(found.law)
                yield from _basis(desk, found, Place(place.declared, at))
            elif isinstance(found, Text):
                yield from _text(found, Place(place.declared, at))
    for key in pack.laws:
        if key not in cited:
            yield Place(pack.laws_file).fault(
                "uncited",
                Text(f"没有任何地方引用法规“{key}”。", f"Nothing cites the law {key}."),
                Text("请删除，或在basis中引用。", "Remove it, or cite it."),
                "laws",
                key,
            )


def walk(value: object, at: Location = ()) -> Iterator[tuple[Location, object]]:
    """Give every basis and text inside a declaration with its location."""
    if isinstance(value, Text):
        yield at, value
        return
    if isinstance(value, Basis):
        yield at, value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from walk(getattr(value, name), (*at, name))
    elif is_dataclass(value):
        for field in fields(value):
            yield from walk(getattr(value, field.name), (*at, field.name))
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from walk(each, (*at, index))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from walk(each, (*at, key))


def _basis(desk: Desk, basis: Basis, place: Place) -> Iterator[InvalidDeclaration]:
    law = desk.pack.laws.get(basis.law)
    if law is None:
        yield unknown(place, LAW, basis.law, tuple(desk.pack.laws), "law")
    elif basis.mark == "found" and law.mark != "found":
        yield place.fault(
            "mark",
            Text(
                f"“{law.name.zh}”的文本没有读过，引用它的条款不能标为found。",
                f"The text of {law.name.en} was not read; no article of it can be marked found.",
            ),
            Text(
                "请标为recalled，或读到原文后改laws.yaml。",
                "Mark it recalled, or read the text and say so in laws.yaml.",
            ),
            "mark",
        )


def _text(text: Text, place: Place) -> Iterator[InvalidDeclaration]:
    if not CHINESE.search(text.zh) and LATIN.search(text.en) and text.zh.strip() == text.en.strip():
        yield place.fault(
            "one_language",
            Text("中文和英文写成了同一段文字。", "Chinese and English say the same words."),
            Text("请写出中文。", "Write the Chinese."),
        )
    elif not LATIN.search(text.en):
        yield place.fault(
            "one_language",
            Text("英文一栏没有英文。", "The English is not English."),
            Text("请写出英文。", "Write the English."),
        )


def _parameters(desk: Desk, place: Place) -> Iterator[InvalidDeclaration]:
    names = [parameter.name for parameter in desk.pack.parameters]
    yield from twice(place, Text("参数", "parameter"), names, "parameters")
    for index, parameter in enumerate(desk.pack.parameters):
        days = [value.starts for value in parameter.values]
        if not days or days != sorted(set(days)):
            yield place.fault(
                "parameter_days",
                Text(
                    "参数至少有一个值，各值按起始日期先后排列且不重复。",
                    "A parameter has a value at least, each from its own day, earliest first.",
                ),
                Text("请按starts先后排列。", "Order them by starts."),
                "parameters",
                index,
                "values",
            )
