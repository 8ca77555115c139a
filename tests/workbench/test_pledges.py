"""Pledges on the desk: checked by a person, put right in time, or the grant revoked by name."""

import pytest

from bench.town import Town
from tests.cases.acting import pass_time, submit
from tests.cases.test_pledges import pledged
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import approver, staff
from tongban.cases import api as cases
from tongban.licences import api as licences
from tongban.registry import api as registry


@pytest.fixture
def granted(town: Town) -> str:
    """A company granted on the promise that its address is fit for trade; the case's number."""
    number = pledged(town, "li_chunyan")
    submit(town, number)
    found = cases.snapshot(number).case("registration").number
    assert found is not None
    return found


def do(visit: Visit, number: str, word: str, **fields: str) -> Page:
    shown = visit.press(visit.open(f"/workbench/cases/{number}/do/{word}/address"), fill=fields)
    assert "请核对后确认" in shown.text
    return visit.press(shown, fill={"step": "do"})


def test_a_pledge_to_be_checked_is_on_the_desk_with_what_was_promised(
    town: Town, visit: Visit, granted: str
) -> None:
    visit.as_staff(approver(town))
    assert f"/workbench/cases/{granted}/do/check-pledge/address" in visit.open("/workbench/desk").read.links
    (line,) = cases.pledges_at(approver(town)).lines
    page = visit.open(f"/workbench/cases/{granted}")
    assert line.promised[0].zh in page.text
    assert line.promised[0].zh in visit.open(f"/workbench/cases/{granted}/do/check-pledge/address").text


def test_a_kept_pledge_leaves_the_desk(town: Town, visit: Visit, granted: str) -> None:
    visit.as_staff(approver(town))
    do(visit, granted, "check-pledge", kept="kept", found="现场核查，与承诺一致。")
    assert cases.pledges_at(approver(town)).lines == ()
    assert "待核查的告知承诺" not in visit.open("/workbench/desk").text


def test_a_broken_pledge_is_put_right_in_time_or_revoked_by_name(
    town: Town, visit: Visit, granted: str
) -> None:
    visit.as_staff(approver(town))
    do(visit, granted, "check-pledge", kept="not_kept", found="现场为住宅。")
    assert "限期整改" in visit.open(f"/workbench/cases/{granted}").text
    pass_time(town, days=40)
    visit.as_staff(approver(town))
    assert "行政复议" in visit.open(f"/workbench/cases/{granted}/do/revoke/address").text
    do(visit, granted, "revoke", ground="not_rectified", reasons="逾期未改正。", basis="市场主体登记管理条例")
    identifier = cases.officer_case(granted, approver(town), at=town.workplace).licence
    assert licences.licence(identifier).status is licences.Status.REVOKED


def test_a_pledge_that_is_not_there_cannot_be_checked(town: Town, visit: Visit, granted: str) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{granted}/do/check-pledge/nothing")
    sent = {"kept": "kept", "found": "属实", "step": "do"}
    assert visit.press(form, fill=sent).status == 409


def test_another_countys_officer_finds_neither_pledge_nor_case(
    town: Town, visit: Visit, granted: str
) -> None:
    visit.as_staff(staff(town, "market.yunxi-west.shen"))
    assert visit.open(f"/workbench/cases/{granted}/do/check-pledge/address").status == 404
    assert "待核查" not in visit.open("/workbench/desk").text


def test_bad_faith_is_revoked_at_once_and_every_desk_shows_what_follows(
    town: Town, visit: Visit, granted: str
) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/cases/{granted}/do/revoke/address")
    said = {"ground": "not_rectified", "reasons": "伪造地址。", "basis": "条例", "step": "do"}
    assert visit.press(form, fill=said).status == 409
    do(visit, granted, "revoke", ground="bad_faith", reasons="伪造地址。", basis="市场主体登记管理条例")
    page = visit.open(f"/workbench/cases/{granted}").text
    assert "准予已撤销" in page
    assert "已记入信用记录" in page
    assert "撤销决定书" in page
    tax = registry.staff_of("tax.990121", registry.Role.APPROVER, on=town.now.date())[0]
    visit.as_staff(tax)
    assert "所依据的准予已被撤销" in visit.open("/workbench/desk").text
