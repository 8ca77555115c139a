"""An applicant's program: signs a person in at the identity provider and files over /api/v1.

It knows the public interface and nothing else of a node, as any program of a bank or an accountant would.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tongban.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SourceDown, TongbanError
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Language, Text

TIMEOUT_S = 30.0
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
ERRORS: dict[int, type[TongbanError]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    422: Invalid,
}


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider, and under which name and secret this program is known there."""

    issuer: str
    client: str
    secret: str
    code: str = "900100"  # what the demonstration's provider takes for the code on a mobile


def sign_in(provider: Provider, number: str, *, back_to: str, chance: Chance) -> str:
    """Sign a demonstration person in and give their access token (OpenID Connect, code flow with PKCE).

    Raises NotAllowed when the provider does not know them, SourceDown when it does not answer.
    """
    verifier = _url_safe(chance.bytes(32))
    state = _url_safe(chance.bytes(16))
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back_to,
        "scope": "openid profile identity",
        "state": state,
        "nonce": _url_safe(chance.bytes(16)),
        "acr_values": "L3",
        "code_challenge": _url_safe(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    with httpx.Client(base_url=provider.issuer, timeout=TIMEOUT_S) as http:
        ticket = TICKET.search(sent(http, "GET", "/authorize", params=asked).text)
        if ticket is None:
            raise _not_signed_in(number)
        form = {"ticket": ticket[1], "id_number": number, "code": provider.code, "method": "face"}
        answer = sent(http, "POST", "/sign-in", data=form)
        told = parse_qs(urlsplit(answer.headers.get("location", "")).query)
        if told.get("state") != [state] or "code" not in told:
            raise _not_signed_in(number)
        exchange = {
            "grant_type": "authorization_code",
            "code": told["code"][0],
            "redirect_uri": back_to,
            "code_verifier": verifier,
        }
        given = sent(http, "POST", "/token", data=exchange, auth=(provider.client, provider.secret))
        token = given.json().get("access_token") if given.status_code == httpx.codes.OK else None
    if not isinstance(token, str):
        raise _not_signed_in(number)
    return token


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def sent(http: httpx.Client, method: str, path: str, **what: Any) -> httpx.Response:
    """Send one request; raises SourceDown when nothing answers."""
    try:
        return http.request(method, path, **what)
    except httpx.HTTPError as trouble:
        raise SourceDown(
            "applicant.unreachable",
            what=Text(
                f"无法连接 {http.base_url}：{trouble}。", f"{http.base_url} does not answer: {trouble}."
            ),
            todo=Text("请确认该系统正在运行。", "See that it is running."),
        ) from trouble


def _not_signed_in(number: str) -> NotAllowed:
    return NotAllowed(
        "applicant.not_signed_in",
        what=Text(
            f"{number} 未能登录身份认证平台。", f"{number} could not sign in at the identity provider."
        ),
        todo=Text(
            "请核对证件号码；演示城市只认识其虚构居民。",
            "Check the number: only the city's invented people are known.",
        ),
    )


@dataclass
class Applicant:
    """A signed-in person's program at one node; each call raises what the node refuses with."""

    origin: str
    token: str
    language: Language
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        spoken = "zh-CN" if self.language == "zh" else "en"
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": spoken}
        self.http = httpx.Client(base_url=f"{self.origin}/api/v1", headers=headers, timeout=TIMEOUT_S)

    def form(self, bundle: str) -> dict[str, Any]:
        """Give the notice, the questions and the statements of a bundle."""
        return self._asked("GET", f"/bundles/{bundle}")

    def file(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Open, answer and submit in one request; gives the filing, or what is to be corrected first."""
        return self._asked(
            "POST", "/filings", json={**body, "submit": True}, headers={"Idempotency-Key": key}
        )

    def correct(self, number: str, answers: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Change answers of a draft and submit it again."""
        self._asked("PUT", f"/filings/{number}/answers", json={"answers": answers})
        return self._asked("POST", f"/filings/{number}/submit", headers={"Idempotency-Key": key})

    def filing(self, number: str) -> dict[str, Any]:
        """Give a filing with its cases and its whole timeline, however many pages that has."""
        filing = self._asked("GET", f"/filings/{number}")
        while filing["timeline_next"] is not None:
            more = self._asked(
                "GET", f"/filings/{number}/timeline", params={"after": filing["timeline_next"]}
            )
            filing["timeline"] += more["lines"]
            filing["timeline_next"] = more["next"]
        return filing

    def plan(self, number: str) -> dict[str, Any]:
        """Give how each value was obtained, and how many were fetched."""
        return self._asked("GET", f"/filings/{number}/plan")

    def facts(self, number: str) -> list[dict[str, Any]]:
        """Give all that was fetched about oneself."""
        return self._listed(f"/filings/{number}/facts", "facts")

    def confirm(self, number: str, *, agrees: bool = True) -> dict[str, Any]:
        """Confirm for oneself what another has filed."""
        return self._asked("POST", f"/filings/{number}/confirm", json={"agrees": agrees})

    def contest(self, number: str, fact: int, said: str) -> dict[str, Any]:
        """Say that a fetched fact about oneself is wrong."""
        return self._asked("POST", f"/filings/{number}/contest", json={"fact": fact, "said": said})

    def notices(self, number: str) -> list[dict[str, Any]]:
        """Give the notices that offices gave in one's own filing, oldest first."""
        return self._listed(f"/filings/{number}/notices", "notices")

    def licence(self, identifier: str) -> dict[str, Any]:
        """Give what one licence is."""
        return self._asked("GET", f"/licences/{identifier}")

    def licence_file(self, identifier: str) -> bytes:
        """Give a licence as the file that proves itself."""
        return self._answer("GET", f"/licences/{identifier}/file").content

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()

    def _listed(self, path: str, name: str) -> list[dict[str, Any]]:
        """Give a list whole, however many pages it has."""
        page = self._asked("GET", path)
        found = list(page[name])
        while page["next"] is not None:
            page = self._asked("GET", path, params={"after": page["next"]})
            found += page[name]
        return found

    def _asked(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        shape: dict[str, Any] = self._answer(method, path, **what).json()
        return shape

    def _answer(self, method: str, path: str, **what: Any) -> httpx.Response:
        answer = sent(self.http, method, path, **what)
        if answer.is_success:
            return answer
        raise _refused(answer)


def _refused(answer: httpx.Response) -> TongbanError:
    """Turn a problem (RFC 9457) back into the error that it was."""
    kind = ERRORS.get(answer.status_code, SourceDown)
    try:
        told = answer.json()
        code, what, todo = str(told["code"]), str(told["detail"]), str(told["todo"])
    except (ValueError, KeyError, TypeError):
        return kind(
            "applicant.odd_answer",
            what=Text(
                f"{answer.request.url} 应答 HTTP {answer.status_code}。",
                f"{answer.request.url} answered HTTP {answer.status_code}.",
            ),
            todo=Text("原因见该节点的 output/web.log。", "Why stands in that node's output/web.log."),
        )
    return kind(code, what=Text(what, what), todo=Text(todo, todo))
