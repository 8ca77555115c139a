"""Somebody who signed in less surely than a matter asks is sent to sign in again, and loses nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.demo.hosting import Hosted
from tests.portal.filling import answers, begun, number_of
from tests.portal.test_parts import filed_with_partner
from tests.portal.test_signing import be_identified, fresh_provider
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.registry import api as registry

__all__ = ["fresh_provider"]
WANTED = "还须以人脸核验确认您的身份"


def way_up(page: Page) -> str:
    """Give where the page sends its reader to be identified more surely."""
    (address,) = [link for link in page.read.links if "level=L3" in link]
    return address


def leave(visit: Visit, address: str) -> dict[str, str]:
    """Leave for the provider and give what was asked of it."""
    answer = visit.client.get(address)
    assert answer.status_code == 302, answer.content.decode()
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {"to": answer.headers["Location"], **{name: values[0] for name, values in asked.items()}}


def step_up(visit: Visit, provider: Hosted, page: Page) -> Page:
    """Go where the page sends one, be identified by face, and come back."""
    asked = leave(visit, way_up(page))
    assert asked["acr_values"] == "L3"
    back = visit.client.get("/sign-in/return/", be_identified(provider, asked))
    assert back.status_code == 302, back.content.decode()
    return visit.open(back.headers["Location"])


def refused_form(visit: Visit) -> Page:
    """Fill the form in as 李春燕, signed in by a code on the mobile, and press submit."""
    visit.as_person("li_chunyan", assurance=2)
    form = begun(visit)
    assert "提交时须以人脸核验确认您的身份" in form.text
    assert "还须以" not in form.text
    page = visit.press(form, do="submit", fill=answers())
    assert page.status == 401
    assert WANTED in page.text
    return page


def test_a_founder_by_code_comes_back_to_the_form_as_it_was_and_submits(
    visit: Visit, provider: Hosted
) -> None:
    page = refused_form(visit)
    number = number_of(page)
    assert cases.snapshot(number).stage is cases.Stage.DRAFT
    form = step_up(visit, provider, page)
    assert urlsplit(form.address).path == f"/filings/{number}/form/"
    assert "您填写的内容都在" in form.text
    assert form.form()["answer:company:trade_word"] == ["燕归来"]
    assert "人脸核验" not in form.text
    assert "全部办结" in visit.press(form, do="submit").text


def test_a_shareholder_by_code_is_sent_first_and_then_confirms(visit: Visit, provider: Hosted) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo", assurance=2)
    page = visit.open(f"/filings/{number}/part/")
    assert WANTED in page.text
    ticked: dict[str, str | list[str]] = {"tick:signs_articles": "yes", "tick:no_supervisor": "yes"}
    refused = visit.press(page, do="agree", fill=ticked)
    assert (refused.status, WANTED in refused.text) == (401, True)
    assert cases.snapshot(number).stage is cases.Stage.CONFIRMING
    asked = leave(visit, way_up(refused))
    wang = registry.subject(visit.client.session["subject_id"])
    back = visit.client.get("/sign-in/return/", be_identified(provider, asked, wang.number))
    mine = visit.open(back.headers["Location"])
    assert (mine.address, WANTED in mine.text) == (f"/filings/{number}/part/", False)
    assert "您已本人确认。" in visit.press(mine, do="agree", fill=ticked).text


def test_a_shareholder_by_code_may_decline(visit: Visit) -> None:
    number = number_of(filed_with_partner(visit))
    visit.as_person("wang_jianguo", assurance=2)
    assert "您没有同意" in visit.press(visit.open(f"/filings/{number}/part/"), do="decline").text


def test_who_was_identified_by_face_once_and_signs_in_by_code_is_asked_again(visit: Visit) -> None:
    visit.as_person("li_chunyan", assurance=3)
    page = refused_form(visit)
    assert registry.subject(visit.client.session["subject_id"]).assurance == 3
    assert cases.snapshot(number_of(page)).stage is cases.Stage.DRAFT


def test_a_provider_that_gives_less_than_was_asked_changes_nothing(visit: Visit, provider: Hosted) -> None:
    page = refused_form(visit)
    asked = leave(visit, way_up(page))
    asked["to"] = asked["to"].replace("acr_values=L3", "acr_values=L2")
    back = visit.client.get("/sign-in/return/", be_identified(provider, asked, method="sms"))
    assert back.status_code == 403
    assert "身份认证系统返回的等级较低" in back.content.decode()
    assert visit.client.session["assurance"] == 2
    assert visit.open(page.address).form()["answer:company:trade_word"] == ["燕归来"]


@pytest.mark.parametrize("level", ["L4", "L2 L3", "", "3"])
def test_the_provider_is_asked_for_no_level_that_nobody_declares(
    visit: Visit, provider: Hosted, level: str
) -> None:
    answer = visit.client.get("/sign-in/", {"next": "/filings/", "level": level})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["acr_values"] == ["L2 L3"]


def test_the_matter_says_beforehand_how_one_is_identified(visit: Visit) -> None:
    assert "申报和本人确认时须以人脸核验确认身份。" in visit.open("/matters/open-company/").text
