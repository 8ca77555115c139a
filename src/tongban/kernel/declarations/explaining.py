"""What a model refuses, said in two languages with what to write instead."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tongban.kernel.declarations.yaml_nodes import Location
from tongban.kernel.errors import InvalidDeclaration
from tongban.kernel.texts import Text

JsonSchema = Mapping[str, Any]
Trail = Sequence[str | int]

# Pydantic's error types that a writer of YAML meets, with what belongs there; the rest keep its words.
EXPECTED = {
    "string_type": Text(zh="一段文本", en="a text"),
    "int_type": Text(zh="整数", en="a whole number"),
    "int_parsing": Text(zh="整数", en="a whole number"),
    "int_from_float": Text(zh="整数", en="a whole number"),
    "bool_type": Text(zh="true或false", en="true or false"),
    "bool_parsing": Text(zh="true或false", en="true or false"),
    "list_type": Text(zh="列表", en="a list"),
    "tuple_type": Text(zh="列表", en="a list"),
    "set_type": Text(zh="列表", en="a list"),
    "frozen_set_type": Text(zh="列表", en="a list"),
    "dict_type": Text(zh="“键: 值”的映射", en="a mapping of keys to values"),
    "model_type": Text(zh="“键: 值”的映射", en="a mapping of keys to values"),
    "dataclass_type": Text(zh="“键: 值”的映射", en="a mapping of keys to values"),
    "model_attributes_type": Text(zh="“键: 值”的映射", en="a mapping of keys to values"),
    "date_type": Text(zh="日期，如2026-01-31", en="a date such as 2026-01-31"),
    "date_parsing": Text(zh="日期，如2026-01-31", en="a date such as 2026-01-31"),
    "date_from_datetime_parsing": Text(zh="日期，如2026-01-31", en="a date such as 2026-01-31"),
}

# Bounds that a value breaks, filled from pydantic's own numbers.
BOUNDS = {
    "too_short": Text(zh="至少要有{min_length}项", en="at least {min_length} items"),
    "too_long": Text(zh="最多{max_length}项", en="at most {max_length} items"),
    "string_too_short": Text(zh="至少要有{min_length}个字符", en="at least {min_length} characters"),
    "string_too_long": Text(zh="最多{max_length}个字符", en="at most {max_length} characters"),
    "greater_than": Text(zh="应大于{gt}", en="a value above {gt}"),
    "greater_than_equal": Text(zh="应不小于{ge}", en="{ge} or more"),
    "less_than": Text(zh="应小于{lt}", en="a value below {lt}"),
    "less_than_equal": Text(zh="应不大于{le}", en="{le} or less"),
    "string_pattern_mismatch": Text(zh="应符合格式{pattern}", en="the form {pattern}"),
}


class Places(Protocol):
    """What knows where the values of a declaration stand: a YAML document, a row of a sheet."""

    @property
    def file(self) -> str: ...

    def line(self, location: Location) -> int:
        """Give the line (from 1) of the value at a location, or of the nearest thing around it."""

    def trail(self, location: Location) -> Location:
        """Give the steps of a location that stand in the file, as its reader knows them."""


def explain(refusals: ValidationError, document: Places, model: type[BaseModel]) -> list[InvalidDeclaration]:
    """Turn a model's refusals into errors that point at lines, in the order of the lines."""
    schema = model.model_json_schema()
    errors = [_one(detail, document, schema) for detail in refusals.errors(include_url=False)]
    unique = {(error.line, error.what, error.todo): error for error in errors}  # unions refuse in chorus
    return sorted(unique.values(), key=lambda error: error.line)


def _one(detail: ErrorDetails, document: Places, schema: JsonSchema) -> InvalidDeclaration:
    location = detail["loc"]
    # Steps that a union or a mapping's key check adds to the location stand nowhere in the file.
    trail = document.trail(location)
    code, what, todo = _words(detail, trail, schema)
    return InvalidDeclaration(code, what=what, todo=todo, file=document.file, line=document.line(location))


def _words(detail: ErrorDetails, trail: Trail, schema: JsonSchema) -> tuple[str, Text, Text]:
    kind, location, context = detail["type"], detail["loc"], detail.get("ctx", {})
    path = _path(trail)
    if kind == "tongban":  # a value's own explanation, from checked()
        what: Text = context["what"]
        return context["code"], Text(zh=f"{path}：{what.zh}", en=f"{path}: {what.en}"), context["todo"]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):  # of a model, of a dataclass
        words = _unknown_key(str(location[-1]), path, _keys_at(schema, location[:-1]))
    elif kind == "missing":
        words = _missing_key(str(location[-1]), _path((*trail, location[-1])))
    else:
        words = _wrong_value(detail, path)
    return f"declaration.{kind}", *words


def _wrong_value(detail: ErrorDetails, path: str) -> tuple[Text, Text]:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return _not_among(path, given, str(context.get("expected", "")))
    if kind in EXPECTED:
        return _other_kind(path, given, EXPECTED[kind])
    if kind in BOUNDS:
        return _out_of_bounds(path, given, BOUNDS[kind], context)
    message = str(context.get("error", detail["msg"]))
    return (
        Text(zh=f"{path}的值不符合要求：{message}。", en=f"The value of {path} will not do: {message}."),
        Text(zh="请按要求改正该值。", en="Correct the value accordingly."),
    )


def _out_of_bounds(path: str, given: object, bound: Text, context: Mapping[str, object]) -> tuple[Text, Text]:
    zh, en = bound.zh.format(**context), bound.en.format(**context)
    described = _described(given)
    return (
        Text(zh=f"{path}{zh}，现为{described.zh}。", en=f"{path} takes {en}; this is {described.en}."),
        Text(zh="请按要求改正该值。", en="Correct the value accordingly."),
    )


def _unknown_key(key: str, path: str, known: Sequence[str]) -> tuple[Text, Text]:
    what = Text(zh=f"不认识的键“{path}”。", en=f"The key {path} is not known here.")
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if nearest:
        return what, Text(zh=f"是否应为“{nearest[0]}”？", en=f"Did you mean '{nearest[0]}'?")
    listed = ", ".join(known)
    if not listed:
        return what, Text(zh="请删除该键。", en="Remove it.")
    return what, Text(zh=f"此处可用的键：{listed}。", en=f"Keys known here: {listed}.")


def _missing_key(key: str, path: str) -> tuple[Text, Text]:
    return (
        Text(zh=f"缺少“{path}”。", en=f"{path} is missing."),
        Text(zh=f"请在此处补写“{key}: …”。", en=f"Write '{key}: …' here."),
    )


def _not_among(path: str, given: object, expected: str) -> tuple[Text, Text]:
    nearest = difflib.get_close_matches(
        str(given), expected.replace("'", "").replace(" or ", ", ").split(", "), n=1
    )
    hint = Text(zh=f"请从中选择：{expected}。", en=f"Write one of: {expected}.")
    if nearest:
        hint = Text(
            zh=f"是否应为“{nearest[0]}”？可用：{expected}。",
            en=f"Did you mean '{nearest[0]}'? One of: {expected}.",
        )
    return Text(zh=f"{path}不能是“{given}”。", en=f"{path} cannot be '{given}'."), hint


def _other_kind(path: str, given: object, expected: Text) -> tuple[Text, Text]:
    what = Text(
        zh=f"{path}应为{expected.zh}，现为{_described(given).zh}。",
        en=f"{path} takes {expected.en}; this is {_described(given).en}.",
    )
    if expected is EXPECTED["string_type"] and isinstance(given, (int, float)):
        # Codes of the state are texts made of digits; YAML takes them for numbers unless quoted.
        return what, Text(zh=f'请加引号："{given}"。', en=f'Put it in quotes: "{given}".')
    return what, Text(zh=f"请改为{expected.zh}。", en=f"Write {expected.en}.")


def _described(given: object) -> Text:
    if given is None:
        return Text(zh="空值", en="nothing")
    if isinstance(given, Mapping):
        return Text(zh="映射", en="a mapping")
    if isinstance(given, list):
        return Text(zh="列表", en="a list")
    return Text(zh=f"“{given}”", en=f"'{given}'")


def _path(location: Sequence[str | int]) -> str:
    written = ""
    for step in location:
        if isinstance(step, int):
            written += f"[{step}]"
        else:
            written += f".{step}" if written else step
    return written or "top"


def _keys_at(schema: JsonSchema, location: Iterable[str | int]) -> list[str]:
    """Give the keys that the schema knows at a location, through references and unions."""
    here = _branches(schema, schema)
    for step in location:
        found = [branch for node in here for branch in _below(schema, node, step)]
        here = found or here  # a union's tag is a step of the location but not of the schema
    return sorted({key for node in here for key in node.get("properties", {})})


def _below(schema: JsonSchema, node: JsonSchema, step: str | int) -> list[JsonSchema]:
    if isinstance(step, int):
        inner = node.get("items")
    else:
        inner = node.get("properties", {}).get(step) or node.get("additionalProperties")
    return _branches(schema, inner) if isinstance(inner, Mapping) else []


def _branches(schema: JsonSchema, node: JsonSchema) -> list[JsonSchema]:
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        return _branches(schema, schema["$defs"][name])
    united = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    return [node, *(branch for part in united for branch in _branches(schema, part))]
