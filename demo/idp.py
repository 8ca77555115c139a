"""The national identity provider: OpenID Connect, code with PKCE, an assurance level in `acr`."""

import base64
import hmac
import secrets
import sqlite3
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from demo.control import Control
from demo.host import Reply, Request, Route, System, json_reply
from demo.idp_pages import DEMONSTRATION_CODE, message_page, sign_in_page
from demo.idp_tokens import Signer, challenge
from demo.program import Settings, require, serve

SCHEMA = """
CREATE TABLE account (
  id_number TEXT NOT NULL, sub TEXT NOT NULL, name TEXT NOT NULL, mobile TEXT NOT NULL,
  entity_code TEXT NOT NULL, entity_name TEXT NOT NULL);
"""
INDEXES = "CREATE UNIQUE INDEX account_id_number ON account (id_number);"
CLIENT = "tongban"
ID_TYPE = "111"  # 居民身份证 (GA/T 517 as the national platform uses it)
SCOPES = ("openid", "profile", "identity", "entity")
TICKET_LIFE, CODE_LIFE, TOKEN_LIFE = timedelta(minutes=10), timedelta(seconds=60), timedelta(seconds=600)
MOST_TRIES = 6
MOST_KEPT = 5000
METHODS = {"sms": "L2", "face": "L3"}
HTML = "text/html; charset=utf-8"
SAFE = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
)
Kept = TypeVar("Kept")


@dataclass
class Ticket:
    """One authorization request while its person signs in."""

    redirect_uri: str
    state: str
    nonce: str
    scopes: tuple[str, ...]
    challenge: str
    face_only: bool
    language: str
    other_url: str
    tries: int = 0


@dataclass(frozen=True)
class Signed:
    """What a code stands for."""

    ticket: Ticket
    claims: Mapping[str, object]
    subject: str
    method: str
    at: datetime = field()


class Wallet(Generic[Kept]):
    """Random keys to things that expire; bounded, oldest out first."""

    def __init__(self, life: timedelta, now: Callable[[], datetime]) -> None:
        self.life, self.now = life, now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[datetime, Kept]] = OrderedDict()

    def put(self, kept: Kept) -> str:
        """Keep it under a new key."""
        key = secrets.token_urlsafe(24)
        self.keep(key, kept)
        return key

    def keep(self, key: str, kept: Kept) -> None:
        """Keep it under this key."""
        with self._lock:
            self._kept[key] = (self.now() + self.life, kept)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def see(self, key: str) -> Kept | None:
        """What is under a key, if it has not expired."""
        with self._lock:
            until, kept = self._kept.get(key, (None, None))
        return kept if until and until > self.now() else None

    def take(self, key: str) -> Kept | None:
        """What is under a key, once."""
        kept = self.see(key)
        with self._lock:
            return kept if self._kept.pop(key, None) else None


class Provider:
    """The operations of the provider over its own accounts, read only."""

    def __init__(self, settings: Settings, accounts: Path, signer: Signer) -> None:
        self.settings, self.signer, self.issuer = settings, signer, settings.public_url
        self._lock = threading.Lock()
        self._accounts = sqlite3.connect(f"file:{accounts}?mode=ro", uri=True, check_same_thread=False)
        self._accounts.execute("PRAGMA cache_size=-2000")
        self.tickets: Wallet[Ticket] = Wallet(TICKET_LIFE, settings.now)
        self.codes: Wallet[Signed] = Wallet(CODE_LIFE, settings.now)
        self.tokens: Wallet[Signed] = Wallet(TOKEN_LIFE, settings.now)

    def discovery(self, _: Request) -> Reply:
        """OpenID Connect Discovery 1.0 §3."""
        return json_reply(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/end-session",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": list(SCOPES),
                "acr_values_supported": sorted(METHODS.values()),
                "ui_locales_supported": ["zh", "en"],
                "claims_supported": [
                    "sub", "name", "id_type", "id_number", "phone_number", "entity", "acr", "amr",
                ],
            }
        )  # fmt: skip

    def authorize(self, request: Request) -> Reply:
        """Show the sign-in page of a right request (OpenID Connect Core §3.1.2)."""
        asked = request.query
        language = _language(asked)
        redirect = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT or not self._may_redirect(redirect):
            return _html(message_page(language, "bad_request", "client_id / redirect_uri"), 400)
        wrong = _wrong_request(asked)
        if wrong:
            return _redirect(redirect, {"error": wrong, "state": asked.get("state", "")})
        ticket = Ticket(
            redirect_uri=redirect,
            state=asked.get("state", ""),
            nonce=asked.get("nonce", ""),
            scopes=tuple(scope for scope in asked["scope"].split() if scope in SCOPES),
            challenge=asked["code_challenge"],
            face_only=asked.get("acr_values", "").split() == ["L3"],
            language=language,
            other_url="/authorize?" + urlencode({**asked, "ui_locales": "en" if language == "zh" else "zh"}),
        )
        return self._ask(self.tickets.put(ticket), ticket)

    def sign_in(self, request: Request) -> Reply:
        """Check who it is and send them back with a code; six wrong tries end the ticket."""
        form = request.form()
        key = form.get("ticket", "")
        ticket = self.tickets.see(key)
        if ticket is None:
            return _html(message_page("zh", "spent"), 400)
        number = form.get("id_number", "").strip().upper() or form.get("person", "")
        method = form.get("method", "sms")
        account = self._account(number)
        wrong = _wrong_sign_in(ticket, form, account is not None, method)
        if wrong or account is None:
            ticket.tries += 1
            if ticket.tries >= MOST_TRIES:
                self.tickets.take(key)
                return _html(message_page(ticket.language, "spent"), 422)
            return self._ask(key, ticket, wrong)
        if self.tickets.take(key) is None:  # two clicks at once: one of them signs in
            return _html(message_page(ticket.language, "spent"), 400)
        subject, claims = _claims(account, ticket.scopes)
        signed = Signed(ticket, claims, subject, method, self.settings.now())
        answer = {"code": self.codes.put(signed), "state": ticket.state, "iss": self.issuer}
        return _redirect(ticket.redirect_uri, answer)

    def token(self, request: Request) -> Reply:
        """Change a code for tokens (RFC 6749 §4.1.3, RFC 7636)."""
        form = request.form()
        if not self._is_client(request, form):
            return json_reply(
                {"error": "invalid_client"},
                401,
                (("WWW-Authenticate", "Basic"), ("Cache-Control", "no-store")),
            )
        if form.get("grant_type") != "authorization_code":
            return _refused("unsupported_grant_type")
        signed = self.codes.take(form.get("code", ""))
        if signed is None or signed.ticket.redirect_uri != form.get("redirect_uri"):
            return _refused("invalid_grant", "unknown, used or expired code, or another redirect_uri")
        if not hmac.compare_digest(challenge(form.get("code_verifier", "")), signed.ticket.challenge):
            return _refused("invalid_grant", "code_verifier")
        access = self.signer.token(self._access_claims(signed), "at+jwt")
        self.tokens.keep(access, signed)
        return json_reply(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": int(TOKEN_LIFE.total_seconds()),
                "id_token": self.signer.token(self._id_claims(signed)),
                "scope": " ".join(signed.ticket.scopes),
            },
            headers=(("Cache-Control", "no-store"),),
        )

    def userinfo(self, request: Request) -> Reply:
        """The claims of an access token."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        signed = self.tokens.see(token.strip()) if kind.lower() == "bearer" else None
        if signed is None:
            return json_reply(
                {"error": "invalid_token"}, 401, (("WWW-Authenticate", 'Bearer error="invalid_token"'),)
            )
        return json_reply({"sub": signed.subject, **signed.claims}, headers=(("Cache-Control", "no-store"),))

    def end_session(self, request: Request) -> Reply:
        """There is no session to end here; send the person back."""
        target = request.query.get("post_logout_redirect_uri", "")
        if self._may_redirect(target):
            return _redirect(target, {"state": request.query.get("state", "")})
        return _html(message_page(_language(request.query), "out"), 200)

    def _access_claims(self, signed: Signed) -> dict[str, object]:
        """What whoever is shown an access token reads in it (RFC 9068 §2.2): nothing about the person."""
        return {
            **self._session_claims(signed),
            "client_id": CLIENT,
            "jti": secrets.token_urlsafe(16),
            "scope": " ".join(signed.ticket.scopes),
        }

    def _session_claims(self, signed: Signed) -> dict[str, object]:
        issued = int(self.settings.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": signed.subject,
            "aud": CLIENT,
            "iat": issued,
            "exp": issued + int(TOKEN_LIFE.total_seconds()),
            "auth_time": int(signed.at.timestamp()),
            "acr": METHODS[signed.method],
        }

    def _id_claims(self, signed: Signed) -> dict[str, object]:
        claims = {**self._session_claims(signed), "amr": [signed.method], **signed.claims}
        return claims | ({"nonce": signed.ticket.nonce} if signed.ticket.nonce else {})

    def _ask(self, key: str, ticket: Ticket, wrong: str = "") -> Reply:
        page = sign_in_page(
            ticket.language, key, face_only=ticket.face_only, other_url=ticket.other_url, wrong=wrong
        )
        return _html(page, 422 if wrong else 200)

    def _account(self, number: str) -> tuple[str, ...] | None:
        with self._lock:
            found: tuple[str, ...] | None = self._accounts.execute(
                "SELECT id_number, sub, name, mobile, entity_code, entity_name FROM account"
                " WHERE id_number = ?",
                (number,),
            ).fetchone()
        return found

    def _may_redirect(self, uri: str) -> bool:
        if uri in self.settings.redirects:
            return True
        parts = urlsplit(uri)
        return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and not parts.fragment

    def _is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                pair = base64.b64decode(text, validate=True).decode()
            except ValueError:
                return False
            name, _, secret = (unquote(part) for part in pair.partition(":"))
        return name == CLIENT and hmac.compare_digest(secret.encode(), self.settings.key.encode())


def _claims(account: tuple[str, ...], scopes: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    number, subject, name, mobile, entity_code, entity_name = account
    claims: dict[str, object] = {}
    if "profile" in scopes:
        claims["name"] = name
    if "identity" in scopes:
        claims |= {"id_type": ID_TYPE, "id_number": number, "phone_number": mobile}
    if "entity" in scopes and entity_code:
        claims["entity"] = {"credit_code": entity_code, "name": entity_name, "role": "01"}
    return subject, claims


def _wrong_request(asked: Mapping[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "invalid_request"
    return "login_required" if asked.get("prompt") == "none" else ""


def _wrong_sign_in(ticket: Ticket, form: Mapping[str, str], known: bool, method: str) -> str:
    if method not in METHODS or (ticket.face_only and method != "face"):
        return "bad_method"
    if not hmac.compare_digest(form.get("code", "").strip().encode(), DEMONSTRATION_CODE.encode()):
        return "bad_code"
    return "" if known else "bad_person"


def _language(asked: Mapping[str, str]) -> str:
    return "en" if asked.get("ui_locales", "zh").lower().startswith("en") else "zh"


def _redirect(target: str, values: Mapping[str, str]) -> Reply:
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [(name, value) for name, value in values.items() if value]
    location = urlunsplit(parts._replace(query=urlencode(query)))
    return Reply(b"", 303, HTML, (("Location", location), ("Cache-Control", "no-store")))


def _html(page: bytes, status: int) -> Reply:
    return Reply(page, status, HTML, SAFE)


def _refused(error: str, description: str = "") -> Reply:
    body = {"error": error, "error_description": description or error}
    return json_reply(body, 400, (("Cache-Control", "no-store"),))


def build(settings: Settings) -> System:
    """The provider over its own folder."""
    accounts = require(settings.data / "idp.db")
    provider = Provider(settings, accounts, Signer(settings.data / "key.pem"))
    operations = (
        Route("GET", "/.well-known/openid-configuration", "discovery", provider.discovery),
        Route("GET", "/authorize", "authorize", provider.authorize),
        Route("POST", "/sign-in", "sign-in", provider.sign_in),
        Route("POST", "/token", "token", provider.token),
        Route("GET", "/userinfo", "userinfo", provider.userinfo),
        Route("GET", "/jwks", "jwks", lambda _: json_reply(provider.signer.key_set())),
        Route("GET", "/end-session", "end-session", provider.end_session),
    )
    return System(
        name=settings.name,
        control=Control(route.operation for route in operations),
        token=settings.token,
        routes=operations,
        busy=lambda: json_reply({"error": "temporarily_unavailable"}, 503),
        garbled=lambda: Reply(b'{"issuer":"http://'),
    )


if __name__ == "__main__":
    sys.exit(serve("idp", build))
