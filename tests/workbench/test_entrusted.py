"""The head of an office in whose name another decides: what they see of its cases, and what they may do."""

from datetime import timedelta

from bench.town import CHARACTERS, Town
from tests.portal.visiting import Visit
from tests.workbench.acting import looks, opened, staff, waiting_registration
from tests.workbench.test_case import do
from tongban.cases.models import Case
from tongban.kernel.clock import civil_date
from tongban.registry.models import Staff

FOUNDER = CHARACTERS["persons"]["zhang_dahai"]
HEAD, ABSENT, GONE = "market.yundong.he", "market.chengguan.luo", "market.chengguan.gao"
TOKEN = "t" * 32  # a form of ours, as far as CSRF goes


def test_they_see_it_take_it_over_and_decide_it(town: Town, visit: Visit) -> None:
    land = town.registers["land"]
    land.resources = {
        resource: lambda key, find=find: {**(find(key) or {}), "place.division": "990121001"}
        for resource, find in land.resources.items()
    }
    Staff.objects.filter(login=GONE).update(until=civil_date(town.now) - timedelta(days=1))
    case = waiting_registration(town, "zhang_dahai")
    here = f"/workbench/cases/{case}"
    visit.as_staff(staff(town, ABSENT))
    visit.press(visit.open(here), action=f"{here}/claim")

    visit.as_staff(staff(town, HEAD))
    listed = visit.open("/workbench/desk").text
    assert case in listed
    assert "由受委托机关办理：云东县城关镇人民政府" in listed
    page = visit.open(here)
    assert "接手后方可查看当事人信息" in page.text
    assert not [each for each, _ in page.read.forms if each.get("action", "").startswith(here)]
    visit.client.cookies["csrftoken"] = TOKEN
    visit.client.post(f"{here}/open", {"csrfmiddlewaretoken": TOKEN, "cause": "看看"})
    for closed in ("facts", "do/refuse"):
        answer = visit.client.get(f"{here}/{closed}")
        assert answer.status_code in {302, 404, 409}, closed
        assert FOUNDER["mobile"] not in answer.content.decode()
    assert looks() == 0

    done = do(visit, case, "take-over", reason="经办人员请假，受委托机关无负责人")
    assert "已接手。" in done.text
    assert "接手后方可" not in done.text
    assert FOUNDER["mobile"] in opened(visit, case).text
    do(visit, case, "refuse", reasons="法定代表人被列入失信被执行人名单")
    assert Case.objects.get(number=case).state == "refused"
