"""The kinds of value that a rule may speak of, and the vocabulary that names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Final

from tongban.kernel.errors import InvalidValue
from tongban.kernel.texts import Text

LEAST_INTEGER: Final = -(2**63)
MOST_INTEGER: Final = 2**63 - 1  # a rule's integers fit 64 bits, on every engine that runs it


class Kind(StrEnum):
    """What a value is; money never mixes with plain integers, a code never with free text."""

    INTEGER = "integer"
    MONEY = "money_cents"
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    CODE = "code"
    LIST = "list"

    @property
    def spoken(self) -> Text:
        return KIND_NAMES[self]


KIND_NAMES: Final[Mapping[Kind, Text]] = {
    Kind.INTEGER: Text("整数", "an integer"),
    Kind.MONEY: Text("金额", "an amount of money"),
    Kind.TEXT: Text("文本", "a text"),
    Kind.DATE: Text("日期", "a date"),
    Kind.BOOLEAN: Text("是否", "true or false"),
    Kind.CODE: Text("代码", "a code"),
    Kind.LIST: Text("记录列表", "a list of records"),
}
ORDERED: Final = frozenset({Kind.INTEGER, Kind.MONEY, Kind.DATE})
NUMERIC: Final = frozenset({Kind.INTEGER, Kind.MONEY})


class NoneOnRecord(Enum):
    """The answer of a source that looked and found nothing: known, and not a value."""

    NONE_ON_RECORD = "none_on_record"


NONE_ON_RECORD: Final = NoneOnRecord.NONE_ON_RECORD
Scalar = int | str | date | bool
Row = Mapping[str, Scalar | None]


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records and whether it is known to be the whole list.

    A list that is not complete is unknown to a rule, whatever its rows say.
    """

    rows: tuple[Row, ...]
    complete: bool


Fact = Scalar | Records | NoneOnRecord
Facts = Mapping[str, Fact | None]


@dataclass(frozen=True, slots=True)
class ElementType:
    """What a rule knows of an element: its kind, how it is spoken of, and what it is made of.

    `codes` closes a code list (code → meaning); `fields` are the columns of a list's records.
    """

    kind: Kind
    name: Text
    codes: Mapping[str, Text] | None = None
    fields: "Mapping[str, ElementType] | None" = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.LIST) != (self.fields is not None):
            raise ValueError(f"fields belong to lists and to nothing else: {self.name.en}")
        if any(part.kind is Kind.LIST for part in (self.fields or {}).values()):
            raise ValueError(f"a list inside a list cannot be spoken of in a rule: {self.name.en}")


Vocabulary = Mapping[str, ElementType]


def fits(kind: Kind, value: object) -> bool:
    """Say whether a value is of a kind; a boolean is no integer and a moment is no date."""
    if kind is Kind.INTEGER or kind is Kind.MONEY:
        return type(value) is int and LEAST_INTEGER <= value <= MOST_INTEGER
    if kind is Kind.TEXT or kind is Kind.CODE:
        return isinstance(value, str)
    if kind is Kind.DATE:
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind is Kind.BOOLEAN:
        return type(value) is bool
    return isinstance(value, Records)


def read_fact(code: str, element: ElementType, fact: object) -> Fact | None:
    """Give the fact as rules see it, or refuse one that is not of its element's kind.

    Nothing on record of a yes-or-no element reads as no: nobody found on a list of debtors is one.
    """
    if fact is None:
        return None
    if fact is NONE_ON_RECORD:
        return False if element.kind is Kind.BOOLEAN else NONE_ON_RECORD
    if not fits(element.kind, fact):
        raise _other_kind(code, element.kind, fact)
    if isinstance(fact, Records):
        return _read_records(code, element.fields or {}, fact)
    assert isinstance(fact, int | str | date)  # noqa: S101 - fits() above has said so
    return fact


def _read_records(code: str, fields: Vocabulary, records: Records) -> Records:
    for row in records.rows:
        for name, field in fields.items():
            value = row.get(name)
            if value is not None and not fits(field.kind, value):
                raise _other_kind(f"{code}.{name}", field.kind, value)
    return records


def _other_kind(code: str, kind: Kind, value: object) -> InvalidValue:
    given = type(value).__name__
    return InvalidValue(
        "rules.fact_of_another_kind",
        what=Text(
            zh=f"“{code}”应为{kind.spoken.zh}，实际得到的是{given}类型的值。",
            en=f"{code} takes {kind.spoken.en}; what was given is of type {given}.",
        ),
        todo=Text(
            zh="请按数据元的类型给出事实；整数和金额须在64位有符号整数范围内。",
            en="Give facts in their element's kind; integers and money fit 64 bits, signed.",
        ),
    )
