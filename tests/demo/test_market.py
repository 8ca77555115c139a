"""The market regulator: a file read with read-only SQL, one short connection a read."""

import sqlite3
from contextlib import closing

import httpx
import pytest

from demo.characters import FREE_WORDS, PERSONS
from tests.demo.hosting import PERSON, Hosted, Hosting

KEY = {"X-DJ-KEY": "demo-market-key"}
HOLDERS = (
    "SELECT count(*) FROM T_QYMC WHERE XZQH=? AND ZH=? AND HY='餐饮'"
    " AND (ZT='1' OR (ZT='2' AND BLQX>=?) OR (ZT='0' AND ZXRQ>?))"
)
FIRM = {
    "TYSHXYDM": "91990121MA9K00095C",
    "MC": "云溪市燕归来餐饮有限公司",
    "ZTLX": "1151",
    "ZCZB": 10,
    "CLRQ": "2026-11-02",
    "DJJG": "990121",
    "ZS": "云溪市云东县城关镇春风路1号",
    "ZSDZBM": "9901210010001000001",
    "FDDBR": "李春燕",
    "FDDBRZJH": PERSON,
    "JYFW": "餐饮服务",
    "XZQH": "990100",
    "ZH": "燕归来",
    "HY": "餐饮",
    "ZZXS": "有限公司",
}


def read(market: Hosted, query: str, *values: object, timeout: float = 0.05) -> list[tuple[object, ...]]:
    address = f"file:{market.data / 'market.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=timeout)) as connection:
        return list(connection.execute(query, values))


def holders(market: Hosted, division: str, word: str, today: str = "2026-11-02") -> object:
    year_ago = f"{int(today[:4]) - 1}{today[4:]}"
    return read(market, HOLDERS, division, word, today, year_ago)[0][0]


def enter(market: Hosted, **changes: object) -> dict[str, str]:
    return dict(market.client.post("/djrk", json=FIRM | changes, headers=KEY).json())


def test_a_name_is_held_where_it_is_registered(hosted: Hosting) -> None:
    market = hosted("market")
    assert [holders(market, division, "春燕") for division in ("990100", "990121", "990122")] == [1, 1, 0]


def test_a_cancelled_name_is_blocked_for_a_year(hosted: Hosting) -> None:
    market = hosted("market")
    assert holders(market, "990100", "溪香", "2027-05-19") == 1
    assert holders(market, "990100", "溪香", "2027-05-20") == 0
    assert holders(market, "990100", "古渡") == 0


@pytest.mark.parametrize("word", FREE_WORDS)
def test_the_words_kept_free_are_free(hosted: Hosting, word: str) -> None:
    market = hosted("market")
    assert [holders(market, division, word) for division in ("990100", "990122")] == [0, 0]


def test_bars_and_serious_records_are_found_by_id(hosted: Hosting) -> None:
    market = hosted("market")
    barred, serious = PERSONS["chen_wei"].resident_id, PERSONS["zhao_min"].resident_id
    assert read(market, "SELECT max(XZJZRQ) FROM T_RZXZ WHERE ZJH=?", barred) == [("2027-06-30",)]
    assert read(market, "SELECT XFBZ FROM T_YZSX WHERE ZTLB='1' AND ZJH=?", serious) == [("0",)]
    assert read(market, "SELECT max(XZJZRQ) FROM T_RZXZ WHERE ZJH=?", PERSON) == [(None,)]


def test_readers_cannot_write(hosted: Hosting) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        read(hosted("market"), "DELETE FROM T_QYMC")


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("failing", "database is locked"),
        ("slow", "database is locked"),
        ("down", "unable to open database file"),
        ("wrong", "file is not a database"),
    ],
)
def test_each_mode_is_felt_by_readers_and_passes(hosted: Hosting, mode: str, sentence: str) -> None:
    market = hosted("market")
    market.control(mode)
    with pytest.raises(sqlite3.DatabaseError, match=sentence):
        read(market, "SELECT 1 FROM T_QYMC")
    market.control("normal")
    assert holders(market, "990100", "春燕") == 1


def test_a_slow_office_lets_a_patient_reader_through(hosted: Hosting) -> None:
    market = hosted("market")
    market.control("slow", seconds=0.2)
    assert read(market, "SELECT count(*) FROM T_QYMC WHERE ZH='春燕'", timeout=30) == [(2,)]
    market.control("normal")


def test_who_has_the_file_open_cannot_read_on_while_the_office_is_down(hosted: Hosting) -> None:
    market = hosted("market")
    address = f"file:{market.data / 'market.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=0.05)) as connection:
        connection.execute("SELECT 1 FROM T_QYMC").fetchall()
        market.control("down")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.execute("SELECT 1 FROM T_QYMC").fetchall()
    market.control("normal")


@pytest.mark.parametrize("mode", ["down", "wrong"])
def test_a_program_killed_in_a_mode_puts_the_file_right_at_its_next_start(hosted: Hosting, mode: str) -> None:
    market = hosted("market")
    path, away = market.data / "market.db", market.data / "market.db.away"
    path.rename(away)
    if mode == "wrong":
        path.write_bytes(b"junk")
    restarted = hosted("market")
    assert holders(restarted, "990100", "春燕") == 1


def test_times_needs_an_operation_as_files_are_not_asked_for(hosted: Hosting) -> None:
    reply = hosted("market").control("down", times=1)
    assert reply.status_code == 400


def test_the_desk_enters_an_enterprise_once(hosted: Hosting) -> None:
    market = hosted("market")
    first = enter(market)
    assert first == {"jg": "1", "rkh": "R9901210000001"}
    assert enter(market) == first
    assert holders(market, "990100", "燕归来") == 1
    found = read(market, "SELECT MC, ZTZT, ZCZB, CLRQ FROM T_SCZT WHERE TYSHXYDM=?", FIRM["TYSHXYDM"])
    assert found == [("云溪市燕归来餐饮有限公司", "1", 10, "2026-11-02")]


def test_a_dropped_reply_of_the_desk_is_healed_by_asking_again(hosted: Hosting) -> None:
    market = hosted("market")
    market.control("drop_reply", operation="djrk", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        enter(market)
    assert enter(market)["rkh"] == "R9901210000001"
    assert len(market.registrations()) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"MC": "云溪市春燕餐饮有限公司"}, "名称已被占用"),
        ({"TYSHXYDM": "91990121MA9K0001XE"}, "统一社会信用代码已存在"),
        ({"TYSHXYDM": "x"}, "统一社会信用代码校验不通过"),
        ({"FDDBRZJH": "x"}, "法定代表人证件号校验不通过"),
        ({"CLRQ": "20261102"}, "成立日期格式应为YYYY-MM-DD"),
        ({"ZCZB": "10"}, "注册资本应为数字（万元）"),
        ({"ZH": ""}, "缺少字段：ZH"),
    ],
)
def test_a_wrong_entry_is_refused(hosted: Hosting, changes: dict[str, object], reason: str) -> None:
    market = hosted("market")
    assert enter(market, **changes) == {"jg": "0", "yy": reason}
    assert market.registrations() == []


def test_the_desk_is_busy_while_its_file_is_locked(hosted: Hosting) -> None:
    market = hosted("market")
    market.control("failing")
    assert enter(market) == {"jg": "0", "yy": "系统繁忙"}
    market.control("normal")


def test_strangers_are_turned_away(hosted: Hosting) -> None:
    market = hosted("market")
    assert market.client.post("/djrk", json=FIRM).json()["yy"] == "密钥无效"
    assert market.client.post("/djrk", content=b"{", headers=KEY).json()["yy"] == "报文格式错误"
