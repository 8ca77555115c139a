"""The identity provider as it describes itself: where to ask, and the keys that it signs with.

OpenID Connect Discovery 1.0. What it says of itself is kept for minutes; a key that is not known yet is
asked for once more, since providers change keys without telling.
"""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

import httpx

from tongban.exchange import api as exchange
from tongban.kernel.errors import NotAllowed, SourceDown, SourceWrong
from tongban.kernel.texts import Text

TIMEOUT_S = 5.0
KEPT_FOR_S = 600
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Provider:
    """Where each of the provider's doors is."""

    issuer: str
    authorization: str
    token: str
    keys: str
    end_session: str


def provider_at(endpoint: exchange.Endpoint, *, now: datetime) -> Provider:
    """Give the provider at an endpoint; raises SourceDown when it does not answer, SourceWrong otherwise."""
    return _described(endpoint.at, int(now.timestamp()) // KEPT_FOR_S)


@lru_cache(maxsize=8)
def _described(issuer: str, window: int) -> Provider:  # noqa: ARG001 - the window is what makes it anew
    said = _asked("GET", f"{issuer}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise wrong("issuer")
    try:
        return Provider(
            issuer=issuer,
            authorization=str(said["authorization_endpoint"]),
            token=str(said["token_endpoint"]),
            keys=str(said["jwks_uri"]),
            end_session=str(said.get("end_session_endpoint", "")),
        )
    except KeyError as missing:
        raise wrong(str(missing)) from missing


def keys_of(provider: Provider, *, now: datetime) -> Mapping[str, Any]:
    """Give the provider's key set (RFC 7517)."""
    return _keys(provider.keys, int(now.timestamp()) // KEPT_FOR_S)


def forget_keys() -> None:
    """Ask for the keys again next time."""
    _keys.cache_clear()


def forget_provider() -> None:
    """Ask the provider again who it is and which keys it has."""
    _described.cache_clear()
    _keys.cache_clear()


@lru_cache(maxsize=8)
def _keys(address: str, window: int) -> Mapping[str, Any]:  # noqa: ARG001
    return _asked("GET", address)


def change_code(
    provider: Provider, endpoint: exchange.Endpoint, *, code: str, verifier: str, redirect_uri: str
) -> Mapping[str, Any]:
    """Change a code for tokens (RFC 6749 §4.1.3, RFC 7636); raises NotAllowed when it is refused."""
    name, secret = quote(endpoint.secrets.get("client", "")), quote(endpoint.secrets.get("key", ""))
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _asked("POST", provider.token, form=form, headers={"Authorization": f"Basic {basic}"})


def _asked(
    method: str,
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Ask for a JSON object, within a time and a size, following no redirect."""
    try:
        answer = _client().request(method, address, data=dict(form) if form else None, headers=headers)
    except httpx.HTTPError as trouble:
        raise _silent() from trouble
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise _silent()
    if answer.status_code != httpx.codes.OK:
        raise _refused(str(answer.status_code))
    if len(answer.content) > MOST_BYTES:
        raise wrong("size")
    try:
        said = answer.json()
    except ValueError as trouble:
        raise wrong("JSON") from trouble
    if not isinstance(said, dict):
        raise wrong("JSON")
    return said


@cache
def _client() -> httpx.Client:
    """Give the process's client: certificates of the system, no proxy that a shell happened to name."""
    context: ssl.SSLContext = httpx.create_ssl_context(trust_env=False)
    return httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=context, follow_redirects=False)


def _silent() -> SourceDown:
    return SourceDown(
        "portal.provider_down",
        what=Text("国家网络身份认证系统暂时没有应答。", "The identity provider does not answer just now."),
        todo=Text("请稍后再登录；已提交的申报照常办理。", "Sign in again later; what was submitted goes on."),
    )


def wrong(detail: str) -> SourceWrong:
    """Say that the provider's answer is not what the protocol asks for."""
    return SourceWrong(
        "portal.provider_wrong",
        what=Text(
            f"身份认证系统的应答不符合规范（{detail}）。",
            f"The identity provider's answer is not right ({detail}).",
        ),
        todo=Text(
            "请稍后再试；如仍不行，请告知大厅窗口。", "Try again later; if it goes on, tell the counter."
        ),
    )


def _refused(detail: str) -> NotAllowed:
    return NotAllowed(
        "portal.sign_in_refused",
        what=Text(
            f"身份认证系统未确认本次登录（{detail}）。",
            f"The identity provider did not confirm it ({detail}).",
        ),
        todo=Text("请重新登录。", "Sign in again."),
    )
