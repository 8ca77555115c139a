"""Enterprises with synthetic credit codes and names of which no two clash."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import gcd
from random import Random

from demo.characters import CITY, EAST, WEST
from demo.checks import CREDIT_ALPHABET, credit_code
from demo.land_files import Place
from demo.making.people import Resident, TooMany
from demo.making.tables import INDUSTRIES, SCOPES, WORD_FIRST, WORD_SECOND

DIVISION_WORDS = {CITY: "云溪市", EAST: "云东县", WEST: "云西县"}
NAMES = len(WORD_FIRST) * len(WORD_SECOND) * len(INDUSTRIES)
CAPITALS = (3, 5, 10, 10, 20, 30, 50, 50, 100, 100, 200, 500, 1000, 3.5)
COMPANY, SOLE_COMPANY, INDIVIDUAL = "1130", "1151", "9500"
LIVE, REVOKED, CANCELLED = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise as it truly is; dates are YYYY-MM-DD or empty."""

    credit_code: str
    name: str
    trade_word: str
    industry: str
    form: str
    name_division: str
    kind: str
    status: str
    capital: float | None
    established_on: str
    cancelled_on: str
    registered_at: str
    place: Place
    director: Resident
    scope: str


class Founding:
    """Founds enterprises one after another."""

    def __init__(self, chance: Random, on: date) -> None:
        self.chance, self.on = chance, on
        self._count = 0
        self._names = _every_name(chance)

    def found(self, director: Resident, place: Place) -> Firm:
        """An enterprise of this director at this place, some years or months ago."""
        chance = self.chance
        self._count += 1
        word, industry = self._name()
        division = CITY if chance.random() < 0.5 else director.division
        kind = (COMPANY, COMPANY, SOLE_COMPANY, INDIVIDUAL)[int(chance.random() * 4)]
        form = ("店" if chance.random() < 0.6 else "经营部") if kind == INDIVIDUAL else "有限公司"
        founded = self.on - timedelta(
            days=30 + int(chance.random() * min(7000, _adult_days(director, self.on)))
        )
        status = _status(chance.random())
        gone = founded + timedelta(days=int(chance.random() * (self.on - founded).days))
        return Firm(
            credit_code=credit_code(director.division, _organisation(self._count), category=_category(kind)),
            name=f"{DIVISION_WORDS[division]}{word}{industry}{form}",
            trade_word=word,
            industry=industry,
            form=form,
            name_division=division,
            kind=kind,
            status=status,
            capital=None if kind == INDIVIDUAL else CAPITALS[int(chance.random() * len(CAPITALS))],
            established_on=founded.isoformat(),
            cancelled_on=gone.isoformat() if status == CANCELLED else "",
            registered_at=director.division,
            place=place,
            director=director,
            scope=SCOPES.get(industry, f"{industry}相关经营活动"),
        )

    def _name(self) -> tuple[str, str]:
        for name in self._names:
            return name
        raise TooMany(f"more than {NAMES} enterprises: ask for fewer people")


def _status(drawn: float) -> str:
    if drawn < 0.91:
        return LIVE
    return CANCELLED if drawn < 0.97 else REVOKED


def _category(kind: str) -> str:
    return "2" if kind == INDIVIDUAL else "1"


def _adult_days(director: Resident, on: date) -> int:
    return max(1, (on - director.birth).days - 18 * 366)


def _organisation(count: int) -> str:
    digits = ""
    for _ in range(5):
        count, digit = divmod(count, len(CREDIT_ALPHABET))
        digits = CREDIT_ALPHABET[digit] + digits
    return f"MAG{digits}"


def _every_name(chance: Random) -> Iterator[tuple[str, str]]:
    # A stride without a common factor visits every pair of words and industry once, in no visible order
    # and without a list of those taken.
    stride = NAMES * 5 // 13 + int(chance.random() * 1000)
    while gcd(stride, NAMES) != 1:
        stride += 1
    position = int(chance.random() * NAMES)
    for _ in range(NAMES):
        position = (position + stride) % NAMES
        words, industry = divmod(position, len(INDUSTRIES))
        first, second = divmod(words, len(WORD_SECOND))
        yield WORD_FIRST[first] + WORD_SECOND[second], INDUSTRIES[industry]
