"""A small vocabulary, parameters and rows of facts that the tests of rules speak about."""

import random
from collections.abc import Mapping
from datetime import date

from tongban.kernel.texts import Text
from tongban.rules import api as rules
from tongban.rules.api import (
    NONE_ON_RECORD,
    DatedValue,
    ElementType,
    Fact,
    Kind,
    Parameter,
    Parameters,
    Records,
)

VOCABULARY: Mapping[str, ElementType] = {
    "person.age_claimed": ElementType(Kind.INTEGER, Text("自报年龄", "claimed age")),
    "person.children": ElementType(Kind.INTEGER, Text("子女数", "number of children")),
    "person.income_cents": ElementType(Kind.MONEY, Text("月收入", "monthly income")),
    "person.savings_cents": ElementType(Kind.MONEY, Text("存款", "savings")),
    "person.birth_date": ElementType(Kind.DATE, Text("出生日期", "date of birth")),
    "person.office_bar_until": ElementType(Kind.DATE, Text("任职限制截止日", "end of the office bar")),
    "person.name": ElementType(Kind.TEXT, Text("姓名", "name")),
    "person.alias": ElementType(Kind.TEXT, Text("曾用名", "former name")),
    "person.real_name_matched": ElementType(Kind.BOOLEAN, Text("实名核验一致", "real name matched")),
    "person.deceased": ElementType(Kind.BOOLEAN, Text("已死亡", "deceased")),
    "place.usage": ElementType(
        Kind.CODE,
        Text("房屋用途", "use of the premises"),
        codes={
            "commercial": Text("商业", "commercial"),
            "residential": Text("住宅", "residential"),
            "mixed": Text("商住混合", "mixed"),
        },
    ),
    "place.division": ElementType(Kind.CODE, Text("所在区划", "division")),
    "company.shareholders": ElementType(
        Kind.LIST,
        Text("股东", "shareholders"),
        fields={
            "name": ElementType(Kind.TEXT, Text("股东姓名", "shareholder's name")),
            "birth_date": ElementType(Kind.DATE, Text("股东出生日期", "shareholder's date of birth")),
            "contribution_cents": ElementType(Kind.MONEY, Text("认缴出资额", "contribution")),
            "shares": ElementType(Kind.INTEGER, Text("股数", "shares")),
            "confirmed": ElementType(Kind.BOOLEAN, Text("本人确认", "confirmed in person")),
            "role": ElementType(Kind.CODE, Text("角色", "role")),
        },
    ),
}
GB = Text("测试用依据", "a basis for tests")
PARAMETERS = Parameters.of(
    [
        Parameter(
            "pension_age",
            Text("起领年龄", "starting age"),
            Kind.INTEGER,
            "filing",
            (DatedValue(date(2020, 1, 1), 60, GB, "found"), DatedValue(date(2026, 1, 1), 65, GB, "found")),
        ),
        Parameter(
            "income_limit",
            Text("收入上限", "income limit"),
            Kind.MONEY,
            "month_of_payment",
            (
                DatedValue(date(2024, 7, 1), 200_000, GB, "found"),
                DatedValue(date(2027, 1, 1), None, GB, "found"),
            ),
        ),
        Parameter(
            "scheme_start",
            Text("制度起始日", "start of the scheme"),
            Kind.DATE,
            "event",
            (DatedValue(date(2000, 1, 1), date(2024, 2, 29), GB, "recalled"),),
        ),
    ]
)
DATES = {
    "filing_date": date(2026, 7, 1),
    "acceptance_date": date(2026, 7, 3),
    "month_of_payment": date(2026, 8, 1),
    "event_date": date(2024, 2, 29),
}

# Values that meet each other often, and the ends of what 64 bits and the calendar hold.
INTEGERS = (0, 1, 2, 3, 17, 18, 64, 65, -1, -7, 100, 2**31, 2**62, 2**63 - 1, -(2**63))
MONEYS = (0, 1, 50, 99, 150, 200_000, 200_001, -250, 3_000_000, 2**63 - 1, -(2**63))
DAYS = (
    date(1961, 7, 1),
    date(1961, 7, 2),
    date(2000, 2, 29),
    date(2001, 2, 28),
    date(2024, 2, 29),
    date(2025, 12, 31),
    date(2026, 1, 31),
    date(2026, 7, 1),
    date.min,
    date.max,
)
TEXTS = ("", "a", "A", "云溪", "it's", "ß", "ss", "e\u0301", "é", "a ", "100%_", 'say "x"')
VALUES: Mapping[Kind, tuple[Fact, ...]] = {
    Kind.INTEGER: INTEGERS,
    Kind.MONEY: MONEYS,
    Kind.DATE: DAYS,
    Kind.TEXT: TEXTS,
    Kind.CODE: ("commercial", "residential", "mixed", "990121"),
    Kind.BOOLEAN: (True, False),
}


def value_of(kind: Kind, chance: random.Random) -> rules.Scalar:
    """Choose a value of a kind."""
    value = chance.choice(VALUES[kind])
    assert not isinstance(value, Records | rules.NoneOnRecord)
    return value


def fact_of(code: str, chance: random.Random, unknown: float) -> Fact | None:
    """Choose a fact, unknown with some probability, sometimes with nothing on record."""
    element = VOCABULARY[code]
    if chance.random() < unknown:
        return None
    if element.kind is not Kind.LIST:
        return NONE_ON_RECORD if chance.random() < 0.07 else value_of(element.kind, chance)
    rows = tuple(
        {
            name: None if chance.random() < unknown / 2 else value_of(field.kind, chance)
            for name, field in (element.fields or {}).items()
        }
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))
    )
    return Records(rows, complete=chance.random() < 0.85)


def people(count: int, seed: int) -> list[dict[str, Fact | None]]:
    """Make rows of facts: everything unknown, everything known, and much between."""
    chance = random.Random(seed)
    rows: list[dict[str, Fact | None]] = [dict.fromkeys(VOCABULARY)]
    for number in range(count - 1):
        unknown = (0.0, 0.1, 0.3, 0.6)[number % 4]
        rows.append({code: fact_of(code, chance, unknown) for code in VOCABULARY})
    return rows
