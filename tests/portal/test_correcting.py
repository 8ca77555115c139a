"""Completing after the one correction notice: what is missing, handed in, looked at again."""

import sys
from dataclasses import replace
from datetime import timedelta

from bench.town import carry
from tests.portal.filling import answers, begun, number_of
from tests.portal.visiting import Page, Visit
from tongban.cases import api as cases
from tongban.kernel.clock import SetClock, civil_date
from tongban.papers import api as papers

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
PAPER = "paper:registration.identity_paper"
ARTICLES, CONFIRMED = "paper:registration.articles_own", {"paper_confirmed:registration.articles_own": "yes"}


def to_be_completed(visit: Visit) -> Page:
    """Give the page of a filing by somebody whom the population register does not know."""
    visit.as_person("wu_xiaoxue")
    form = begun(visit)
    mobile = {name: "10000000009" for name in form.form()["asked"] if name.endswith(":mobile")}
    return visit.press(form, do="submit", fill=answers() | mobile)


def test_everything_missing_is_told_once_with_where_to_hand_it_in(visit: Visit) -> None:
    page = to_be_completed(visit)
    assert "待补正" in page.text
    correction = visit.open(f"{page.address}correction/")
    assert "这是一次性告知的全部内容" in correction.text
    assert f'name="{PAPER}"' in correction.html
    assert cases.snapshot(number_of(page)).case("registration").corrections == 1


def test_a_document_is_handed_in_and_an_officer_reads_it(visit: Visit) -> None:
    page = to_be_completed(visit)
    number = number_of(page)
    saved = visit.press(visit.open(f"{page.address}correction/"), do="save", files={PAPER: PDF})
    assert "已上传" in saved.text
    assert cases.snapshot(number).case("registration").state is cases.CaseState.CORRECTION
    done = visit.press(visit.open(f"{page.address}correction/"), do="supply")
    assert done.address == page.address
    carry(visit.town, number)
    assert "人工审批中" in visit.open(page.address).text
    kept = papers.materials(number)
    assert [(each.material, each.handed_in_by) for each in kept] == [
        ("registration.identity_paper", "applicant")
    ]


def test_a_file_that_is_no_document_is_refused_with_what_to_do(visit: Visit) -> None:
    page = to_be_completed(visit)
    answer = visit.press(
        visit.open(f"{page.address}correction/"), do="supply", files={PAPER: b"#!/bin/sh\nrm -rf /\n"}
    )
    assert answer.status == 422
    assert papers.materials(number_of(page)) == ()
    assert cases.snapshot(number_of(page)).case("registration").state is cases.CaseState.CORRECTION


def test_where_nothing_is_missing_there_is_nothing_to_complete(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    done = visit.press(begun(visit), do="submit", fill=answers())
    assert visit.open(f"{done.address}correction/").address == done.address


def test_articles_of_ones_own_are_handed_in_with_the_form(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers(articles="own"))
    assert f'name="{ARTICLES}"' in page.html
    page = visit.press(
        page,
        do="save",
        fill={"answer:shareholder:contribution_due_on": "2031-11-01"} | CONFIRMED,
        files={ARTICLES: PDF},
    )
    assert "已上传" in page.text
    assert cases.snapshot(number_of(page)).materials == {"registration.articles_own"}


def test_what_is_to_be_confirmed_is_not_taken_before_it_is(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers(articles="own"))
    assert f'name="{next(iter(CONFIRMED))}"' in page.html
    refused = visit.press(page, do="save", files={ARTICLES: PDF})
    assert refused.status == 422
    assert "需要本人确认" in refused.text
    assert papers.materials(number_of(page)) == ()
    visit.press(visit.open(page.address), do="save", fill=CONFIRMED, files={ARTICLES: PDF})
    [kept] = papers.materials(number_of(page))
    assert (kept.confirmed, kept.handed_in_by) == (True, "applicant")


def test_a_harmful_document_is_told_beside_the_form(visit: Visit) -> None:
    harm = "import sys; sys.exit(1 if b'harm' in sys.stdin.buffer.read() else 0)"
    scanner = papers.CommandScanner((sys.executable, "-c", harm))
    visit.town.workplace = replace(visit.town.workplace, scanner=scanner)
    page = to_be_completed(visit)
    correction = f"{page.address}correction/"
    answer = visit.press(visit.open(correction), do="save", files={PAPER: PDF + b"% harm\n%%EOF\n"})
    assert answer.status == 422
    assert "安全扫描发现该文件含有有害内容" in answer.text
    assert papers.materials(number_of(page)) == ()
    visit.press(visit.open(correction), do="save", files={PAPER: PDF})
    assert [each.scan for each in papers.materials(number_of(page))] == [papers.ScanVerdict.CLEAN]


def test_what_was_handed_in_for_a_draft_goes_when_it_expires(visit: Visit) -> None:
    visit.as_person("li_chunyan")
    page = visit.press(begun(visit), do="save", fill=answers(articles="own"))
    visit.press(page, do="save", fill=CONFIRMED, files={ARTICLES: PDF})
    number, at = number_of(page), visit.town.workplace
    [kept] = papers.materials(number)
    file = at.node.var / "uploads" / number / kept.sha256
    assert file.exists()
    assert isinstance(at.clock, SetClock)
    at.clock.move(timedelta(days=61))
    assert cases.expire_drafts(at=at) == 1
    assert papers.materials(number)[0].retain_until == civil_date(at.clock.now())
    at.clock.move(timedelta(days=1))
    papers.keep_retention(at.node.var / "uploads", at.clock.now(), chance=at.chance)
    assert not file.exists()
    assert papers.materials(number)[0].destroyed_at is not None
