"""The market regulator's database file, read by others with read-only SQL, and the desk that writes it."""

import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from demo.checks import is_credit_code, is_iso_day, is_resident_id
from demo.control import BadWish, Control, Mood
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, require, serve

SCHEMA = """
CREATE TABLE T_SCZT (
  TYSHXYDM TEXT PRIMARY KEY, MC TEXT NOT NULL, ZTLX TEXT NOT NULL, ZTZT TEXT NOT NULL, ZCZB NUMERIC,
  CLRQ TEXT, ZXRQ TEXT, DJJG TEXT NOT NULL, ZS TEXT, ZSDZBM TEXT, FDDBR TEXT, FDDBRZJH TEXT, JYFW TEXT,
  GXSJ TEXT NOT NULL);
CREATE TABLE T_QYMC (
  ID INTEGER PRIMARY KEY, TYSHXYDM TEXT, MC TEXT NOT NULL, XZQH TEXT NOT NULL, DJJG TEXT NOT NULL,
  ZH TEXT NOT NULL, HY TEXT NOT NULL, ZZXS TEXT NOT NULL, ZT TEXT NOT NULL, BLQX TEXT, ZXRQ TEXT);
CREATE TABLE T_RZXZ (
  ID INTEGER PRIMARY KEY, ZJH TEXT NOT NULL, XM TEXT NOT NULL, XZYY TEXT NOT NULL, XZQSRQ TEXT NOT NULL,
  XZJZRQ TEXT NOT NULL);
CREATE TABLE T_YZSX (
  ID INTEGER PRIMARY KEY, ZTLB TEXT NOT NULL, ZJH TEXT NOT NULL, MC TEXT NOT NULL, LRRQ TEXT NOT NULL,
  LRYY TEXT NOT NULL, XFBZ TEXT NOT NULL, XFRQ TEXT);
"""
INDEXES = """
CREATE INDEX T_QYMC_ZH ON T_QYMC (XZQH, ZH, HY);
CREATE INDEX T_QYMC_MC ON T_QYMC (MC);
CREATE INDEX T_RZXZ_ZJH ON T_RZXZ (ZJH);
CREATE INDEX T_YZSX_ZJH ON T_YZSX (ZJH);
CREATE INDEX T_SCZT_FDDBRZJH ON T_SCZT (FDDBRZJH);
"""
REQUIRED = (
    "TYSHXYDM", "MC", "ZTLX", "CLRQ", "DJJG", "ZS", "FDDBR", "FDDBRZJH", "JYFW", "XZQH", "ZH", "HY", "ZZXS",
)  # fmt: skip
LOCK_GAP_S = 0.25  # longer than any pause between the tries of a waiting reader (100 ms in SQLite)
LONGEST_WAIT_S = 30.0
BUSY_TIMEOUT_S = 2.0
BUSY = "系统繁忙"


class Held:
    """The file as its readers find it: at hand, locked, moved away, or overwritten."""

    def __init__(self, path: Path) -> None:
        """Put right what a killed program left behind."""
        self.path = path
        self.away = path.with_name(path.name + ".away")
        self._end: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._restore()

    def meet(self, mood: Mood) -> None:
        """Restore the file, then hold it as the mode says; returns once the mode has begun."""
        self._release()
        if mood.mode in ("down", "wrong"):
            self._put_away(mood.mode == "wrong")
        elif mood.mode in ("slow", "failing"):
            self._hold(self.path, mood.seconds if mood.mode == "slow" else None)

    def _put_away(self, leave_junk: bool) -> None:
        self.path.rename(self.away)
        if leave_junk:
            self.path.write_bytes(b"This is no database.\n" * 200)
        # Who has the old file open still must not read on: its office is not answering.
        self._hold(self.away, None)

    def _hold(self, path: Path, seconds: float | None) -> None:
        begun, end = threading.Event(), threading.Event()
        self._end = end
        self._thread = threading.Thread(target=_lock, args=(path, seconds, begun, end), daemon=True)
        self._thread.start()
        if not begun.wait(LONGEST_WAIT_S):
            raise BadWish("a reader keeps the file to itself; it cannot be locked")

    def _release(self) -> None:
        if self._end and self._thread:
            self._end.set()
            self._thread.join()
            self._end = self._thread = None
        self._restore()

    def _restore(self) -> None:
        if self.away.exists():
            self.away.replace(self.path)


def _lock(path: Path, seconds: float | None, begun: threading.Event, end: threading.Event) -> None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=2 * LONGEST_WAIT_S)
    while not end.is_set():
        connection.execute("BEGIN EXCLUSIVE")
        begun.set()
        end.wait(seconds)
        connection.execute("ROLLBACK")
        end.wait(LOCK_GAP_S)
    connection.close()


class Registrar:
    """The office's own desk: enters a registered enterprise into the database file."""

    def __init__(self, held: Held, desk: Desk, key: str, now: Callable[[], datetime]) -> None:
        self.held, self.desk, self.key, self.now = held, desk, key, now

    def enter(self, request: Request) -> Reply:
        """Enter an enterprise; the same code and name again answer the same number."""
        if request.headers.get("x-dj-key") != self.key:
            return _no("密钥无效")
        try:
            form = request.json()
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return _no("报文格式错误")
        complaint = judge(form) or self._write(form)
        if complaint:
            return _no(complaint)
        entry, _ = self.desk.enter_once(
            Asked(str(form["TYSHXYDM"]), str(form["TYSHXYDM"]), form, _composer(form))
        )
        return json_reply(entry.reply)

    def _write(self, form: Mapping[str, object]) -> str | None:
        try:
            connection = sqlite3.connect(
                f"file:{self.held.path}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S
            )
            try:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("BEGIN IMMEDIATE")
                return _enter(connection, form, f"{self.now():%Y-%m-%d %H:%M:%S}")
            finally:
                connection.close()  # rolls back what was not committed
        except sqlite3.DatabaseError:
            return BUSY


def judge(form: Mapping[str, object]) -> str | None:
    """The first complaint about a form; None where there is none."""
    for name in REQUIRED:
        if not isinstance(form.get(name), str) or not form[name]:
            return f"缺少字段：{name}"
    if not is_credit_code(str(form["TYSHXYDM"])):
        return "统一社会信用代码校验不通过"
    if not is_resident_id(str(form["FDDBRZJH"])):
        return "法定代表人证件号校验不通过"
    if not is_iso_day(str(form["CLRQ"])):
        return "成立日期格式应为YYYY-MM-DD"
    capital = form.get("ZCZB")
    if capital is not None and (isinstance(capital, bool) or not isinstance(capital, int | float)):
        return "注册资本应为数字（万元）"
    return None


def _enter(connection: sqlite3.Connection, form: Mapping[str, object], moment: str) -> str | None:
    same = connection.execute("SELECT MC FROM T_SCZT WHERE TYSHXYDM = ?", (form["TYSHXYDM"],)).fetchone()
    if same:
        return None if same[0] == form["MC"] else "统一社会信用代码已存在"
    if connection.execute("SELECT 1 FROM T_QYMC WHERE MC = ? AND ZT = '1'", (form["MC"],)).fetchone():
        return "名称已被占用"
    given = {**form, "ZCZB": form.get("ZCZB"), "ZSDZBM": form.get("ZSDZBM") or None, "GXSJ": moment}
    connection.execute(
        "INSERT INTO T_SCZT VALUES (:TYSHXYDM, :MC, :ZTLX, '1', :ZCZB, :CLRQ, NULL, :DJJG, :ZS, :ZSDZBM,"
        " :FDDBR, :FDDBRZJH, :JYFW, :GXSJ)",
        given,
    )
    connection.execute(
        "INSERT INTO T_QYMC VALUES (NULL, :TYSHXYDM, :MC, :XZQH, :DJJG, :ZH, :HY, :ZZXS, '1', NULL, NULL)",
        given,
    )
    connection.execute("COMMIT")
    return None


def _composer(form: Mapping[str, object]) -> Callable[[int, datetime], tuple[str, Mapping[str, object]]]:
    def compose(sequence: int, _: datetime) -> tuple[str, Mapping[str, object]]:
        number = f"R{form['DJJG']}{sequence:07d}"
        return number, {"jg": "1", "rkh": number}

    return compose


def build(settings: Settings) -> System:
    """The regulator's system over its own folder."""
    path = settings.data / "market.db"
    held = Held(path)
    require(path)
    desk = Desk(settings.data / "desk.db", settings.now)
    registrar = Registrar(held, desk, settings.key, settings.now)
    return System(
        name=settings.name,
        control=Control(("djrk",)),
        token=settings.token,
        routes=(Route("POST", "/djrk", "djrk", registrar.enter),),
        busy=lambda: _no(BUSY),
        garbled=lambda: Reply(b'{"jg":"1","rkh":"R99'),
        desk=desk,
        on_mood=held.meet,
    )


def _no(reason: str) -> Reply:
    return Reply(json.dumps({"jg": "0", "yy": reason}, ensure_ascii=False).encode())


if __name__ == "__main__":
    sys.exit(serve("market", build))
