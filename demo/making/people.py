"""People in households: random, valid, and nobody real."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.characters import COUNTIES, EAST, TOWNS, WEST
from demo.checks import resident_id
from demo.land_files import Place
from demo.making.tables import (
    EAST_ROADS,
    MEN_OLD,
    MEN_YOUNG,
    SURNAMES,
    VARIANTS,
    WEST_ROADS,
    WOMEN_OLD,
    WOMEN_YOUNG,
)

ROADS = {EAST: EAST_ROADS, WEST: WEST_ROADS}
FIRST_HOUSEHOLD = 100  # below are the fixed characters'
FIRST_ROAD = 3  # roads 0001 and 0002 are the fixed characters'
DAY_ZERO = date(1900, 1, 1).toordinal()
HEAD, SPOUSE, SON, DAUGHTER, PARENT = "01", "10", "20", "30", "50"
DAYS_A_YEAR = 365.2425
MOST_A_DAY = 440  # sequences 001–899 of one sex; from 900 on are the fixed characters'


class TooMany(ValueError):
    """More people than the synthetic ID space holds; ask for fewer."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One person as they truly are; `sex` is 1 男 or 2 女."""

    number: str
    name: str
    sex: str
    birth: date
    division: str
    household: str
    relation: str
    place: Place
    mobile: str
    deceased_on: str

    @property
    def area(self) -> str:
        """Division named in the ID."""
        return self.number[:6]


class Registrar:
    """Hands out numbers that are never handed out twice, in memory that does not grow with the city."""

    def __init__(self) -> None:
        self._births = {area: array("H", bytes(2 * 2 * 60_000)) for area in COUNTIES}
        self._homes = {area: array("I", bytes(4 * 100)) for area in COUNTIES}
        self._households = dict.fromkeys(COUNTIES, FIRST_HOUSEHOLD)
        self._mobiles = 10_000

    def number(self, area: str, birth: date, sex: str) -> str:
        """A resident ID; raises TooMany where a day is full."""
        slot = (birth.toordinal() - DAY_ZERO) * 2 + (sex == "2")
        count = self._births[area][slot]
        if count >= MOST_A_DAY:
            raise TooMany(f"more than {MOST_A_DAY} people of one sex born on {birth}: ask for fewer people")
        self._births[area][slot] = count + 1
        return resident_id(area, birth, count * 2 + (2 if sex == "2" else 1))

    def household(self, area: str) -> str:
        """A household number."""
        self._households[area] += 1
        return f"{area}{self._households[area]:09d}"

    def mobile(self) -> str:
        """A mobile number with the demonstration's prefix."""
        self._mobiles += 1
        return f"100{self._mobiles:08d}"

    def home(self, area: str, road: int, updated: str) -> Place:
        """The next dwelling of a road: buildings of five floors, two units, three doors a landing."""
        count = self._homes[area][road]
        self._homes[area][road] = count + 1
        building, rest = divmod(count, 30)
        unit, rest = divmod(rest, 15)
        floor, door = divmod(rest, 3)
        town, words = TOWNS[area]
        text = f"{words}{ROADS[area][road]}{building + 1}号{unit + 1}单元{floor + 1}0{door + 1}室"
        code = f"{town}{road + FIRST_ROAD:04d}{count + 1:06d}"
        return Place(code, text, area, town, "住宅", "正常", updated)

    def shop(self, area: str, road: int, updated: str) -> Place:
        """The next shop of a road; its places are numbered from 500001."""
        slot = 50 + road
        count = self._homes[area][slot]
        self._homes[area][slot] = count + 1
        town, words = TOWNS[area]
        text = f"{words}{ROADS[area][road]}商铺{count + 1}号"
        code = f"{town}{road + FIRST_ROAD:04d}{count + 500_001:06d}"
        return Place(code, text, area, town, "商业", "正常", updated)


class City:
    """Makes households until the city is full."""

    def __init__(self, chance: Random, registrar: Registrar, on: date) -> None:
        self.chance, self.registrar, self.on = chance, registrar, on

    def households(self, people: int) -> Iterator[list[Resident]]:
        """Households of exactly so many people in all, one after another."""
        left = people
        while left > 0:
            members = self._household()[:left]
            left -= len(members)
            yield members

    def _household(self) -> list[Resident]:
        chance = self.chance
        area = EAST if chance.random() < 0.58 else WEST
        place = self.registrar.home(area, int(chance.random() * len(ROADS[area])), self.day(3000))
        number = self.registrar.household(area)
        age = 22 + chance.random() * 68
        sex = "1" if chance.random() < 0.7 else "2"
        head = self._person(area, number, place, age, sex, HEAD, "")
        members = [head]
        kind = chance.random()
        if kind < 0.22:
            return members
        if kind < 0.90:
            other = "2" if sex == "1" else "1"
            members.append(
                self._person(area, number, place, age - 4 + chance.random() * 6, other, SPOUSE, "")
            )
        if kind < 0.45:
            return members
        for _ in range(1 if chance.random() < 0.55 else 2):
            child_age = age - 23 - chance.random() * 10
            if child_age > 0:
                members.append(self._child(head, child_age))
        if kind > 0.80 and age < 60:
            sex = "1" if chance.random() < 0.4 else "2"
            surname = head.name[0] if sex == "1" else ""
            members.append(
                self._person(area, number, place, age + 24 + chance.random() * 8, sex, PARENT, surname)
            )
        return members

    def _child(self, head: Resident, age: float) -> Resident:
        sex = "1" if self.chance.random() < 0.52 else "2"
        relation = SON if sex == "1" else DAUGHTER
        return self._person(head.division, head.household, head.place, age, sex, relation, head.name[0])

    def _person(
        self, area: str, household: str, place: Place, age: float, sex: str, relation: str, surname: str
    ) -> Resident:
        birth = date.fromordinal(self.on.toordinal() - int(max(age, 0.01) * DAYS_A_YEAR))
        deceased = age > 62 and self.chance.random() < 0.02
        return Resident(
            number=self.registrar.number(area, birth, sex),
            name=self._name(surname, sex, age),
            sex=sex,
            birth=birth,
            division=area,
            household=household,
            relation=relation,
            place=place,
            mobile=self.registrar.mobile() if age >= 12 else "",
            deceased_on=self.day(900) if deceased else "",
        )

    def _name(self, surname: str, sex: str, age: float) -> str:
        chance = self.chance
        old = age > 45
        given = {"1": MEN_OLD if old else MEN_YOUNG, "2": WOMEN_OLD if old else WOMEN_YOUNG}[sex]
        first = surname or SURNAMES[int(chance.random() * len(SURNAMES))]
        name = first + given[int(chance.random() * len(given))]
        return name if chance.random() < 0.2 else name + given[int(chance.random() * len(given))]

    def day(self, within: int) -> str:
        """A day of the last so many, YYYY-MM-DD."""
        return date.fromordinal(self.on.toordinal() - 1 - int(self.chance.random() * within)).isoformat()


def variant(name: str) -> str | None:
    """The name as a careless clerk writes it, or None where no character has a likely double."""
    for position in range(len(name) - 1, 0, -1):
        other = VARIANTS.get(name[position])
        if other:
            return name[:position] + other + name[position + 1 :]
    return None


def under(resident: Resident, number: str) -> Resident:
    """The same person under another resident ID."""
    return replace(resident, number=number)
