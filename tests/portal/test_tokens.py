"""What an identity token must hold before anybody is believed to be somebody."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tongban.kernel.errors import NotAllowed
from tongban.portal.identity.tokens import read_token

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY]).as_dict(private=False)
ISSUER, CLIENT, NONCE = "https://id.example", "tongban", "n" * 43
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "s",
    "exp": int(NOW.timestamp()) + 600,
    "iat": int(NOW.timestamp()),
    "nonce": NONCE,
    "acr": "L3",
    "id_type": "111",
    "id_number": "990121198803129020",
    "name": "李春燕",
}


def token(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key, algorithms=["RS256"])


def confused() -> str:
    """Give a token "signed" with our provider's public key as if that were a shared secret."""
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=")
    text = head + b"." + token(GOOD).split(".")[1].encode()
    mark = urlsafe_b64encode(hmac.digest(KEY.as_pem(private=False), text, "sha256")).rstrip(b"=")
    return (text + b"." + mark).decode()


def read(text: str, keys: Any = KEYS) -> object:
    return read_token(text, keys, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)


def test_a_right_token_identifies_a_person_and_how_surely() -> None:
    known = read_token(token(GOOD), KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)
    assert (known.name, known.number, known.assurance) == ("李春燕", "990121198803129020", 3)


WRONG: list[tuple[str, object]] = [
    ("iss", "https://elsewhere.example"),
    ("iss", None),
    ("aud", "another"),
    ("aud", ["another", "third"]),
    ("aud", None),
    ("azp", "another"),
    ("exp", int((NOW - timedelta(minutes=2)).timestamp())),
    ("exp", "tomorrow"),
    ("exp", None),
    ("iat", int((NOW + timedelta(minutes=2)).timestamp())),
    ("iat", None),
    ("nonce", "m" * 43),
    ("nonce", None),
    ("acr", "L1"),
    ("acr", None),
    ("id_type", "414"),
    ("id_number", ""),
    ("name", ""),
]


@pytest.mark.parametrize(("claim", "value"), WRONG)
def test_a_token_with_one_claim_wrong_or_missing_identifies_nobody(claim: str, value: object) -> None:
    claims = {name: held for name, held in (GOOD | {claim: value}).items() if held is not None}
    with pytest.raises(NotAllowed) as refused:
        read(token(claims))
    assert claim in refused.value.what.en


def test_a_token_for_several_is_ours_when_we_are_among_them() -> None:
    assert read(token(GOOD | {"aud": ["another", CLIENT], "azp": CLIENT}))


def test_another_key_an_unsigned_token_and_a_public_key_used_as_a_secret_are_refused() -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    unsigned = ".".join([token(GOOD).split(".")[0], token(GOOD).split(".")[1], ""])
    for forged in (token(GOOD, stranger), unsigned, confused(), "", "a.b.c", "x"):
        with pytest.raises(NotAllowed):
            read(forged)


def test_a_key_set_that_is_none_identifies_nobody() -> None:
    for keys in ({}, {"keys": []}, {"keys": [{"kty": "RSA"}]}):
        with pytest.raises(NotAllowed):
            read(token(GOOD), keys)
