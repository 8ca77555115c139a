"""System, security, audit: three pages for three persons; and the bureau's, and the helper's."""

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import pass_time, submit
from tests.openings import fields_of
from tests.portal.visiting import Visit
from tests.workbench.acting import approver, opened, staff, turned, waiting_registration
from tongban.cases import api as cases
from tongban.cases.models import Filing
from tongban.catalogue import api as catalogue
from tongban.items import api as items
from tongban.kernel.clock import civil_date
from tongban.kernel.ids import SystemChance
from tongban.registry import api as registry

PRIVATE = ("张大海", "990121197509189036", "燕归来")


def test_the_system_page_counts_and_names_nobody(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(staff(town, "system.yunxi.gu"))
    page = visit.open("/workbench/system")
    assert "到期无人接手" in page.text
    assert "正常" in page.text
    assert [word for word in (*PRIVATE, waiting) if word in page.html] == []


def test_the_system_page_says_how_long_work_has_waited(town: Town, visit: Visit) -> None:
    draft(town, town.subject("li_chunyan"))
    assert cases.waiting_work(town.now).due == 0
    Filing.objects.update(due_at=town.now)
    waits = cases.waiting_work(town.now)
    assert (waits.due, waits.oldest_due_at, waits.under_way) == (1, town.now, 0)
    visit.as_staff(staff(town, "system.yunxi.gu"))
    assert "最早一件应于" in visit.open("/workbench/system").text


def test_the_security_page_lists_everybody_with_their_roles(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, "security.yunxi.ning"))
    text = "".join(page.text for page in turned(visit, "/workbench/security", "people"))
    for one in registry.everybody(town.now.date(), most=1000).lines:
        assert one.login in text
    assert "审计管理员" in text


def test_the_audit_page_says_who_opened_whose_facts_and_why(town: Town, visit: Visit, waiting: str) -> None:
    visit.as_staff(approver(town))
    opened(visit, waiting)
    visit.as_staff(staff(town, "audit.yunxi.shang"))
    page = visit.open("/workbench/audit")
    for word in ("陈砚秋", waiting, "审批本办件", "被执行人"):
        assert word in page.text
    assert [word for word in PRIVATE if word in page.html] == []


def test_roles_that_were_set_are_on_the_audit_page(town: Town, visit: Visit) -> None:
    registry.set_roles(
        "market.yundong.ye",
        [(registry.Role.COUNTER, "990121")],
        by=staff(town, "security.yunxi.ning"),
        because="上岗",
        now=town.now,
        chance=SystemChance(),
    )
    visit.as_staff(staff(town, "audit.yunxi.shang"))
    assert "market.yundong.ye" in visit.open("/workbench/audit?kind=staff.roles_set").text


def test_the_bureau_sees_which_source_did_not_answer_a_dispute_in_time(town: Town, visit: Visit) -> None:
    owner = town.subject("li_chunyan")
    number = draft(town, owner)
    cases.gather(number, at=town.workplace, again=True)
    fact = cases.form_page(number, owner, at=town.workplace).facts[0]
    cases.contest(number, fact.id, subject=owner, said="这条不对", at=town.workplace)
    visit.as_staff(staff(town, "bureau.yunxi.tao"))
    assert "逾期未答复的异议" not in visit.open("/workbench/bureau").text
    pass_time(town, days=30)
    visit.as_staff(staff(town, "bureau.yunxi.tao"))
    page = visit.open("/workbench/bureau")
    assert "逾期未答复的异议" in page.text
    assert registry.organisation(fact.source).name.zh in page.text
    for private in (number, "这条不对", owner.name, owner.number):
        assert private not in page.html


def test_the_bureau_sees_each_bundle_with_its_version_and_its_totals(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, "bureau.yunxi.tao"))
    page = visit.open("/workbench/bureau")
    assert town.bundle.name.zh in page.text
    assert town.bundle.digest in page.html
    day = civil_date(town.now)
    party = items.Answers(items.smallest_cast(town.bundle))
    totals = items.plan(
        town.bundle, catalogue.book(day), "990121", party, day, policies=town.workplace.policies
    ).totals
    assert f"{totals.here.all} 本次申报填写或选择" in page.text
    assert f"{totals.separately.all} 分别申报时填写" in page.text


def test_a_version_is_withdrawn_by_a_named_person_and_its_open_cases_go_to_one(
    town: Town, visit: Visit
) -> None:
    number = draft(town, town.subject("li_chunyan"))
    tao = staff(town, "bureau.yunxi.tao")
    visit.as_staff(tao)
    here = f"/workbench/bureau/{town.bundle.code}/{town.bundle.version}/withdraw"
    assert here in visit.open("/workbench/bureau").html
    assert visit.press(visit.open(here), fill={"reason": " "}).status == 422
    asked = visit.press(visit.open(here), fill={"reason": "第三条写错了"})
    assert "第三条写错了" in asked.text
    assert not items.is_withdrawn(town.bundle.code, town.bundle.version)
    done = visit.press(asked, fill={"step": "do"})
    assert "已撤回" in done.text
    assert here not in done.html
    (said,) = fields_of(kind="pack.withdrawn").values()
    assert (said["because"], said["staff"]) == ("第三条写错了", tao.id)
    submit(town, number)
    case = cases.snapshot(number).case("registration")
    assert (case.state, case.number is not None) == ("accepted", True)  # no rule granted it
    assert items.bundles() == ()
    visit.as_staff(approver(town))
    assert str(case.number) in visit.open("/workbench/desk").text
    visit.as_staff(tao)
    assert visit.press(visit.open(here), fill={"reason": "再来一次", "step": "do"}).status == 409


def test_a_version_that_was_never_published_is_not_there_to_withdraw(town: Town, visit: Visit) -> None:
    visit.as_staff(staff(town, "bureau.yunxi.tao"))
    assert visit.open("/workbench/bureau/open-company/99/withdraw").status == 404


def test_a_helper_sees_how_what_they_typed_goes_and_nothing_else(town: Town, visit: Visit) -> None:
    helper = staff(town, "hall.yundong.xu")
    filer = cases.Filer("counter", helper.id, helper.name, "当面委托，已核验身份证", in_person=True)
    number = draft(town, town.subject("zhang_dahai"), filer=filer)
    submit(town, number)
    other = draft(town, town.subject("li_chunyan"), trade_word="别人家")
    visit.as_staff(helper)
    page = visit.open("/workbench/helping")
    assert number in page.text
    assert "人工审批中" in page.text
    assert other not in page.text
    assert [word for word in (*PRIVATE, "被执行人") if word in page.html] == []


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("market.yundong.chen", "/workbench/desk"),
        ("court.yunxi.qi", "/workbench/contests"),
        ("hall.yundong.xu", "/workbench/helping"),
        ("town.hekou.lin", "/workbench/helping"),
        ("bureau.yunxi.tao", "/workbench/catalogue"),
        ("system.yunxi.gu", "/workbench/system"),
        ("security.yunxi.ning", "/workbench/security"),
        ("audit.yunxi.shang", "/workbench/audit"),
    ],
)
def test_everybody_begins_at_their_own_first_page(town: Town, visit: Visit, login: str, address: str) -> None:
    visit.as_staff(staff(town, login))
    assert visit.open("/workbench/").address == address


def test_a_registration_says_who_typed_it_and_on_what_authority(town: Town, visit: Visit) -> None:
    helper = staff(town, "hall.yundong.xu")
    filer = cases.Filer("counter", helper.id, helper.name, "当面委托，已核验身份证", in_person=True)
    number = draft(town, town.subject("zhang_dahai"), filer=filer)
    submit(town, number)
    case = cases.snapshot(number).case("registration").number
    visit.as_staff(approver(town))
    page = visit.open(f"/workbench/cases/{case}")
    assert "许暖阳" in page.text
    assert "当面委托，已核验身份证" in page.text


def test_a_waiting_registration_is_made_by_rule_when_nothing_stands_against_it(town: Town) -> None:
    number = waiting_registration(town, "li_chunyan")
    assert cases.officer_case(number, approver(town), at=town.workplace).licence
