"""Who is asking: an access token of the identity provider, checked there and remembered briefly.

A program sends `Authorization: Bearer …` (RFC 6750) with the token that the provider gave when a person
signed in. Cookies open nothing here, so that no page elsewhere can act for somebody.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from ninja.security import HttpBearer

from tongban.kernel.assurance import RANKS
from tongban.kernel.errors import NotAllowed, NotSignedIn, SourceDown, SourceWrong
from tongban.kernel.texts import Text
from tongban.registry import api as registry
from tongban.rest.asking import Asking

REMEMBERED_FOR = timedelta(seconds=60)  # a token that the provider ends is refused within a minute
KEYS_REMEMBERED_FOR = timedelta(hours=1)
KEYS_ASKED_AGAIN_AFTER = timedelta(minutes=1)  # a token naming an unknown key cannot make us ask all day
MOST_REMEMBERED = 1_000
MOST_CHARACTERS = 4_096  # of a token
TIMEOUT_S = 5.0
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEVELS = {"L1": 1, **RANKS}
LEAST_LEVEL = 2  # of the provider's ways to sign in: a code on the mobile; a token may not say which it was


def not_signed_in() -> NotSignedIn:
    """Say that nobody is signed in; never why a token was refused."""
    return NotSignedIn(
        "rest.not_signed_in",
        what=Text("访问令牌缺失、无效或已过期。", "The access token is missing, invalid or expired."),
        todo=Text(
            "请在身份认证平台登录，并以 Authorization: Bearer 携带其访问令牌。",
            "Sign in at the identity provider and send its token as `Authorization: Bearer …`.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token stands for."""

    identity_type: str
    number: str
    name: str
    level: int


@dataclass
class Provider:
    """One identity provider as this process knows it: its addresses, its keys, tokens seen of late."""

    issuer: str
    client: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT_S))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: "OrderedDict[bytes, tuple[datetime, registry.Subject]]" = field(default_factory=OrderedDict)
    _addresses: Mapping[str, str] | None = None
    _keys: KeySet | None = None
    _keys_at: datetime | None = None

    def subject(self, token: str, now: datetime, *, demonstration: bool) -> registry.Subject:
        """Give whom a token stands for; raises NotSignedIn, or SourceTrouble when the provider is silent."""
        if not token or len(token) > MOST_CHARACTERS or not token.isascii() or not token.isprintable():
            raise not_signed_in()
        digest = hashlib.sha256(token.encode("ascii")).digest()
        with self._lock:
            until, known = self._seen.get(digest, (now, None))
        if known is not None and until > now:
            return known
        person, expires = self._ask(token, now)
        known = registry.subject_for(
            person.identity_type,
            person.number,
            person.name,
            assurance=person.level,
            now=now,
            demonstration=demonstration,
        )
        subject = replace(known, assurance=person.level)  # of this sign-in, not the surest there ever was
        with self._lock:
            self._seen[digest] = (min(expires, now + REMEMBERED_FOR), subject)
            self._seen.move_to_end(digest)
            while len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)
        return subject

    def _ask(self, token: str, now: datetime) -> tuple[Person, datetime]:
        """Check a signed token here first (RFC 9068), then ask the provider who it is (OIDC Core §5.3)."""
        signed = self._claims(token, now) if token.count(".") == 2 else {}
        answer = self._get(self._address("userinfo_endpoint"), {"Authorization": f"Bearer {token}"})
        if answer.status_code in {400, 401, 403}:
            raise not_signed_in()
        told = self._userinfo(answer, now)
        if signed and signed.get("sub") != told.get("sub"):
            raise not_signed_in()
        expires = (
            datetime.fromtimestamp(signed["exp"], now.tzinfo) if "exp" in signed else now + REMEMBERED_FOR
        )
        return _person(told, str(signed.get("acr", ""))), expires

    def _userinfo(self, answer: httpx.Response, now: datetime) -> Mapping[str, Any]:
        """Read the claims, which a provider may sign."""
        if answer.headers.get("content-type", "").partition(";")[0].strip() == "application/jwt":
            return self._claims(answer.text.strip(), now, is_answer=True)
        return _json(answer)

    def _claims(self, token: str, now: datetime, *, is_answer: bool = False) -> Mapping[str, Any]:
        """Check signature, issuer, audience and time of a token made for this node."""
        try:
            claims = self._decode(token, now).claims
            rules: dict[str, Any] = {"iss": {"essential": True, "value": self.issuer}}
            rules["aud"] = {"essential": True, "value": self.client}
            if not is_answer:
                rules["exp"] = {"essential": True}
            jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=5, **rules).validate(claims)
        except (JoseError, ValueError) as refused:
            raise not_signed_in() from refused
        return claims

    def _decode(self, token: str, now: datetime) -> jwt.Token:
        """Verify a signature; a key we do not know yet makes us ask for the keys again, not too often."""
        try:
            return jwt.decode(token, self._key_set(now, KEYS_REMEMBERED_FOR), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(token, self._key_set(now, KEYS_ASKED_AGAIN_AFTER), algorithms=ALGORITHMS)

    def _key_set(self, now: datetime, remembered_for: timedelta) -> KeySet:
        with self._lock:
            if self._keys is not None and self._keys_at is not None and now < self._keys_at + remembered_for:
                return self._keys
        told = _json(self._get(self._address("jwks_uri"), {}))
        try:
            keys = KeySet.import_key_set({"keys": told["keys"]})
        except (JoseError, KeyError, TypeError, ValueError) as odd:
            raise _odd_answer() from odd
        with self._lock:
            self._keys, self._keys_at = keys, now
        return keys

    def _address(self, name: str) -> str:
        """Give one of the provider's addresses (OpenID Connect Discovery §4); it must be the issuer's own."""
        if self._addresses is None:
            told = _json(self._get(f"{self.issuer}/.well-known/openid-configuration", {}))
            if told.get("issuer") != self.issuer:
                raise _odd_answer()
            self._addresses = {key: str(value) for key, value in told.items()}
        if name not in self._addresses:
            raise _odd_answer()
        return self._addresses[name]

    def _get(self, address: str, headers: Mapping[str, str]) -> httpx.Response:
        try:
            answer = self.http.get(address, headers=dict(headers))
        except httpx.HTTPError as silent:
            raise _silent() from silent
        if answer.status_code >= 500:
            raise _silent()
        return answer


def _person(told: Mapping[str, Any], level: str) -> Person:
    try:
        return Person(
            identity_type=str(told["id_type"]),
            number=str(told["id_number"]),
            name=str(told["name"]),
            level=LEVELS.get(level, LEAST_LEVEL),
        )
    except KeyError as missing:
        raise NotAllowed(
            "rest.identity_not_shared",
            what=Text(
                "该访问令牌未包含姓名和证件号码。", "This token does not carry the name and identity number."
            ),
            todo=Text(
                "请以 openid profile identity 范围重新登录。",
                "Sign in again with the scopes openid, profile and identity.",
            ),
        ) from missing


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError as odd:
        raise _odd_answer() from odd
    if answer.status_code != 200 or not isinstance(told, dict):
        raise _odd_answer()
    return told


def _silent() -> SourceDown:
    return SourceDown(
        "rest.provider_down",
        what=Text("身份认证平台暂未应答。", "The identity provider does not answer."),
        todo=Text("请稍后再试。", "Try again later."),
    )


def _odd_answer() -> SourceWrong:
    return SourceWrong(
        "rest.provider_wrong",
        what=Text("身份认证平台的应答不符合规范。", "The identity provider answered against its standard."),
        todo=Text(
            "请联系平台管理员核对身份认证地址。", "Have the administrator check the provider's address."
        ),
    )


@dataclass
class Providers:
    """The providers that this process knows; one each, however many threads ask first."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: dict[tuple[str, str], Provider] = field(default_factory=dict)

    def at(self, issuer: str, client: str) -> Provider:
        """Give this process's knowledge of a provider."""
        with self._lock:
            if (issuer, client) not in self._known:
                self._known[issuer, client] = Provider(issuer, client)
            return self._known[issuer, client]

    def forget(self) -> None:
        """Forget every provider, with the tokens that were seen."""
        with self._lock:
            for provider in self._known.values():
                provider.http.close()
            self._known.clear()


PROVIDERS = Providers()


class SignedIn(HttpBearer):
    """The check that every endpoint about people begins with; gives the subject, or raises NotSignedIn."""

    openapi_scheme = "bearer"

    def __call__(self, request: Asking) -> registry.Subject:  # type: ignore[override]  # a request that was filled in
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise not_signed_in()
        return self.authenticate(request, token.strip())

    def authenticate(self, request: Asking, token: str) -> registry.Subject:  # type: ignore[override]
        """Give the subject that a token stands for."""
        provider = PROVIDERS.at(request.provider.at, request.provider.secrets.get("client", ""))
        at = request.workplace
        return provider.subject(token, at.clock.now(), demonstration=at.node.demonstration)
