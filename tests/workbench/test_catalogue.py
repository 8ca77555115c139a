"""The book of data as staff read it, and a grant withdrawn from it."""

from datetime import timedelta

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.portal.visiting import Visit
from tests.workbench.acting import staff, turned
from tongban.cases import api as cases
from tongban.catalogue import api as catalogue
from tongban.kernel.clock import civil_date
from tongban.kernel.transactions import whole

BUREAU = "bureau.yunxi.tao"


def court_grant(town: Town) -> catalogue.Grant:
    """The county registry's right to ask the court about enforcement."""
    book = catalogue.book(civil_date(town.now))
    return next(g for g in book.grants if g.resource == "court.enforcement" and g.consumer == "market.990121")


def test_every_resource_and_element_stands_in_the_book_with_one_source(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    book = catalogue.book(civil_date(town.now))
    resources = list(turned(visit, "/workbench/catalogue", "resources"))
    for resource in book.resources.values():
        page = next(page for page in resources if resource.name.zh in page.text)
        assert f"/workbench/catalogue/resources/{resource.code}" in page.read.links
    elements = "".join(page.text for page in turned(visit, "/workbench/catalogue", "elements"))
    for element in book.elements.values():
        assert element.code in elements


def test_a_resource_says_who_may_read_what_for_which_purpose(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    page = visit.open("/workbench/catalogue/resources/court.enforcement")
    for word in ("云东县市场监督管理局", "云西县市场监督管理局", "公司设立登记", "被执行人", "有效"):
        assert word in page.text
    assert visit.open("/workbench/catalogue/resources/court.nothing").status == 404


def test_a_connector_that_rests_is_shown_resting(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    assert "熔断 " not in visit.open("/workbench/catalogue").text
    lane = town.workplace.road.lanes["court"]
    for _ in range(lane.patience.breaker_failures):
        lane.breaker.let_out()
        lane.breaker.unanswered()
    assert "熔断" in visit.open("/workbench/catalogue").text


@pytest.mark.parametrize("login", [BUREAU, "court.yunxi.hua"])
def test_withdrawing_is_confirmed_and_holds_at_once(town: Town, visit: Visit, login: str) -> None:
    grant = court_grant(town)
    visit.as_staff(staff(town, login))
    form = visit.open(f"/workbench/catalogue/withdraw/{grant.code}")
    assert visit.press(form, fill={"reason": " "}).status == 422
    shown = visit.press(form, fill={"reason": "超出约定用途使用。"})
    assert court_grant(town).withdrawn_at is None
    done = visit.press(shown, fill={"step": "do"})
    assert "授权已撤回" in done.text
    assert court_grant(town).withdrawn_at is not None
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    assert cases.snapshot(number).case("registration").person_needed  # withheld: a person takes over
    assert visit.press(shown, fill={"step": "do"}).status == 409


@pytest.mark.parametrize("login", ["court.yunxi.qi", "police.yunxi.shao", "market.yundong.he"])
def test_others_see_the_grant_and_cannot_withdraw_it(town: Town, visit: Visit, login: str) -> None:
    grant = court_grant(town)
    visit.as_staff(staff(town, login))
    page = visit.open("/workbench/catalogue/resources/court.enforcement")
    assert page.status == 200
    assert not [link for link in page.read.links if "withdraw" in link]
    assert visit.open(f"/workbench/catalogue/withdraw/{grant.code}").status == 403


def test_a_grant_that_does_not_exist_is_not_found(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    assert visit.open("/workbench/catalogue/withdraw/no/such/grant").status == 404


def test_an_entry_says_what_the_regulation_wants_of_it(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    page = visit.open("/workbench/catalogue/resources/police.population")
    for word in (
        "基础·人口",
        "由公安机关随户口登记更新",
        "一般数据四级",
        "数据库",
        "服务接口",
        "不予开放",
        "实时",
    ):
        assert word in page.text
    assert "就高从严" not in page.text
    raised = visit.open("/workbench/catalogue/resources/market.trade_words")
    assert "有条件开放" in raised.text


def test_the_promised_frequency_stands_beside_what_was_seen(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    address = "/workbench/catalogue/resources/land.addresses_990121"
    assert "尚未取数" in visit.open(address).text
    dated = town.now - timedelta(days=2, minutes=1)
    see(catalogue.Seen(town.now, dated))
    page = visit.open(address)
    assert "逾期未更新" in page.text
    assert "2天" in page.text
    assert "逾期未更新" in "".join(p.text for p in turned(visit, "/workbench/catalogue", "resources"))
    see(catalogue.Seen(town.now, town.now))
    assert "按期更新" in visit.open(address).text


def test_what_is_searched_for_stands_among_the_resources_and_nothing_else(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, BUREAU))
    page = visit.open("/workbench/catalogue?q=被执行人")
    assert "找到1条" in page.text
    assert "/workbench/catalogue/resources/court.enforcement" in page.read.links
    assert "人口基本信息" not in page.text.partition("一数一源")[0]
    assert "没有找到" in visit.open("/workbench/catalogue?q=没有这个目录").text
    hostile = visit.open("/workbench/catalogue?q=<script>alert(1)</script>" + "x" * 500)
    assert hostile.status == 200
    assert "<script>alert" not in hostile.html


@whole
def see(seen: catalogue.Seen) -> None:
    catalogue.note_seen({"land.addresses_990121": seen})
