"""Following a filing, and what may be done while it goes on and after."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.filing import draft
from bench.town import Town, carry
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tests.rest.placing import publish
from tongban.cases import api as cases
from tongban.cases.models import Event, Filing
from tongban.cases.rules.timeline import MOMENTS
from tongban.kernel.clock import SetClock
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.licences import api as licences
from tongban.registry import api as registry
from tongban_verify import anchor_from_bytes, verify_file


def filed(visit: Visit, name: str = "li_chunyan", **other: str) -> Page:
    visit.as_person(name)
    return visit.press(begun(visit), do="submit", fill=answers(**other))


def with_filings(town: Town, owner: registry.Subject, count: int) -> None:
    """Give a person so many filings that they gave up."""
    for _ in range(count):
        number = draft(town, owner)
        cases.withdraw(number, subject=owner, at=town.workplace)


@pytest.mark.parametrize("address", ["/", "/filings/"])
def test_lists_ask_the_store_as_often_for_thirty_filings_as_for_three(visit: Visit, address: str) -> None:
    owner = visit.as_person("li_chunyan")
    with_filings(visit.town, owner, 3)
    visit.open(address)
    with CaptureQueriesContext(connection) as few:
        visit.open(address)
    with_filings(visit.town, owner, 27)
    with CaptureQueriesContext(connection) as many:
        page = visit.open(address)
    assert len(few) == len(many) <= 8
    assert page.text.count("已撤回") == (5 if address == "/" else 20)


def test_the_list_goes_on_page_by_page_and_ends(visit: Visit) -> None:
    owner = visit.as_person("li_chunyan")
    with_filings(visit.town, owner, 25)
    first = visit.open("/filings/")
    older = next(link for link in first.read.links if "after=" in link)
    second = visit.open(f"/filings/{older}")
    assert second.text.count("已撤回") == 5
    assert not [link for link in second.read.links if "after=" in link]
    assert visit.open("/filings/?after=nonsense").status == 200


def test_the_timeline_says_who_did_what_when_and_how_long(visit: Visit) -> None:
    page = filed(visit)
    for said in (
        "已告知并开始申报：开办企业",
        "已从云溪市公安局取得",
        "公司设立登记：准予（规则自动审批）",
        "已在国家税务总局云东县税务局登记",
        "09:00:00",
        "规则",
        "已存证",
    ):
        assert said in page.text, said


def test_a_filing_page_has_a_fixed_budget(visit: Visit) -> None:
    page = filed(visit)
    with CaptureQueriesContext(connection) as asked:
        visit.open(page.address)
    assert len(asked) <= 32


def test_a_long_timeline_goes_on_page_by_page_in_the_same_number_of_queries(visit: Visit) -> None:
    page = filed(visit)
    filing = Filing.objects.get(number=number_of(page))
    visit.open(page.address)
    with CaptureQueriesContext(connection) as few:
        visit.open(page.address)
    words = [{"zh": f"第{number:03d}行", "en": f"line {number:03d}"} for number in range(250)]
    Event.objects.bulk_create(
        Event(filing=filing, at=visit.town.now, kind="counted_again", maker="law", words=each)
        for each in words
    )
    with CaptureQueriesContext(connection) as many:
        first = visit.open(page.address)
    assert len(few) == len(many)
    pages = [first]
    while onward := [link for link in pages[-1].read.links if "?timeline=" in link]:
        pages.append(visit.open(page.address + onward[0].partition("#")[0]))
    shown = [each.html.count('class="what"') for each in pages]
    assert shown[:2] == [100, 100]
    assert sum(shown) == Event.objects.filter(filing=filing, audience="everyone").count()
    said = "".join(each.text for each in pages)
    assert all(said.count(each["zh"]) == 1 for each in words)


def test_every_line_says_how_long_it_took_unless_it_tells_of_a_moment(visit: Visit) -> None:
    page = filed(visit)
    lines = Event.objects.filter(filing__number=number_of(page))
    assert {line.kind for line in lines if line.seconds is None} <= MOMENTS
    measured = {line.kind for line in lines if line.seconds is not None}
    assert measured >= {"submitted", "fetched", "compared", "accepted", "decided", "act_done", "granted"}
    assert page.html.count("秒</span>") >= lines.filter(seconds__isnull=False, audience="everyone").count()


def test_a_filing_under_way_says_so_and_looks_again_without_script(visit: Visit) -> None:
    down = SourceDown("test.down", what=Text("停机", "down"), todo=Text("稍后", "later"))
    visit.town.registers["court"].trouble = down
    page = filed(visit)
    assert "办理中" in page.text
    assert "云溪市中级人民法院的系统暂未应答，稍后自动再查" in page.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.html
    assert "hx-get=" in page.html
    visit.town.registers["court"].trouble = None
    clock = visit.town.workplace.clock
    assert isinstance(clock, SetClock)
    clock.move(timedelta(minutes=20))
    carry(visit.town, number_of(page))
    part = visit.client.get(page.address, headers={"hx-request": "true"}).content.decode()
    assert "全部办结" in part
    assert "<html" not in part
    assert "hx-get=" not in part


def test_a_case_with_an_officer_shows_its_deadline_and_may_be_withdrawn(visit: Visit) -> None:
    page = filed(visit, "zhang_dahai")
    assert "工作人员正在审批" in page.text
    assert "应于2026年11月24日前办结" in page.text
    gone = visit.press(visit.open(f"{page.address}withdraw/"))
    assert "已撤回" in gone.text


def test_asking_for_a_person_is_shown_and_asked_once(visit: Visit) -> None:
    page = filed(visit, "zhang_dahai")
    asked = visit.press(page, action=f"{page.address}person/")
    assert "您已要求由工作人员审批" in asked.text
    assert "转人工审批" not in asked.text


def test_a_decision_by_rule_is_explained_on_request_and_rated_once(visit: Visit) -> None:
    page = filed(visit)
    case = cases.snapshot(number_of(page)).case("registration").number
    there = f"{page.address}cases/{case}/"
    asked = visit.press(page, action=f"{there}reasons/")
    assert "已请工作人员说明理由。" in asked.text
    assert re.search(r"云东县市场监督管理局应于.+前答复。", asked.text)
    rated = visit.press(asked, action=f"{there}rating/", fill={"code": "1", "said": "很快"})
    assert "已评价，谢谢。" in rated.text
    again = visit.press(asked, action=f"{there}rating/", fill={"code": "5"})
    assert again.status == 409
    assert "该办件已经评价过。" in again.text


def test_notices_can_be_read_printed_and_taken_along(visit: Visit) -> None:
    page = filed(visit)
    links = [link for link in page.read.links if "/notices/" in link]
    assert len(links) == 12
    notice = visit.open(links[1])
    assert "准予办理决定书" in notice.text
    assert "李春燕：" in notice.text
    file = visit.client.get(f"{links[1]}file")
    assert file.headers["Content-Type"] == "application/json"
    assert b'"tongban-notice/1"' in file.content
    visit.as_person("wang_jianguo")
    assert visit.open(links[1]).status == 404
    assert visit.open(f"{links[1]}file").status == 404


def test_pages_about_people_are_kept_by_no_cache(visit: Visit) -> None:
    page = filed(visit)
    assert page.headers["Cache-Control"] == "no-store"


def test_a_decision_comes_with_a_proof_that_anybody_verifies_and_that_gives_no_digest_away(
    visit: Visit,
) -> None:
    page = filed(visit)
    links = [link for link in page.read.links if link.endswith("/proof")]
    assert len(links) == 6
    assert visit.open(links[0]).status == 409
    publish(visit.town)
    data = visit.client.get(links[0]).content
    anchor = anchor_from_bytes(licences.trust_file().read_bytes())
    report = verify_file(data, anchor, visit.town.now)
    assert report.exit_code == 0, report.sentence("en")
    assert report.sentence("zh").startswith("有效：准予决定（")
    opened = report.facts["opened"]
    assert isinstance(opened, dict)
    assert (opened["decision"], opened["maker"]) == ("yes", "rule")
    assert opened["filing_number"] == number_of(page)
    assert "trace_digest" not in opened  # of facts about others too: it could be tried out
    assert json.loads(data)["evidence"]["opening"]["hidden"]
    visit.as_person("wang_jianguo")
    assert visit.open(links[0]).status == 404


def test_one_filings_page_proves_no_decision_of_another(visit: Visit) -> None:
    theirs = filed(visit)
    proof = next(link for link in theirs.read.links if link.endswith("/proof"))
    publish(visit.town)
    mine = filed(visit, "wu_xiaoxue")
    assert visit.open(proof.replace(number_of(theirs), number_of(mine))).status == 404
