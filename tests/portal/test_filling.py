"""The form: only what the plan asks, put right on the spot, submitted once."""

import pytest

from bench.filing import draft
from bench.town import CHARACTERS
from tests.cases.acting import submit
from tests.portal.filling import TICKS, answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.cases.models import Filing

PERSONS = CHARACTERS["persons"]


def asked(page: Page) -> set[str]:
    """Name the questions on the page."""
    return {name.split(":")[2] for name in page.form()["asked"] if name.startswith("answer:")}


def test_a_sole_owner_answers_eighteen_values_and_has_six_results_when_the_page_returns(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    assert "18 项由您填写或选择" in form.text
    assert "92 项" in form.text
    done = visit.press(form, do="submit", fill=answers())
    assert done.address == f"/filings/{number_of(form)}/"
    assert "全部办结" in done.text
    assert done.text.count("查看证照") == 6
    assert "食品经营许可" in done.text


def test_nothing_that_an_office_knows_is_asked(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    elements = {q.id: q.element for q in visit.town.bundle.questions}
    assert not {elements[id] for id in asked(form)} & {
        "person.mobile",
        "person.birth_date",
        "place.address_text",
        "place.usage",
    }
    reasons = [q.why.zh for q in visit.town.bundle.questions if q.id in asked(form)]
    assert [why for why in reasons if " ".join(why.split()) not in form.text] == []


def test_an_address_is_found_by_its_words_and_one_press_picks_it(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    words, field = "words:place:address_code", "answer:place:address_code"
    filled = answers() | {field: "", words: "春风路"}
    found = visit.press(form, do=f"find:{words}", fill=filled)
    assert found.status == 200
    assert 'value="100000"' in found.html  # what was filled in stays
    assert "云溪市云东县城关镇春风路2号" in found.text
    assert "清溪路" not in found.text  # the other county's
    carried = found.html.split('value="pick:')[1].partition('"')[0].replace("&quot;", '"')
    picked = visit.press(found, do=f"pick:{carried}")
    assert 'value="9901210010001000001"' in picked.html
    assert "云溪市云东县城关镇春风路1号" in picked.text  # fetched from the register by the code
    done = visit.press(picked, do="submit")
    assert "全部办结" in done.text


@pytest.mark.parametrize(("words", "told"), [("月球背面", "没有查到"), ("路", "至少输入两个字")])
def test_a_search_that_finds_nothing_says_what_to_do(visit: Visit, words: str, told: str) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(
        begun(visit), do="find:words:place:address_code", fill={"words:place:address_code": words}
    )
    assert told in page.text


@pytest.mark.parametrize("odd", ["find:", "find:words:nobody:x", "find:words:company:trade_word", "pick:[["])
def test_an_odd_search_is_no_fault(visit: Visit, odd: str) -> None:
    visit.as_person("li_chunyan")
    assert visit.press(begun(visit), do=odd).status in {200, 404}


def test_what_is_missing_stands_beside_its_field_and_in_the_summary(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    page = visit.press(form, do="submit", fill=answers(trade_word="", staff_count=""))
    assert page.status == 422
    assert "提交前请改正以下2处" in page.text
    assert "#answer-company-trade_word" in page.read.links
    assert 'id="answer-company-trade_word-wrong"' in page.html
    assert 'value="100000"' in page.html  # what was right stays


def test_what_cannot_be_read_is_shown_again_as_it_was_typed(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers(registered_capital_cents="10万元"))
    assert page.status == 422
    assert 'value="10万元"' in page.html
    assert "“10万元”请填100000" in page.text


def test_a_taken_name_offers_free_ones_and_one_click_takes_one(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="check", fill=answers(trade_word="春燕"))
    assert page.status == 422
    offers = page.html.split('value="take:')[1:]
    assert len(offers) == 3
    taken = offers[0].partition('"')[0].replace("&quot;", '"')
    page = visit.press(page, do=f"take:{taken}")
    assert "检查通过，可以提交。" in page.text
    assert "云东县春燕里餐饮有限公司" in page.text
    assert not Filing.objects.filter(stage="submitted").exists()


def test_a_name_that_a_filing_under_way_holds_offers_free_ones_too(visit: Visit) -> None:
    town = visit.town
    held = draft(town, town.subject("zhou_wenbin"), trade_word="燕归来", partner=PERSONS["wang_jianguo"])
    assert submit(town, held).is_clean
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="submit", fill=answers(trade_word="燕归来"))
    assert page.status == 422
    assert "已由另一申报占用" in page.text
    offers = page.html.split('value="take:')[1:]
    assert len(offers) == 3
    done = visit.press(page, do=f"take:{offers[0].partition(chr(34))[0].replace('&quot;', chr(34))}")
    assert "全部办结" in visit.press(done, do="submit").text


def test_the_alternative_in_the_address_of_a_button_is_read_as_any_answer(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    for odd in ("", "[]", "{", '[["company","trade_word",7]]', '[["nobody","x","y"]]', "[[1,2,3]]"):
        assert visit.press(form, do=f"take:{odd}", fill=answers()).status in {200, 422}, odd


def test_two_clicks_submit_once(visit: Visit) -> None:
    owner = visit.as_person("li_chunyan")
    form = begun(visit)
    first = visit.press(form, do="submit", fill=answers())
    second = visit.press(form, do="submit", fill=answers())
    assert first.address == second.address
    assert len(cases.filings(owner).lines) == 1
    assert len(visit.town.offices["tax"].registered) == 1


def test_the_start_pressed_twice_gives_one_draft(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    notice = visit.open("/matters/open-company/start/")
    first = visit.press(notice, fill={"division": "990121"})
    assert visit.press(notice, fill={"division": "990121"}).address == first.address


def test_shareholders_are_added_and_removed_with_what_was_said_of_each(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="add:shareholder", fill=answers())
    assert 'name="answer:shareholder.1:contribution_cents"' in page.html
    partner = PERSONS["wang_jianguo"]
    page = visit.press(
        page,
        do="add:shareholder",
        fill={
            "party:shareholder.1:who": "other",
            "party:shareholder.1:name": partner["name"],
            "party:shareholder.1:number": partner["resident_id"],
            "answer:shareholder:contribution_cents": "60000",
            "answer:shareholder.1:contribution_cents": "40000",
        },
    )
    assert page.html.count('name="parties"') == 4  # the director and three shareholders
    page = visit.press(page, do="remove:shareholder")
    assert page.html.count('name="parties"') == 3
    assert f'name="party:shareholder:number" value="{partner["resident_id"]}"' in page.html
    assert 'name="answer:shareholder:contribution_cents" value="40000"' in page.html
    assert "待本人确认" in page.text


def test_typing_ones_own_number_is_naming_oneself(visit: Visit) -> None:
    owner = visit.as_person("li_chunyan")
    page = visit.press(
        begun(visit),
        do="submit",
        fill=answers()
        | {
            "party:director:who": "other",
            "party:director:name": "李春燕",
            "party:director:number": owner.number,
        },
    )
    assert "全部办结" in page.text


def test_nobody_confirms_for_somebody_else(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    partner = PERSONS["wang_jianguo"]
    other = {
        "party:director:who": "other",
        "party:director:name": partner["name"],
        "party:director:number": partner["resident_id"],
    }
    page = visit.press(begun(visit), do="submit", fill=answers() | other)
    assert "正在等待本人确认： 王建国" in page.text
    snapshot = cases.snapshot(number_of(page))
    assert "accepts_post" not in {question for _, question in snapshot.answers.values}
    assert [party.name for party in snapshot.awaited] == ["王建国"]


def test_statements_are_ticked_one_by_one(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="submit", fill=answers() | {TICKS[0]: []})
    assert page.status == 422
    assert "请确认：本人对提交材料的真实性、合法性和有效性负责。" in page.text


def test_an_address_that_no_register_knows_opens_the_pledge(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers(address="east_unknown"))
    assert {"address_text", "address_pledged"} <= asked(page)
    assert "告知承诺书" in page.text
    assert "自作出决定之日起六十个工作日内核查。" in page.text
    assert "十五个工作日内改正（本地设定）。" in page.text
    done = visit.press(
        page,
        do="submit",
        fill={
            "answer:place:address_text": "云溪市云东县城关镇新街8号",
            "answer:company:address_pledged": "true",
        },
    )
    assert "全部办结" in done.text
    assert "已签署告知承诺书" in done.text


def test_what_was_fetched_about_oneself_is_shown_with_its_source(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers())
    assert "云溪市公安局" in page.text
    assert "10000000001" in page.text
    assert "云溪市云东县城关镇春风路1号" in page.text
    assert "所在行政区划 云东县" in page.text
    assert page.text.count("这不对") > 5


@pytest.mark.parametrize("who", ["wang_jianguo", "zhao_min"])
def test_anothers_form_is_not_there(visit: Visit, who: str) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    visit.press(form, do="save", fill=answers())
    visit.as_person(who)
    for address in (form.address, form.address.replace("/form/", "/")):
        assert visit.open(address).status == 404
    fresh = visit.open("/")
    answer = visit.client.post(
        form.address,
        {"do": "submit", "csrfmiddlewaretoken": fresh.form("/sign-out/")["csrfmiddlewaretoken"][0]},
    )
    assert answer.status_code == 404
    assert cases.snapshot(number_of(form)).stage is cases.Stage.DRAFT


def test_a_form_that_another_site_sends_is_refused(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    form = begun(visit)
    answer = visit.client.post(form.address, {"do": "submit", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "该表单不是从本站页面提交的" in answer.content.decode()
