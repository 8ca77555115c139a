"""The medical insurance bureau's registration service: numeric codes, lookup by our reference."""

import re
import sys
from collections.abc import Mapping
from datetime import datetime

from demo.checks import is_credit_code, is_resident_id
from demo.control import Control
from demo.desk import Asked, Desk
from demo.host import Reply, Request, Route, System, json_reply
from demo.program import Settings, serve

OK, MISSING, MALFORMED, NOT_JSON, TOKEN, NONE, BUSY = 0, 1001, 1002, 1009, 4010, 4041, 5003
REQUIRED = ("out_ref", "unit_nm", "uscc", "legal_psn", "legal_cert_no", "estab_tm", "psn_cnt", "unit_addr")
TIME = "%Y-%m-%d %H:%M:%S"


def is_moment(text: object) -> bool:
    """Say whether the text is YYYY-MM-DD hh:mm:ss in the calendar."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9: -]{19}", text):
        return False
    try:
        datetime.strptime(text, TIME)  # noqa: DTZ007 - this bureau writes no zone
    except ValueError:
        return False
    return True


def judge(form: Mapping[str, object]) -> tuple[int, str] | None:
    """The first complaint about a registration form as (code, field); None where there is none."""
    for name in REQUIRED:
        if form.get(name) in (None, ""):
            return MISSING, name
    people = form["psn_cnt"]
    right = {
        "out_ref": len(str(form["out_ref"])) <= 100,
        "uscc": is_credit_code(str(form["uscc"])),
        "legal_cert_no": is_resident_id(str(form["legal_cert_no"])),
        "estab_tm": is_moment(form["estab_tm"]),
        "psn_cnt": isinstance(people, int) and not isinstance(people, bool) and people >= 1,
    }
    wrong = [name for name, is_right in right.items() if not is_right]
    return (MALFORMED, wrong[0]) if wrong else None


class MedicalInsurance:
    """The operations of the service over its desk."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key

    def register(self, request: Request) -> Reply:
        """Take a registration, each time anew."""
        form = self._opened(request)
        if isinstance(form, Reply):
            return form
        complaint = judge(form)
        if complaint:
            return _no(*complaint)
        code = str(form["uscc"])

        def compose(sequence: int, moment: datetime) -> tuple[str, Mapping[str, object]]:
            number = int(f"{code[2:8]}{sequence:06d}") if code[2:8].isdigit() else 990100000000 + sequence
            return str(number), {"code": OK, "data": {"unit_no": number, "enroll_tm": f"{moment:{TIME}}"}}

        return json_reply(self.desk.enter(Asked(str(form["out_ref"]), code, form, compose)).reply)

    def lookup(self, request: Request) -> Reply:
        """Show the first registration under a reference."""
        form = self._opened(request)
        if isinstance(form, Reply):
            return form
        reference = form.get("out_ref")
        if not isinstance(reference, str) or not reference:
            return _no(MISSING, "out_ref")
        entry = self.desk.first(reference)
        if entry is None:
            return _no(NONE, "not found")
        return json_reply(
            {
                "code": OK,
                "data": {
                    "unit_no": int(entry.number),
                    "out_ref": reference,
                    "uscc": entry.credit_code,
                    "enroll_tm": f"{entry.received_at:{TIME}}",
                },
            }
        )

    def _opened(self, request: Request) -> dict[str, object] | Reply:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _no(TOKEN, "token")
        try:
            form = request.json()
        except ValueError:
            form = None
        return form if isinstance(form, dict) else _no(NOT_JSON, "not json")


def build(settings: Settings) -> System:
    """The bureau's system over its own folder."""
    desk = Desk(settings.data / "medical.db", settings.now)
    bureau = MedicalInsurance(desk, settings.key)
    return System(
        name=settings.name,
        control=Control(("register", "lookup")),
        token=settings.token,
        routes=(
            Route("POST", "/ybj/unit/enroll", "register", bureau.register),
            Route("POST", "/ybj/unit/query", "lookup", bureau.lookup),
        ),
        busy=lambda: _no(BUSY, "busy"),
        garbled=lambda: Reply(b'{"code":0,"data":{"unit_no":9901'),
        desk=desk,
    )


def _no(code: int, message: str) -> Reply:
    return json_reply({"code": code, "msg": message})


if __name__ == "__main__":
    sys.exit(serve("medical", build))
