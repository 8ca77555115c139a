"""The tax office's registration service: REST with an idempotency key honoured for 24 hours."""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from demo.checks import MOBILE, is_credit_code, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk, Entry
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, serve

KEY_LIFE = timedelta(hours=24)
OFFICES = {"990121": "国家税务总局云东县税务局", "990122": "国家税务总局云西县税务局"}
REQUIRED = (
    "taxpayerId",
    "taxpayerName",
    "legalRepName",
    "legalRepIdNo",
    "registeredAddress",
    "establishDate",
)
OPTIONAL = ("contactMobile", "invoiceNeeded")
Complaint = tuple[str, str, str]


def is_slash_date(text: str) -> bool:
    """Say whether the text is YYYY/MM/DD in the calendar."""
    if not re.fullmatch(r"[0-9]{4}/[0-9]{2}/[0-9]{2}", text):
        return False
    try:
        date(*(int(part) for part in text.split("/")))
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "taxpayerId": (is_credit_code, "BAD_CREDIT_CODE", "统一社会信用代码校验不通过"),
    "legalRepIdNo": (is_resident_id, "BAD_ID_NO", "法定代表人证件号码校验不通过"),
    "establishDate": (is_slash_date, "BAD_DATE", "日期格式应为YYYY/MM/DD"),
    "contactMobile": (
        lambda text: text == "" or bool(MOBILE.fullmatch(text)),
        "BAD_VALUE",
        "手机号码格式错误",
    ),
    "invoiceNeeded": (lambda text: text in ("Y", "N"), "BAD_VALUE", "应为Y或N"),
}


def judge(form: Mapping[str, object]) -> list[Complaint]:
    """Every complaint about a registration form: (field, code, message)."""
    complaints = [(name, "UNKNOWN_FIELD", "未定义的字段") for name in form if name not in REQUIRED + OPTIONAL]
    complaints += [(name, "MISSING", "缺少必填字段") for name in REQUIRED if form.get(name) in (None, "")]
    for name, (right, code, message) in FORMATS.items():
        value = form.get(name)
        if value is None or (value == "" and name in REQUIRED):
            continue
        if not isinstance(value, str) or not right(value):
            complaints.append((name, code, message))
    return complaints


class TaxOffice:
    """The operations of the service over its desk."""

    def __init__(self, desk: Desk, key: str, now: Callable[[], datetime]) -> None:
        self.desk, self.key, self.now = desk, key, now

    def register(self, request: Request) -> Reply:
        """Take a registration; the same key within a day answers the same number."""
        if request.headers.get("x-app-key") != self.key:
            return _refusal([("X-App-Key", "UNAUTHORIZED", "应用密钥无效")], 401)
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= 100:
            return _refusal([("Idempotency-Key", "MISSING", "缺少幂等键或长度超过100")], 400)
        try:
            form = request.json()
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return _refusal([("", "BAD_JSON", "报文不是JSON对象")], 400)
        complaints = judge(form)
        if complaints:
            return _refusal(complaints, 400)
        return self._enter(key, form)

    def read(self, request: Request) -> Reply:
        """Show one registration by its number."""
        if request.headers.get("x-app-key") != self.key:
            return _refusal([("X-App-Key", "UNAUTHORIZED", "应用密钥无效")], 401)
        entry = self.desk.numbered(request.match[0])
        if entry is None:
            return _refusal([("registrationNo", "NOT_FOUND", "登记号不存在")], 404)
        return json_reply({**entry.reply, "taxpayerId": entry.credit_code})

    def _enter(self, key: str, form: Mapping[str, object]) -> Reply:
        code = str(form["taxpayerId"])

        def compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
            number = f"YXS{moment:%Y%m}{sequence:07d}"
            office = OFFICES.get(code[2:8], "国家税务总局云溪市税务局")
            return number, {
                "status": "SUCCESS",
                "registrationNo": number,
                "taxOffice": office,
                "acceptedAt": f"{moment:%Y/%m/%d %H:%M:%S}",
            }

        asked = Asked(key, code, form, compose)
        entry, new = self.desk.enter_once(asked, since=self.now() - KEY_LIFE)
        if not new and entry.digest != asked.digest:
            return _refusal([("Idempotency-Key", "KEY_REUSED", "同一幂等键的报文不一致")], 422)
        return _accepted(entry, new)


def build(settings: Settings) -> System:
    """The tax office's system over its own folder."""
    desk = Desk(settings.data / "tax.db", settings.now)
    office = TaxOffice(desk, settings.key, settings.now)
    path = "/etax/api/v2/registrations"
    return System(
        name=settings.name,
        control=Control(("register", "read")),
        token=settings.token,
        routes=(
            Route("POST", path, "register", office.register),
            Route("GET", path + r"/([A-Z0-9]{1,40})", "read", office.read),
        ),
        busy=lambda: json_reply({"status": "BUSY"}, 503, (("Retry-After", "2"),)),
        garbled=lambda: Reply(b'{"status":"SUCCESS","registrationNo":"YX'),
        desk=desk,
    )


def _accepted(entry: Entry, new: bool) -> Reply:
    return (
        json_reply(entry.reply, 201)
        if new
        else json_reply(entry.reply, 200, (("Idempotent-Replay", "true"),))
    )


def _refusal(complaints: list[Complaint], status: int) -> Reply:
    errors = [{"field": field, "code": code, "message": message} for field, code, message in complaints]
    return json_reply({"status": "ERROR", "errors": errors}, status)


if __name__ == "__main__":
    sys.exit(serve("tax", build))
