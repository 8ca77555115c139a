"""The founder of a noodle company in a real browser, with every system outside running."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Town, sign_in
from tests.journeys.filling import EAST_SHOP_2, begin, fill_in, tab_to, tick_all, type_in

pytestmark = pytest.mark.browser
Come = Callable[..., Page]


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_phone_without_script_founds_a_company_on_one_page(come: Come) -> None:
    page = come("李春燕", phone=True, script=False)
    page.set_viewport_size({"width": 320, "height": 640})  # WCAG 2.2, 1.4.10: no scrolling sideways
    fits(page, 320)
    begin(page)
    fits(page, 320)
    fill_in(page, trade_word="燕归来")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("全部办结")).to_be_visible()
    expect(page.get_by_role("link", name="查看证照")).to_have_count(6)
    fits(page, 320)
    page.get_by_role("link", name="查看证照").first.click()
    expect(page.get_by_text("云东县燕归来餐饮有限公司").first).to_be_visible()
    fits(page, 320)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载证照文件").click()
    assert saved.value.suggested_filename.startswith("1.2.156.3005.2.")
    page.get_by_role("link", name="验证页面").click()
    expect(page.get_by_text("营业执照：有效")).to_be_visible()
    expect(page.get_by_text("燕归来")).to_have_count(0)
    fits(page, 320)


def test_a_founder_by_code_is_sent_for_a_face_check_and_finds_the_form_as_it_was(come: Come) -> None:
    page = come("林小梅", by="sms", phone=True, script=False)
    begin(page)
    expect(page.get_by_text("提交时须以人脸核验确认您的身份")).to_be_visible()
    fill_in(page, trade_word="归燕")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("还须以人脸核验确认您的身份")
    form = page.url
    page.get_by_role("link", name="去核验").click()
    expect(page.get_by_text("所办事项要求人脸核验（L3）")).to_be_visible()
    sign_in(page, "林小梅")
    expect(page.get_by_role("status")).to_contain_text("您填写的内容都在")
    assert page.url.partition("?")[0] == form
    expect(page.get_by_label("字号（两个以上汉字）")).to_have_value("归燕")
    fits(page, 360)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交：填写")).to_be_visible()
    assert page.url == form.removesuffix("form/")


def test_a_taken_name_is_replaced_by_one_click(come: Come) -> None:
    page = come("何秀英", script=False)
    begin(page)
    fill_in(page, trade_word="春燕")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("该字号在同一登记机关的同行业企业名称中已经登记")
    page.get_by_role("button", name="春燕里").click()
    expect(page.get_by_text("检查通过，可以提交。")).to_be_visible()
    expect(page.get_by_text("云东县春燕里餐饮有限公司")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("全部办结")).to_be_visible()


def test_the_summary_of_what_is_wrong_leads_to_each_field(come: Come) -> None:
    page = come("周文斌")
    begin(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("提交前请改正以下")
    page.get_by_role("link", name="请填写“首批参保人数”。").click()
    assert page.evaluate("document.activeElement.id || location.hash") in {
        "answer-company-staff_count",
        "#answer-company-staff_count",
    }
    field = page.get_by_label("首批参保人数")
    assert field.get_attribute("aria-invalid") == "true"
    for id in (field.get_attribute("aria-describedby") or "").split():
        expect(page.locator(f"#{id}")).to_be_visible()


def test_a_company_is_founded_with_the_keyboard_alone_in_english(come: Come) -> None:
    page = come("刘春生", language="en")
    expect(page.get_by_role("heading", name="What do you need?")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"  # straight to the content
    page.goto(page.url + "matters/open-company/start/")
    tab_to(page, "division")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("draft kept until")).to_be_visible()
    type_in(
        page,
        {
            "answer-company-trade_word": "老渡口",
            "answer-company-industry": " ",
            "answer-company-scope": " ",
            "answer-company-registered_capital_cents": "100000",
            "answer-company-premises_right": " ",
            "answer-company-accounting_rules": " ",
            "answer-company-invoice_needed": " ",
            "answer-company-staff_count": "2",
            "answer-company-account_day": "01122027",
            "answer-place-address_code": EAST_SHOP_2,
            "answer-director-company_post": " ",
            "tick-director-accepts_post": " ",
            "answer-shareholder-contribution_method": " ",
            "tick-shareholder-signs_articles": " ",
            "tick-shareholder-no_supervisor": " ",
            "tick-applicant-truthful": " ",
            "tick-applicant-name_liability": " ",
            "tick-applicant-beneficial_owner": " ",
            "tick-applicant-hand_over": " ",
        },
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ask-for-person"  # offered, and left as it is
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "submit"
    page.keyboard.press("Enter")
    expect(page.get_by_text("All done")).to_be_visible()
    expect(page.get_by_text("food-business permit")).to_be_visible()


def test_two_founders_confirm_each_in_their_own_browser(come: Come, node: Town) -> None:
    page = come("许静怡")
    begin(page, "云西县")
    fill_in(page, trade_word="春风里", address="9901220010001000001")
    page.get_by_role("button", name="再添加一名股东").click()
    second = page.locator(".party").last
    second.get_by_label("姓名").fill("王建国")
    second.get_by_label("公民身份号码").fill("990122197907059014")
    second.get_by_label("货币").check()
    page.locator("[id='answer-shareholder-contribution_cents']").fill("60000")
    second.get_by_label("认缴出资额（元）").fill("40000")
    tick_all(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("正在等待本人确认：")).to_contain_text("王建国")

    other = come("王建国", phone=True, script=False)
    expect(other.get_by_text("待您确认")).to_be_visible()
    other.locator(".rows a").first.click()
    expect(other.get_by_text("在申报中把您列为：")).to_contain_text("股东")
    expect(other.get_by_text("40,000.00元")).to_be_visible()
    expect(other.get_by_text("60,000.00元")).to_have_count(0)
    for statement in other.locator("input[type=checkbox]").all():
        statement.check()
    other.get_by_role("button", name="同意并确认").click()
    expect(other.get_by_text("您已本人确认。")).to_be_visible()
    page.reload()
    expect(page.get_by_text("全部办结")).to_be_visible()


@pytest.mark.parametrize(("person", "word", "script"), [("陈伟", "溪畔春燕", True), ("赵敏", "燕语", False)])
def test_a_source_that_is_down_holds_nobody_up_and_the_page_goes_on_by_itself(
    come: Come, node: Town, person: str, word: str, script: bool
) -> None:
    page = come(person, script=script)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    begin(page)
    fill_in(page, trade_word=word)
    court = node.systems.control("court")
    court.set("down")
    try:
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_text("办理中")).to_be_visible()
        expect(page.get_by_text("云溪市中级人民法院的系统暂未应答").first).to_be_visible()
    finally:
        court.set("normal")
    # It resumes by itself, and the page learns it by itself: by script, or by reloading without.
    after = page.get_by_text("工作人员正在审批").or_(page.get_by_text("全部办结"))
    expect(after).to_be_visible(timeout=60_000)
    assert [line for line in said if "Content Security Policy" in line or "Refused" in line] == []


def test_signing_out_leaves_nothing_behind(come: Come, node: Town) -> None:
    page = come("张大海")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="您已退出")).to_be_visible()
    page.goto(f"{node.address}/filings/")
    assert "/authorize" in page.url  # asked to sign in again
    sign_in(page, "张大海")
    expect(page.get_by_role("heading", name="我的申报")).to_be_visible()
