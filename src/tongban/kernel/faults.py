"""What is wrong with one place of a malformed request, in words of our own: the schema's are English only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault's stable code and its words."""

    code: str
    words: Text


# By the type that the validation gives (pydantic's own, stable names); {names} are of its context.
WORDS: Mapping[str, Text] = {
    "json_invalid": Text("应为 UTF-8 编码的 JSON。", "It is to be JSON in UTF-8."),
    "missing": Text("缺少该项。", "It is missing."),
    "extra_forbidden": Text("接口没有这一项。", "There is no such field here."),
    "string_type": Text("应为文本。", "It is to be a text."),
    "string_unicode": Text("应为有效的Unicode文本。", "It is to be valid Unicode text."),
    "string_too_long": Text("不得超过{max_length}个字符。", "At most {max_length} characters."),
    "string_too_short": Text("不得少于{min_length}个字符。", "At least {min_length} characters."),
    "string_pattern_mismatch": Text("应符合格式 {pattern}", "It is to match {pattern}"),
    "bool_type": Text("应为 true 或 false。", "It is to be true or false."),
    "int_type": Text("应为整数。", "It is to be a whole number."),
    "int_parsing": Text("应为整数。", "It is to be a whole number."),
    "int_parsing_size": Text("数值过大。", "The number is too large."),
    "int_from_float": Text("应为整数。", "It is to be a whole number."),
    "greater_than_equal": Text("不得小于{ge}。", "It is to be at least {ge}."),
    "less_than_equal": Text("不得大于{le}。", "It is to be at most {le}."),
    "list_type": Text("应为列表。", "It is to be a list."),
    "too_long": Text("不得超过{max_length}项。", "At most {max_length} of them."),
    "too_short": Text("不得少于{min_length}项。", "At least {min_length} of them."),
    "dict_type": Text("应为对象。", "It is to be an object."),
    "model_type": Text("应为对象。", "It is to be an object."),
    "model_attributes_type": Text("应为对象。", "It is to be an object."),
    "literal_error": Text("应为以下之一：{expected}", "It is to be one of {expected}"),
}
ANY = Text("不符合接口规定。", "It does not fit the schema.")


def fault_of(found: Mapping[str, Any]) -> Fault:
    """Give the words for one error of the validation; what was sent is not repeated."""
    code = str(found.get("type", ""))
    words, known = WORDS.get(code, ANY), found.get("ctx") or {}
    return Fault(code, Text(words.zh.format_map(known), words.en.format_map(known)))
