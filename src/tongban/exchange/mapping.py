"""The border: what another system wrote becomes our types, and our values are written its way. Pure.

Reading normalises first (full-width digits and letters to ASCII, spaces and zero-width marks off the
ends), then parses strictly. Anything that is not the declared form is the source's error (SourceWrong),
never an absent value: only an empty text, null, or a declared `none_values` word is "no value".
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from tongban.catalogue.api import Element, Value
from tongban.exchange.declared import PLACEHOLDER, Incoming, Outgoing, Sent
from tongban.exchange.verbs import FieldValue, Reading
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import InvalidValue, SourceWrong
from tongban.kernel.texts import Text

MISSING = object()  # a path that leads nowhere, as apart from one that leads to null
LONGEST_TEXT = 4000

_LETTERS_AND_DIGITS: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
    0x3000: " ",
}
_PUNCTUATION: dict[int, int | str] = {
    0xFF0D: "-",
    0xFF0E: ".",
    0xFF0F: "/",
    0xFF1A: ":",
    0x2212: "-",
    0xFF0C: ",",
}
_EDGES = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\ufeff"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_INTEGER = re.compile(r"-?\d{1,18}")
_CENTS = {"cents": Decimal(1), "yuan": Decimal(100), "ten_thousand_yuan": Decimal(1_000_000)}


def normalise(text: str, *, punctuation: bool = False) -> str:
    """Give the text with ASCII digits and letters and clean edges; names keep their own punctuation."""
    plain = text.translate(_LETTERS_AND_DIGITS)
    if punctuation:
        plain = plain.translate(_PUNCTUATION)
    return plain.strip(_EDGES)


def at_path(body: object, path: str) -> object:
    """Follow `data.person[0].name` into a parsed body; MISSING where it leads nowhere."""
    found = body
    for name, index in _STEP.findall(path):
        if index:
            if not isinstance(found, Sequence) or isinstance(found, str) or int(index) >= len(found):
                return MISSING
            found = found[int(index)]
        else:
            if not isinstance(found, Mapping) or name not in found:
                return MISSING
            found = found[name]
    return found


def read(source: str, element: Element, how: Incoming, record: object) -> Reading:
    """Read one element out of a record in the other system's own words."""
    if how.constant is not None:
        return Reading(how.constant)
    raw = at_path(record, how.path or "")
    if raw is MISSING:
        if how.optional:
            return Reading(None)
        raise wrong(source, f"字段 {how.path} 不在应答中", f"the field {how.path} is not in the answer")
    return read_raw(source, element, how, raw)


def read_raw(source: str, element: Element, how: Incoming, raw: object) -> Reading:
    """Read one value that stands alone: a column, a cell, a field."""
    if element.kind == "list":
        return _read_list(source, element, how, raw)
    if isinstance(raw, datetime):
        raw = civil_date(raw) if raw.tzinfo else raw.date()
    if isinstance(raw, date) and element.kind == "date":
        return Reading(raw, raw.isoformat())
    text = _as_text(source, how, raw)
    if text is None:
        return Reading(None)
    plain = normalise(text, punctuation=element.kind != "text")
    if plain == "" or plain in how.none_values:
        return Reading(None, text)
    return Reading(_parse(source, element, how, plain), text)


def conforms(element: Element, value: Value | None) -> bool:
    """Say whether a value has the element's type and, for a closed code list, is one of its codes."""
    if value is None:
        return True
    if element.kind in ("integer", "money_cents"):
        return isinstance(value, int) and not isinstance(value, bool)
    if element.kind == "boolean":
        return isinstance(value, bool)
    if element.kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if element.kind == "list":
        return isinstance(value, tuple)
    return isinstance(value, str) and _is_allowed(element, value)


def fill(sent: Sent, values: Mapping[str, FieldValue], constants: Mapping[str, str]) -> object:
    """Give what is sent for one place of a request; None where an optional field is empty.

    Raises InvalidValue where a field that the operation needs was not given.
    """
    if isinstance(sent, str):
        return PLACEHOLDER.sub(lambda found: _placeholder(found[1], values, constants), sent)
    if isinstance(sent, Outgoing):
        return _write(sent, values.get(sent.field))
    return list(sent) if isinstance(sent, tuple) else sent


def placed(values: Mapping[str, object]) -> dict[str, object]:
    """Turn dotted names into nested objects: {"legal_rep.name": x} → {"legal_rep": {"name": x}}."""
    body: dict[str, object] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        place = body
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{path} goes through a value, not an object")
            place = inner
        place[last] = value
    return body


def wrong(source: str, zh: str, en: str) -> SourceWrong:
    """Make the error for an answer that is not the source's own declared format."""
    return SourceWrong(
        "exchange.source_wrong",
        what=Text(
            f"{source} 的应答不符合约定格式：{zh}。",
            f"The answer of {source} is not in its declared form: {en}.",
        ),
        todo=Text(
            "请联系该系统的数据专员核对接口；在更正之前，相关数据按“未取得”处理，不作为“无记录”。",
            "Ask that system's data officer to compare the interface; until then these data count as late, "
            "not as absent.",
        ),
    )


def _as_text(source: str, how: Incoming, raw: object) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, int | float | Decimal):
        return str(raw)
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, str):
        if len(raw) > LONGEST_TEXT:
            raise wrong(
                source, f"{how.path} 超过 {LONGEST_TEXT} 字", f"{how.path} is over {LONGEST_TEXT} characters"
            )
        return raw
    raise wrong(source, f"{how.path} 不是单个值", f"{how.path} is not a single value")


def _parse(source: str, element: Element, how: Incoming, plain: str) -> Value:
    if how.map is not None:
        if plain not in how.map:
            raise wrong(source, f"{how.path} 出现未约定的代码", f"{how.path} holds a code nobody declared")
        value: Value = how.map[plain]
    elif element.kind == "integer":
        value = _integer(source, how, plain)
    elif element.kind == "money_cents":
        value = _cents(source, how, plain)
    elif element.kind == "date":
        value = _date(source, how, plain)
    elif element.kind == "boolean":
        if plain not in ("true", "false"):
            raise wrong(source, f"{how.path} 不是是非值", f"{how.path} is neither true nor false")
        value = plain == "true"
    else:
        value = plain
    if not conforms(element, value):
        raise wrong(
            source, f"{how.path} 的值不合 {element.code}", f"{how.path} is no value of {element.code}"
        )
    return value


def _integer(source: str, how: Incoming, plain: str) -> int:
    if not _INTEGER.fullmatch(plain):
        raise wrong(source, f"{how.path} 不是整数", f"{how.path} is not an integer")
    return int(plain)


def _cents(source: str, how: Incoming, plain: str) -> int:
    try:
        amount = Decimal(plain.replace(",", "")) * _CENTS[how.unit]
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**17:
        raise wrong(source, f"{how.path} 不是精确到分的金额", f"{how.path} is not an amount in whole cents")
    return int(amount)


def _date(source: str, how: Incoming, plain: str) -> date:
    for form in how.formats or ("%Y-%m-%d",):
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a civil day has no zone
        except ValueError:
            continue
    raise wrong(source, f"{how.path} 的日期格式未约定", f"{how.path} is in no declared date format")


def _read_list(source: str, element: Element, how: Incoming, raw: object) -> Reading:
    if raw is None or raw == "":
        return Reading(None)
    if isinstance(raw, str) and how.separator:
        parts: Sequence[object] = raw.split(how.separator)
    elif isinstance(raw, Sequence) and not isinstance(raw, str):
        parts = raw
    else:
        raise wrong(source, f"{how.path} 不是列表", f"{how.path} is not a list")
    if not all(isinstance(part, str) for part in parts):
        raise wrong(source, f"{how.path} 的列表项不是文本", f"{how.path} lists something that is no text")
    value = tuple(plain for plain in (normalise(str(part)) for part in parts) if plain)
    if not all(_is_allowed(element, part) for part in value):
        raise wrong(source, f"{how.path} 出现未约定的代码", f"{how.path} holds a code nobody declared")
    return Reading(value or None, str(raw))


def _is_allowed(element: Element, text: str) -> bool:
    if element.codes and text not in element.codes:
        return False
    return element.pattern is None or re.fullmatch(element.pattern, text) is not None


def _placeholder(name: str, values: Mapping[str, FieldValue], constants: Mapping[str, str]) -> str:
    if name in constants:
        return constants[name]
    value = values.get(name)
    if value is None:
        raise _not_given(name)
    return str(value)


def _write(how: Outgoing, value: FieldValue) -> object:
    if value is None or value == "":
        if how.missing is None and not how.optional:
            raise _not_given(how.field)
        return how.missing
    if how.map is not None:
        spoken = str(value).lower() if isinstance(value, bool) else str(value)
        if spoken not in how.map:
            raise _not_writable(how.field)
        return how.map[spoken]
    return _formed(how, value)


def _formed(how: Outgoing, value: Value | Sequence[str]) -> object:
    if isinstance(value, str):
        return value.split(how.separator) if how.separator else value
    if isinstance(value, date):
        return value.strftime(how.format or "%Y-%m-%d")
    if isinstance(value, int):  # a boolean too, which has no unit
        return value if how.unit == "cents" else _amount(value, how)
    return how.join.join(value) if how.join is not None else list(value)


def _amount(cents: int, how: Outgoing) -> str | int | float:
    amount = Decimal(cents) / _CENTS[how.unit]
    if not how.as_number:
        return f"{amount.normalize():f}"
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _not_given(field: str) -> InvalidValue:
    return InvalidValue(
        "exchange.field_missing",
        what=Text(
            f"缺少对外办理所需的字段 {field}。", f"The field {field}, needed by this operation, is missing."
        ),
        todo=Text("请在事项包中补上该字段的来源。", "Give the field a source in the pack."),
    )


def _not_writable(field: str) -> InvalidValue:
    return InvalidValue(
        "exchange.field_unmapped",
        what=Text(
            f"字段 {field} 的取值在连接器中没有对照。",
            f"The value of the field {field} has no counterpart there.",
        ),
        todo=Text("请在连接器声明的 map 中补上对照。", "Add the counterpart to `map` in the connector."),
    )
