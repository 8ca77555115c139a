"""云溪银行's appointment service: forms in and out, neither key nor query."""

import sys
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from demo.checks import MOBILE, is_credit_code, is_iso_day, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System
from demo.program import Settings, serve

BRANCHES = {"0001": "云溪银行城关支行", "0002": "云溪银行河口支行"}
REQUIRED = ("qymc", "tyshxydm", "fddbr", "zjhm", "zhlx", "yywd", "yyrq")
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def judge(form: Mapping[str, str]) -> tuple[str, str] | None:
    """The first complaint as (code, message); None where there is none."""
    missing = [name for name in REQUIRED if not form.get(name)]
    mobile = form.get("sjh", "")
    if mobile and not MOBILE.fullmatch(mobile):
        missing.append("sjh")
    if missing:
        return "E001", f"缺少字段或字段错误：{missing[0]}"
    checks = (
        (is_iso_day(form["yyrq"]), "E002", "日期格式错误"),
        (is_credit_code(form["tyshxydm"]), "E003", "统一社会信用代码错误"),
        (is_resident_id(form["zjhm"]), "E004", "证件号码错误"),
        (form["yywd"] in BRANCHES, "E005", "网点不存在"),
        (form["zhlx"] == "01", "E006", "账户类型错误"),
    )
    return next(((code, message) for right, code, message in checks if not right), None)


class Bank:
    """The one operation of the service over its desk."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key

    def register(self, request: Request) -> Reply:
        """Take an appointment, each time anew."""
        form = request.form()
        if form.get("key") != self.key:
            return _form({"retcode": "E009", "retmsg": "密钥错误"})
        complaint = judge(form)
        if complaint:
            return _form({"retcode": complaint[0], "retmsg": complaint[1]})

        def compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
            number = f"YY{moment:%Y}{sequence:07d}"
            branch = BRANCHES[form["yywd"]]
            return number, {"retcode": "0000", "retmsg": "预约成功", "yyh": number, "wdmc": branch}

        return _form(self.desk.enter(Asked(None, form["tyshxydm"], form, compose)).reply)


def build(settings: Settings) -> System:
    """The bank's system over its own folder."""
    desk = Desk(settings.data / "bank.db", settings.now)
    bank = Bank(desk, settings.key)
    return System(
        name=settings.name,
        control=Control(("register",)),
        token=settings.token,
        routes=(Route("POST", "/yyzh/appoint", "register", bank.register),),
        busy=lambda: Reply(b"<html><h1>502 Bad Gateway</h1></html>", 502, "text/html"),
        garbled=lambda: Reply(b"retcode=0000&retmsg=%E9%A2%84%E7", content_type=FORM),
        desk=desk,
    )


def _form(values: Mapping[str, object]) -> Reply:
    return Reply(urlencode(dict(values)).encode(), content_type=FORM)


if __name__ == "__main__":
    sys.exit(serve("bank", build))
