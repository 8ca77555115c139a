"""Staff at their desks in a real browser: by hand, by keyboard, on a phone, without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Town
from tests.journeys.filling import begin, fill_in
from tongban.kernel.clock import SystemClock
from tongban.registry import api as registry

pytestmark = pytest.mark.browser
Come = Callable[..., Page]
Visitor = Callable[..., BrowserContext]
NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10: no scrolling sideways


def account(node: Town, login: str) -> registry.Credentials:
    """Give what a member of staff signs in with; a code works once, so each test has a login of its own."""
    seed = bytes.fromhex((node.var / "keys" / "demonstration-seed").read_text("ascii"))
    return registry.demonstration_accounts(seed, [login])[0]


def at_desk(node: Town, visitor: Visitor, login: str, **how: object) -> Page:
    """Let a staff member come and sign in."""
    known = account(node, login)
    context = visitor(**how)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{node.address}/workbench/")
    page.locator("#login").fill(known.login)
    page.locator("#password").fill(known.password)
    page.locator("#code").fill(known.code(SystemClock().now()))
    page.locator("main form button").click()
    return page


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_what_an_officer_decides_on_a_phone_without_script_the_founder_reads(
    come: Come, node: Town, visitor: Visitor
) -> None:
    founder = come("张大海")
    begin(founder)
    fill_in(founder, trade_word="海风起")
    founder.get_by_role("button", name="提交", exact=True).click()
    expect(founder.get_by_text("工作人员正在审批")).to_be_visible()

    page = at_desk(node, visitor, "market.yundong.chen", phone=True, script=False)
    page.set_viewport_size(NARROW)
    expect(page.get_by_role("heading", name="我的办件")).to_be_visible()
    fits(page)
    page.get_by_role("row").filter(has_text="张大海").get_by_role("link").click()
    expect(page.get_by_text("法院有在执行案件")).to_be_visible()
    assert "990121197509189036" not in page.content()
    fits(page)
    page.get_by_role("button", name="领取该办件").click()
    expect(page.get_by_text("已领取。")).to_be_visible()
    page.get_by_role("button", name="记录事由并打开").click()
    expect(page.get_by_text("990121197509189036").first).to_be_visible()
    expect(page.get_by_text("云溪市中级人民法院").first).to_be_visible()
    expect(page.get_by_text("被执行人 是：成立")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="准予", exact=True).click()
    page.get_by_label("理由").fill("经核实，债务已清偿完毕。")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_text("以 陈砚秋 的名义作出")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("理由")).to_have_value("经核实，债务已清偿完毕。")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="确认：准予").click()
    expect(page.get_by_text("已作出准予决定。")).to_be_visible()

    founder.reload()
    expect(founder.get_by_text("全部办结")).to_be_visible(timeout=60_000)


def test_staff_sign_in_with_the_keyboard_alone_in_english(node: Town, visitor: Visitor) -> None:
    known = account(node, "market.yundong.ye")
    page = visitor(language="en").new_page()
    page.goto(f"{node.address}/workbench/desk")
    expect(page.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "login"
    page.keyboard.type(known.login)
    page.keyboard.press("Tab")
    page.keyboard.type(known.password)
    page.keyboard.press("Tab")
    page.keyboard.type(known.code(SystemClock().now()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My cases")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name="我的办件")).to_be_visible()


def test_a_wrong_code_is_refused_and_the_form_is_there_again(node: Town, visitor: Visitor) -> None:
    known = account(node, "market.yunxi.zhou")
    page = visitor(script=False).new_page()
    page.goto(f"{node.address}/workbench/")
    page.get_by_label("登录名").fill(known.login)
    page.get_by_label("密码").fill(known.password)
    page.get_by_label("动态口令").fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("登录名、密码或动态口令不正确")
    expect(page.get_by_label("登录名")).to_have_value(known.login)
    expect(page.get_by_label("密码")).to_have_value("")


@pytest.mark.parametrize(
    ("login", "headings"),
    [
        ("bureau.yunxi.tao", ["数据目录（一本账）", "电子证照目录 11", "一件事", "存证"]),
        ("court.yunxi.qi", ["数据校核", "数据目录（一本账）", "电子证照目录 11", "存证"]),
        ("system.yunxi.gu", ["系统运行"]),
        ("security.yunxi.ning", ["人员与登录"]),
        ("audit.yunxi.shang", ["审计", "存证"]),
        ("hall.yundong.xu", ["代办帮办"]),
    ],
)
def test_each_menu_has_ones_own_pages_and_each_fits_a_narrow_screen(
    node: Town, visitor: Visitor, login: str, headings: list[str]
) -> None:
    page = at_desk(node, visitor, login, phone=True, script=False)
    page.set_viewport_size(NARROW)
    entries = page.locator("nav.main a")
    expect(entries).to_have_count(len(headings))
    for place, heading in enumerate(headings):
        entries.nth(place).click()
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        fits(page)


def test_a_log_is_verified_and_a_proof_taken_home(node: Town, visitor: Visitor) -> None:
    page = at_desk(node, visitor, "bureau.yunxi.qiu", script=False)
    page.get_by_role("link", name="存证", exact=True).click()
    page.get_by_role("button", name="立即校验").first.click()
    expect(page.get_by_text("校验通过")).to_be_visible()
    page.locator("table a.number").first.click()
    expect(page.get_by_text("审计路径")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载证明文件").click()
    assert re.fullmatch(r"proof-[0-9]+\.json", saved.value.suggested_filename)
