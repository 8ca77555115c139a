"""Values of rules as plain data and back: what YAML rows and decision records hold.

Integers and money are written as decimal texts in records, because canonical JSON (RFC 8785) carries
none beyond 2^53; rows of YAML may write them as numbers.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text
from tongban.rules.kinds import (
    NONE_ON_RECORD,
    NUMERIC,
    ElementType,
    Fact,
    Kind,
    NoneOnRecord,
    Records,
    Scalar,
    fits,
)

NOTHING: Final = {"status": "none_on_record"}
WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,19}")


def plain_scalar(value: Scalar | None) -> str | bool | None:
    """Give a value as a record holds it."""
    if value is None or isinstance(value, bool | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def plain_fact(fact: Fact | None, fields: Collection[str] = ()) -> object:
    """Give a fact as a record holds it; of a list's records only the named fields."""
    if isinstance(fact, NoneOnRecord):
        return dict(NOTHING)
    if isinstance(fact, Records):
        rows = [{name: plain_scalar(row.get(name)) for name in fields} for row in fact.rows]
        return {"complete": fact.complete, "rows": rows}
    return plain_scalar(fact)


def read_scalar(kind: Kind, plain: object, name: str) -> Scalar | None:
    """Read a value of a kind from plain data, or explain; None stays None."""
    if plain is None:
        return None
    value = plain
    if isinstance(plain, str) and kind is Kind.DATE:
        value = _read_date(plain, name)
    elif isinstance(plain, str) and kind in NUMERIC and WHOLE_NUMBER.fullmatch(plain):
        value = int(plain)
    if kind is Kind.LIST or not fits(kind, value):
        raise _refusal(name, kind)
    assert isinstance(value, int | str | date)  # noqa: S101 - fits() above has said so
    return value


def read_plain_fact(element: ElementType, plain: object, name: str) -> Fact | None:
    """Read a fact from plain data: a value, {status: none_on_record}, or {complete: …, rows: […]}."""
    if plain == NOTHING:
        return NONE_ON_RECORD
    if element.kind is not Kind.LIST:
        return read_scalar(element.kind, plain, name)
    if plain is None:
        return None
    if not isinstance(plain, Mapping) or plain.keys() != {"complete", "rows"}:
        raise _refusal(name, Kind.LIST)
    complete, rows = plain["complete"], plain["rows"]
    if not isinstance(complete, bool) or not isinstance(rows, Sequence) or isinstance(rows, str):
        raise _refusal(name, Kind.LIST)
    return Records(tuple(_read_row(element, row, name) for row in rows), complete)


def _read_row(element: ElementType, row: object, name: str) -> Mapping[str, Scalar | None]:
    fields = element.fields or {}
    if not isinstance(row, Mapping):
        raise _refusal(name, Kind.LIST)
    for field in row:
        if field not in fields:
            raise InvalidValue(
                "rules.unknown_field",
                what=Text(f"“{name}”的记录没有字段“{field}”。", f"Records of {name} have no `{field}`."),
                todo=Text(f"可用字段：{', '.join(fields)}。", f"They have: {', '.join(fields)}."),
            )
    return {
        field: read_scalar(told.kind, row.get(field), f"{name}.{field}") for field, told in fields.items()
    }


def _read_date(plain: str, name: str) -> date:
    try:
        if len(plain) != len("2026-01-31"):
            raise ValueError
        return date.fromisoformat(plain)
    except ValueError as trouble:
        raise _refusal(name, Kind.DATE) from trouble


EXAMPLES: Final[Mapping[Kind, str]] = {
    Kind.INTEGER: "3",
    Kind.MONEY: "300000",
    Kind.TEXT: "云溪面馆",
    Kind.CODE: "commercial",
    Kind.DATE: "2026-01-31",
    Kind.BOOLEAN: "true",
    Kind.LIST: "{complete: true, rows: [{…}]}",
}


def _refusal(name: str, kind: Kind) -> InvalidValue:
    return InvalidValue(
        "rules.value_of_another_kind",
        what=Text(
            zh=f"“{name}”的值应为{kind.spoken.zh}。", en=f"The value of {name} should be {kind.spoken.en}."
        ),
        todo=Text(
            zh=f"请写成这样：{EXAMPLES[kind]}；来源查无记录写{{status: none_on_record}}，未知则省略。",
            en=f"Write it like {EXAMPLES[kind]}, {{status: none_on_record}} for nothing, or leave it out.",
        ),
    )
