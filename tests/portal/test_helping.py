"""Staff at a counter and village workers file for somebody: named, with authority, seeing no fact."""

from bench.town import CHARACTERS
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.ledger import api as ledger
from tongban.registry import api as registry

OLD = CHARACTERS["persons"]["sun_guilan"]


def helper(
    visit: Visit, office: str = "hall.990121", role: registry.Role = registry.Role.COUNTER
) -> registry.Staff:
    staff = registry.staff_of(office, role, on=visit.town.now.date())[0]
    visit.as_staff(staff)
    return staff


def helped(visit: Visit, **other: str) -> Page:
    fill = {
        "name": OLD["name"],
        "number": OLD["resident_id"],
        "authority": "present",
        "division": "990121",
    }
    return visit.press(visit.open("/matters/open-company/start/"), fill=fill | other)


def test_the_helper_is_named_with_the_authority_and_the_owner_sees_both(visit: Visit) -> None:
    staff = helper(visit)
    form = helped(visit, detail="委托书第3号")
    assert f"您正在代{OLD['name']}填写" in form.text
    page = visit.press(form, do="submit", fill=answers())
    assert "全部办结" in page.text
    visit.as_person("sun_guilan")
    mine = visit.open(page.address)
    assert f"由{staff.name}代办申报" in mine.text
    assert "本人在场，已核验证件，口头授权；委托书第3号" in mine.text
    assert cases.snapshot(number_of(page)).channel == "counter"


def test_the_helper_sees_whether_it_is_checked_and_no_value(visit: Visit) -> None:
    helper(visit)
    form = visit.press(helped(visit), do="save", fill=answers())
    page = visit.press(form, do="submit", fill=answers())
    for hidden in (OLD["mobile"], "1944年5月8日", "云溪市云东县城关镇春风路1号", OLD["household_address"]):
        assert hidden not in form.html + page.html, hidden
    assert "这不对" not in form.text


def test_without_authority_or_with_a_wrong_number_nothing_begins(visit: Visit) -> None:
    helper(visit)
    page = helped(visit, authority="", number=OLD["resident_id"][:-1] + "9")
    assert page.status == 422
    assert "请选择或写明本人如何授权。" in page.text
    assert 'id="number-wrong"' in page.html
    assert f'value="{OLD["name"]}"' in page.html
    assert cases.filings(registry.staff_of("hall.990121", on=visit.town.now.date())[0]).lines == ()


def test_who_was_not_there_is_not_filed_for_and_files_alone(visit: Visit) -> None:
    helper(visit)
    form = helped(visit, authority="kin")
    page = visit.press(form, do="submit", fill=answers())
    assert page.status == 422
    assert "代办登记的授权方式不是本人在场" in page.text
    assert cases.snapshot(number_of(page)).stage is cases.Stage.DRAFT
    visit.as_person("sun_guilan")
    assert "全部办结" in visit.press(visit.open(form.address), do="submit").text


def test_a_village_worker_files_through_the_village(visit: Visit) -> None:
    helper(visit, "town.990122001", registry.Role.VILLAGE_WORKER)
    page = helped(visit, division="990122")
    assert cases.snapshot(number_of(page)).channel == "village"


def test_an_officer_who_decides_does_not_file_for_others(visit: Visit) -> None:
    helper(visit, "market.990121", registry.Role.APPROVER)
    notice = visit.open("/matters/open-company/start/")
    assert "您的岗位不能代办申报" in notice.text
    token = notice.form("/sign-out/")["csrfmiddlewaretoken"][0]
    answer = visit.client.post(
        "/matters/open-company/start/",
        {
            "csrfmiddlewaretoken": token,
            "name": OLD["name"],
            "number": OLD["resident_id"],
            "authority": "present",
            "division": "990121",
        },
    )
    assert answer.status_code == 403


def test_another_helper_finds_nothing_of_it(visit: Visit) -> None:
    helper(visit)
    form = helped(visit)
    helper(visit, "town.990122001", registry.Role.VILLAGE_WORKER)
    assert visit.open(form.address).status == 404
    assert "还没有申报" in visit.open("/filings/").text


def test_what_only_the_person_may_do_is_not_the_helpers(visit: Visit) -> None:
    helper(visit)
    page = visit.press(helped(visit), do="submit", fill=answers())
    assert visit.open(f"{page.address}withdraw/").status == 403
    assert visit.open("/licences/").status == 403
    assert "查看证照" not in page.text
    assert "验证证照" in page.text


def test_the_owner_can_take_over_what_a_helper_began(visit: Visit) -> None:
    helper(visit)
    form = helped(visit)
    visit.as_person("sun_guilan")
    done = visit.press(visit.open(form.address), do="submit", fill=answers())
    assert "全部办结" in done.text
    assert ledger.KINDS  # the opening is on record with the helper's name


def test_signing_in_again_as_somebody_else_begins_a_new_visit(visit: Visit) -> None:
    helper(visit)
    form = helped(visit)
    visit.as_person("zhao_min")
    assert visit.open(form.address).status == 404
    assert begun(visit).address != form.address


def test_nobody_files_for_an_invented_person_where_this_is_no_demonstration(
    visit: Visit, real_city: None
) -> None:
    staff = helper(visit)
    page = helped(visit)
    assert page.status == 422
    assert "是演示数据，不属于任何人" in page.text
    assert cases.filings(staff).lines == ()
