"""Tokens for other people's programs: what an office's key signs of them, and what it refuses."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.licences.conftest import MARKET, NOON, TAX
from tongban.kernel.errors import Invalid, NotAllowed, TongbanError
from tongban.licences.keys import public_keys
from tongban.licences.signer.client import DirectSigners
from tongban.licences.signer.journal import lines_of
from tongban.licences.signer.keyfiles import load_key
from tongban.licences.signer.tokens import JOSE, SD_JWT, STATUS_LIST, Token, signing_input
from tongban_verify.algorithms import verifier

AT = int(NOON.timestamp())
ISS = f"https://node.example/offices/{MARKET}"
SHOWN = Token(
    SD_JWT,
    {
        "iss": ISS,
        "iat": AT,
        "exp": AT + 60,
        "vct": "urn:tongban:licence:x",
        "evidence": "b" * 64,
        "_sd": [],
        "_sd_alg": "sha-256",
    },
)
LISTED = Token(STATUS_LIST, {"iss": ISS, "iat": AT, "exp": AT + 60, "sub": "x", "ttl": 1, "status_list": {}})


@pytest.mark.parametrize("token", [SHOWN, LISTED])
def test_a_token_is_signed_under_the_signers_own_key_id(
    signers: DirectSigners, keys: Path, tmp_path: Path, token: Token
) -> None:
    signature = signers.sign(MARKET, token.text())
    assert signature.kid == public_keys(keys, MARKET)[0].kid
    said = signing_input(token, signature.kid, signature.alg)
    spki = load_key(keys / MARKET).spki
    assert verifier(signature.alg, spki)(said.encode(), bytes.fromhex(signature.value))
    head = said.partition(".")[0]
    header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert header == {"alg": JOSE[signature.alg], "kid": signature.kid, "typ": token.type}
    (line,) = lines_of(tmp_path / "signed" / MARKET)
    assert line["kind"] == token.type


WRONG: list[tuple[Token, type[TongbanError]]] = [
    (replace(SHOWN, claims={**SHOWN.claims, "iss": f"https://node.example/offices/{TAX}"}), NotAllowed),
    (replace(SHOWN, claims={**SHOWN.claims, "iss": MARKET}), NotAllowed),
    (replace(SHOWN, claims={**SHOWN.claims, "evidence": ""}), Invalid),
    (replace(SHOWN, claims={**SHOWN.claims, "evidence": "B" * 64}), Invalid),
    (replace(SHOWN, claims={**SHOWN.claims, "exp": True}), Invalid),
    (replace(SHOWN, claims={**SHOWN.claims, "exp": "never"}), Invalid),
    (replace(SHOWN, type="JWT"), Invalid),
    (replace(SHOWN, type=STATUS_LIST), Invalid),
    (replace(LISTED, type=SD_JWT), Invalid),
]


@pytest.mark.parametrize(("token", "error"), WRONG)
def test_a_token_that_breaks_a_rule_is_never_signed(
    signers: DirectSigners, tmp_path: Path, token: Token, error: type[TongbanError]
) -> None:
    with pytest.raises(error):
        signers.sign(MARKET, token.text())
    assert lines_of(tmp_path / "signed" / MARKET) == []


@pytest.mark.parametrize("lacking", ["iss", "iat", "exp", "vct", "evidence", "_sd", "_sd_alg"])
def test_a_token_that_lacks_a_claim_is_never_signed(signers: DirectSigners, lacking: str) -> None:
    claims: dict[str, Any] = {name: value for name, value in SHOWN.claims.items() if name != lacking}
    with pytest.raises(Invalid):
        signers.sign(MARKET, Token(SD_JWT, claims).text())


@pytest.mark.parametrize(
    "text",
    [
        SHOWN.text().replace(",", ", ", 1),
        SHOWN.text() + " ",
        '{"claims":1,"typ":"dc+sd-jwt"}',
        '{"claims":{},"typ":["dc+sd-jwt"]}',
        '{"claims":',
        SHOWN.text().replace('"typ"', '"kid":"0000","typ"'),
    ],
)
def test_a_token_in_another_form_is_never_signed(signers: DirectSigners, text: str) -> None:
    with pytest.raises(Invalid):
        signers.sign(MARKET, text)
