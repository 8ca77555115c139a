"""The right to a person in time: asked on the form, on record before anything is decided (PIPL art. 24)."""

import pytest

from tests.portal.filling import answers, begun, number_of
from tests.portal.test_helping import helped, helper
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.cases.models import Decision

ASKED = {"ask_for_person": "yes"}


def requests(visit: Visit, page: Page, owner: str = "li_chunyan") -> int:
    """Count what is on record, each with its evidence."""
    told = cases.filing_page(number_of(page), visit.town.subject(owner)).timeline.lines
    return sum(line.kind == "human_asked" and line.entry_id is not None for line in told)


@pytest.mark.parametrize(
    ("language", "offered", "recorded"),
    [
        ("zh", "转人工审批", "已记录：由工作人员审批，系统不自动作出决定。"),
        ("en", "Ask a person to decide", "Recorded: a person decides this filing, no machine does."),
    ],
)
def test_it_is_asked_on_the_form_and_shown_as_recorded(
    visit: Visit, language: str, offered: str, recorded: str
) -> None:
    visit.as_person("li_chunyan")
    visit.open(f"/language/{language}?next=/")
    form = begun(visit)
    assert offered in form.text
    assert recorded not in form.text
    assert "ask-for-person" in form.read.labels
    assert "ask_for_person" not in form.form()  # nobody asks by leaving things as they are
    saved = visit.press(form, do="save", fill=answers() | ASKED)
    assert recorded in saved.text
    assert 'name="ask_for_person"' not in saved.html
    assert cases.snapshot(number_of(form)).human_asked_at is not None
    assert requests(visit, form) == 1
    visit.press(saved, do="save", fill=answers())
    assert requests(visit, form) == 1


def test_a_filing_that_every_rule_meets_waits_for_a_person_when_it_was_asked(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers() | ASKED)
    assert "工作人员正在审批" in done.text
    assert "您已要求由工作人员审批" in done.text
    assert not Decision.objects.exists()


def test_it_is_on_record_even_where_the_form_is_not_in_order_yet(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="submit", fill=answers(trade_word="") | ASKED)
    assert page.status == 422
    assert "已记录：由工作人员审批" in page.text
    assert requests(visit, page) == 1


def test_without_asking_the_rules_decide_as_ever(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers())
    assert "全部办结" in done.text
    assert requests(visit, done) == 0


def test_who_is_helped_has_the_right_too(visit: Visit) -> None:
    helper(visit)
    form = helped(visit)
    assert "请告知申请人这项权利" in form.text
    saved = visit.press(form, do="save", fill=answers() | ASKED)
    assert "已记录：由工作人员审批" in saved.text
    assert requests(visit, form, "sun_guilan") == 1
