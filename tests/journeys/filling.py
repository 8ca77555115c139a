"""How people fill in the form in a browser: by what they read, or by the keyboard alone."""

from collections.abc import Mapping

from playwright.sync_api import Locator, Page

EAST_SHOP, EAST_SHOP_2, WEST_SHOP = "9901210010001000001", "9901210010001000002", "9901220010001000001"
MOST_TABS = 150


def question(page: Page, label: str) -> Locator:
    """Give the group of a question with several choices."""
    return page.get_by_role("group", name=label, exact=True)


def fill_in(page: Page, *, trade_word: str, address: str = EAST_SHOP) -> None:
    """Answer everything that a founder who files alone is asked."""
    page.get_by_label("字号（两个以上汉字）").fill(trade_word)
    question(page, "名称中的行业表述").get_by_label("餐饮（餐饮业）").check()
    question(page, "经营范围").get_by_label("餐饮服务", exact=True).check()
    page.get_by_label("注册资本（元）").fill("100000")
    question(page, "住所使用权来源").get_by_label("租赁").check()
    question(page, "财务会计制度").get_by_label("小企业会计准则", exact=True).check()
    question(page, "是否需要开具发票").get_by_label("是", exact=True).check()
    page.get_by_label("首批参保人数").fill("2")
    page.get_by_label("期望的银行开户日期").fill("2027-01-12")
    page.get_by_label("住所（统一地址编码）").fill(address)
    question(page, "法定代表人所任职务").get_by_label("董事兼经理").check()
    question(page, "出资方式").first.get_by_label("货币").check()
    tick_all(page)


def tick_all(page: Page) -> None:
    """Tick every statement that can be seen."""
    for statement in page.locator("input[type=checkbox][name^='tick:']").all():
        if statement.is_visible():
            statement.check()


def begin(page: Page, county: str = "云东县") -> None:
    """Go from the home page through the notice to the form."""
    page.get_by_role("link", name="开办企业").click()
    page.get_by_role("link", name="开始办理").click()
    page.get_by_label("在哪里办理").select_option(label=county)
    page.get_by_role("button", name="我已阅读，开始").click()


def tab_to(page: Page, id: str) -> None:
    """Press Tab until the element of that id has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"Tab does not lead to {id}")


def type_in(page: Page, answers: Mapping[str, str]) -> None:
    """Answer fields in their order by the keyboard alone; a space chooses what has the focus."""
    for id, typed in answers.items():
        tab_to(page, id)
        page.keyboard.type(typed)
