"""The identity provider: OpenID Connect by the book, checked with a library that knows the book."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.characters import ENTERPRISES, PERSONS, WITHOUT_ACCOUNT
from demo.idp_tokens import challenge
from tests.demo.hosting import PERSON, Hosted, Hosting

BACK = "http://127.0.0.1:8080/signed-in?from=idp"
VERIFIER = "v" * 43
ASKED = {
    "response_type": "code",
    "client_id": "tongban",
    "redirect_uri": BACK,
    "scope": "openid profile identity entity",
    "state": "s-1",
    "nonce": "n-1",
    "code_challenge": challenge(VERIFIER),
    "code_challenge_method": "S256",
}


def authorize(idp: Hosted, **changes: str) -> httpx.Response:
    return idp.client.get("/authorize", params=ASKED | changes)


def ticket_of(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def sign_in(idp: Hosted, ticket: str, **form: str) -> httpx.Response:
    given = {"ticket": ticket, "id_number": PERSON, "code": "900100", "method": "sms"}
    return idp.client.post("/sign-in", data=given | form)


def sent_back(reply: httpx.Response) -> dict[str, str]:
    assert reply.status_code == 303
    address = urlsplit(reply.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK.partition("?")[0]
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def code_for(idp: Hosted, method: str = "sms", number: str = PERSON, **changes: str) -> str:
    page = authorize(idp, **changes)
    return sent_back(sign_in(idp, ticket_of(page), method=method, id_number=number))["code"]


def token(idp: Hosted, code: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return idp.client.post("/token", data=form | changes, auth=("tongban", "demo-idp-secret"))


def claims_of(idp: Hosted, id_token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(idp.client.get("/jwks").json())
    return dict(jwt.decode(id_token, keys, algorithms=["RS256"]).claims)


def test_discovery_names_addresses_that_answer(hosted: Hosting) -> None:
    idp = hosted("idp")
    found = idp.client.get("/.well-known/openid-configuration").json()
    assert found["issuer"] == idp.url
    assert idp.client.get(found["jwks_uri"]).status_code == 200
    assert idp.client.get(found["userinfo_endpoint"]).status_code == 401


def test_a_person_signs_in_and_is_known_with_level_and_number(hosted: Hosting) -> None:
    idp = hosted("idp")
    answer = sent_back(sign_in(idp, ticket_of(authorize(idp))))
    assert (answer["state"], answer["from"], answer["iss"]) == ("s-1", "idp", idp.url)
    tokens = token(idp, answer["code"]).json()
    claims = claims_of(idp, tokens["id_token"])
    now = int(idp.clock().timestamp())
    assert claims == {
        "iss": idp.url,
        "sub": claims["sub"],
        "aud": "tongban",
        "iat": now,
        "exp": now + 600,
        "auth_time": now,
        "acr": "L2",
        "amr": ["sms"],
        "nonce": "n-1",
        "name": "李春燕",
        "id_type": "111",
        "id_number": PERSON,
        "phone_number": "10000000001",
    }
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert idp.client.get("/userinfo", headers=bearer).json() == {
        name: claims[name] for name in ("sub", "name", "id_type", "id_number", "phone_number")
    }


def test_who_represents_an_enterprise_says_which(hosted: Hosting) -> None:
    idp = hosted("idp")
    code = code_for(idp, number=PERSONS["liu_chunsheng"].resident_id)
    claims = claims_of(idp, token(idp, code).json()["id_token"])
    firm = ENTERPRISES["chunyan_city"]
    assert claims["entity"] == {"credit_code": firm.credit_code, "name": firm.name, "role": "01"}


def test_only_asked_claims_are_given(hosted: Hosting) -> None:
    idp = hosted("idp")
    code = code_for(idp, number=PERSONS["liu_chunsheng"].resident_id, scope="openid")
    claims = claims_of(idp, token(idp, code).json()["id_token"])
    assert not {"name", "id_number", "phone_number", "entity"} & set(claims)


def test_the_subject_is_the_same_at_every_sign_in_and_tells_nothing(hosted: Hosting) -> None:
    idp = hosted("idp")
    subjects = {str(claims_of(idp, token(idp, code_for(idp)).json()["id_token"])["sub"]) for _ in range(2)}
    assert len(subjects) == 1
    assert PERSON not in subjects.pop()


def test_a_face_check_is_level_three(hosted: Hosting) -> None:
    idp = hosted("idp")
    claims = claims_of(idp, token(idp, code_for(idp, method="face")).json()["id_token"])
    assert (claims["acr"], claims["amr"]) == ("L3", ["face"])


def test_what_asks_for_level_three_is_not_signed_in_by_code(hosted: Hosting) -> None:
    idp = hosted("idp")
    page = authorize(idp, acr_values="L3")
    assert 'value="sms"' not in page.text
    refused = sign_in(idp, ticket_of(page), method="sms")
    assert refused.status_code == 422
    assert sent_back(sign_in(idp, ticket_of(page), method="face"))["code"]


def test_what_asks_for_either_level_is_signed_in_by_either(hosted: Hosting) -> None:
    idp = hosted("idp")
    for method in ("sms", "face"):
        assert sent_back(sign_in(idp, ticket_of(authorize(idp, acr_values="L2 L3")), method=method))["code"]


def test_an_access_token_says_the_level_and_nothing_of_the_person(hosted: Hosting) -> None:
    idp = hosted("idp")
    claims = claims_of(idp, token(idp, code_for(idp)).json()["access_token"])
    assert (claims["iss"], claims["aud"], claims["acr"]) == (idp.url, "tongban", "L2")
    assert not {"name", "id_number", "phone_number"} & set(claims)


def test_the_page_lists_the_characters_and_needs_no_script(hosted: Hosting) -> None:
    page = authorize(hosted("idp"))
    for key, person in PERSONS.items():
        assert (person.resident_id in page.text) == (key not in WITHOUT_ACCOUNT)
    assert "<script" not in page.text
    assert 'name="viewport"' in page.text
    assert '<html lang="zh-CN">' in page.text


def test_a_listed_person_may_be_chosen_instead_of_typed(hosted: Hosting) -> None:
    idp = hosted("idp")
    chosen = sign_in(idp, ticket_of(authorize(idp)), id_number="", person=PERSON)
    assert sent_back(chosen)["code"]


def test_the_page_is_there_in_english_and_each_leads_to_the_other(hosted: Hosting) -> None:
    idp = hosted("idp")
    english = authorize(idp, ui_locales="en")
    assert '<html lang="en">' in english.text
    other = re.search(r'<a href="([^"]+)">中文</a>', english.text)
    assert other
    chinese = idp.client.get(other.group(1).replace("&amp;", "&"))
    assert '<html lang="zh-CN">' in chinese.text
    assert sent_back(sign_in(idp, ticket_of(chinese)))["state"] == "s-1"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"code": "000000"}, "验证码不正确"),
        ({"id_number": "990121198803129021"}, "请选择演示人物"),
        ({"id_number": PERSONS["ma_guoqiang"].resident_id}, "请选择演示人物"),
        ({"method": "magic"}, "人脸核验"),
    ],
)
def test_a_wrong_sign_in_shows_the_page_again_with_the_reason(
    hosted: Hosting, form: dict[str, str], sentence: str
) -> None:
    idp = hosted("idp")
    ticket = ticket_of(authorize(idp))
    refused = sign_in(idp, ticket, **form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert sent_back(sign_in(idp, ticket))["code"]


def test_six_wrong_tries_end_the_page(hosted: Hosting) -> None:
    idp = hosted("idp")
    ticket = ticket_of(authorize(idp))
    for _ in range(6):
        assert sign_in(idp, ticket, code="000000").status_code == 422
    assert sign_in(idp, ticket).status_code == 400


def test_a_page_is_used_once_and_expires(hosted: Hosting) -> None:
    idp = hosted("idp")
    ticket = ticket_of(authorize(idp))
    sign_in(idp, ticket)
    assert sign_in(idp, ticket).status_code == 400
    late = ticket_of(authorize(idp))
    idp.clock.move(timedelta(minutes=10))
    assert sign_in(idp, late).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": "http://127.0.0.1.example/"},
        {"redirect_uri": ""},
    ],
)
def test_nobody_is_sent_to_strangers(hosted: Hosting, changes: dict[str, str]) -> None:
    reply = authorize(hosted("idp"), **changes)
    assert reply.status_code == 400
    assert "location" not in reply.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_wrong_request_of_a_known_client_is_told_to_it(
    hosted: Hosting, changes: dict[str, str], error: str
) -> None:
    answer = sent_back(authorize(hosted("idp"), **changes))
    assert (answer["error"], answer["state"]) == (error, "s-1")


def test_a_code_works_once(hosted: Hosting) -> None:
    idp = hosted("idp")
    code = code_for(idp)
    assert token(idp, code).status_code == 200
    assert token(idp, code).json()["error"] == "invalid_grant"


def test_a_code_expires_after_a_minute(hosted: Hosting) -> None:
    idp = hosted("idp")
    code = code_for(idp)
    idp.clock.move(timedelta(seconds=60))
    assert token(idp, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8080/other"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(hosted: Hosting, changes: dict[str, str], error: str) -> None:
    idp = hosted("idp")
    reply = token(idp, code_for(idp), **changes)
    assert (reply.status_code, reply.json()["error"]) == (400, error)


def test_only_the_client_exchanges_codes(hosted: Hosting) -> None:
    idp = hosted("idp")
    form = {"grant_type": "authorization_code", "code": "x", "client_id": "tongban", "client_secret": "wrong"}
    assert idp.client.post("/token", data=form).status_code == 401
    assert idp.client.post("/token", headers={"Authorization": "Basic !"}).status_code == 401
    right = form | {"client_secret": "demo-idp-secret"}
    assert idp.client.post("/token", data=right).json()["error"] == "invalid_grant"


def test_an_access_token_expires(hosted: Hosting) -> None:
    idp = hosted("idp")
    bearer = {"Authorization": f"Bearer {token(idp, code_for(idp)).json()['access_token']}"}
    idp.clock.move(timedelta(seconds=599))
    assert idp.client.get("/userinfo", headers=bearer).status_code == 200
    idp.clock.move(timedelta(seconds=1))
    assert idp.client.get("/userinfo", headers=bearer).status_code == 401


def test_the_key_outlives_the_program(hosted: Hosting) -> None:
    first = hosted("idp").client.get("/jwks").json()
    assert hosted("idp").client.get("/jwks").json() == first


def test_signing_out_leads_back(hosted: Hosting) -> None:
    idp = hosted("idp")
    reply = idp.client.get("/end-session", params={"post_logout_redirect_uri": BACK, "state": "bye"})
    assert sent_back(reply)["state"] == "bye"
    assert "已退出" in idp.client.get("/end-session").text
