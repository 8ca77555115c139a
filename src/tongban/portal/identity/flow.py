"""The code flow with PKCE (RFC 7636): what leaves with a person, and what must come back with them."""

import base64
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc.errors import JoseError

from tongban.exchange import api as exchange
from tongban.kernel.assurance import Level
from tongban.kernel.errors import NotAllowed
from tongban.kernel.ids import Chance
from tongban.kernel.texts import Language, Text
from tongban.portal.identity.provider import Provider, change_code, forget_keys, keys_of, wrong
from tongban.portal.identity.tokens import Identified, not_believed, read_token

SCOPE = "openid profile identity"
LASTS_S = 600
MOST_OPEN = 5  # sign-ins begun in other tabs of the same visit
KEPT_AS = "signing_in"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has left for the provider."""

    nonce: str
    verifier: str
    onward: str
    level: Level | None  # the least that this sign-in is for; any will do where it is for none


def begin(
    session: MutableMapping[str, Any],
    provider: Provider,
    client: str,
    *,
    redirect_uri: str,
    onward: str,
    level: Level | None,
    language: Language,
    now: datetime,
    chance: Chance,
) -> str:
    """Remember a fresh state, nonce and verifier in the visit, and give the address to send the person to."""
    state, nonce, verifier = (_secret(chance) for _ in range(3))
    open_ones = dict(session.get(KEPT_AS, {}))
    open_ones[state] = [nonce, verifier, onward, int(now.timestamp()), level]
    newest = sorted(open_ones.items(), key=lambda one: int(one[1][3]))[-MOST_OPEN:]
    session[KEPT_AS] = dict(newest)
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": _url_safe(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "acr_values": level or "L2 L3",
        "ui_locales": language,
    }
    return f"{provider.authorization}?{urlencode(asked)}"


def take_begun(session: MutableMapping[str, Any], state: str, *, now: datetime) -> Begun:
    """Give the sign-in of this state, once; raises NotAllowed for one that this visit never began."""
    open_ones = dict(session.get(KEPT_AS, {}))
    found = open_ones.pop(state, None)
    session[KEPT_AS] = open_ones
    if found is None or now.timestamp() - int(found[3]) > LASTS_S:
        raise NotAllowed(
            "portal.sign_in_lapsed",
            what=Text("本次登录已失效或不是由本页发起。", "This sign-in has lapsed, or did not begin here."),
            todo=Text("请重新登录；浏览器须允许本站Cookie。", "Sign in again; cookies must be allowed."),
        )
    return Begun(str(found[0]), str(found[1]), str(found[2]), found[4])


def finish(
    begun: Begun,
    provider: Provider,
    endpoint: exchange.Endpoint,
    *,
    code: str,
    redirect_uri: str,
    now: datetime,
) -> Identified:
    """Change the code for an identity token and give who it identifies."""
    told = change_code(provider, endpoint, code=code, verifier=begun.verifier, redirect_uri=redirect_uri)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise wrong("id_token")
    try:
        return _believed(token, begun, provider, endpoint, now)
    except NotAllowed as refusal:
        if not isinstance(refusal.__cause__, JoseError | ValueError):
            raise
        forget_keys()  # signed with a key that was made since we last asked, or by nobody we know
    return _believed(token, begun, provider, endpoint, now)


def _believed(
    token: str, begun: Begun, provider: Provider, endpoint: exchange.Endpoint, now: datetime
) -> Identified:
    client = endpoint.secrets.get("client", "")
    keys = keys_of(provider, now=now)
    return read_token(token, keys, issuer=provider.issuer, client=client, nonce=begun.nonce, now=now)


def require_same_issuer(said: str, provider: Provider) -> None:
    """Refuse an answer that another provider sent (RFC 9207); one that names none is taken at its state."""
    if said and said != provider.issuer:
        raise not_believed("iss")


def _secret(chance: Chance) -> str:
    return _url_safe(chance.bytes(32))


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
