"""The office's licences on its officers' pages: found, opened for a cause, acted on in two steps."""

import pytest

from bench.filing import draft
from bench.town import Town
from tests.cases.acting import submit
from tests.portal.visiting import Page, Visit
from tests.workbench.acting import approver, looks, staff
from tongban.cases import api as cases
from tongban.licences import api as licences
from tongban.papers import api as papers

SAID = {"reasons": "经营场所已搬离，已听取陈述。", "basis": "市场主体登记管理条例第三十条"}


@pytest.fixture
def issued(town: Town) -> licences.Licence:
    """A business licence of the county's market office."""
    number = draft(town, town.subject("li_chunyan"))
    submit(town, number)
    return licences.standing_licence(cases.snapshot(number).case("registration").number or "")


def do(visit: Visit, identifier: str, word: str, **fields: str) -> Page:
    """Fill in a form about a licence, see what it will do, and confirm."""
    form = visit.open(f"/workbench/licences/{identifier}/do/{word}")
    shown = visit.press(form, fill={**SAID, **fields})
    assert "请核对后确认" in shown.text
    return visit.press(shown, fill={"step": "do"})


def test_the_office_finds_its_licence_and_opens_it_for_a_cause(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(approver(town))
    assert f"/workbench/licences/{issued.identifier}" in visit.open("/workbench/licences").read.links
    for wanted in (issued.identifier, issued.holder.code):
        found = visit.open(f"/workbench/licences?wanted={wanted}")
        assert f"/workbench/licences/{issued.identifier}" in found.read.links
    page = visit.open(f"/workbench/licences/{issued.identifier}")
    assert "春风路" not in page.text
    assert looks("licence.opened") == 0
    page = visit.press(
        page, action=f"/workbench/licences/{issued.identifier}/open", fill={"cause": "核对住所"}
    )
    assert "春风路" in page.text
    assert looks("licence.opened") == 1


def test_a_suspension_is_confirmed_told_and_seen_by_its_holder(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(approver(town))
    form = visit.open(f"/workbench/licences/{issued.identifier}/do/suspend")
    assert "行政复议" in form.text
    page = do(visit, issued.identifier, "suspend")
    assert "已暂扣" in page.text
    assert "暂扣证照决定书" in page.text
    assert "发还证照" in page.text
    visit.as_person("li_chunyan")
    own = visit.open(f"/licences/{issued.identifier}/")
    for said in ("暂扣", SAID["reasons"], SAID["basis"], "暂扣证照决定书"):
        assert said in own.text, said
    (notice,) = cases.notices_on_licence(issued.identifier, town.subject("li_chunyan"))
    paper = visit.open(f"/licences/{issued.identifier}/notices/{notice.number}/")
    assert "救济途径" in paper.text
    visit.as_person("zhang_dahai")
    assert visit.open(f"/licences/{issued.identifier}/notices/{notice.number}/").status == 404


@pytest.mark.parametrize(
    ("word", "more", "status"),
    [
        ("cancel", {"why": "request"}, licences.Status.CANCELLED),
        ("revoke", {}, licences.Status.REVOKED),
    ],
)
def test_an_end_is_done_by_two_steps(
    town: Town,
    visit: Visit,
    issued: licences.Licence,
    word: str,
    more: dict[str, str],
    status: licences.Status,
) -> None:
    visit.as_staff(approver(town))
    do(visit, issued.identifier, word, **more)
    assert licences.licence(issued.identifier).status is status
    assert visit.open(f"/workbench/licences/{issued.identifier}/do/{word}").status == 409


def test_a_change_begins_with_what_stands_and_ends_in_a_new_version(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(approver(town))
    closed = visit.open(f"/workbench/licences/{issued.identifier}")
    visit.press(closed, action=f"/workbench/licences/{issued.identifier}/open", fill={"cause": "办理变更"})
    form = visit.open(f"/workbench/licences/{issued.identifier}/do/change")
    assert "100000.00" in form.html
    page = do(visit, issued.identifier, "change", **{"content.registered_capital_cents": "200000.00"})
    assert "002" in page.text
    newest = licences.standing_licence(issued.case_number)
    assert newest.previous == issued.identifier
    assert newest.content["extend_info"]["registered_capital_cents"] == 20_000_000
    assert newest.content["extend_info"]["scope"] == issued.content["extend_info"]["scope"]
    kinds = [each.kind for each in cases.notices_on_licence(newest.identifier, town.subject("li_chunyan"))]
    assert kinds == [papers.NoticeKind.CHANGED]


def test_the_form_of_a_change_is_a_look_and_needs_a_cause(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(approver(town))
    answer = visit.client.get(f"/workbench/licences/{issued.identifier}/do/change")
    assert answer.status_code == 302
    assert looks("licence.opened") == 0


def test_what_a_change_cannot_hold_is_said_at_the_form(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(approver(town))
    closed = visit.open(f"/workbench/licences/{issued.identifier}")
    visit.press(closed, action=f"/workbench/licences/{issued.identifier}/open", fill={"cause": "办理变更"})
    form = visit.open(f"/workbench/licences/{issued.identifier}/do/change")
    sent = {**SAID, "content.established_on": "去年", "step": "do"}
    assert visit.press(form, fill=sent).status == 422
    assert licences.standing_licence(issued.case_number).identifier == issued.identifier


def test_another_countys_office_finds_neither_the_licence_nor_a_form(
    town: Town, visit: Visit, issued: licences.Licence
) -> None:
    visit.as_staff(staff(town, "market.yunxi-west.shen"))
    absent = issued.identifier[:-1] + ("1" if issued.identifier[-1] != "1" else "2")
    for path in ("", "/do/suspend"):
        real = visit.open(f"/workbench/licences/{issued.identifier}{path}")
        none = visit.open(f"/workbench/licences/{absent}{path}")
        assert (real.status, none.status) == (404, 404)
        assert real.text.replace(issued.identifier, "N") == none.text.replace(absent, "N")
    assert issued.identifier not in visit.open(f"/workbench/licences?wanted={issued.identifier}").read.links
    assert looks("licence.opened") == 0


def test_the_holder_reads_who_looked_and_why(town: Town, visit: Visit, issued: licences.Licence) -> None:
    officer = approver(town)
    cases.open_licence(issued.identifier, staff=officer, cause="核对住所", at=town.workplace)
    visit.as_person("li_chunyan")
    page = visit.open(f"/licences/{issued.identifier}/")
    assert officer.name in page.text
    assert "核对住所" in page.text


def test_every_type_is_shown_with_how_sure_its_code_is(town: Town, visit: Visit) -> None:
    visit.as_staff(approver(town))
    page = visit.open("/workbench/licence-types")
    kinds = licences.licence_types()
    assert len(kinds) == 11
    for kind in kinds:
        assert kind.name.zh in page.text
        assert kind.code in page.text
    assert page.text.count("暂定代码") == sum(kind.mark == "gap" for kind in kinds) + 1  # said once above
