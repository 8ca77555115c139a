"""The rows on which engines differ, laws are misread and programs go wrong: what must come of each.

(what it shows, expression, facts, what must come of it); UNKNOWN where nothing may be decided.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from tongban.rules.api import NONE_ON_RECORD, Fact, Records, Scalar

UNKNOWN: Final = None
BORN = "person.birth_date"
MOST, LEAST = 2**63 - 1, -(2**63)


def born(year: int, month: int, day: int) -> dict[str, Fact | None]:
    return {BORN: date(year, month, day)}


def shareholders(*confirmed: bool | None, complete: bool = True) -> dict[str, Fact | None]:
    rows = tuple({"confirmed": said, "contribution_cents": 100, "shares": 1} for said in confirmed)
    return {"company.shareholders": Records(rows, complete)}


def counted(*shares: int | None) -> dict[str, Fact | None]:
    return {"company.shareholders": Records(tuple({"shares": number} for number in shares), True)}


Row = tuple[str, str, Mapping[str, Fact | None], Scalar | None]
AGE = "age_on(person.birth_date, DATE '2026-07-01')"
LEAP = "age_on(person.birth_date, DATE '2025-02-28')"
EVERY = "every(company.shareholders, each.confirmed)"
SOME = "some(company.shareholders, each.confirmed)"
HALF = "divide(person.income_cents, 2, 'half_up')"
IN_CASE = "CASE WHEN person.deceased THEN 1 WHEN person.real_name_matched THEN 2 ELSE 3 END"

AGES: Final[tuple[Row, ...]] = (
    ("65 on the birthday itself", AGE, born(1961, 7, 1), 65),
    ("64 on the day before the birthday", AGE, born(1961, 7, 2), 64),
    ("65 on the day after the birthday", AGE, born(1961, 6, 30), 65),
    (
        "a year's boundary adds no year",
        "age_on(person.birth_date, DATE '2026-01-01')",
        born(1961, 12, 31),
        64,
    ),
    ("nobody is 0 years old before birth", AGE, born(2026, 7, 2), UNKNOWN),
    ("0 on the day of birth", AGE, born(2026, 7, 1), 0),
    ("29 February is completed on 28 February of a common year", LEAP, born(2024, 2, 29), 1),
    (
        "29 February is not completed on 27 February",
        "age_on(person.birth_date, DATE '2025-02-27')",
        born(2024, 2, 29),
        0,
    ),
    (
        "29 February waits for the 29th of a leap year",
        "age_on(person.birth_date, DATE '2028-02-28')",
        born(2024, 2, 29),
        3,
    ),
    (
        "born on 28 February, a year later in a leap year",
        "age_on(person.birth_date, DATE '2024-02-28')",
        born(2023, 2, 28),
        1,
    ),
    ("an age nobody knows", f"{AGE} >= 65", {}, UNKNOWN),
    (
        "from the first day of the calendar to the last",
        "age_on(DATE '0001-01-01', DATE '9999-12-31')",
        {},
        9998,
    ),
)
MONTHS: Final[tuple[Row, ...]] = (
    (
        "the 31st plus a month is February's last day",
        "add_months(DATE '2026-01-31', 1)",
        {},
        date(2026, 2, 28),
    ),
    ("the 31st plus a month in a leap year", "add_months(DATE '2024-01-31', 1)", {}, date(2024, 2, 29)),
    ("the month's end is not remembered", "add_months(DATE '2026-02-28', 1)", {}, date(2026, 3, 28)),
    ("back a month from the 31st", "add_months(DATE '2026-03-31', -1)", {}, date(2026, 2, 28)),
    ("twelve months from 29 February", "add_months(DATE '2024-02-29', 12)", {}, date(2025, 2, 28)),
    ("over the year's end", "add_months(DATE '2025-11-30', 3)", {}, date(2026, 2, 28)),
    ("off the calendar's end", "add_months(DATE '9999-12-01', 1)", {}, UNKNOWN),
    ("off the calendar's beginning", "add_months(DATE '0001-01-31', -1)", {}, UNKNOWN),
    ("an absurd number of months", f"add_months(DATE '2026-01-01', {MOST})", {}, UNKNOWN),
    ("back an absurd number of months", f"add_months(DATE '2026-01-01', {LEAST})", {}, UNKNOWN),
    ("a month is complete on its last day", "full_months(DATE '2026-01-31', DATE '2026-02-28')", {}, 1),
    ("a day before it is not", "full_months(DATE '2026-01-31', DATE '2026-02-27')", {}, 0),
    ("31 January to 30 March is one month", "full_months(DATE '2026-01-31', DATE '2026-03-30')", {}, 1),
    ("the same day is no month", "full_months(DATE '2026-01-31', DATE '2026-01-31')", {}, 0),
    ("months do not run backwards", "full_months(DATE '2026-02-01', DATE '2026-01-31')", {}, UNKNOWN),
)
LISTS: Final[tuple[Row, ...]] = (
    ("every of an empty list holds", EVERY, shareholders(), True),
    ("some of an empty list does not", SOME, shareholders(), False),
    ("an empty list counts none", "count_of(company.shareholders)", shareholders(), 0),
    ("an empty list sums to nothing", "sum_of(company.shareholders, each.shares)", shareholders(), 0),
    (
        "an incomplete list is unknown though all its rows hold",
        EVERY,
        shareholders(True, complete=False),
        UNKNOWN,
    ),
    ("an incomplete list is unknown though a row fails", EVERY, shareholders(False, complete=False), UNKNOWN),
    ("an incomplete list is unknown though a row holds", SOME, shareholders(True, complete=False), UNKNOWN),
    (
        "an incomplete list has no count",
        "count_of(company.shareholders)",
        shareholders(True, complete=False),
        UNKNOWN,
    ),
    ("an incomplete list is not known", "known(company.shareholders)", shareholders(complete=False), False),
    ("a list that nobody gave is unknown", EVERY, {}, UNKNOWN),
    ("one false decides every, unknown or not", EVERY, shareholders(True, None, False), False),
    ("one unknown leaves every unknown", EVERY, shareholders(True, None), UNKNOWN),
    ("one true decides some, unknown or not", SOME, shareholders(None, True), True),
    ("one unknown leaves some unknown", SOME, shareholders(False, None), UNKNOWN),
    (
        "a count with an unknown row is unknown",
        "count_of(company.shareholders, each.confirmed)",
        shareholders(True, None),
        UNKNOWN,
    ),
    (
        "a count of those that hold",
        "count_of(company.shareholders, each.confirmed)",
        shareholders(True, False),
        1,
    ),
    (
        "a sum with an unknown row is unknown",
        "sum_of(company.shareholders, each.shares)",
        counted(1, None),
        UNKNOWN,
    ),
    (
        "a sum that passes beyond 64 bits and comes back",
        "sum_of(company.shareholders, each.shares)",
        counted(MOST, 1, -1),
        MOST,
    ),
    ("a sum beyond 64 bits", "sum_of(company.shareholders, each.shares)", counted(MOST, 1), UNKNOWN),
    (
        "a record beside a fact of the person",
        "some(company.shareholders, each.contribution_cents = person.income_cents)",
        shareholders(True) | {"person.income_cents": 100},
        True,
    ),
)
LOGIC: Final[tuple[Row, ...]] = (
    ("NOT of unknown is unknown", "NOT person.deceased", {}, UNKNOWN),
    ("unknown AND false is false", "person.deceased AND FALSE", {}, False),
    ("unknown AND true is unknown", "person.deceased AND TRUE", {}, UNKNOWN),
    ("unknown OR true is true", "person.deceased OR TRUE", {}, True),
    ("unknown OR false is unknown", "person.deceased OR FALSE", {}, UNKNOWN),
    ("unknown equals nothing, not even itself", "person.name = person.name", {}, UNKNOWN),
    ("IN with unknown is unknown", "person.children IN (1, 2)", {}, UNKNOWN),
    ("NOT IN with unknown is unknown", "person.children NOT IN (1, 2)", {}, UNKNOWN),
    (
        "BETWEEN is decided by the bound that fails",
        "person.children BETWEEN 3 AND person.age_claimed",
        {"person.children": 2},
        False,
    ),
    (
        "BETWEEN waits for the other bound",
        "person.children BETWEEN 1 AND person.age_claimed",
        {"person.children": 2},
        UNKNOWN,
    ),
    ("BETWEEN holds both its ends", "person.children BETWEEN 2 AND 2", {"person.children": 2}, True),
    ("CASE with an unknown condition is unknown", IN_CASE, {"person.real_name_matched": True}, UNKNOWN),
    (
        "CASE passes a condition that is false",
        IN_CASE,
        {"person.deceased": False, "person.real_name_matched": True},
        2,
    ),
    ("CASE does not look behind the condition that holds", IN_CASE, {"person.deceased": True}, 1),
    ("CASE gives an unknown value unknown", "CASE WHEN TRUE THEN person.children ELSE 1 END", {}, UNKNOWN),
    ("CASE in a condition that is unknown", "CASE WHEN person.deceased THEN TRUE ELSE TRUE END", {}, UNKNOWN),
    ("known of an unknown is false", "known(person.name)", {}, False),
    ("known of a false is true", "known(person.deceased)", {"person.deceased": False}, True),
    ("known of an empty text is true", "known(person.name)", {"person.name": ""}, True),
    (
        "a yes-or-no with nothing on record is no",
        "person.deceased",
        {"person.deceased": NONE_ON_RECORD},
        False,
    ),
    (
        "nothing on record is known",
        "known(person.office_bar_until)",
        {"person.office_bar_until": NONE_ON_RECORD},
        True,
    ),
    (
        "nothing on record has no value",
        "person.office_bar_until < DATE '2026-07-01'",
        {"person.office_bar_until": NONE_ON_RECORD},
        UNKNOWN,
    ),
    (
        "no bar on record, or a bar that is over",
        "none_on_record(person.office_bar_until) OR person.office_bar_until < DATE '2026-07-01'",
        {"person.office_bar_until": NONE_ON_RECORD},
        True,
    ),
    (
        "a bar on record that runs",
        "none_on_record(person.office_bar_until) OR person.office_bar_until < DATE '2026-07-01'",
        {"person.office_bar_until": date(2027, 1, 1)},
        False,
    ),
    (
        "no answer about a bar",
        "none_on_record(person.office_bar_until) OR person.office_bar_until < DATE '2026-07-01'",
        {},
        UNKNOWN,
    ),
    ("texts differ by case", "person.name = 'A'", {"person.name": "a"}, False),
    ("texts differ by accents written apart", "person.name = 'é'", {"person.name": "e\u0301"}, False),
    ("texts keep their trailing space", "person.name = 'a'", {"person.name": "a "}, False),
    ("a quote in a text", "person.name = 'it''s'", {"person.name": "it's"}, True),
)
NUMBERS: Final[tuple[Row, ...]] = (
    ("half a cent goes up", HALF, {"person.income_cents": 3}, 2),
    ("half a cent owed goes away from zero", HALF, {"person.income_cents": -3}, -2),
    ("nothing is rounded from nothing", HALF, {"person.income_cents": 0}, 0),
    ("down drops the rest", "divide(person.children, 3, 'down')", {"person.children": 8}, 2),
    (
        "down drops the rest of a negative toward zero",
        "divide(person.children, 3, 'down')",
        {"person.children": -8},
        -2,
    ),
    ("up takes any rest", "divide(person.children, 3, 'up')", {"person.children": 7}, 3),
    (
        "up takes any rest of a negative away from zero",
        "divide(person.children, 3, 'up')",
        {"person.children": -7},
        -3,
    ),
    ("up leaves what divides evenly", "divide(person.children, 3, 'up')", {"person.children": -6}, -2),
    ("a negative divisor, half", "divide(person.children, -2, 'half_up')", {"person.children": 3}, -2),
    ("two negatives, half", "divide(person.children, -2, 'half_up')", {"person.children": -3}, 2),
    ("two negatives, up", "divide(person.children, -2, 'up')", {"person.children": -3}, 2),
    ("less than half goes down", "divide(person.children, 3, 'half_up')", {"person.children": 1}, 0),
    ("more than half goes up", "divide(person.children, 3, 'half_up')", {"person.children": 2}, 1),
    ("a division by zero has no value", "divide(1, person.children, 'up')", {"person.children": 0}, UNKNOWN),
    (
        "a division by zero decides nothing",
        "divide(1, person.children, 'up') > 0",
        {"person.children": 0},
        UNKNOWN,
    ),
    (
        "the least number divided by -1",
        "divide(person.children, -1, 'half_up')",
        {"person.children": LEAST},
        UNKNOWN,
    ),
    (
        "the least number halved",
        "divide(person.children, 2, 'half_up')",
        {"person.children": LEAST},
        -(2**62),
    ),
    (
        "the largest number, rounded by a large divisor",
        f"divide(person.children, {MOST - 1}, 'up')",
        {"person.children": MOST},
        2,
    ),
    ("beyond 64 bits by adding", "person.children + 1", {"person.children": MOST}, UNKNOWN),
    ("beyond 64 bits by taking away", "person.children - 1", {"person.children": LEAST}, UNKNOWN),
    (
        "beyond 64 bits by multiplying",
        "person.children * person.children",
        {"person.children": 2**32},
        UNKNOWN,
    ),
    (
        "beyond 64 bits on the way, though the end would fit",
        "person.children + 1 - 1",
        {"person.children": MOST},
        UNKNOWN,
    ),
    ("overflow decides nothing", "person.children * 2 > 0", {"person.children": MOST}, UNKNOWN),
    ("overflow beside a false", "person.children * 2 > 0 AND FALSE", {"person.children": MOST}, False),
    ("the largest number itself", f"person.children = {MOST}", {"person.children": MOST}, True),
    ("the least number itself", f"person.children = {LEAST}", {"person.children": LEAST}, True),
    ("nothing times unknown is unknown", "0 * person.children", {}, UNKNOWN),
)
HARD_ROWS: Final = (*AGES, *MONTHS, *LISTS, *LOGIC, *NUMBERS)
