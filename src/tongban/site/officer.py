"""An officer's browser at the workbench: signs in, takes a case, opens it for a cause, decides it by name.

It knows the pages and nothing else of a node, and plays the officers of a demonstration's samples.
"""

import re
from collections.abc import Mapping

import httpx

from tongban.kernel.errors import Conflict, NotAllowed
from tongban.kernel.texts import Text
from tongban.site.accounts import Account
from tongban.site.applicant import TIMEOUT_S, sent

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CAUSE = "审批本办件"


class Officer:
    """A member of staff at the workbench; raises NotAllowed where they cannot sign in."""

    def __init__(self, origin: str, account: Account) -> None:
        self.account = account
        self.http = httpx.Client(base_url=f"{origin}/workbench", timeout=TIMEOUT_S)
        known = {"login": account.login, "password": account.password, "code": account.code}
        if not self._press("/sign-in", "/sign-in", known).is_redirect:
            raise NotAllowed(
                "officer.not_signed_in",
                what=Text(
                    f"{account.name}（{account.login}）未能登录工作台。",
                    f"{account.name} ({account.login}) could not sign in at the workbench.",
                ),
                todo=Text(
                    "动态口令每个只能用一次，请半分钟后重试。",
                    "Each one-time code works once: try again in half a minute.",
                ),
            )

    def decide(self, number: str, *, grant: bool, reasons: str) -> None:
        """Claim a case, open its facts with the usual cause, and decide it; raises Conflict."""
        case = f"/cases/{number}"
        steps: tuple[tuple[str, Mapping[str, str]], ...] = (
            (f"{case}/claim", {}),
            (f"{case}/open", {"cause": CAUSE}),
            (f"{case}/do/{'approve' if grant else 'refuse'}", {"reasons": reasons, "step": "do"}),
        )
        for address, fields in steps:
            answer = self._press(case, address, fields)
            if not answer.is_redirect:
                raise Conflict(
                    "officer.not_decided",
                    what=Text(
                        f"{self.account.name} 未能办理 {number}（HTTP {answer.status_code}）。",
                        f"{self.account.name} could not decide {number} (HTTP {answer.status_code}).",
                    ),
                    todo=Text(
                        f"请在工作台打开该办件查看：{self.http.base_url}{case.removeprefix('/')}",
                        f"See the case at the workbench: {self.http.base_url}{case.removeprefix('/')}",
                    ),
                )

    def close(self) -> None:
        """Let the connection go."""
        self.http.close()

    def _press(self, page: str, address: str, fields: Mapping[str, str]) -> httpx.Response:
        """Read a page, then send a form of it."""
        token = TOKEN.search(sent(self.http, "GET", page).text)
        form = {**fields, "csrfmiddlewaretoken": token[1] if token else ""}
        return sent(self.http, "POST", address, data=form)
