"""Showing parts of a licence from the portal: chosen, opened once, and read by its holder after."""

import re
from datetime import timedelta

import pytest

from tests.cases.acting import pass_time
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.licences import api as licences

SHOWN = {"shown": "holder_name", "audience": "云溪银行", "purpose": "开立账户", "days": "7"}


@pytest.fixture
def mine(visit: Visit) -> str:
    """The identifier of Li's business licence."""
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="submit", fill=answers())
    return cases.snapshot(number_of(page)).case("registration").licence


def shown(visit: Visit, identifier: str) -> tuple[Page, str]:
    page = visit.press(visit.open(f"/licences/{identifier}/show/"), fill=SHOWN)
    found = re.search(r"/shown/([0-9a-f]{32})/", page.text)
    assert found is not None
    return page, found[0]


def test_the_holder_chooses_and_a_stranger_opens_it_once(visit: Visit, mine: str) -> None:
    page, link = shown(visit, mine)
    assert "<svg" in page.html
    assert link not in visit.open(f"/licences/{mine}/shown/").text  # shown this once
    stranger = Visit(visit.town)
    closed = stranger.open(link)
    assert "燕归来" not in closed.text
    assert stranger.open(link).status == 200  # looking at the address uses nothing up
    opened = stranger.press(closed)
    for said in ("云东县燕归来餐饮有限公司", "云溪银行", "开立账户", "有效"):
        assert said in opened.text, said
    for hidden in ("李春燕", "春风路", "91990121", mine):
        assert hidden not in opened.html, hidden
    assert stranger.open(link).status == 404
    assert stranger.press(closed).status == 404
    own = visit.open(f"/licences/{mine}/")
    assert "凭您出示的链接查看" in own.text
    assert "云溪银行：开立账户" in own.text


def test_what_is_withdrawn_or_over_shows_nothing(visit: Visit, mine: str) -> None:
    page, link = shown(visit, mine)
    (made,) = licences.presentations_of(mine).lines
    visit.press(page, action=f"/licences/{mine}/shown/{made.id}/withdraw/")
    stranger = Visit(visit.town)
    assert stranger.open(link).status == 404
    _, other = shown(visit, mine)
    pass_time(visit.town, days=8)
    assert Visit(visit.town).open(other).status == 404
    assert licences.looks_at(mine).lines == ()


def test_nobody_else_shows_or_reads_what_was_shown(visit: Visit, mine: str) -> None:
    shown(visit, mine)
    (made,) = licences.presentations_of(mine).lines
    visit.as_person("zhang_dahai")
    for path in ("show/", "shown/", f"shown/{made.id}/file"):
        assert visit.open(f"/licences/{mine}/{path}").status == 404, path


def test_nothing_chosen_is_said_at_the_form(visit: Visit, mine: str) -> None:
    form = visit.open(f"/licences/{mine}/show/")
    page = visit.press(form, fill={"audience": "云溪银行", "purpose": "开立账户", "days": "7"})
    assert page.status == 422
    assert "没有选择要出示的内容" in page.text
    assert licences.presentations_of(mine).lines == ()


def test_the_file_is_what_the_office_signed_and_ends_in_its_time(visit: Visit, mine: str) -> None:
    shown(visit, mine)
    (made,) = licences.presentations_of(mine).lines
    assert made.until - made.made_at == timedelta(days=7)
    answer = visit.client.get(f"/licences/{mine}/shown/{made.id}/file")
    assert answer.content.decode() == made.file
    assert made.file.count("~") == 2


def test_what_was_shown_is_read_page_by_page_and_its_file_from_any_page(visit: Visit, mine: str) -> None:
    for _ in range(26):
        shown(visit, mine)
    made = licences.presentations_of(mine, most=100).lines
    first = visit.open(f"/licences/{mine}/shown/")
    (after,) = re.findall(r'href="\?after=([^"#]+)"', first.html)
    second = visit.open(f"/licences/{mine}/shown/?after={after}")
    on = [re.findall(r"/shown/(\d+)/file", page.html) for page in (first, second)]
    assert [len(each) for each in on] == [24, 2]
    assert on[0] + on[1] == [str(each.id) for each in made]
    assert visit.client.get(f"/licences/{mine}/shown/{made[-1].id}/file").content.decode() == made[-1].file


def test_every_look_is_read_by_turning_the_pages(visit: Visit, mine: str) -> None:
    for _ in range(26):
        _, link = shown(visit, mine)
        stranger = Visit(visit.town)
        stranger.press(stranger.open(link))
    looked = [each.entry for each in licences.looks_at(mine, most=100).lines]
    first = visit.open(f"/licences/{mine}/")
    (after,) = re.findall(r'href="\?looks=([^"#]+)#looks"', first.html)
    second = visit.open(f"/licences/{mine}/?looks={after}")
    assert [entry in first.text for entry in looked] == [True] * 24 + [False] * 2
    assert [entry in second.text for entry in looked] == [False] * 24 + [True] * 2
