"""Who may ask: a token of the provider, and nothing else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from bench.town import MONDAY, Town
from tests.rest.program import Program
from tongban.kernel.clock import SetClock
from tongban.kernel.errors import InvalidValue, NotAllowed, NotSignedIn, SourceDown, SourceWrong
from tongban.rest import bearer

LI = {"sub": "li", "id_type": "111", "id_number": "990121198803129020", "name": "李春燕"}
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Issuer:
    """A small provider whose tokens are signed; it counts what it is asked."""

    claims: dict[str, Any] = field(default_factory=lambda: dict(LI))
    issuer: str = ""
    told_issuer: str = ""
    signs_answers_for: str = ""
    asked: dict[str, int] = field(default_factory=dict)

    def token(self, key: RSAKey = KEY, **changes: object) -> str:
        """Sign an access token (RFC 9068)."""
        claims = {
            "iss": self.issuer,
            "aud": "tongban",
            "sub": "li",
            "acr": "L3",
            "exp": int((MONDAY + timedelta(minutes=10)).timestamp()),
            **changes,
        }
        header = {"alg": "RS256", "kid": "one", "typ": "at+jwt"}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key)

    def answer(self, path: str, token: str) -> tuple[int, str, bytes]:
        """Answer one request."""
        self.asked[path] = self.asked.get(path, 0) + 1
        if path == "/.well-known/openid-configuration":
            addresses = {"userinfo_endpoint": "/userinfo", "jwks_uri": "/jwks"}
            told = {name: self.issuer + at for name, at in addresses.items()}
            return 200, "application/json", json.dumps({"issuer": self.told_issuer, **told}).encode()
        if path == "/jwks":
            return 200, "application/json", json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
        if token == "ended":
            return 401, "application/json", b"{}"
        if self.signs_answers_for:
            signed = jwt.encode(
                {"alg": "RS256", "kid": "one"},
                {"iss": self.issuer, "aud": self.signs_answers_for, **self.claims},
                KEY,
            )
            return 200, "application/jwt", signed.encode()
        return 200, "application/json", json.dumps(self.claims).encode()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    told = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = told.answer(self.path, self.headers.get("Authorization", "")[7:])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = told.told_issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def known(issuer: Issuer) -> Iterator[bearer.Provider]:
    provider = bearer.Provider(issuer.issuer, "tongban")
    yield provider
    provider.http.close()


def test_an_opaque_token_is_asked_for_once_a_minute(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    clock = SetClock(MONDAY)
    first = known.subject("opaque", clock.now(), demonstration=True)
    assert (first.number, first.name, first.assurance) == (LI["id_number"], "李春燕", 2)
    assert known.subject("opaque", clock.now(), demonstration=True) == first
    assert issuer.asked["/userinfo"] == 1
    clock.move(timedelta(seconds=61))
    known.subject("opaque", clock.now(), demonstration=True)
    assert issuer.asked["/userinfo"] == 2


def test_no_more_tokens_are_remembered_than_the_bound(
    database: None, known: bearer.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "MOST_REMEMBERED", 3)  # the bound itself, so that the test is short
    for number in range(5):
        known.subject(f"opaque{number}", MONDAY, demonstration=True)
    assert len(known._seen) == 3


def test_a_signed_token_tells_its_level(database: None, issuer: Issuer, known: bearer.Provider) -> None:
    assert known.subject(issuer.token(), MONDAY, demonstration=True).assurance == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "somebody-else"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int((MONDAY - timedelta(minutes=1)).timestamp())},
        {"exp": None},
        {"sub": "another"},
        {"key": OTHER_KEY},
    ],
)
def test_a_token_made_for_another_or_by_another_is_refused(
    database: None, issuer: Issuer, known: bearer.Provider, changes: dict[str, Any]
) -> None:
    with pytest.raises(NotSignedIn):
        known.subject(issuer.token(**changes), MONDAY, demonstration=True)


def test_a_token_without_a_signature_is_refused(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    head, body, _ = issuer.token().split(".")
    with pytest.raises(NotSignedIn):
        known.subject(f"{head}.{body}.", MONDAY, demonstration=True)


def test_unknown_keys_do_not_make_us_ask_again_and_again(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            known.subject(issuer.token(OTHER_KEY), MONDAY, demonstration=True)
    assert issuer.asked["/jwks"] == 1


def test_a_signed_answer_is_checked_as_well(database: None, issuer: Issuer, known: bearer.Provider) -> None:
    issuer.signs_answers_for = "tongban"
    assert known.subject("opaque", MONDAY, demonstration=True).name == "李春燕"
    issuer.signs_answers_for = "somebody-else"
    with pytest.raises(NotSignedIn):
        known.subject("another", MONDAY, demonstration=True)


def test_a_token_without_an_identity_opens_nothing(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    del issuer.claims["id_number"]
    with pytest.raises(NotAllowed):
        known.subject("opaque", MONDAY, demonstration=True)


def test_a_provider_that_says_it_is_another_is_not_believed(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    issuer.told_issuer = "http://127.0.0.1:1"
    with pytest.raises(SourceWrong):
        known.subject("opaque", MONDAY, demonstration=True)


def test_a_silent_provider_is_not_a_wrong_token(free_port: Callable[[], int]) -> None:
    silent = bearer.Provider(f"http://127.0.0.1:{free_port()}", "tongban")
    with pytest.raises(SourceDown):
        silent.subject("opaque", MONDAY, demonstration=True)
    silent.http.close()


@pytest.mark.parametrize("token", ["", "x" * 5000, "令牌", "two words\n"])
def test_what_is_no_token_is_refused_without_asking(
    issuer: Issuer, known: bearer.Provider, token: str
) -> None:
    with pytest.raises(NotSignedIn):
        known.subject(token, MONDAY, demonstration=True)
    assert issuer.asked == {}


def test_an_ended_token_is_refused(database: None, issuer: Issuer, known: bearer.Provider) -> None:
    with pytest.raises(NotSignedIn):
        known.subject("ended", MONDAY, demonstration=True)


def test_every_endpoint_about_people_wants_a_token(town: Town) -> None:
    nobody = Program("")
    described = nobody.get("/openapi.json").body["paths"]
    tried = 0
    for path, operations in described.items():
        for method in operations:
            answer = nobody.send(
                method.upper(), path.removeprefix("/api/v1").replace("{", "").replace("}", "")
            )
            if "/bundles" in path:
                assert answer.status in {200, 404, 422}
                continue
            assert answer.status == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.body["code"] == "rest.not_signed_in"
            tried += 1
    assert tried >= 15


def test_a_session_cookie_opens_nothing(town: Town) -> None:
    visitor = Program("")
    session = visitor.client.session
    session["subject"] = 1
    session.save()
    assert visitor.get("/filings").status == 401


def test_a_token_is_good_at_the_demonstration_s_provider(
    town: Town, program: Callable[[str], Program]
) -> None:
    assert program("li_chunyan").get("/filings").status == 200


def test_an_invented_person_stands_for_nobody_where_this_is_no_demonstration(
    database: None, issuer: Issuer, known: bearer.Provider
) -> None:
    with pytest.raises(InvalidValue, match="made up for demonstrations"):
        known.subject(issuer.token(), MONDAY, demonstration=False)
    assert known.subject(issuer.token(), MONDAY, demonstration=True).assurance == 3
