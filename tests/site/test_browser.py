"""The journeys' own ground: a visitor in a real browser, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

PAGE = "data:text/html;charset=utf-8,<title>静</title><script>document.title='动'</script>"


@pytest.mark.browser
@pytest.mark.parametrize(("script", "title"), [(True, "动"), (False, "静")])
def test_a_visitor_may_come_without_script(
    visitor: Callable[..., BrowserContext], script: bool, title: str
) -> None:
    page = visitor(script=script).new_page()
    page.goto(PAGE)
    assert page.title() == title
