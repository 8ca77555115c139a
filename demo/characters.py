"""The fixed characters of 云溪市: people, addresses and enterprises that samples and tests may rely on."""

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from demo.checks import credit_code, resident_id
from demo.land_files import Place

EAST, WEST, CITY = "990121", "990122", "990100"
COUNTIES = {EAST: "云东县", WEST: "云西县"}
TOWNS = {EAST: ("990121001", "云溪市云东县城关镇"), WEST: ("990122001", "云溪市云西县河口镇")}
SHOP_ROADS = {EAST: "春风路", WEST: "清溪路"}  # road 0001 of each town
HOME_ROADS = {EAST: "柳荫街", WEST: "竹园街"}  # road 0002 of each town
UPDATED = "2026-09-18"
# Left free by the generator in 餐饮, so that samples may ask for them; see PROTOCOLS.md §13.
KEPT_WORDS = ("春燕", "燕归来", "燕语", "春燕里", "溪畔春燕", "溪香", "古渡", "春风里", "老渡口")
FREE_WORDS = tuple(word for word in KEPT_WORDS if word not in ("春燕", "溪香"))


@dataclass(frozen=True)
class Person:
    """One fixed person; the place is a number in their county's home road, 0 where none is linked."""

    key: str
    name: str
    area: str
    birth: date
    sequence: int
    household: int
    home: int
    note: str
    relation: str = "01"
    deceased_on: str = ""

    @property
    def resident_id(self) -> str:
        """公民身份号码, with its check digit."""
        return resident_id(self.area, self.birth, self.sequence)

    @property
    def sex(self) -> str:
        """1 男, 2 女, from the sequence."""
        return "1" if self.sequence % 2 else "2"

    @property
    def mobile(self) -> str:
        """A number that only the demonstration admits."""
        return f"1000000{list(PERSONS).index(self.key) + 1:04d}"

    @property
    def household_number(self) -> str:
        """户号 in the police records."""
        return f"{self.area}{self.household:09d}"


@dataclass(frozen=True)
class Enterprise:
    """One fixed enterprise of 餐饮 in 云东县."""

    key: str
    trade_word: str
    name_division: str
    organisation8: str
    established_on: str
    cancelled_on: str
    director: str
    home: int
    note: str

    @property
    def credit_code(self) -> str:
        """统一社会信用代码, with its check characters."""
        return credit_code(EAST, self.organisation8)

    @property
    def name(self) -> str:
        """The whole name: division, trade word, industry, form."""
        division = {CITY: "云溪市", **COUNTIES}[self.name_division]
        return f"{division}{self.trade_word}餐饮有限公司"


def _keyed(*people: Person) -> dict[str, Person]:
    return {person.key: person for person in people}


PERSONS = _keyed(
    Person("li_chunyan", "李春燕", EAST, date(1988, 3, 12), 902, 1, 6, "clean sole owner"),
    Person("wang_jianguo", "王建国", WEST, date(1979, 7, 5), 901, 1, 1, "clean second shareholder"),
    Person("liu_chunsheng", "刘春生", EAST, date(1968, 4, 17), 909, 2, 7, "clean; represents chunyan_city"),
    Person("zhang_dahai", "张大海", EAST, date(1975, 9, 18), 903, 3, 8, "on the court's enforcement list"),
    Person("chen_wei", "陈伟", WEST, date(1982, 2, 21), 905, 2, 2, "barred from office until 2027-06-30"),
    Person("zhao_min", "赵敏", EAST, date(1990, 6, 30), 906, 4, 9, "unrepaired serious record"),
    Person("zhou_wenbin", "周文斌", EAST, date(1986, 1, 4), 907, 5, 0, "household address contradicts"),
    Person("xu_jingyi", "许静怡", EAST, date(1987, 5, 20), 916, 5, 10, "wife of zhou_wenbin", "10"),
    Person("wu_xiaoxue", "吴晓雪", EAST, date(1995, 11, 23), 910, 6, 11, "missing from police records"),
    Person("he_xiuying", "何秀英", WEST, date(1993, 8, 9), 912, 3, 3, "written 何秀瑛 by the market office"),
    Person("sun_guilan", "孙桂兰", WEST, date(1944, 5, 8), 908, 4, 4, "82 years old in 2026, needs a helper"),
    Person(
        "lin_xiaomei", "林小梅", WEST, date(1992, 7, 15), 914, 5, 5, "community worker who helps sun_guilan"
    ),
    Person("ma_guoqiang", "马国强", WEST, date(1955, 10, 2), 911, 6, 6, "deceased", deceased_on="2025-12-03"),
)
MISSING_AT_POLICE = ("wu_xiaoxue",)
WITHOUT_ACCOUNT = ("ma_guoqiang",)
CONTRADICTING_ADDRESS = "云溪市云东县城关镇老街17号"  # of zhou_wenbin; in no file of the land office


def _shop(division: str, number: int, usage: str, status: str = "正常") -> Place:
    town, words = TOWNS[division]
    text = f"{words}{SHOP_ROADS[division]}{number}号"
    return Place(f"{town}0001{number:06d}", text, division, town, usage, status, UPDATED)


SHOPS = {
    "east_shop": _shop(EAST, 1, "商业"),
    "east_shop_2": _shop(EAST, 2, "商业"),
    "east_stale": _shop(EAST, 3, "住宅"),
    "east_pending": _shop(EAST, 4, "商业", "待核"),
    "east_gone": _shop(EAST, 5, "商业", "拆除"),
    "west_shop": _shop(WEST, 1, "商业"),
    "west_shop_2": _shop(WEST, 2, "商住"),
    "west_stale": _shop(WEST, 3, "住宅"),
}
STALE = ("east_stale", "west_stale")  # their true usage is 商业
UNKNOWN = {"east_unknown": "9901210019999999999", "west_unknown": "9901220019999999999"}

ENTERPRISES = {
    enterprise.key: enterprise
    for enterprise in (
        Enterprise("chunyan_city", "春燕", CITY, "MA9K0001", "2019-05-06", "", "liu_chunsheng", 21, "live"),
        Enterprise("chunyan_east", "春燕", EAST, "MA9K0002", "2021-03-18", "", "liu_chunsheng", 22, "live"),
        Enterprise(
            "xixiang", "溪香", CITY, "MA9K0003", "2016-08-01", "2026-05-20", "liu_chunsheng", 23,
            "cancelled, its name blocked for a year",
        ),
        Enterprise(
            "gudu", "古渡", CITY, "MA9K0004", "2012-02-20", "2023-03-15", "liu_chunsheng", 24,
            "cancelled, its name free again",
        ),
    )
}  # fmt: skip


def home(division: str, number: int) -> Place:
    """A dwelling in the home road of a county's town."""
    town, words = TOWNS[division]
    text = f"{words}{HOME_ROADS[division]}{number}号"
    return Place(f"{town}0002{number:06d}", text, division, town, "住宅", "正常", UPDATED)


def premises(enterprise: Enterprise) -> Place:
    """Where a fixed enterprise sits."""
    return _shop(EAST, enterprise.home, "商业")


def document() -> dict[str, object]:
    """Everything fixed, as `characters.json` says it."""
    places: dict[str, object] = {
        key: {"code": place.code, "text": place.text, "division": place.division, "usage": place.usage,
              "status": place.status, "true_usage": "商业" if key in STALE else place.usage}
        for key, place in SHOPS.items()
    }  # fmt: skip
    return {
        "persons": {key: _describe(person) for key, person in PERSONS.items()},
        "addresses": places | {key: {"code": code, "division": code[:6]} for key, code in UNKNOWN.items()},
        "enterprises": {
            key: {
                "name": enterprise.name,
                "credit_code": enterprise.credit_code,
                "trade_word": enterprise.trade_word,
                "industry": "餐饮",
                "name_division": enterprise.name_division,
                "registered_at": EAST,
                "cancelled_on": enterprise.cancelled_on or None,
                "note": enterprise.note,
            }
            for key, enterprise in ENTERPRISES.items()
        },
        "free_trade_words": list(FREE_WORDS),
    }


def _describe(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "resident_id": person.resident_id,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "mobile": person.mobile,
        "county": person.area,
        "household_address": (home(person.area, person.home).text if person.home else CONTRADICTING_ADDRESS),
        "note": person.note,
    }


def main() -> int:
    """Write `characters.json` beside this file."""
    text = json.dumps(document(), ensure_ascii=False, indent=2) + "\n"
    Path(__file__).with_name("characters.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
