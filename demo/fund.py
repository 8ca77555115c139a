"""The housing fund centre's registration service: the key in the body, a repeat is HTTP 409."""

import re
import sys
from collections.abc import Mapping
from datetime import date, datetime

from demo.checks import is_credit_code, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, serve

TEXTS = ("request_no", "unit_name", "credit_code", "address", "established")
_DAY = re.compile(r"([0-9]{4})年([0-9]{2})月([0-9]{2})日")


def is_written_date(text: str) -> bool:
    """Say whether the text is YYYY年MM月DD日 in the calendar."""
    found = _DAY.fullmatch(text)
    if not found:
        return False
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return False
    return True


def judge(form: Mapping[str, object]) -> tuple[str, str] | None:
    """The first complaint as (field, detail); None where there is none."""
    for name in TEXTS:
        value = form.get(name)
        if not isinstance(value, str) or not value:
            return name, "不能为空"
    if len(str(form["request_no"])) > 100:
        return "request_no", "长度超过100"
    if not is_credit_code(str(form["credit_code"])):
        return "credit_code", "统一社会信用代码有误"
    if not is_written_date(str(form["established"])):
        return "established", "日期格式应为YYYY年MM月DD日"
    return _judge_person(form.get("legal_rep")) or _judge_numbers(form)


def _judge_person(person: object) -> tuple[str, str] | None:
    if not isinstance(person, dict) or not isinstance(person.get("name"), str) or not person["name"]:
        return "legal_rep.name", "不能为空"
    if not is_resident_id(str(person.get("id_no", ""))):
        return "legal_rep.id_no", "证件号码有误"
    return None


def _judge_numbers(form: Mapping[str, object]) -> tuple[str, str] | None:
    ratio, staff = form.get("ratio_percent"), form.get("staff_count")
    if not isinstance(ratio, int) or isinstance(ratio, bool) or not 5 <= ratio <= 12:
        return "ratio_percent", "缴存比例应在5%至12%之间"
    if not isinstance(staff, int) or isinstance(staff, bool) or staff < 1:
        return "staff_count", "缴存人数应为大于零的整数"
    return None


class HousingFund:
    """The operations of the service over its desk."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key

    def register(self, request: Request) -> Reply:
        """Open a unit account; a request_no seen before answers its account and opens none."""
        if not self._known(request):
            return json_reply({"error": "unauthorized"}, 401)
        try:
            form = request.json()
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return json_reply({"error": "invalid", "field": "", "detail": "报文不是JSON对象"}, 400)
        complaint = judge(form)
        if complaint:
            field, detail = complaint
            return json_reply({"error": "invalid", "field": field, "detail": detail}, 400)
        asked = Asked(str(form["request_no"]), str(form["credit_code"]), form, _compose)
        entry, new = self.desk.enter_once(asked)
        if not new:
            return json_reply({"error": "duplicate_request", "account_no": entry.number}, 409)
        return json_reply(entry.reply, 201)

    def read(self, request: Request) -> Reply:
        """Show one account by its number."""
        if not self._known(request):
            return json_reply({"error": "unauthorized"}, 401)
        entry = self.desk.numbered(request.match[0])
        if entry is None:
            return json_reply({"error": "not_found"}, 404)
        return json_reply({**entry.reply, "request_no": entry.reference, "credit_code": entry.credit_code})

    def _known(self, request: Request) -> bool:
        return request.headers.get("x-client") == "tongban" and request.headers.get("x-token") == self.key


def _compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
    number = f"GJJ{sequence:010d}"
    return number, {"account_no": number, "opened_on": f"{moment:%Y}年{moment:%m}月{moment:%d}日"}


def build(settings: Settings) -> System:
    """The centre's system over its own folder."""
    desk = Desk(settings.data / "fund.db", settings.now)
    centre = HousingFund(desk, settings.key)
    return System(
        name=settings.name,
        control=Control(("register", "read")),
        token=settings.token,
        routes=(
            Route("POST", "/gjj/unit-accounts", "register", centre.register),
            Route("GET", r"/gjj/unit-accounts/([A-Z0-9]{1,40})", "read", centre.read),
        ),
        busy=lambda: Reply("系统维护中".encode(), 503, "text/plain; charset=utf-8"),
        garbled=lambda: Reply(b'{"account_no":"GJJ00'),
        desk=desk,
    )


if __name__ == "__main__":
    sys.exit(serve("fund", build))
