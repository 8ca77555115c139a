"""One case: nothing about anybody before the look is evidence; acts are told, confirmed, done by name."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from bench.town import CHARACTERS, Town, carry
from tests.cases.acting import pass_time, states
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import approver, looks, opened, staff, waiting_registration
from tongban.cases import api as cases
from tongban.cases.models import Case, Decision, Filing, ReviewRequest
from tongban.kernel.clock import civil_date
from tongban.kernel.errors import SourceDown
from tongban.kernel.texts import Text
from tongban.papers import api as papers

FOUNDER = CHARACTERS["persons"]["zhang_dahai"]
PRIVATE = (FOUNDER["resident_id"], FOUNDER["mobile"], FOUNDER["household_address"], "1975年9月18日", "燕归来")


def filing_of(number: str) -> str:
    return Case.objects.select_related("filing").get(number=number).filing.number


def do(visit: Visit, number: str, word: str, **fields: str) -> Page:
    """Fill a form, read what it will do, confirm it."""
    address = f"/workbench/cases/{number}/do/{word}"
    shown = visit.press(visit.open(address), fill=fields)
    assert shown.status == 200, shown.text
    assert "请核对后确认" in shown.text
    return visit.press(shown, fill={"step": "do"})


def test_nothing_about_anybody_is_shown_before_the_case_is_opened(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    for address in ("/workbench/desk?show=all", f"/workbench/cases/{waiting}"):
        html = visit.open(address).html
        assert [word for word in PRIVATE if word in html] == []
    shut = visit.open(f"/workbench/cases/{waiting}/facts")
    assert shut.address.endswith(f"/workbench/cases/{waiting}#open")
    assert looks() == 0


def test_opening_needs_a_cause_and_each_look_is_evidence_under_it(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    page = visit.open(f"/workbench/cases/{waiting}")
    action = f"/workbench/cases/{waiting}/open"
    assert visit.press(page, action=action, fill={"cause": "  "}).status == 422
    assert looks() == 0
    shown = visit.press(page, action=action, fill={"cause": "核对被执行情况"})
    assert shown.address.endswith("/facts")
    assert looks() == 1
    visit.open(f"/workbench/cases/{waiting}/facts")
    assert looks() == 2


def test_the_look_is_evidence_even_where_nothing_could_be_shown_after_it(town: Town, waiting: str) -> None:
    Filing.objects.update(bundle_digest="0" * 64)  # the pack cannot be found: the page fails after the look
    with pytest.raises(ObjectDoesNotExist):
        cases.examine(waiting, approver(town), cause="审批本办件", at=town.workplace)
    assert looks() == 1


def test_claims_stand_beside_what_each_source_says(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    page = opened(visit, waiting)
    for word in (
        *PRIVATE[:2],
        "云溪市公安局",
        "数据日期",
        "云溪市中级人民法院",
        "被执行人",
        "是 已知",
        "无记录",
    ):
        assert word in page.text, word
    shares = [link for link in page.read.links if "evidence?entry=" in link]
    assert len(shares) > 8


def test_rules_are_shown_one_by_one_with_article_outcome_and_trace(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    text = opened(visit, waiting).text
    assert "不符合 法定代表人不在被执行人名单 《中华人民共和国市场主体登记管理条例》第12(5)条" in text
    assert "年龄 51 ≥ 完全民事行为能力年龄 18：满足" in text
    assert "按现有信息，须由工作人员决定" in text


def test_an_officer_sees_what_their_item_needs_and_no_more(town: Town, visit: Visit) -> None:
    number = filing_of(waiting_registration(town, "li_chunyan"))
    tax = cases.snapshot(number).case("tax").number
    assert tax is not None
    visit.as_staff(staff(town, "tax.yundong.lu"))
    page = opened(visit, tax)
    assert page.status == 200
    assert "房屋用途" not in page.text  # the registry's business
    assert "被执行人" not in page.text
    assert "法院" not in visit.open(f"/workbench/cases/{tax}").text


def test_taking_a_case_puts_it_among_mine(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    page = visit.open(f"/workbench/cases/{waiting}")
    taken = visit.press(page, action=f"/workbench/cases/{waiting}/claim")
    assert "已领取" in taken.text
    assert waiting in visit.open("/workbench/desk?show=mine").text
    visit.as_staff(staff(town, "market.yundong.ye"))
    assert "陈砚秋" in visit.open("/workbench/desk").text
    assert waiting not in visit.open("/workbench/desk?show=mine").text
    assert visit.client.post(f"/workbench/cases/{waiting}/claim").status_code == 403  # no form of ours
    assert "不予批准" not in visit.open(f"/workbench/cases/{waiting}").text, (
        "a colleague decides nothing of it"
    )
    visit.as_staff(approver(town))
    do(visit, waiting, "give-back")
    assert waiting not in visit.open("/workbench/desk?show=mine").text


def test_granting_is_told_confirmed_and_done_by_name(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    page = do(visit, waiting, "approve", reasons="已结清，经核实。")
    assert "已作出准予决定" in page.text
    decision = Decision.objects.get(case__number=waiting)
    assert (decision.outcome, decision.maker, decision.staff_id) == ("yes", "person", approver(town).id)
    assert decision.record["checks"]  # what a court runs again
    carry(town, filing_of(waiting))
    assert set(states(filing_of(waiting)).values()) == {"granted"}
    assert "准予" in visit.open(f"/workbench/cases/{waiting}").text


def test_nothing_is_decided_before_the_second_step(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{waiting}/do/refuse")
    shown = visit.press(form, fill={"reasons": "依法不得担任法定代表人。"})
    assert not Decision.objects.filter(case__number=waiting).exists()
    assert "陈砚秋" in shown.text
    back = visit.press(shown, fill={"step": "back"})
    assert "依法不得担任法定代表人。" in back.html
    assert not Decision.objects.filter(case__number=waiting).exists()


def test_a_refusal_shows_the_remedies_and_prints_them(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    assert "救济途径" in visit.open(f"/workbench/cases/{waiting}/do/refuse").text
    page = do(visit, waiting, "refuse", reasons="依法不得担任法定代表人。")
    assert "不予" in page.text
    carry(town, filing_of(waiting))
    (notice,) = (each for each in papers.notices_of([waiting]).lines if each.kind == "refused")
    printed = visit.open(f"/workbench/cases/{waiting}/notices/{notice.number}")
    assert "依法不得担任法定代表人" in printed.text
    assert "行政复议" in printed.text
    assert visit.open(f"/workbench/cases/{waiting}/notices/another").status == 404


def test_reasons_are_asked_for_on_the_spot(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{waiting}/do/refuse")
    for written in ("", "   ", "长" * 2001):
        assert visit.press(form, fill={"reasons": written}).status == 422
        assert visit.press(form, fill={"reasons": written, "step": "do"}).status == 422
    assert not Decision.objects.filter(case__number=waiting).exists()


def test_a_double_click_decides_once(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    shown = visit.press(visit.open(f"/workbench/cases/{waiting}/do/approve"), fill={"reasons": "已结清。"})
    assert visit.press(shown, fill={"step": "do"}).status == 200
    assert visit.press(shown, fill={"step": "do"}).status == 409
    assert Decision.objects.filter(case__number=waiting).count() == 1


def test_another_office_is_proposed_and_named(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{waiting}/do/not-accept")
    assert "云西县市场监督管理局" in form.text
    missing = visit.press(
        form, fill={"kind": "not_accepted", "right_office": "", "reasons": "住所在云西县。"}
    )
    assert missing.status == 422
    do(
        visit,
        waiting,
        "not-accept",
        kind="not_accepted",
        right_office="market.990122",
        reasons="住所在云西县。",
    )
    assert states(filing_of(waiting))["registration"] == "not_accepted"
    timeline = cases.filing_page(filing_of(waiting), town.subject("zhang_dahai")).timeline.lines
    assert any("云西县" in line.words.zh for line in timeline)


def test_an_office_that_was_not_offered_cannot_be_named(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{waiting}/do/not-accept")
    for wrong in ("tax.990122", "market.990121", "<script>"):
        fields = {"kind": "not_accepted", "right_office": wrong, "reasons": "不属于本机关。"}
        assert visit.press(form, fill=fields).status == 422


def test_where_no_licence_is_needed_no_office_is_named(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    do(
        visit,
        waiting,
        "not-accept",
        kind="not_required",
        right_office="market.990122",
        reasons="依法不需要许可。",
    )
    timeline = cases.filing_page(filing_of(waiting), town.subject("zhang_dahai")).timeline.lines
    assert not any("云西县" in line.words.zh for line in timeline)


def test_a_special_procedure_stops_the_clock_until_it_is_ended(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    do(visit, waiting, "pause", kind="expert_review", needs_days="5", reason="需专家论证。")
    assert "停止计时" in visit.open("/workbench/desk").text
    assert visit.open(f"/workbench/cases/{waiting}/do/pause").status == 409
    pass_time(town, minutes=10)
    do(visit, waiting, "resume", outcome="论证通过。")
    assert "停止计时" not in visit.open("/workbench/desk").text
    assert "论证通过" in visit.open(f"/workbench/cases/{waiting}").text


def test_a_special_procedure_that_lasts_too_long_stands_out_on_the_desk(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    do(visit, waiting, "pause", kind="expert_review", needs_days="5", reason="需专家论证。")
    assert "2026年11月30日" in visit.open(f"/workbench/cases/{waiting}").text
    assert "特别程序超期" not in visit.open("/workbench/desk").text
    pass_time(town, days=8)
    visit.as_staff(approver(town))
    assert "特别程序超期" in visit.open("/workbench/desk").text


def test_working_days_of_a_procedure_are_a_number_within_bounds(
    town: Town, visit: Visit, waiting: str
) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{waiting}/do/pause")
    for wrong in ("0", "181", "-1", "1.5", "三", "", "9" * 30):
        fields = {"kind": "hearing", "needs_days": wrong, "reason": "听证"}
        assert visit.press(form, fill=fields).status == 422, wrong


def test_only_the_head_extends(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    assert "延长" not in visit.open(f"/workbench/cases/{waiting}").text
    assert visit.open(f"/workbench/cases/{waiting}/do/extend").status == 409
    visit.as_staff(staff(town, "market.yundong.he"))
    page = do(visit, waiting, "extend", reasons="案情复杂。")
    assert "已批准延长" in page.text
    assert Case.objects.get(number=waiting).extended_at == town.now


def test_completing_is_asked_for_once_before_acceptance(town: Town, visit: Visit) -> None:
    town.registers["court"].trouble = SourceDown("t", what=Text("停", "down"), todo=Text("等", "wait"))
    number = waiting_registration(town, "li_chunyan")
    visit.as_staff(approver(town))
    do(visit, number, "complete", wanting="公司章程\n\n住所使用证明\n")
    assert Case.objects.get(number=number).corrections == 1
    assert "公司章程、住所使用证明" in visit.open(f"/workbench/cases/{number}").text
    assert visit.open(f"/workbench/cases/{number}/do/complete").status == 409


def test_a_lapse_is_confirmed_by_a_person(town: Town, visit: Visit) -> None:
    number = waiting_registration(town, "wu_xiaoxue")
    pass_time(town, days=200)
    carry(town, filing_of(number))
    visit.as_staff(approver(town))
    assert "逾期未补正" in visit.open("/workbench/desk").text
    do(visit, number, "lapse")
    assert states(filing_of(number))["registration"] == "withdrawn"


def test_an_act_in_doubt_is_found_out_by_a_person(town: Town, visit: Visit) -> None:
    town.offices["bank"].lose_replies = 1
    filing = filing_of(waiting_registration(town, "li_chunyan"))
    account = cases.snapshot(filing).case("account")
    assert account.number is not None
    (act,) = (each for each in cases.snapshot(filing).acts if each.state == "in_doubt")
    visit.as_staff(staff(town, "bank.yunxi.niu"))
    assert "存疑" in visit.open(f"/workbench/cases/{account.number}").text
    word = f"find-out/{act.id}"
    form = visit.open(f"/workbench/cases/{account.number}/do/{word}")
    missing = {"outcome": "done", "office_number": "", "note": "电话核实"}
    assert visit.press(form, fill=missing).status == 422
    do(visit, account.number, word, outcome="done", office_number="BANK00000001", note="电话核实")
    carry(town, filing)
    assert states(filing)["account"] == "granted"
    assert len(town.offices["bank"].registered) == 1


def test_an_act_of_another_case_cannot_be_settled(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    for part in ("1", "x", "9" * 30):
        assert visit.open(f"/workbench/cases/{waiting}/do/find-out/{part}").status == 409
    assert visit.open(f"/workbench/cases/{waiting}/do/find-out").status == 404
    assert visit.open(f"/workbench/cases/{waiting}/do/approve/1").status == 404
    assert visit.open(f"/workbench/cases/{waiting}/do/nonsense").status == 404


def test_reasons_of_a_decision_by_rule_are_explained_by_a_person(town: Town, visit: Visit) -> None:
    number = waiting_registration(town, "li_chunyan")
    filing, owner = filing_of(number), town.subject("li_chunyan")
    cases.ask_for_review(filing, number, subject=owner, said="为什么这么快？", at=town.workplace)
    visit.as_staff(approver(town))
    desk = visit.open("/workbench/desk")
    assert "为什么这么快" in desk.text
    due = civil_date(ReviewRequest.objects.get(case__number=number).due_at)
    for told in (desk, visit.open(f"/workbench/cases/{number}")):
        assert f"期限 {due.year}年{due.month}月{due.day}日" in told.text
    do(visit, number, "explain", answer="各项条件经数据比对均符合，规则可以全部准予。")
    assert "请您说明理由" not in visit.open("/workbench/desk").text
    page = cases.filing_page(filing, owner)
    assert any(case.review == "answered" for case in page.cases)


def test_pages_carry_no_script_and_stay_out_of_caches(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    for page in (
        visit.open("/workbench/desk"),
        visit.open(f"/workbench/cases/{waiting}"),
        opened(visit, waiting),
        visit.open(f"/workbench/cases/{waiting}/do/refuse"),
        visit.open("/workbench/cases/nothing"),
    ):
        assert page.read.scripts == []
        assert " style=" not in page.html
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_every_control_has_a_label_and_no_id_stands_twice(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    for word in ("approve", "refuse", "not-accept", "pause"):
        page = visit.open(f"/workbench/cases/{waiting}/do/{word}")
        named = [c["id"] for c in page.read.controls if c.get("type") not in {"radio", "checkbox"}]
        assert set(named) <= page.read.labels
        assert len(page.read.ids) == len(set(page.read.ids))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_both_languages(town: Town, visit: Visit, waiting: str, language: str) -> None:
    visit.as_staff(approver(town))
    visit.open(f"/language/{language}?next=/workbench/desk")
    page = opened(visit, waiting)
    chinese, english = ("逐条规则" in page.text), ("Rule by rule" in page.text)
    assert (chinese, english) == ((True, False) if language == "zh-hans" else (False, True))
