"""云溪印章制作社: orders for a company's seals, the key in the URL, problem details as its error habit."""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from demo.checks import is_credit_code, is_iso_day, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, serve

SEALS = {
    "01": "法定名称章",
    "02": "财务专用章",
    "03": "发票专用章",
    "04": "合同专用章",
    "05": "法定代表人名章",
}
TITLES = {
    401: "Unauthorized",
    404: "Not Found",
    409: "Conflict",
    422: "Unprocessable",
    503: "Service Unavailable",
}
Invalid = list[dict[str, str]]


def _person_right(person: object) -> bool:
    return (
        isinstance(person, dict)
        and isinstance(person.get("name"), str)
        and bool(person["name"])
        and is_resident_id(str(person.get("idNumber", "")))
    )


def _seals_right(seals: object) -> bool:
    return (
        isinstance(seals, list)
        and all(kind in SEALS for kind in seals if isinstance(kind, str))
        and all(isinstance(kind, str) for kind in seals)
        and len(set(seals)) == len(seals)
        and "01" in seals
    )


FIELDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "company": (lambda value: isinstance(value, str) and bool(value), "企业名称不能为空"),
    "creditCode": (lambda value: isinstance(value, str) and is_credit_code(value), "统一社会信用代码有误"),
    "legalRepresentative": (_person_right, "法定代表人姓名或证件号码有误"),
    "division": (lambda value: bool(re.fullmatch(r"9901[0-9]{2}", str(value))), "行政区划代码有误"),
    "seals": (_seals_right, "印章类型有误、重复或缺少法定名称章"),
    "establishedOn": (lambda value: isinstance(value, str) and is_iso_day(value), "日期格式应为YYYY-MM-DD"),
}


def judge(form: Mapping[str, object]) -> Invalid:
    """Every complaint about an order."""
    return [
        {"name": name, "reason": reason}
        for name, (right, reason) in FIELDS.items()
        if not right(form.get(name))
    ]


class SealMaker:
    """The operations of the service over its desk."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key

    def register(self, request: Request) -> Reply:
        """Take an order under the key in the URL; the same order again answers the same record."""
        if request.headers.get("x-api-key") != self.key:
            return _problem(401)
        try:
            form = request.json()
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return _problem(422, [{"name": "", "reason": "报文不是JSON对象"}])
        invalid = judge(form)
        if invalid:
            return _problem(422, invalid)
        asked = Asked(request.match[0], str(form["creditCode"]), form, _composer(form))
        entry, new = self.desk.enter_once(asked)
        if entry.digest != asked.digest:
            return _problem(409)
        return json_reply(entry.reply, 201 if new else 200)

    def read(self, request: Request) -> Reply:
        """Show the record under the key in the URL."""
        if request.headers.get("x-api-key") != self.key:
            return _problem(401)
        entry = self.desk.first(request.match[0])
        return json_reply(entry.reply) if entry else _problem(404)


def _composer(form: Mapping[str, object]) -> Callable[[int, datetime], tuple[str, Mapping[str, object]]]:
    division, kinds = str(form["division"]), form["seals"]
    assert isinstance(kinds, list)  # noqa: S101 - judged before

    def compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
        first = (sequence - 1) * len(SEALS) + 1  # no order has more seals than there are kinds
        number = f"YZ{division}{sequence:07d}"
        seals = [
            {"type": kind, "name": SEALS[kind], "code": f"{division}{first + place:07d}"}
            for place, kind in enumerate(kinds)
        ]
        return number, {"recordNumber": number, "seals": seals, "filedAt": moment.isoformat()}

    return compose


def build(settings: Settings) -> System:
    """The seal maker's system over its own folder."""
    desk = Desk(settings.data / "seal.db", settings.now)
    maker = SealMaker(desk, settings.key)
    path = r"/api/seal-orders/([A-Za-z0-9._-]{1,100})"
    return System(
        name=settings.name,
        control=Control(("register", "read")),
        token=settings.token,
        routes=(Route("PUT", path, "register", maker.register), Route("GET", path, "read", maker.read)),
        busy=lambda: _problem(503),
        garbled=lambda: Reply(b'{"recordNumber":"YZ99'),
        desk=desk,
    )


def _problem(status: int, invalid: Invalid | None = None) -> Reply:
    body: dict[str, object] = {"type": "about:blank", "title": TITLES[status], "status": status}
    if invalid is not None:
        body["invalid"] = invalid
    reply = json_reply(body, status)
    return Reply(reply.body, status, "application/problem+json")


if __name__ == "__main__":
    sys.exit(serve("seal", build))
