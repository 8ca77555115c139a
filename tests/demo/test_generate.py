"""The generator: the same seed gives the same city, nobody in it is real, and its answer key is true."""

import csv
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from demo.characters import ENTERPRISES, FREE_WORDS, PERSONS, SHOPS
from demo.checks import MOBILE, is_credit_code, is_resident_id
from demo.generate import generate
from demo.making.people import MOST_A_DAY, Registrar, TooMany, variant
from demo.making.stores import KEY_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
STORES = ("police/police.db", "idp/idp.db", "court/court.db", "land/land.db", "market/market.db")
LARGEST_RSS_MB = 160
Row = dict[str, str]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city large enough to hold every kind of error."""
    folder = tmp_path_factory.mktemp("town")
    generate(folder, people=12_000, seed=5)
    return folder


def rows(folder: Path, store: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / store)) as connection:
        return connection.execute(query, values).fetchall()


def dump(folder: Path, store: str) -> list[tuple[Any, ...]]:
    """Every table's definition and every row, in the order they were written."""
    tables = rows(folder, store, "SELECT name, sql FROM sqlite_master ORDER BY name")
    names = [name for name, sql in tables if sql and sql.lstrip().startswith("CREATE TABLE")]
    return tables + [row for name in names for row in rows(folder, store, f"SELECT * FROM {name}")]  # noqa: S608


def key_of(folder: Path) -> list[Row]:
    with (folder / "answer_key.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines_about(folder: Path, source: str, kind: str, element: str = "") -> Iterator[Row]:
    for line in key_of(folder):
        if line["source"] == source and line["kind"] == kind and element in ("", line["element"]):
            yield line


def test_the_same_seed_gives_the_same_city(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, people=600, seed=3)
    for store in STORES:
        assert dump(tmp_path / "one", store) == dump(tmp_path / "two", store)
    for name in ("answer_key.csv", "generated.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    dropped = sorted((tmp_path / "one/land/drop").iterdir())
    assert len(dropped) == 4
    for path in dropped:
        assert path.read_bytes() == (tmp_path / "two/land/drop" / path.name).read_bytes()


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    generate(tmp_path / "one", people=50, seed=3)
    generate(tmp_path / "two", people=50, seed=4)
    assert dump(tmp_path / "one", "police/police.db") != dump(tmp_path / "two", "police/police.db")


def test_what_is_there_is_not_made_twice_unless_asked(tmp_path: Path) -> None:
    made = generate(tmp_path, people=20, seed=1)
    store = tmp_path / "police/police.db"
    first = store.stat().st_ino
    assert generate(tmp_path, people=20, seed=1) == made
    assert store.stat().st_ino == first
    (tmp_path / "generated.json").unlink()  # as if it had been killed midway
    assert generate(tmp_path, people=20, seed=1) == made
    assert generate(tmp_path, people=21, seed=1).people == 21


def test_nobody_and_no_enterprise_looks_real(town: Path) -> None:
    people = rows(town, "police/police.db", "SELECT GMSFHM, LXDH FROM RYXX")
    accounts = rows(town, "idp/idp.db", "SELECT id_number, mobile FROM account")
    for number, mobile in people + accounts:
        assert number[:6] in ("990121", "990122")
        assert is_resident_id(number)
        assert mobile == "" or MOBILE.fullmatch(mobile)
    firms = rows(town, "market/market.db", "SELECT TYSHXYDM, FDDBRZJH FROM T_SCZT")
    for code, director in firms:
        assert code[2:6] == "9901"
        assert is_credit_code(code)
        assert director[:4] == "9901"
    listed = rows(town, "court/court.db", "SELECT ZJHM, XM FROM BZXR")
    assert all(is_resident_id(number) and number.startswith("9901") for number, _ in listed)


def test_a_mobile_has_one_owner_unless_the_owner_is_recorded_twice(town: Path) -> None:
    query = "SELECT count(*) - count(DISTINCT LXDH) FROM RYXX WHERE LXDH <> ''"
    doubles = [line["id"] for line in lines_about(town, "police", "duplicate")]
    with_mobile = [
        number
        for number in doubles
        if rows(town, "police/police.db", "SELECT 1 FROM RYXX WHERE GMSFHM = ? AND LXDH <> ''", number)
    ]
    assert with_mobile
    assert rows(town, "police/police.db", query) == [(len(with_mobile),)]


def test_no_two_live_enterprises_share_trade_word_and_industry_in_a_division(town: Path) -> None:
    query = "SELECT XZQH, ZH, HY FROM T_QYMC WHERE ZT = '1' GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert rows(town, "market/market.db", query) == []


def test_birth_dates_and_sexes_agree_with_the_ids(town: Path) -> None:
    for number, born, sex in rows(
        town, "police/police.db", "SELECT GMSFHM, CSRQ, XB FROM RYXX WHERE CSRQ <> ''"
    ):
        assert number[6:14] == born
        assert sex == ("1" if int(number[16]) % 2 else "2")


def test_the_fixed_characters_are_there_even_in_an_empty_city(tmp_path: Path) -> None:
    generate(tmp_path, people=0, seed=9)
    known = {number for (number,) in rows(tmp_path, "police/police.db", "SELECT GMSFHM FROM RYXX")}
    assert {key for key, person in PERSONS.items() if person.resident_id not in known} == {"wu_xiaoxue"}
    places = {code for (code,) in rows(tmp_path, "land/land.db", "SELECT code FROM DZ")}
    assert {place.code for place in SHOPS.values()} <= places
    firms = {code for (code,) in rows(tmp_path, "market/market.db", "SELECT TYSHXYDM FROM T_SCZT")}
    assert firms == {firm.credit_code for firm in ENTERPRISES.values()}


def test_the_kept_words_stay_free(town: Path) -> None:
    query = "SELECT DISTINCT ZH FROM T_QYMC WHERE ZT = '1'"
    taken = {word for (word,) in rows(town, "market/market.db", query)}
    assert not taken & set(FREE_WORDS)


def test_the_answer_key_names_every_kind_of_error(town: Path) -> None:
    assert tuple(key_of(town)[0]) == KEY_COLUMNS
    kinds = Counter((line["source"], line["kind"]) for line in key_of(town))
    assert set(kinds) == {
        ("police", "name_variant"),
        ("police", "stale_address"),
        ("police", "gap"),
        ("police", "duplicate"),
        ("police", "missing_record"),
        ("police", "contradictory_household"),
        ("land", "stale_address"),
        ("land", "duplicate"),
        ("land", "gap"),
        ("market", "name_variant"),
        ("market", "stale_address"),
        ("market", "gap"),
        *({("court", "name_variant")} & set(kinds)),  # rare: one in twenty of those listed
    }


POLICE_COLUMNS = {
    "person.name": "XM",
    "person.household_address": "HJDZ",
    "person.household_address_code": "HJDDZBM",
    "person.birth_date": "CSRQ",
    "person.mobile": "LXDH",
}


def test_police_records_hold_exactly_the_errors_of_the_key(town: Path) -> None:
    for line in key_of(town):
        column = POLICE_COLUMNS.get(line["element"])
        if line["source"] != "police" or column is None:
            continue
        query = f"SELECT {column} FROM RYXX WHERE GMSFHM = ?"  # noqa: S608 - constants above
        assert rows(town, "police/police.db", query, line["id"]) == [(line["recorded"],)]
        assert line["recorded"] != line["true_value"]


def test_the_true_name_is_the_one_the_person_signs_in_with(town: Path) -> None:
    checked = 0
    for line in lines_about(town, "police", "name_variant"):
        found = rows(town, "idp/idp.db", "SELECT name FROM account WHERE id_number = ?", line["id"])
        checked += len(found)
        assert found in ([], [(line["true_value"],)])  # children have no account
    assert checked > 5


def test_names_differ_between_police_and_provider_only_where_the_key_says(town: Path) -> None:
    recorded = dict(rows(town, "police/police.db", "SELECT GMSFHM, XM FROM RYXX"))
    accounts = rows(town, "idp/idp.db", "SELECT id_number, name FROM account")
    different = {number for number, name in accounts if recorded.get(number, name) != name}
    missing = {number for number, _ in accounts if number not in recorded}
    in_key = {line["id"] for line in lines_about(town, "police", "name_variant")}
    gone = {line["id"] for line in lines_about(town, "police", "missing_record")}
    assert different <= in_key
    assert missing <= gone
    assert different
    assert missing


def test_missing_people_are_missing_and_doubles_are_double(town: Path) -> None:
    recorded = {number: (name, born) for number, name, born in rows(
        town, "police/police.db", "SELECT GMSFHM, XM, CSRQ FROM RYXX"
    )}  # fmt: skip
    for line in lines_about(town, "police", "missing_record"):
        assert line["true_value"] not in recorded
    for line in lines_about(town, "police", "duplicate"):
        assert recorded[line["id"]] == recorded[line["true_value"]]


def test_a_household_has_two_addresses_only_where_the_key_says(town: Path) -> None:
    query = "SELECT HH FROM RYXX GROUP BY HH HAVING count(DISTINCT HJDZ) > 1"
    torn = {household for (household,) in rows(town, "police/police.db", query)}
    explained = set()
    for kind in ("contradictory_household", "stale_address"):
        for line in lines_about(town, "police", kind):
            explained |= set(
                rows(town, "police/police.db", "SELECT HH FROM RYXX WHERE GMSFHM = ?", line["id"])
            )
    assert torn <= {household for (household,) in explained}
    assert len(torn) > 5


LAND_COLUMNS = {"place.usage": "usage", "place.premises_status": "status", "place.address_code": "code"}


def test_land_records_hold_exactly_the_errors_of_the_key(town: Path) -> None:
    for line in key_of(town):
        if line["source"] != "land":
            continue
        query = f"SELECT {LAND_COLUMNS[line['element']]} FROM DZ WHERE code = ?"  # noqa: S608 - constants above
        assert rows(town, "land/land.db", query, line["id"]) == [(line["recorded"],)]
        if line["kind"] == "duplicate":
            texts = {
                rows(town, "land/land.db", "SELECT text FROM DZ WHERE code = ?", code)[0]
                for code in (line["id"], line["true_value"])
            }
            assert len(texts) == 1


MARKET_COLUMNS = {
    "entity.legal_representative": "FDDBR",
    "entity.address_code": "coalesce(ZSDZBM, '')",
    "entity.address_text": "ZS",
}


def test_market_records_hold_exactly_the_errors_of_the_key(town: Path) -> None:
    for line in key_of(town):
        column = MARKET_COLUMNS.get(line["element"])
        if line["source"] != "market" or column is None:
            continue
        query = f"SELECT {column} FROM T_SCZT WHERE TYSHXYDM = ?"  # noqa: S608 - constants above
        assert rows(town, "market/market.db", query, line["id"]) == [(line["recorded"],)]


def test_linked_addresses_of_people_exist_at_the_land_office(town: Path) -> None:
    known = dict(rows(town, "land/land.db", "SELECT code, text FROM DZ"))
    linked = rows(town, "police/police.db", "SELECT HJDDZBM, HJDZ FROM RYXX WHERE HJDDZBM <> ''")
    assert all(known[code] == text for code, text in linked)


def test_there_are_children_adults_and_the_old(town: Path) -> None:
    born = [int(year) for (year,) in rows(town, "police/police.db", "SELECT substr(GMSFHM, 7, 4) FROM RYXX")]
    assert min(sum(year > 2020 for year in born), sum(1960 < year < 2000 for year in born)) > 100
    assert sum(year < 1946 for year in born) > 100


def test_an_exhausted_day_is_refused_with_advice() -> None:
    registrar, day = Registrar(), date(1990, 1, 1)
    numbers = {registrar.number("990121", day, "2") for _ in range(MOST_A_DAY)}
    assert len(numbers) == MOST_A_DAY
    assert all(int(number[14:17]) < 900 for number in numbers), "from 900 on are the fixed characters'"
    with pytest.raises(TooMany, match="ask for fewer people"):
        registrar.number("990121", day, "2")


def test_a_variant_is_another_name_or_none() -> None:
    assert variant("何秀英") == "何秀瑛"
    assert variant("王一") is None


def test_a_hundred_thousand_people_are_made_in_bounded_memory(tmp_path: Path) -> None:
    # The child tells its own peak (VmHWM): what getrusage says of children is the largest of any child, and
    # begins with what the parent had when it forked.
    told = "from pathlib import Path; print(Path('/proc/self/status').read_text())"
    asked = ["--people", "100000", "--seed", "2", "--out", str(tmp_path)]
    program = f"from demo.generate import main; main({asked!r}); {told}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    peak_kb = next(int(row.split()[1]) for row in done.stdout.splitlines() if row.startswith("VmHWM"))
    assert peak_kb < LARGEST_RSS_MB * 1024
    assert rows(tmp_path, "police/police.db", "SELECT count(*) FROM RYXX")[0][0] > 99_000
