"""A village worker files for an old woman who has no telephone, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Town
from tests.journeys.filling import fill_in, question
from tests.journeys.test_workbench import at_desk

pytestmark = pytest.mark.browser
OLD = "990122194405089084"  # 孙桂兰


def test_a_village_worker_files_for_an_old_woman_who_then_finds_all_of_it(
    come: Callable[..., Page], node: Town, visitor: Callable[..., BrowserContext]
) -> None:
    page = at_desk(node, visitor, "town.hekou.lin", phone=True, script=False)
    page.get_by_role("link", name="开始代办").click()
    page.get_by_role("button", name="已向本人告知，开始").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择或写明本人如何授权。")
    page.get_by_label("姓名").fill("孙桂兰")
    page.get_by_label("公民身份号码").fill(OLD)
    question(page, "本人如何授权").get_by_label("本人在场，已核验证件，口头授权").check()
    page.get_by_label("在哪里办理").select_option(label="云西县")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="已向本人告知，开始").click()
    expect(page.get_by_text("您正在代孙桂兰填写")).to_be_visible()
    fill_in(page, trade_word="溪水长", address="9901220010001000002")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("全部办结")).to_be_visible(timeout=30_000)
    for hidden in ("10000000011", "1944年5月8日", "河口镇清溪路2号"):
        assert hidden not in page.content(), hidden

    owner = come("孙桂兰")
    owner.get_by_role("link", name="我的申报").click()
    owner.locator(".rows a").first.click()
    expect(owner.get_by_text("由林小梅代办申报")).to_be_visible()
    expect(owner.get_by_text("本人在场，已核验证件，口头授权").first).to_be_visible()
    owner.get_by_role("link", name="查看证照").first.click()
    expect(owner.get_by_text("云溪市云西县河口镇清溪路2号").first).to_be_visible()
