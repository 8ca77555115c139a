"""Signing in at the national identity provider: OpenID Connect with PKCE, against the demonstration's own."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.models import Session

from bench.town import CHARACTERS
from tests.demo.hosting import Hosted
from tests.portal.visiting import Visit
from tests.rest.placing import Here
from tongban.exchange import api as exchange
from tongban.portal.identity.provider import forget_provider
from tongban.registry import api as registry

PERSON = CHARACTERS["persons"]["li_chunyan"]


@pytest.fixture(autouse=True)
def fresh_provider() -> Iterator[None]:
    """What was said of a provider of an earlier test, at the same port, is not this one's."""
    forget_provider()
    yield
    forget_provider()


def leave(visit: Visit, onward: str = "/filings/") -> dict[str, str]:
    """Leave for the provider and give what was asked of it."""
    answer = visit.client.get("/sign-in/", {"next": onward})
    assert answer.status_code == 302, answer.content.decode()
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {"to": answer.headers["Location"], **{name: values[0] for name, values in asked.items()}}


def be_identified(
    provider: Hosted, asked: dict[str, str], number: str = PERSON["resident_id"], method: str = "face"
) -> dict[str, str]:
    """Sign in there, as a person does, and give what they are sent back with."""
    page = provider.client.get(asked["to"])
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket, page.text
    form = {"ticket": ticket[1], "id_number": number, "code": "900100", "method": method}
    back = provider.client.post("/sign-in", data=form)
    assert back.status_code == 303, back.text
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["location"]).query).items()}


def sign_in(visit: Visit, provider: Hosted, onward: str = "/filings/") -> httpx.Response:
    return visit.client.get("/sign-in/return/", be_identified(provider, leave(visit, onward)))


def test_a_person_signs_in_and_goes_on_where_they_were_going(visit: Visit, provider: Hosted) -> None:
    answer = sign_in(visit, provider)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/filings/")
    page = visit.open("/filings/")
    assert "李春燕" in page.text
    person = registry.subject_by_number("111", PERSON["resident_id"])
    assert person is not None
    assert visit.client.session["subject_id"] == person.id
    assert visit.client.session["assurance"] == 3


def test_an_invented_person_does_not_sign_in_where_this_is_no_demonstration(
    visit: Visit, provider: Hosted, real_city: None
) -> None:
    answer = sign_in(visit, provider)
    assert answer.status_code == 422
    assert "是演示数据，不属于任何人" in answer.content.decode()
    assert registry.subject_by_number("111", PERSON["resident_id"]) is None


def test_what_is_asked_of_the_provider_cannot_be_foreseen_or_replayed(visit: Visit, provider: Hosted) -> None:
    first, second = leave(visit), leave(visit)
    assert first["code_challenge_method"] == "S256"
    assert first["scope"] == "openid profile identity"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


def test_a_code_is_worth_one_sign_in(visit: Visit, provider: Hosted) -> None:
    brought = be_identified(provider, leave(visit))
    assert visit.client.get("/sign-in/return/", brought).status_code == 302
    again = visit.client.get("/sign-in/return/", brought)
    assert again.status_code == 403


def test_a_code_that_somebody_else_brought_signs_nobody_in(visit: Visit, provider: Hosted) -> None:
    """Login CSRF: a stranger's answer, opened in another visit, finds no sign-in that began there."""
    brought = be_identified(provider, leave(visit))
    other = Visit(visit.town)
    leave(other)
    answer = other.client.get("/sign-in/return/", brought)
    assert answer.status_code == 403
    assert "不是由本页发起" in answer.content.decode()
    assert "subject_id" not in other.client.session


@pytest.mark.parametrize("change", [{"state": "another"}, {"iss": "https://elsewhere.example"}, {"code": ""}])
def test_an_answer_that_does_not_fit_signs_nobody_in(
    visit: Visit, provider: Hosted, change: dict[str, str]
) -> None:
    brought = be_identified(provider, leave(visit)) | change
    assert visit.client.get("/sign-in/return/", brought).status_code == 403
    assert "subject_id" not in visit.client.session


def test_a_person_who_gives_up_at_the_provider_is_told_so(visit: Visit, provider: Hosted) -> None:
    state = leave(visit)["state"]
    answer = visit.client.get("/sign-in/return/", {"state": state, "error": "access_denied"})
    assert answer.status_code == 403
    assert "access_denied" in answer.content.decode()


def test_a_wrong_secret_is_the_nodes_trouble_and_signs_nobody_in(visit: Visit, provider: Hosted) -> None:
    brought = be_identified(provider, leave(visit))
    Here.provider = exchange.Endpoint(at=provider.url, secrets={"client": "tongban", "key": "wrong"})
    assert visit.client.get("/sign-in/return/", brought).status_code == 403
    assert "subject_id" not in visit.client.session


def test_a_silent_provider_is_said_to_be_silent(visit: Visit) -> None:
    page = visit.open("/sign-in/")
    assert page.status == 503
    assert "国家网络身份认证系统暂时没有应答。" in page.text


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(visit: Visit, provider: Hosted, onward: str) -> None:
    assert sign_in(visit, provider, onward).headers["Location"] == "/"


def test_signing_in_begins_a_new_visit_and_signing_out_ends_it(visit: Visit, provider: Hosted) -> None:
    visit.client.session.save()
    before = visit.client.session.session_key
    sign_in(visit, provider)
    signed_in = visit.client.session.session_key
    assert signed_in != before
    out = visit.press(visit.open("/"), action="/sign-out/")
    assert "您已退出" in out.text
    assert any(link.startswith(f"{provider.url}/end-session?") for link in out.read.links)
    assert not Session.objects.filter(session_key=signed_in).exists()
    assert visit.client.get("/filings/").status_code == 302


def test_signing_out_takes_more_than_a_link(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    assert visit.client.get("/sign-out/").status_code == 405
    assert "李春燕" in visit.open("/").text
