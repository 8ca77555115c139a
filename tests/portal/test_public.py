"""What anybody reads before signing in: cheap, in both languages, without a cookie."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.portal.visiting import Visit

PUBLIC = ("/", "/?q=餐饮", "/matters/open-company/", "/matters/open-company/start/", "/verify/")
HEAVIEST_BYTES = 40_000


def test_the_home_page_says_what_can_be_done_and_how_little_is_asked(visit: Visit) -> None:
    page = visit.open("/")
    assert page.status == 200
    assert "开办企业" in page.text
    assert "最少只填18项" in page.text


def test_a_matter_says_who_decides_what_is_asked_and_what_remains_to_do(visit: Visit) -> None:
    page = visit.open("/matters/open-company/")
    for said in ("公司设立登记", "住房公积金单位缴存登记", "承诺时限", "名称由您自主申报", "食品经营许可"):
        assert said in page.text, said


def test_the_notice_comes_before_sign_in_and_signing_in_leads_back_to_it(visit: Visit) -> None:
    page = visit.open("/matters/open-company/start/")
    assert "个人信息处理告知" in page.text
    assert "/sign-in/?next=%2Fmatters%2Fopen-company%2Fstart%2F" in page.read.links


def test_public_pages_ask_the_store_nothing_and_leave_no_cookie(visit: Visit) -> None:
    visit.open("/")  # fills the shelf, as the first reader in ten seconds does
    for address in PUBLIC:
        with CaptureQueriesContext(connection) as asked:
            page = visit.open(address)
        assert (page.status, len(asked)) == (200, 0), address
        assert not visit.client.cookies, address
        assert len(page.html.encode()) < HEAVIEST_BYTES, address


def test_what_is_written_once_for_strangers_is_never_what_somebody_signed_in_reads(visit: Visit) -> None:
    stranger = visit.open("/")
    visit.as_person("li_chunyan")
    mine = visit.open("/")
    assert "李春燕" in mine.text
    visit.client.cookies.clear()
    assert visit.open("/").html == stranger.html
    assert visit.open("/", **{"accept-language": "en"}).read.lang == "en"
    assert visit.open("/").html == stranger.html


@pytest.mark.parametrize(
    ("wanted", "is_found"), [("我想开餐饮公司", True), ("open a company", True), ("补办结婚证", False)]
)
def test_a_bundle_is_found_by_the_words_people_use(visit: Visit, wanted: str, is_found: bool) -> None:
    page = visit.open(f"/?q={wanted}")
    assert ("没有找到与" not in page.text) is is_found
    assert "开办企业" in page.text  # what can be done is shown either way


def test_words_from_the_address_are_shown_as_words(visit: Visit) -> None:
    assert "<script>alert" not in visit.open("/?q=<script>alert(1)</script>").html


def test_the_language_is_chosen_by_a_link_and_kept(visit: Visit) -> None:
    page = visit.open("/language/en?next=/matters/open-company/")
    assert page.address == "/matters/open-company/"
    assert "Open a company" in page.text
    assert page.read.lang == "en"
    assert "What you can do" in visit.open("/").text
    assert "您要办什么事" in visit.open("/language/zh-hans?next=/").text


@pytest.mark.parametrize(
    "onward", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"]
)
def test_choosing_a_language_never_leads_elsewhere(visit: Visit, onward: str) -> None:
    answer = visit.client.get("/language/en", {"next": onward})
    assert answer.headers["Location"] == "/"


def test_what_is_not_there_is_said_in_words_with_what_to_do(visit: Visit) -> None:
    page = visit.open("/nowhere/")
    assert page.status == 404
    assert "没有这个页面。" in page.text
    page = visit.open("/matters/no-such-thing/", **{"accept-language": "en"})
    assert page.status == 404
    assert "There is no such matter" in page.text


@pytest.mark.parametrize("address", ["/filings/", "/filings/99010020261123000001/", "/licences/"])
def test_what_is_ones_own_asks_for_sign_in_first(visit: Visit, address: str) -> None:
    answer = visit.client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=")
