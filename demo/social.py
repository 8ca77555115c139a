"""The social insurance agency's registration service: no keys, HTTP 200 always, lookup by our reference."""

import re
import sys
from collections.abc import Mapping
from datetime import datetime

from demo.checks import is_credit_code, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, serve

REQUIRED = ("wbdh", "dwmc", "tyshxydm", "fddbr", "fddbrzjhm", "dwdz", "clrq", "cbrs")
BUSY = "系统繁忙，请稍后再试"


def is_compact_date(text: object) -> bool:
    """Say whether the text is YYYYMMDD in the calendar."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{8}", text):
        return False
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a date without a clock
    except ValueError:
        return False
    return True


def judge(form: Mapping[str, object]) -> str | None:
    """The first complaint about a registration form, in the agency's words; None where there is none."""
    for name in REQUIRED:
        if form.get(name) in (None, ""):
            return f"缺少必填项：{name}"
    insured = form["cbrs"]
    checks = (
        (len(str(form["wbdh"])) <= 100, "外部单号长度超过100"),
        (is_credit_code(str(form["tyshxydm"])), "统一社会信用代码校验不通过"),
        (is_resident_id(str(form["fddbrzjhm"])), "法定代表人证件号码有误"),
        (is_compact_date(form["clrq"]), "成立日期格式应为YYYYMMDD"),
        (
            isinstance(insured, int) and not isinstance(insured, bool) and insured >= 1,
            "参保人数应为大于零的整数",
        ),
    )
    return next((sentence for right, sentence in checks if not right), None)


class SocialInsurance:
    """The operations of the service over its desk."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key

    def register(self, request: Request) -> Reply:
        """Take a registration, each time anew."""
        if request.headers.get("apikey") != self.key:
            return _no("接口密钥无效")
        try:
            form = request.json()
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return _no("报文格式错误")
        complaint = judge(form)
        if complaint:
            return _no(complaint)
        code = str(form["tyshxydm"])

        def compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
            number = f"SB{code[2:8]}{sequence:08d}"
            return number, {"result": "1", "dwbh": number, "blrq": f"{moment:%Y%m%d}", "bz": "参保登记成功"}

        return json_reply(self.desk.enter(Asked(str(form["wbdh"]), code, form, compose)).reply)

    def lookup(self, request: Request) -> Reply:
        """List what was registered under a reference."""
        if request.headers.get("apikey") != self.key:
            return _no("接口密钥无效")
        reference = request.query.get("wbdh", "")
        if not reference:
            return _no("缺少必填项：wbdh")
        found = [
            {
                "dwbh": entry.number,
                "wbdh": reference,
                "tyshxydm": entry.credit_code,
                "blrq": f"{entry.received_at:%Y%m%d}",
            }
            for entry in self.desk.all_under(reference)
        ]
        return json_reply({"result": "1", "total": len(found), "list": found})


def build(settings: Settings) -> System:
    """The agency's system over its own folder."""
    desk = Desk(settings.data / "social.db", settings.now)
    agency = SocialInsurance(desk, settings.key)
    return System(
        name=settings.name,
        control=Control(("register", "lookup")),
        token=settings.token,
        routes=(
            Route("POST", "/shbx/cbdj", "register", agency.register),
            Route("GET", "/shbx/cbdj/cx", "lookup", agency.lookup),
        ),
        busy=lambda: _no(BUSY),
        garbled=lambda: Reply(b'{"result":"1","dwbh":"SB'),
        desk=desk,
    )


def _no(sentence: str) -> Reply:
    return json_reply({"result": "0", "bz": sentence})


if __name__ == "__main__":
    sys.exit(serve("social", build))
